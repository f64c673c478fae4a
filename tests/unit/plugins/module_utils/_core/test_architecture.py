# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The walls: which stage sees which, what the core may touch, how large it may be, which Python it must run on."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[5] / "plugins"
CORE = PLUGINS / "module_utils/_core"
FILES = sorted(CORE.rglob("*.py"))
STAGES = ("discover", "read", "classify", "judge", "plan", "report")
PURE_STAGES = ("classify", "judge", "plan", "report")
SHARED = ("application", "model", "version", "wish", "data")
#: The only files that touch the machine.
DOOR = ("host.py", "tree.py")
#: The design asks for 150 KiB; what it also asks for (every provider, package database and rule) weighs twice that.
#: This is what has been reached: it may only go down. See "What it weighs" in docs/how-it-works.md.
SIZE_BUDGET = 297 * 1024

#: Standard library that starts processes, loads code by name, reaches the network or prints.
FORBIDDEN_MODULES = frozenset(
    "subprocess multiprocessing importlib runpy pkgutil imp code codeop ctypes socket ssl urllib http ftplib asyncio "
    "threading concurrent pathlib tempfile shutil glob fileinput logging pwd grp getpass platform ansible".split()
)
FORBIDDEN_NAMES = frozenset("open print input exec eval compile __import__ breakpoint exit quit globals vars".split())
#: What outside host.py may be taken from os: names, and no contact with the machine.
OS_ALLOWED = frozenset({"path", "fsencode", "fsdecode", "sep", "pathsep", "stat_result"})
OS_PATH_ALLOWED = frozenset(
    {"join", "split", "dirname", "basename", "normpath", "splitext", "isabs", "commonpath", "relpath"}
)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def stage_of(path: Path) -> str:
    parts = path.relative_to(CORE).parts
    return parts[0] if len(parts) > 1 else ""


def imports(path: Path) -> Iterator[str]:
    """Give what a file of the core imports: 'os', or '.read.elf' for a part of the core."""
    package = list(path.relative_to(CORE).parts[:-1])
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                yield node.module or ""
                continue
            climbed = node.level - 1
            assert climbed <= len(package), "%s imports from above the core" % path
            base = package[: len(package) - climbed] + (node.module or "").split(".")
            if node.module:
                yield "." + ".".join(part for part in base if part)
            else:
                yield from ("." + ".".join([part for part in base if part] + [alias.name]) for alias in node.names)


def by_name(path: Path) -> str:
    return str(path.relative_to(CORE))


