# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The structure of module_utils: which package imports which, what may access the machine, which Python it must run on."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
MODULE_UTILS = PLUGINS / "module_utils"
#: What users manage, one package each.
SUBJECTS = (
    "_venv",
    "_pipx",
    "_pip_config",
    "_pip_removal",
    "_marker",
    "_uv",
    "_pyenv",
    "_conda",
)
#: What is only read.
READ_ONLY_SUBJECTS = ("_distro_package",)
#: Each package with those that it may import. Imports go one way.
PACKAGES = {
    "_host": (),
    "_scan": ("_host",),
    "_process": ("_host", "_scan"),
    "_install": ("_host", "_scan", "_process"),
    **dict.fromkeys(SUBJECTS, ("_host", "_scan", "_process", "_install")),
    **dict.fromkeys(READ_ONLY_SUBJECTS, ("_host", "_scan")),
    "_zipapp": ("_host", "_scan", "_process", "_install", *SUBJECTS),
    "_ansible": (
        "_host",
        "_scan",
        "_process",
        "_install",
        *SUBJECTS,
        *READ_ONLY_SUBJECTS,
    ),
}
#: The modules that every subject has.
SUBJECT_MODULES = ("spec.py", "state.py", "plan.py", "converge.py")
READ_ONLY_MODULES = ("spec.py", "state.py", "plan.py")
FILES = sorted(MODULE_UTILS.rglob("*.py"))
STAGES = ("discover", "read", "classify", "judge", "serialize")
#: Records, tables and comparisons that every stage shares.
SHARED = (
    "audit_model",
    "data",
    "ini",
    "invalid_option",
    "model",
    "pep440",
    "pipx_record",
    "project_name",
    "specifier",
    "unknown_owner",
    "verdicts",
)
#: The only files that touch the machine for reading.
HOST_FILES = ("_host/host.py", "_host/paths.py", "_host/tree.py", "_host/budget.py")


def by_name(path: Path) -> str:
    return path.relative_to(MODULE_UTILS).as_posix()


def package_of(path: Path) -> str:
    return path.relative_to(MODULE_UTILS).parts[0]


SCAN_FILES = [path for path in FILES if package_of(path) == "_scan"]
#: Files that only think: no Ansible, no process, no contact with the machine but through a Host that they are given.
PURE_FILES = [
    path
    for path in FILES
    if package_of(path) in ("_host", "_scan") or path.name == "plan.py"
]
#: Files with effects: they get what starts processes handed in.
EFFECT_FILES = [
    path
    for path in FILES
    if package_of(path) in ("_process", "_install", *SUBJECTS, *READ_ONLY_SUBJECTS)
]

#: Modules that one file alone imports: pip, in a program that another Python runs, and what starts commands.
PROGRAMS = {
    "_install/installed_closure.py": {"pip"},
    "_process/run_process.py": {"subprocess"},
}

#: Standard library that starts processes, loads code by name, reaches the network or prints.
FORBIDDEN_MODULES = frozenset(
    "subprocess multiprocessing importlib runpy pkgutil imp code codeop ctypes socket ssl urllib http ftplib asyncio "
    "threading concurrent pathlib tempfile shutil glob fileinput logging pwd grp getpass platform ansible".split()
)
FORBIDDEN_NAMES = frozenset(
    "open print input exec eval compile __import__ breakpoint exit quit globals vars".split()
)
#: What outside host.py may be taken from os: names, and no contact with the machine.
OS_ALLOWED = frozenset(
    {"path", "fsencode", "fsdecode", "sep", "pathsep", "stat_result"}
)
OS_PATH_ALLOWED = frozenset(
    {
        "join",
        "split",
        "dirname",
        "basename",
        "normpath",
        "splitext",
        "isabs",
        "commonpath",
        "relpath",
    }
)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[str]:
    """Yield what a file imports: 'os', or '._scan.read.marker' for a part of module_utils."""
    package = list(path.relative_to(MODULE_UTILS).parts[:-1])
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                yield node.module or ""
                continue
            climbed = node.level - 1
            assert climbed <= len(package), "%s imports from above module_utils" % path
            base = package[: len(package) - climbed] + (node.module or "").split(".")
            for alias in node.names:
                name = ".".join([part for part in base if part])
                yield "." + (name if node.module else "%s.%s" % (name, alias.name))


