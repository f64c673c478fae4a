# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pin: a Python that starts through the link stays in the release that served when it started."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._venv import releases
from ansible_collections.pyfleet.python.plugins.module_utils._venv.state import (
    releases_directory,
)

ONE, TWO = "20260101T000000-000001", "20260102T000000-000002"


class Environment:
    """A real environment of the Python that runs the tests, with two releases that differ in a module."""

    def __init__(self, parent: Path) -> None:
        self.path = parent / "venv"
        for name in (ONE, TWO):
            prefix = Path(releases_directory(str(self.path))) / name
            subprocess.run(
                [sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True
            )
            site = (
                next(prefix.glob("lib/*/site-packages"), None)
                or prefix / "site-packages"
            )
            (site / "late.py").write_text("def release():\n    return %r\n" % name)
            releases.write_pin(str(site))
            self.site = site
        releases.switch(str(self.path), ONE)

    def run(self, code: str, *options: str) -> subprocess.CompletedProcess[str]:
        program = [str(self.path / "bin" / "python"), *options, "-c", code]
        return subprocess.run(program, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("pin"))


PATHS = "import sys; print(*[sys.prefix, sys.exec_prefix, sys.executable, *sys.path], sep='\\n')"


@pytest.mark.parametrize("options", [(), ("-I",), ("-E", "-s")])
def test_a_python_that_starts_is_of_its_release(
    environment: Environment, options: tuple[str, ...]
) -> None:
    done = environment.run(PATHS, *options)
    assert not done.stderr
    lines = done.stdout.splitlines()
    place = os.path.join(
        os.path.realpath(environment.path.parent), ".venv.releases", ONE
    )
    assert lines[0] == lines[1] == place
    assert lines[2].startswith(place + "/bin/python")
    assert not [line for line in lines if line.startswith(str(environment.path) + "/")]
    assert (
        len(
            [
                line
                for line in lines
                if line.endswith("site-packages") and line.startswith(place)
            ]
        )
        == 1
    )


def test_what_is_imported_after_a_switch_is_of_the_release_that_started(
    environment: Environment, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing, sys\n"
        "def worker(_number):\n"
        "    import late\n"
        "    return late.release()\n"
        "if __name__ == '__main__':\n"
        "    print('started', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    import late\n"
        "    print(late.release())\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(worker, [1])[0])\n"
    )
    started = subprocess.Popen(
        [str(environment.path / "bin" / "python"), str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "started\n"
    releases.switch(str(environment.path), TWO)
    try:
        output, _errors = started.communicate("\n", timeout=60)
        assert output.split() == [ONE, ONE]
        assert (
            environment.run("import late; print(late.release())").stdout.strip() == TWO
        )
    finally:
        releases.switch(str(environment.path), ONE)


def test_a_python_that_was_not_started_through_the_link_is_left_alone(
    environment: Environment,
) -> None:
    prefix = Path(releases_directory(str(environment.path))) / TWO
    done = subprocess.run(
        [str(prefix / "bin" / "python"), "-c", PATHS],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout.splitlines()[0] == str(prefix)
    assert sys.prefix not in done.stdout.splitlines()


def test_a_second_site_packages_is_pinned_as_well(environment: Environment) -> None:
    """Such as lib64 and lib on Fedora, each with its own .pth, read one after the other."""
    code = "import site, sys; p = %r; site.addsitedir(p, set()); print(sum(x == p for x in sys.path), sys.path[-1])"
    extra = environment.site.parents[1] / "lib64-test"
    shutil.copytree(str(environment.site), str(extra))
    through = (
        str(environment.path)
        + "/"
        + str(extra.relative_to(environment.site.parents[2]))
    )
    releases.switch(str(environment.path), TWO)
    try:
        done = environment.run(code % through)
        assert done.stdout.split() == ["0", str(extra)], done.stderr
    finally:
        releases.switch(str(environment.path), ONE)
        shutil.rmtree(extra)


def test_the_pin_costs_next_to_nothing(environment: Environment) -> None:
    code = "import timeit, _pyfleet_pin as p; print(min(timeit.repeat(p.pin, number=100, repeat=5)) / 100)"
    assert float(environment.run(code).stdout) < 1e-3


def test_a_pin_that_is_there_is_not_written_again(environment: Environment) -> None:
    place = environment.site / (releases.PIN + ".py")
    os.utime(place, (1, 1))
    releases.write_pin(str(environment.site))
    assert place.stat().st_mtime == 1
    place.write_text("")
    releases.write_pin(str(environment.site))
    assert re.search(r"^def pin", place.read_text(), re.MULTILINE)


def test_a_disk_that_is_full_leaves_the_old_files_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    releases.write_pin(str(tmp_path))
    for path in tmp_path.iterdir():
        path.write_text("old")
    names = sorted(os.listdir(str(tmp_path)))
    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OSError, match="No space"):
        releases.write_pin(str(tmp_path))
    assert sorted(os.listdir(str(tmp_path))) == names
    assert {path.read_text() for path in tmp_path.iterdir()} == {"old"}
