# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads interpreters without running them."""

from __future__ import annotations

import os
import re
import stat
from functools import partial
from typing import Callable, Iterator, Mapping, Sequence

from ..._host.host import Host, User
from ..._host.record import NamedTuple
from ..model import (
    Candidate,
    Command,
    EnvironmentPlace,
    InterpreterReading,
    Marker,
    Request,
    SearchPath,
    SiteDirectory,
    SystemCommand,
    VenvParts,
    VersionClaim,
)
from .distributions import find_pip
from .executable import Executable, read_executable
from .layout import Layout, find_layout, purelib, read_site_directories, tell_vendor
from .marker import read_marker
from .python_version import read_sysconfig_data, read_versions
from .pyvenv_cfg import parse_pyvenv_cfg
from .trust import TrustReader

_NAMES_LIMIT = 50
_PROGRAMS = ("elf", "macho", "unreadable")
_COMMANDS = ("python", "python3", "pip", "pip3", "pipx")


class _Program(NamedTuple):
    """What is known of one canonical executable."""

    file: Executable
    layout: Layout
    problem: str
    versions: tuple[VersionClaim, ...]


class InterpreterReader:
    """Collect candidates, then return one reading for each installation; nothing is read twice."""

    def __init__(self, host: Host, users: Sequence[User]) -> None:
        self._host = host
        self._users = users
        self._trust = TrustReader(host)
        self._programs: dict[str, _Program] = {}
        self._groups: dict[
            tuple[str, ...], tuple[list[_Program], dict[str, Candidate]]
        ] = {}
        self.environments: dict[
            str, EnvironmentPlace
        ] = {}  # whose Python was among the candidates

    def add(self, candidate: Candidate) -> None:
        """Add one name; a Python of an environment brings in the interpreter that it stands on."""
        path, via = candidate
        kind, target = self.resolve(path)
        while kind == "environment" and target not in self.environments:
            self.environments[target] = EnvironmentPlace(target, via, "")
            path, via = self._base_of(path, target), "base of " + target
            kind, target = self.resolve(path) if path else ("", "")
        if kind == "interpreter":
            self._enter(self._program(target), Candidate(path, via))
        elif kind == "other":
            self._host.note(
                path,
                "not-python",
                "neither a Python binary nor a script that starts one",
            )

    def resolve(self, path: str) -> tuple[str, str]:
        """Return the kind of a path (interpreter, environment, script, other, '') and the canonical path it leads to.

        As in CPython (getpath.py, PEP 405) pyvenv.cfg counts beside the program and one above, links not followed.
        """
        real = self._host.real(path)
        if real is None:
            return "", ""
        directory = os.path.dirname(path)
        for place in (directory, os.path.dirname(directory)):
            if self._host.is_file(os.path.join(place, "pyvenv.cfg")):
                return "environment", self._host.real(place) or place
        file, layout, _problem, _versions = self._program(real)
        if file.kind in _PROGRAMS and (
            file.implementation or (layout.stdlib and _may_be_python(file))
        ):
            return "interpreter", real
        return ("script" if file.kind in ("script", "shim") else "other"), ""

    def version_of(self, path: str) -> tuple[str, str]:
        """Return (X.Y, X.Y.Z) of a canonical executable, '' for what is not known."""
        program = self._program(path)
        return program.layout.language, program.versions[
            0
        ].version if program.versions else ""

    def failure_of(self, path: str) -> str:
        """Return why a canonical executable does not start, as far as its file tells; '' where nothing is known."""
        program = self._program(path)
        return program.file.failure if program.file.kind in _PROGRAMS else ""

    def _program(self, real: str) -> _Program:
        if real not in self._programs:
            file = read_executable(self._host, real)
            unknown = _Program(
                file, Layout("", "", "", file.language, file.variant), "", ()
            )
            self._programs[real] = unknown
            if file.kind in _PROGRAMS:
                self._programs[real] = self._host.bounded(
                    real, lambda: self._read_program(file), unknown
                )
        return self._programs[real]

    def _read_program(self, file: Executable) -> _Program:
        layout, problem = find_layout(self._host, file)
        return _Program(file, layout, problem, read_versions(self._host, file, layout))

    def _base_of(self, path: str, environment: str) -> str:
        """Find the interpreter of an environment: where its link leads, or for a copy what lies in ``home``."""
        real = self._host.real(path) or ""
        if not real.startswith(environment.rstrip("/") + "/"):
            return real
        home = parse_pyvenv_cfg(
            self._host.content(environment + "/pyvenv.cfg") or b""
        ).get("home", "")
        language = self._program(real).layout.language
        names = (
            "python" + language,
            "pypy" + language,
            os.path.basename(path),
            "python3",
            "python",
        )
        bases = (
            [os.path.join(home, name) for name in names] if home.startswith("/") else []
        )
        return next(filter(self._host.is_file, bases), "")

    def _enter(self, program: _Program, name: Candidate) -> None:
        """Put an executable with those that share its standard library: hard links, copies beside it."""
        file, layout = program.file, program.layout
        key: tuple[str, ...] = (file.path,)
        if layout.stdlib and file.path.startswith(layout.prefix.rstrip("/") + "/"):
            library = self._host.real(layout.library) or layout.library
            # A copy that somebody else owns is a Python of theirs, whatever library it would use.
            owner = str(self._owner(file.path))
            key = (
                library,
                file.implementation,
                "d" if "d" in file.variant else "",
                file.symbol,
                owner,
            )
        programs, names = self._groups.setdefault(key, ([], {}))
        programs.append(program)
        if len(names) < _NAMES_LIMIT:
            names.setdefault(name.path, name)

    def _owner(self, path: str) -> int:
        info = self._host.lstat(path)
        return -1 if info is None else info.st_uid

    def readings(self) -> tuple[InterpreterReading, ...]:
        """Return one record for each installation, in the order in which they were met."""
        found = []
        for programs, names in self._groups.values():
            layout = programs[0].layout
            tail = layout.language + layout.variant.replace(
                "m", ""
            )  # the one called pythonX.Y stands for all
            program = next(
                (each for each in programs if each.file.path.endswith(tail)),
                programs[0],
            )
            others = tuple(
                each.file.path
                for each in programs
                if each.file.path != program.file.path
            )
            work = partial(self._read, program, tuple(names.values()), others)
            nothing: InterpreterReading | None = None
            reading = self._host.bounded(program.file.path, work, nothing)
            if reading is not None:
                found.append(reading)
        return tuple(found)

    def _read(
        self, program: _Program, names: tuple[Candidate, ...], others: tuple[str, ...]
    ) -> InterpreterReading | None:
        file, layout = program.file, program.layout
        reading = InterpreterReading(
            path=file.path,
            names=names,
            implementation=file.implementation,
            language=layout.language,
            variant=layout.variant,
            versions=program.versions,
            prefix="",
            stdlib="",
            framework="",
            build={},
            layout="",
            site_directories=(),
            purelib="",
            marker=Marker(path="", kind="missing"),
            pip=None,
            venv=VenvParts(venv=False, ensurepip=False, wheels=None),
            trust=self._trust.judge((file.path, *others, file.library)),
            owner_uid=self._owner(file.path),
            problems=tuple(_problems(program)),
            failure=file.failure,
        )
        return (
            self._read_library(file, layout, others, reading)
            if layout.stdlib
            else reading
        )

    def _read_library(
        self,
        file: Executable,
        layout: Layout,
        others: tuple[str, ...],
        reading: InterpreterReading,
    ) -> InterpreterReading:
        host = self._host
        build = (
            read_sysconfig_data(host, layout)
            if file.implementation == "cpython"
            else {}
        )
        layout = layout._replace(framework=build.get("PYTHONFRAMEWORK", ""))
        layout = layout._replace(
            vendor=tell_vendor(host.text(layout.library + "/site.py") or "", layout)
        )
        sites = read_site_directories(host, layout, self._users)
        run = [file.path, *others, *_libraries(file, layout)]
        run += [
            host.real(each.path) or ""
            for each in sites
            if each.exists and each.role != "user"
        ]
        return reading._replace(
            implementation=file.implementation or "cpython",
            prefix=layout.prefix,
            stdlib=layout.stdlib,
            framework=layout.framework,
            build=build,
            layout=layout.vendor,
            site_directories=sites,
            purelib=purelib(layout),
            marker=read_marker(host, layout.stdlib),
            pip=find_pip(host, _import_path(sites)),
            venv=_read_venv_parts(host, layout, build),
            trust=self._trust.judge(
                each for each in run if each and host.lstat(each) is not None
            ),
        )