def own_imports(path: Path) -> set[tuple[str, ...]]:
    """Return the parts of module_utils that a file imports, as tuples of names."""
    return {
        tuple(name[1:].split(".")) for name in imports(path) if name.startswith(".")
    }


def test_every_package_is_known() -> None:
    assert {package_of(path) for path in FILES} == set(PACKAGES)


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_imports_go_one_way(path: Path) -> None:
    """A package imports itself and the packages below it; a subject never another subject."""
    package = package_of(path)
    assert {name[0] for name in own_imports(path)} <= {package, *PACKAGES[package]}


@pytest.mark.parametrize("package", SUBJECTS)
@pytest.mark.parametrize("module", SUBJECT_MODULES)
def test_every_subject_has_the_same_modules(package: str, module: str) -> None:
    assert (MODULE_UTILS / package / module).is_file()


@pytest.mark.parametrize("package", READ_ONLY_SUBJECTS)
def test_a_subject_that_only_reads_has_no_converge(package: str) -> None:
    assert {
        module
        for module in SUBJECT_MODULES
        if (MODULE_UTILS / package / module).is_file()
    } == set(READ_ONLY_MODULES)


@pytest.mark.parametrize("path", SCAN_FILES, ids=by_name)
def test_a_stage_imports_no_other_stage(path: Path) -> None:
    """A stage sees records, tables and itself; rules are the judge's; only the pipeline sees the stages."""
    parts = path.relative_to(MODULE_UTILS / "_scan").parts
    if parts in (("pipeline.py",), ("audit_pipeline.py",)):
        return
    stage = parts[0] if len(parts) > 1 else ""
    allowed = {
        "": set(SHARED),
        "data": {"data"},
        "rules": {"rules", "judge", *SHARED},
    }.get(stage, {stage, *SHARED})
    if stage in ("judge", "serialize"):
        allowed.add("rules")
    own = {name[1] for name in own_imports(path) if name[0] == "_scan"}
    assert own <= allowed
    if stage in ("classify", "judge", "serialize", "rules"):
        assert not any(
            name[0] == "_host" and name[-1] != "record"
            for name in own_imports(path)
            if stage != "judge"
        )


@pytest.mark.parametrize("path", PURE_FILES, ids=by_name)
def test_standard_library_only(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports(path) if not name.startswith(".")}
    if sys.version_info >= (3, 10):
        assert outside <= sys.stdlib_module_names
    allowed = {"shutil", "tempfile"} if by_name(path) in HOST_FILES else set()
    assert not outside & FORBIDDEN_MODULES - allowed


@pytest.mark.parametrize("path", PURE_FILES, ids=by_name)
def test_only_host_accesses_the_machine(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and by_name(path) not in HOST_FILES
        ):
            assert node.id not in FORBIDDEN_NAMES, "%s:%d" % (path, node.lineno)
        if (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and by_name(path) not in HOST_FILES
        ):
            assert node.module not in ("os", "os.path"), (
                "import os, so that its use can be seen: %s" % path
            )
        if not isinstance(node, ast.Attribute) or by_name(path) in HOST_FILES:
            continue
        where = "%s:%d" % (path, node.lineno)
        if isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr in OS_ALLOWED, where
        if isinstance(node.value, ast.Attribute) and ast.dump(node.value).startswith(
            "Attribute(value=Name(id='os'"
        ):
            assert node.attr in OS_PATH_ALLOWED, where
        if isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr in ("maxsize", "version_info", "byteorder"), where
        if isinstance(node.value, ast.Name) and node.value.id == "time":
            assert node.attr in ("gmtime", "strftime", "strptime"), (
                "%s: the host has the clock" % where
            )


@pytest.mark.parametrize("path", EFFECT_FILES, ids=by_name)
def test_effects_know_nothing_of_ansible_and_start_no_process_themselves(
    path: Path,
) -> None:
    names = {
        name
        for name in imports(path)
        if not name.startswith(".") and name != "urllib.parse"
    }
    outside = {name.split(".")[0] for name in names} - PROGRAMS.get(
        by_name(path), set()
    )
    if sys.version_info >= (3, 10):
        assert outside <= sys.stdlib_module_names
    assert not outside & {
        "subprocess",
        "multiprocessing",
        "logging",
        "ssl",
        "urllib",
        "http",
        "socket",
    }


