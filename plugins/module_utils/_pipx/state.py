# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed of an application of pipx: its environment, pipx's record, the links to its commands."""

from __future__ import annotations

import os
import re
from typing import List, NamedTuple, Optional, Sequence, Tuple

from .._host.host import Host
from .._scan.classify.environment import classify_environment
from .._scan.judge.environment_health import LOW, judge_environment
from .._scan.model import EnvironmentPlace, EnvironmentReading
from .._scan.pipx_record import PipxInjectedReading, PipxReading
from .._scan.project_name import canonicalize_name
from .._scan.read.distributions import parse_editable
from .._scan.read.environment import Versions, read_environment
from .._scan.read.pipx_metadata import read_pipx
from .spec import PipxAppRequest, PipxAppSpec, Requirement, split_variant

#: Before the name of an environment, in pipx's home: one that is set aside while another is built in its place.
ASIDE = ".pyfleet-"


class Application(NamedTuple):
    """One application as its files show it."""

    directory: str
    home: str
    name: str
    version: str
    spec: str = ""  # what it was installed from, as pipx recorded it
    suffix: str = ""
    commands: Tuple[str, ...] = ()
    injected: Tuple[PipxInjectedReading, ...] = ()
    python: str = ""  # the canonical executable that it runs with
    python_version: str = ""  # of its Python: X.Y.Z where it was read, else X.Y
    python_variant: str = ""  # t of a free-threaded Python
    system_site_packages: bool = False
    include_dependencies: bool = False
    pinned: bool = False
    editable: bool = False
    backend: str = "pip"
    problems: Tuple[str, ...] = ()  # why it does not run
    missing_links: Tuple[
        str, ...
    ] = ()  # commands that have no link in the directory for commands
    foreign: Tuple[str, ...] = ()  # paths of commands that something else holds
    interrupted: bool = False  # a rebuild of it was interrupted


class PipxAppState(NamedTuple):
    """The current state of one application."""

    directory: str = ""  # of its environment; '' where there is none
    application: Optional[Application] = None
    links: Tuple[
        str, ...
    ] = ()  # in the directory for commands, that lead into its environment


def gather_state(request: PipxAppRequest) -> PipxAppState:
    """Read the current state of one application; start no process."""
    spec = request.spec
    with Host() as host:
        homes = [host.real(home) or home for home in request.homes]
        directory = find_directory(host, homes, spec.requirement, spec.suffix)
        if not directory:
            return PipxAppState(links=_find_stray_links(host, homes, request))
        application, reading = read_application(
            host, directory, request.bin_directory, _version_reader(host, spec)
        )
        if reading is not None:
            judged = judge_environment(classify_environment(reading, lambda path: ""))
            problems = [
                each.message for each in judged.problems if each.code not in LOW
            ]
            application = application._replace(problems=tuple(problems))
        if _is_same_path(host, application.spec, spec.requirement.text):
            application = application._replace(spec=spec.requirement.text)
        return PipxAppState(
            directory, application, find_links(host, directory, request.bin_directory)
        )


def _version_reader(host: Host, spec: PipxAppSpec) -> Versions:
    """Return what reads the version of an interpreter, which is done only where X.Y is not enough."""
    version, _variant = split_variant(spec.python_version)
    if not version or re.fullmatch(r"\d+(\.\d+)?", version):
        return _no_version
    from .._scan.read.interpreter import InterpreterReader

    return InterpreterReader(host, ()).version_of


def _no_version(_path: str) -> Tuple[str, str]:
    return "", ""


def _find_stray_links(
    host: Host, homes: Sequence[str], request: PipxAppRequest
) -> Tuple[str, ...]:
    """Return the links into the environment of an application that is gone."""
    name = request.spec.requirement.name
    links: List[str] = []
    for home in homes if name else ():
        directory = home + "/venvs/" + canonicalize_name(name + request.spec.suffix)
        links += find_links(host, directory, request.bin_directory)
    return tuple(links)


def find_directory(
    host: Host, homes: Sequence[str], requirement: Requirement, suffix: str
) -> str:
    """Return the environment of an application, found by name or by what it was installed from; '' where none is."""
    for home in homes:
        aside = {
            row.name[len(ASIDE) :]
            for row in host.list(home)
            if row.name.startswith(ASIDE)
        }
        directories = {
            row.name for row in host.list(home + "/venvs") if row.kind == "directory"
        }
        for name in sorted(directories | aside):
            path = home + "/venvs/" + name
            if requirement.name and canonicalize_name(name) == canonicalize_name(
                requirement.name + suffix
            ):
                return path
            if not requirement.name and _is_installed_from(
                host, path, requirement, suffix
            ):
                return path
    return ""


def _is_installed_from(
    host: Host, directory: str, requirement: Requirement, suffix: str
) -> bool:
    record = read_pipx(host, directory, ())
    same = record.spec == requirement.text or _is_same_path(
        host, record.spec, requirement.text
    )
    return same and record.suffix == suffix