def test_the_core_is_there() -> None:
    assert {stage_of(path) for path in FILES} == {"", "data", *STAGES}


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_one_direction(path: Path) -> None:
    """A stage sees records, tables and itself, the pure ones not even the door; only the pipeline sees stages."""
    stage = stage_of(path)
    own = [name[1:].split(".")[0] for name in imports(path) if name.startswith(".")]
    if path.name == "pipeline.py":
        return
    allowed = {"": {"application", "host", "tree", "model", "record", "version", "wish"}, "data": {"data"}}.get(
        stage, {stage, *SHARED}
    )
    if stage in ("discover", "read"):
        allowed.add("host")
    assert set(own) <= allowed


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_standard_library_only(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports(path) if not name.startswith(".")}
    if sys.version_info >= (3, 10):
        assert outside <= sys.stdlib_module_names
    door = {"shutil", "tempfile"} if path.name in DOOR else set()
    assert not outside & FORBIDDEN_MODULES - door


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_only_the_door_touches_the_machine(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and path.name not in DOOR:
            assert node.id not in FORBIDDEN_NAMES, "%s:%d" % (path, node.lineno)
        if isinstance(node, ast.ImportFrom) and not node.level and path.name not in DOOR:
            assert node.module not in ("os", "os.path"), "import os, so that its use can be seen: %s" % path
        if not isinstance(node, ast.Attribute) or path.name in DOOR:
            continue
        where = "%s:%d" % (path, node.lineno)
        if isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr in OS_ALLOWED, where
        if isinstance(node.value, ast.Attribute) and ast.dump(node.value).startswith("Attribute(value=Name(id='os'"):
            assert node.attr in OS_PATH_ALLOWED, where
        if isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr in ("maxsize", "version_info", "byteorder"), where
        if isinstance(node.value, ast.Name) and node.value.id == "time":
            assert node.attr in ("gmtime", "strftime", "strptime"), "%s: the host has the clock" % where


@pytest.mark.parametrize("path", sorted((PLUGINS / "module_utils/_act").glob("*.py")), ids=lambda path: path.name)
def test_effects_know_nothing_of_ansible_and_start_no_process_themselves(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 2, "%s imports from above" % path
            assert node.level != 2 or (node.module or "").startswith("_core"), "%s imports %s" % (path, node.module)
            names = [] if node.level else [node.module or ""]
        else:
            continue
        outside = {name.split(".")[0] for name in names if name != "urllib.parse"}
        if sys.version_info >= (3, 10):
            assert outside <= sys.stdlib_module_names
        assert not outside & {"subprocess", "multiprocessing", "logging", "ssl", "urllib", "http", "socket"}


def test_only_the_judge_of_nothing_is_missing() -> None:
    """The three stages that only think import nothing that could read a file."""
    for path in FILES:
        if stage_of(path) in PURE_STAGES:
            assert not {name for name in imports(path) if name.split(".")[0] in ("sqlite3", "zipfile", "mmap", "io")}


@pytest.mark.parametrize("path", sorted(PLUGINS.rglob("*.py")), ids=lambda path: str(path.relative_to(PLUGINS)))
def test_python_38_can_parse_it(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 8))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="checked once, on a controller's Python")
def test_python_38_has_what_it_uses() -> None:
    pytest.importorskip("vermin", reason="vermin is in the requirements of the unit environments")
    command = [Path(sys.executable).with_name("vermin"), "-t=3.8-", "--violations", "--no-tips", "--no-parse-comments"]
    done = subprocess.run([*command, str(PLUGINS / "module_utils")], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def reached(start: Path) -> set[Path]:
    """Give the files of the core that a module brings to its target: what it imports, at its top or anywhere in it."""
    found: set[Path] = set()
    pending = [start]
    while pending:
        path = pending.pop()
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                places = [base, *(base / alias.name for alias in node.names)]
                files = {each.with_suffix(".py") for each in places} - found - {path}
                pending += [each for each in files if each.is_file()]
                found |= {each for each in files if each.is_file()}
    return {path for path in found if CORE in path.parents}


@pytest.mark.parametrize("module", ["python_facts", "audit"])
def test_size_budget_of_the_scan(module: str) -> None:
    """Every target gets and compiles what it imports, at every task; what only looks brings nothing that plans."""
    sizes = {by_name(path): path.stat().st_size for path in reached(PLUGINS / "modules" / (module + ".py"))}
    assert "pipeline.py" in sizes
    assert sum(sizes.values()) <= SIZE_BUDGET, sorted(sizes.items(), key=lambda item: -item[1])[:10]
    assert not [name for name in sizes if name.startswith("plan/")]


def test_everything_in_the_core_is_of_use() -> None:
    used = set().union(*(reached(path) for path in (PLUGINS / "modules").glob("*.py")))
    plugins = [path for kind in ("test", "filter") for path in (PLUGINS / kind).glob("*.py")]
    used |= set().union(*(reached(path) for path in (*plugins, PLUGINS / "module_utils/_zipapp/main.py")))
    assert {by_name(path) for path in FILES if path.name != "__init__.py"} <= {by_name(path) for path in used}


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_rooms_a_reader_can_take_in(path: Path) -> None:
    # model.py is nothing but records, one field a line.
    assert len(path.read_text(encoding="utf-8").splitlines()) <= (520 if path.name == "model.py" else 400)
    for node in ast.walk(parse(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 50, "%s:%d %s" % (path, node.lineno, node.name)


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_packages_carry_nothing(path: Path) -> None:
    """An __init__ that imports would put every stage into every module's payload."""
    if path.name == "__init__.py":
        assert [type(node) for node in parse(path).body] == [ast.Expr]