def test_stages_that_only_think_could_read_no_file() -> None:
    for path in SCAN_FILES:
        if path.parent.name in ("classify", "judge", "rules", "serialize"):
            assert not {
                name
                for name in imports(path)
                if name.split(".")[0] in ("sqlite3", "zipfile", "mmap", "io")
            }


@pytest.mark.parametrize(
    "path",
    sorted(PLUGINS.rglob("*.py")),
    ids=lambda path: str(path.relative_to(PLUGINS)),
)
def test_python_38_can_parse_it(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 8))


@pytest.mark.skipif(
    sys.version_info < (3, 11), reason="checked once, on a controller's Python"
)
def test_python_38_has_what_it_uses() -> None:
    pytest.importorskip(
        "vermin", reason="vermin is in the requirements of the unit environments"
    )
    command = [
        Path(sys.executable).with_name("vermin"),
        "-t=3.8-",
        "--violations",
        "--no-tips",
        "--no-parse-comments",
    ]
    done = subprocess.run(
        [*command, str(MODULE_UTILS)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def reached(start: Path) -> set[Path]:
    """Return the files that a module brings to its target: what it imports, at its top or anywhere in it."""
    found: set[Path] = set()
    pending = [start]
    while pending:
        path = pending.pop()
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = path.parents[node.level - 1].joinpath(
                    *(node.module or "").split(".")
                )
                places = [base, *(base / alias.name for alias in node.names)]
                files = {each.with_suffix(".py") for each in places}
                files |= {each / "__init__.py" for each in (base, *base.parents)}
                files -= found | {path}
                pending += [each for each in files if each.is_file()]
                found |= {each for each in files if each.is_file()}
    return {path for path in found if MODULE_UTILS in path.parents}


@pytest.mark.parametrize("module", ["python_facts", "audit"])
def test_what_only_reads_brings_nothing_that_changes(module: str) -> None:
    """Every target gets and compiles what a module imports, at every task."""
    names = {by_name(path) for path in reached(PLUGINS / "modules" / (module + ".py"))}
    assert "_scan/pipeline.py" in names
    names -= {"_process/__init__.py", "_process/run_process.py"}
    assert {name.split("/")[0] for name in names} <= {"_host", "_scan", "_ansible"}


def test_everything_is_of_use() -> None:
    kinds = ("modules", "action", "filter", "lookup", "test", "plugin_utils")
    starts = [path for kind in kinds for path in (PLUGINS / kind).rglob("*.py")]
    programs = [MODULE_UTILS / "_zipapp/main.py", MODULE_UTILS / "_zipapp/audit.py"]
    used = set().union(*(reached(path) for path in [*starts, *programs]), programs)
    assert {by_name(path) for path in FILES if path.name != "__init__.py"} <= {
        by_name(path) for path in used
    }


_PACKAGE = "ansible_collections.pyfleet.python.plugins.module_utils"


@pytest.mark.parametrize("reader", ["_pip_config.plan", "_install.config_conflicts"])
def test_what_parses_files_in_a_child_is_imported_before(reader: str) -> None:
    # The archive that Ansible runs a module from is unreadable to the user that the child becomes.
    code = (
        "import importlib, sys; importlib.import_module(sys.argv[1] + '.' + sys.argv[2]); "
        "print(*(name for name in ('_scan.ini', '_scan.read.toml') "
        "if sys.argv[1] + '.' + name not in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, _PACKAGE, reader],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.stdout.strip() == ""


FILE_LINES, FUNCTION_LINES = 520, 60


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_reader_can_take_a_file_in(path: Path) -> None:
    # At 88 columns; at 120 columns the same code had 400 lines a file, and 50 a function.
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= FILE_LINES
    for node in ast.walk(parse(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno
            where = "%s:%d %s" % (path, node.lineno, node.name)
            assert length <= FUNCTION_LINES, where


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_packages_carry_nothing(path: Path) -> None:
    """An __init__ that imports would put every stage into every module's payload; one speeds up all other imports."""
    if path.name != "__init__.py":
        return
    statements = [type(node) for node in parse(path).body]
    if path.parent.name == "_ansible":
        assert statements == [ast.Expr, ast.ImportFrom, ast.Expr]
    else:
        assert statements == [ast.Expr]
