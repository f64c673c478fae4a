# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed of an application of pipx: its environment, pipx's record, the links to its commands."""

from __future__ import annotations

import os
from typing import List, NamedTuple, Optional, Sequence, Tuple

from .._host.host import Host
from .._scan.classify.environment import classify_environment
from .._scan.judge.environment_health import LOW, judge_environment
from .._scan.model import EnvironmentPlace, EnvironmentReading
from .._scan.pipx_record import PipxInjectedReading
from .._scan.project_name import canonicalize_name
from .._scan.read.environment import read_environment
from .._scan.read.pipx_metadata import read_pipx
from .spec import PipxAppRequest, Requirement

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
    language: str = ""  # X.Y of its Python
    system_site_packages: bool = False
    include_dependencies: bool = False
    pinned: bool = False
    backend: str = "pip"
    problems: Tuple[str, ...] = ()  # why it does not run
    missing_links: Tuple[str, ...] = ()  # commands that have no link in the directory for commands
    foreign: Tuple[str, ...] = ()  # paths of commands that something else holds
    interrupted: bool = False  # a rebuild of it was interrupted


class PipxAppState(NamedTuple):
    """The current state of one application."""

    directory: str = ""  # of its environment; '' where there is none
    application: Optional[Application] = None
    links: Tuple[str, ...] = ()  # in the directory for commands, that lead into its environment


def gather_state(request: PipxAppRequest) -> PipxAppState:
    """Read the current state of one application; start no process."""
    spec = request.spec
    with Host() as host:
        homes = [host.real(home) or home for home in request.homes]
        directory = find_directory(host, homes, spec.requirement, spec.suffix)
        if not directory:
            return PipxAppState(links=_find_stray_links(host, homes, request))
        application, reading = read_application(host, directory, request.bin_directory)
        if reading is not None:
            judged = judge_environment(classify_environment(reading, lambda path: ""))
            problems = [each.message for each in judged.problems if each.code not in LOW]
            application = application._replace(problems=tuple(problems))
        if _is_same_path(host, application.spec, spec.requirement.text):
            application = application._replace(spec=spec.requirement.text)
        return PipxAppState(directory, application, find_links(host, directory, request.bin_directory))


def _find_stray_links(host: Host, homes: Sequence[str], request: PipxAppRequest) -> Tuple[str, ...]:
    """Return the links into the environment of an application that is gone."""
    name = request.spec.requirement.name
    links: List[str] = []
    for home in homes if name else ():
        directory = home + "/venvs/" + canonicalize_name(name + request.spec.suffix)
        links += find_links(host, directory, request.bin_directory)
    return tuple(links)


def find_directory(host: Host, homes: Sequence[str], requirement: Requirement, suffix: str) -> str:
    """Return the environment of an application, found by name or by what it was installed from; '' where none is."""
    for home in homes:
        aside = {row.name[len(ASIDE) :] for row in host.list(home) if row.name.startswith(ASIDE)}
        directories = {row.name for row in host.list(home + "/venvs") if row.kind == "directory"}
        for name in sorted(directories | aside):
            path = home + "/venvs/" + name
            if requirement.name and canonicalize_name(name) == canonicalize_name(requirement.name + suffix):
                return path
            if not requirement.name and _is_installed_from(host, path, requirement, suffix):
                return path
    return ""


def _is_installed_from(host: Host, directory: str, requirement: Requirement, suffix: str) -> bool:
    record = read_pipx(host, directory, ())
    same = record.spec == requirement.text or _is_same_path(host, record.spec, requirement.text)
    return same and record.suffix == suffix


def _is_same_path(host: Host, recorded: str, requested: str) -> bool:
    """Return whether two paths lead to the same file: newer pipx records the canonical path."""
    if not recorded.startswith("/") or not requested.startswith("/"):
        return False
    path = host.real(requested)
    return path is not None and path == host.real(recorded)


def read_application(host: Host, directory: str, bin_directory: str) -> tuple[Application, EnvironmentReading | None]:
    """Read an application and its environment; the environment is None where only remains of it are left."""
    venvs, name = os.path.split(directory)
    home = os.path.dirname(venvs)
    interrupted = host.lkind(home + "/" + ASIDE + name) != ""
    reading = read_environment(host, EnvironmentPlace(directory, "pipx", ""), lambda path: ("", ""))
    if reading is None or reading.pipx is None:
        problems = ("it is incomplete",)
        return Application(directory, home, name, "", problems=problems, interrupted=interrupted), None
    record = reading.pipx
    missing, foreign = _read_links(host, directory, bin_directory, record.commands if record.exposed else ())
    application = Application(
        directory=directory,
        home=home,
        name=record.application or name,
        version=record.version,
        spec=record.spec,
        suffix=record.suffix,
        commands=record.commands,
        injected=record.injected_packages,
        python=reading.resolved,
        language=reading.lib_languages[0] if reading.lib_languages else reading.base_language,
        system_site_packages=reading.config.get("include-system-site-packages", "").lower() == "true",
        include_dependencies=record.include_dependencies,
        pinned=record.pinned,
        backend=record.backend,
        missing_links=missing,
        foreign=foreign,
        interrupted=interrupted,
    )
    return application, reading


def leads_into(host: Host, link: str, directory: str) -> bool:
    """Return whether a symbolic link leads into a directory, even to nothing in it."""
    target = host.readlink(link)
    if target is None:
        return False
    path = os.path.normpath(os.path.join(os.path.dirname(link), target))
    parent = host.real(os.path.dirname(path)) or os.path.dirname(path)
    return (path + "/").startswith(directory + "/") or (parent + "/").startswith(directory + "/")


def find_links(host: Host, directory: str, bin_directory: str) -> tuple[str, ...]:
    """Return the links in the directory for commands that lead into an environment, even one that is gone."""
    rows = host.list(bin_directory)
    paths = [bin_directory + "/" + row.name for row in rows if row.kind == "link"]
    return tuple(path for path in paths if leads_into(host, path, directory))


def _read_links(
    host: Host, directory: str, bin_directory: str, commands: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the commands that have no link, and the paths that something else holds."""
    missing, foreign = [], []
    for command in commands:
        path = bin_directory + "/" + command
        kind = host.lkind(path)
        if kind and leads_into(host, path, directory):
            continue
        dangles = kind == "link" and host.real(path) is None
        if not kind or dangles:
            missing.append(command)
        else:
            foreign.append(path)
    return tuple(missing), tuple(foreign)