def _is_same_path(host: Host, recorded: str, requested: str) -> bool:
    """Return whether two paths lead to the same file: newer pipx records the canonical path."""
    if not recorded.startswith("/") or not requested.startswith("/"):
        return False
    path = host.real(requested)
    return path is not None and path == host.real(recorded)


def read_application(
    host: Host, directory: str, bin_directory: str, version_of: Versions = _no_version
) -> tuple[Application, EnvironmentReading | None]:
    """Read an application and its environment; the environment is None where only remains of it are left."""
    venvs, name = os.path.split(directory)
    home = os.path.dirname(venvs)
    interrupted = host.lkind(home + "/" + ASIDE + name) != ""
    reading = read_environment(
        host, EnvironmentPlace(directory, "pipx", ""), version_of
    )
    if reading is None or reading.pipx is None:
        problems = ("it is incomplete",)
        return Application(
            directory, home, name, "", problems=problems, interrupted=interrupted
        ), None
    record = reading.pipx
    links = _read_links(host, directory, bin_directory, record)
    language = (
        reading.lib_languages[0] if reading.lib_languages else reading.base_language
    )
    is_free_threaded = any(
        "/python%st/" % language in site for site in reading.site_packages
    )
    application = Application(
        directory=directory,
        home=home,
        name=record.application or name,
        version=record.version,
        spec=record.spec,
        suffix=record.suffix,
        commands=links.commands,
        injected=record.injected_packages,
        python=reading.resolved,
        python_version=reading.full_version or language,
        python_variant="t" if is_free_threaded else "",
        system_site_packages=reading.config.get(
            "include-system-site-packages", ""
        ).lower()
        == "true",
        include_dependencies=record.include_dependencies,
        pinned=record.pinned,
        editable=record.editable or _is_editable(host, reading, record),
        backend=record.backend,
        missing_links=links.missing,
        foreign=links.foreign,
        interrupted=interrupted,
    )
    return application, reading


def _is_editable(host: Host, reading: EnvironmentReading, record: PipxReading) -> bool:
    """Return whether the application is installed in editable mode (PEP 610), which not every pipx records."""
    if not record.spec.startswith("/"):
        return False
    for site in reading.site_packages:
        for entry in host.list(site, lambda name: name.endswith(".dist-info")):
            if canonicalize_name(entry.name.partition("-")[0]) == canonicalize_name(
                record.application
            ):
                data = host.content("%s/%s/direct_url.json" % (site, entry.name)) or b""
                return parse_editable(data)
    return False


def leads_into(host: Host, link: str, directory: str) -> bool:
    """Return whether a symbolic link leads into a directory, even to nothing in it."""
    target = host.readlink(link)
    if target is None:
        return False
    path = os.path.normpath(os.path.join(os.path.dirname(link), target))
    parent = host.real(os.path.dirname(path)) or os.path.dirname(path)
    return (path + "/").startswith(directory + "/") or (parent + "/").startswith(
        directory + "/"
    )


def find_links(host: Host, directory: str, bin_directory: str) -> tuple[str, ...]:
    """Return the links in the directory for commands that lead into an environment, even one that is gone."""
    rows = host.list(bin_directory)
    paths = [bin_directory + "/" + row.name for row in rows if row.kind == "link"]
    return tuple(path for path in paths if leads_into(host, path, directory))


class _Links(NamedTuple):
    """The commands of an application by the names that their links have, and what is wrong with the links."""

    commands: Tuple[str, ...]
    missing: Tuple[str, ...] = ()  # commands without a link
    foreign: Tuple[str, ...] = ()  # paths that something else holds


def _read_links(
    host: Host, directory: str, bin_directory: str, record: PipxReading
) -> _Links:
    commands, missing, foreign = [], [], []
    for command in record.commands:
        names = spellings(command, record.suffix)
        linked = [
            name
            for name in names
            if leads_into(host, bin_directory + "/" + name, directory)
        ]
        name = linked[0] if linked else command
        commands.append(name)
        if linked or not record.exposed:
            continue
        path = bin_directory + "/" + name
        kind = host.lkind(path)
        dangles = kind == "link" and host.real(path) is None
        if not kind or dangles:
            missing.append(name)
        else:
            foreign.append(path)
    return _Links(tuple(commands), tuple(missing), tuple(foreign))


def spellings(command: str, suffix: str) -> Tuple[str, ...]:
    """Return the names that a command may be linked by: pipx before 1.17.15 put a suffix before the last dot.

    pip3.12 with the suffix _1 is pip3.12_1, or pip3_1.12 (pipx 1.18: commands/common.py, exposed_app_names).
    """
    stem, extension = os.path.splitext(command[: len(command) - len(suffix)])
    if not suffix or not extension or not command.endswith(suffix):
        return (command,)
    return command, stem + suffix + extension