def _libraries(file: Executable, layout: Layout) -> Iterator[str]:
    """Yield where the code lies that an interpreter runs beside its own; '' where it is known to need no library."""
    yield file.library
    yield layout.library
    if file.kind == "macho":
        yield f"{layout.prefix}/Python"
        yield f"{layout.prefix}/lib/libpython{layout.language}.dylib"


def _import_path(sites: Sequence[SiteDirectory]) -> list[str]:
    """Return the site directories on the caller's sys.path: of the users' own only the first."""
    return [
        each.path
        for each in sites
        if each.exists and (each.role != "user" or each == sites[0])
    ]


def _problems(program: _Program) -> Iterator[str]:
    file, layout = program.file, program.layout
    if program.problem:
        yield program.problem
    if file.library_missing:
        yield file.library_missing + ", which it needs, was not found"
    if file.kind == "unreadable":
        yield "the executable may not be read; what is known is from its name and place"
    if layout.stdlib and not program.versions:
        yield "no readable file contains the full version"


def _may_be_python(file: Executable) -> bool:
    """Return whether a program whose name tells nothing may be a Python: mise's shims are links to mise."""
    return file.kind != "elf" or file.elf is None or file.elf.runs_python is not False


def _read_venv_parts(host: Host, layout: Layout, build: Mapping[str, str]) -> VenvParts:
    given, bundled = (
        build.get("WHEEL_PKG_DIR", ""),
        layout.library + "/ensurepip/_bundled",
    )
    # Debian patched ensurepip before there was --with-wheel-pkg-dir (3.10).
    usual = (
        "/usr/share/python-wheels" if layout.vendor == "debian" else given or bundled
    )
    wheels = re.compile(r"pip-.*\.whl").fullmatch
    places = [
        place
        for place in (given, bundled, usual)
        if place.startswith("/") and host.list(place, wheels)
    ]
    return VenvParts(
        venv=host.is_file(layout.library + "/venv/__init__.py"),
        ensurepip=host.is_file(layout.library + "/ensurepip/__main__.py"),
        wheels=bool(places),
        wheel_directory=(*places, usual)[0],
    )


