# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytecode is what the interpreter itself takes for it, wherever it came from; shown on a real one, by what it does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Mapping, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.bytecode import (
    Bytecode,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.select import (
    Interpreter,
)

INTERPRETER = Interpreter(
    sys.executable,
    "%d.%d.%d" % sys.version_info[:3],
    sys.implementation.name,
    False,
    True,
    sys.executable,
)


class Workbench:
    """A place with a store, and a count of what was compiled."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.compiled = 0
        self.commands: list[Sequence[str]] = []

    def run(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        cwd: str,
        seconds: float,
    ) -> CommandResult:
        self.commands.append(argv)
        self.compiled += (
            len(Path(argv[argv.index("-i") + 1]).read_text().splitlines())
            if "-i" in argv
            else 0
        )
        done = subprocess.run(
            argv,
            env=dict(environment),
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def site(self, name: str, sources: Mapping[str, str], seconds: int) -> Path:
        """Make a directory of packages, all from one moment."""
        site = self.root / name
        for path, text in sources.items():
            file = site / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            os.utime(file, (seconds, seconds))
        return site

    def complete(self, site: Path, store: bool = True, but: Sequence[str] = ()) -> int:
        """Compile what lacks bytecode; give how many files the interpreter was given to compile."""
        self.compiled = 0
        (self.root / "store").mkdir(mode=0o700, exist_ok=True)
        kept = str(self.root / "store") if store else ""
        Bytecode(
            self.run, INTERPRETER, dict(os.environ), str(self.root), kept
        ).complete(str(site), but)
        return self.compiled


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


def imported(site: Path, module: str) -> str:
    """Import a module, and tell whether its bytecode was taken as it is, and where its code says it is from."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True\n"
        "import importlib._bootstrap_external as b; compiled = []; real = b._compile_bytecode\n"
        "b._compile_bytecode = lambda *a, **k: compiled.append(a) or real(*a, **k)\n"
        "m = __import__(sys.argv[2], fromlist=['x'])\n"
        "print('bytecode' if compiled else 'source', m.where.__code__.co_filename)"
    )
    command = [sys.executable, "-I", "-S", "-c", code, str(site), module]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


FILES = {
    "pkg/__init__.py": "",
    "pkg/one.py": "def where(): return 1\n",
    "two.py": "def where(): return 2\n",
}


def test_everything_gets_bytecode_that_its_interpreter_takes(bench: Workbench) -> None:
    site = bench.site("a", FILES, 1_700_000_000)
    assert imported(site, "pkg.one").startswith("source")
    assert bench.complete(site, store=False) == 3
    assert imported(site, "pkg.one") == "bytecode %s" % (site / "pkg/one.py")
    assert bench.complete(site, store=False) == 0


def test_the_next_environment_takes_what_the_one_before_compiled(
    bench: Workbench,
) -> None:
    assert bench.complete(bench.site("a", FILES, 1_700_000_000)) == 3
    other = bench.site("b", FILES, 1_700_000_099)
    assert bench.complete(other) == 0
    for module in ("pkg.one", "two"):
        assert imported(other, module) == "bytecode %s" % (
            other / (module.replace(".", "/") + ".py")
        )
    assert bench.complete(other) == 0


def test_what_differs_is_compiled(bench: Workbench) -> None:
    bench.complete(bench.site("a", FILES, 1_700_000_000))
    other = bench.site(
        "b", {**FILES, "two.py": "def where(): return 3\n"}, 1_700_000_000
    )
    assert bench.complete(other) == 1
    code = "import sys; sys.path.insert(0, sys.argv[1]); import two; print(two.where())"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(other)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout == "3\n"


def test_bytecode_of_an_older_source_is_replaced(bench: Workbench) -> None:
    site = bench.site("a", FILES, 1_700_000_000)
    bench.complete(site)
    before = bench.site("b", FILES, 1_700_000_000)
    bench.complete(before)
    bench.site("b", {"two.py": "def where(): return 33\n"}, 1_700_000_001)
    assert bench.complete(before) == 1
    assert imported(before, "two").startswith("bytecode")
    assert imported(site, "two").startswith(
        "bytecode"
    )  # the one that it had in common is as it was


def test_what_is_no_python_keeps_nothing_else_from_being_compiled(
    bench: Workbench,
) -> None:
    site = bench.site("a", {"bad.py": "print 'two'\n", **FILES}, 1_700_000_000)
    bench.complete(site)
    assert imported(site, "two").startswith("bytecode")
    assert not list(site.glob("__pycache__/bad.*"))


def test_many_are_compiled_by_more_than_one_process(bench: Workbench) -> None:
    line = "def where(): return __import__('os').getpid()  # %s\n" % ("much " * 40_000)
    site = bench.site(
        "a", {"pkg%d/__init__.py" % number: line for number in range(12)}, 1_700_000_000
    )
    bench.complete(site)
    assert len(list(site.glob("pkg*/__pycache__/*.pyc"))) == 12
    shared_out = len(os.sched_getaffinity(0)) > 1
    assert [each[-1] == "." for each in bench.commands] == [shared_out]


def test_where_no_more_processes_can_be_started_one_compiles(bench: Workbench) -> None:
    """As where /dev/shm is missing: there compileall ends with a traceback and 1."""
    line = "def where(): return 1  # %s\n" % ("much " * 40_000)
    site = bench.site(
        "a", {"pkg%d/__init__.py" % number: line for number in range(12)}, 1_700_000_000
    )
    run = bench.run

    def refuse(
        argv: Sequence[str], environment: Mapping[str, str], cwd: str, seconds: float
    ) -> CommandResult:
        return (
            CommandResult(1, "", "OSError")
            if "-j" in argv
            else run(argv, environment, cwd, seconds)
        )

    bench.run = refuse  # type: ignore[method-assign]
    bench.complete(site)
    assert len(list(site.glob("pkg*/__pycache__/*.pyc"))) == 12


def test_packages_that_have_theirs_are_left_out_and_names_with_line_ends_too(
    bench: Workbench,
) -> None:
    site = bench.site("a", {**FILES, "odd\nname.py": ""}, 1_700_000_000)
    assert bench.complete(site, but=["pkg"]) == 1


def test_another_interpreter_takes_nothing_of_this_ones(bench: Workbench) -> None:
    bench.complete(bench.site("a", FILES, 1_700_000_000))
    other = bench.site("b", FILES, 1_700_000_000)
    store = str(bench.root / "store")
    elsewhere = INTERPRETER._replace(canonical=sys.executable + "-other")
    Bytecode(bench.run, elsewhere, dict(os.environ), str(bench.root), store).complete(
        str(other)
    )
    assert len(list((bench.root / "store").iterdir())) == 2