class Interpreters(NamedTuple):
    """What was read of all candidates."""

    readings: tuple[InterpreterReading, ...]
    environments: tuple[EnvironmentPlace, ...]  # whose Python was among them
    reader: InterpreterReader  # for resolve and version_of


def read_interpreters(
    host: Host, candidates: Sequence[Candidate], users: Sequence[User], request: Request
) -> Interpreters:
    """Read all candidates; with ``execute: trusted`` the trusted ones are run to confirm what was read."""
    reader = InterpreterReader(host, users)
    for candidate in candidates:
        if host.expired(candidate.path):
            break
        host.bounded(candidate.path, partial(reader.add, candidate), None)
    readings = reader.readings()
    if request.execute == "trusted":
        from .confirm_versions import confirm

        readings = tuple(confirm(host, reading) for reading in readings)
    return Interpreters(readings, tuple(reader.environments.values()), reader)


def find_command(host: Host, name: str, directories: Sequence[str]) -> str:
    """Return the path that a shell runs for a bare name, or ''."""
    for directory in directories:
        path = os.path.join(directory, name)
        info = host.stat(path)
        if info is not None and info.st_mode & 0o111 and stat.S_ISREG(info.st_mode):
            return path
    return ""


def read_system_command(
    host: Host, resolve: Callable[[str], tuple[str, str]]
) -> SystemCommand | None:
    """Return what /usr/bin/python3 is; None on systems whose own programs do not start it."""
    path = "/usr/bin/python3"
    if host.system == "darwin":
        return None
    if host.lstat(path) is None:
        return SystemCommand(path, "missing")
    link = host.readlink(path) or ""
    if host.real(path) is None:
        return SystemCommand(path, "dangling", link=link)
    kind, target = resolve(path)
    return SystemCommand(path, kind or "other", target, link)


def read_commands(
    host: Host,
    search_paths: Sequence[SearchPath],
    resolve: Callable[[str], tuple[str, str]],
) -> tuple[Command, ...]:
    """Return what python, pip and pipx mean on each search path; of a script, by what its first line names."""
    found: list[Command] = []
    for search_path in search_paths:
        for name in _COMMANDS:
            if host.expired(f"{name} on the {search_path.name} PATH"):
                return tuple(found)
            path = find_command(host, name, search_path.directories)
            if path and name.startswith("python"):
                kind, target = resolve(path)
            elif path:
                file = read_executable(host, host.real(path) or path)
                kind = "script" if file.kind == "script" else "other"
                target = resolve(file.shebang)[1] if file.shebang else ""
            else:
                continue
            found.append(
                Command(
                    name=name,
                    search_path=search_path.name,
                    path=path,
                    kind=kind,
                    target=target,
                )
            )
    return tuple(found)
