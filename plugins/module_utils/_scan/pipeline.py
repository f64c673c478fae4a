# SPDX-License-Identifier: GPL-3.0-or-later
"""Connects the stages: discover, read, classify, judge.

What only some hosts need is imported where it is met: each target compiles what it imports at every task.
"""

from __future__ import annotations

from typing import Mapping, Sequence

from .._host.host import Host
from .classify.context import classify_context
from .classify.installation import classify_installation, ownership_questions
from .classify.origin import classify_packages
from .data.package_names import families, venv_package
from .discover.environments import find_environments
from .discover.homes import choose_users
from .discover.interpreters import find_interpreters
from .discover.search_path import find_activated, find_search_paths
from .judge.externally_managed import judge_managed
from .judge.venv_support import judge_venv
from .model import (
    EnvironmentReading,
    InterpreterReading,
    Places,
    Readings,
    Request,
    System,
)
from .read.context import read_context
from .read.distributions import read_distributions, read_modules
from .read.installer_config import read_settings
from .read.interpreter import (
    Interpreters,
    read_commands,
    read_interpreters,
    read_system_command,
)
from .read.ownership import read_ownership
from .read.system import read_system
from .verdicts import (
    Classified,
    Environment,
    Installation,
    Judged,
    JudgedEnvironment,
    JudgedInstallation,
    Scan,
)

#: Where each stage ends, as a fraction of the time limit: tens of thousands of homes leave time for the system's own.
_USERS, _CANDIDATES, _PLACES, _INTERPRETERS, _ENVIRONMENTS = 0.2, 0.4, 0.6, 0.75, 0.9


def scan(host: Host, request: Request) -> Scan:
    """Scan a host: everything asked for, judged, and all that could not be seen named in ``notes``."""
    places = _discover(host, request)
    readings, modules = _read(host, request, places)
    classified = _classify(readings, modules)
    judged = _judge(readings, classified)
    return Scan(
        readings,
        classified,
        judged,
        notes=tuple(host.notes),
        notes_left_out=host.notes_left_out,
        duration=host.elapsed(),
    )


def _discover(host: Host, request: Request) -> Places:
    host.begin_stage(_USERS)
    users = choose_users(host, request)
    host.begin_stage(_CANDIDATES)
    caller = host.caller()
    search_paths = find_search_paths(
        host, users if caller is None or caller in users else (*users, caller)
    )
    candidates = find_interpreters(host, request, search_paths, users)
    host.begin_stage(_PLACES)
    environments = (
        find_environments(host, request, users)
        if "environments" in request.subset
        else ()
    )
    return Places(search_paths, candidates, environments, users)


def _read(
    host: Host, request: Request, places: Places
) -> tuple[Readings, Mapping[str, str]]:
    host.begin_stage(_INTERPRETERS)
    found = read_interpreters(host, places.candidates, places.users, request)
    host.begin_stage(_ENVIRONMENTS)
    environments = _read_environments(host, request, places, found)
    host.begin_stage(1.0)
    interpreters = found.readings
    if "packages" in request.subset:
        interpreters = tuple(_add_distributions(host, row) for row in interpreters)
    modules = read_modules(
        host, [each for row in interpreters for each in row.distributions]
    )
    system = read_system(host)
    system_command = read_system_command(host, found.reader.resolve)
    questions = _owned_paths(interpreters, environments)
    if system_command:
        questions.append(system_command.path)
    readings = Readings(
        system=system,
        search_paths=places.search_paths,
        interpreters=interpreters,
        environments=environments,
        commands=read_commands(host, places.search_paths, found.reader.resolve),
        settings=read_settings(
            host, places.users, [row.prefix for row in interpreters]
        ),
        ownership=read_ownership(
            host,
            [*questions, *modules.values()],
            _venv_packages(interpreters, system),
            request.execute,
        ),
        context=read_context(host),
        users=places.users,
        caller=host.caller(),
        system_command=system_command,
        activated=find_activated(host),
    )
    return readings, modules


def _add_distributions(
    host: Host, interpreter: InterpreterReading
) -> InterpreterReading:
    sites = [site.path for site in interpreter.site_directories if site.exists]
    return interpreter._replace(distributions=read_distributions(host, sites))


def _owned_paths(
    interpreters: Sequence[InterpreterReading],
    environments: Sequence[EnvironmentReading],
) -> list[str]:
    """Return the paths of which a package manager may be the owner."""
    paths = [path for row in interpreters for path in ownership_questions(row)]
    paths += [each.location for row in interpreters for each in row.distributions]
    paths += [
        each.location for row in environments if row.conda for each in row.distributions
    ]
    return paths


def _venv_packages(
    interpreters: Sequence[InterpreterReading], system: System
) -> set[str]:
    """Return the packages from which this distribution's Pythons get their module venv."""
    family = families(system)
    names = {
        venv_package(family, row.language, row.implementation, system.version)
        for row in interpreters
    }
    return names - {""}


def _read_environments(
    host: Host, request: Request, places: Places, found: Interpreters
) -> tuple[EnvironmentReading, ...]:
    if "environments" not in request.subset:
        return ()
    known = {place.path: place for place in (*found.environments, *places.environments)}
    if not known:
        return ()
    from .read.environment import read_environment

    rows: list[EnvironmentReading] = []
    for place in known.values():
        if host.expired(place.path):
            break
        row = read_environment(
            host, place, found.reader.version_of, found.reader.failure_of
        )
        if row is not None and "packages" in request.subset:
            row = row._replace(
                distributions=read_distributions(host, row.site_packages)
            )
        if row is not None:
            rows.append(row)
    return tuple(rows)


def _classify(readings: Readings, modules: Mapping[str, str]) -> Classified:
    ownership = readings.ownership
    installations = tuple(
        classify_installation(row, ownership, readings.system)._replace(
            packages=classify_packages(
                row.distributions, ownership, row.site_directories, modules
            )
        )
        for row in readings.interpreters
    )
    environments = (
        _classify_environments(readings, installations) if readings.environments else ()
    )
    return Classified(installations, environments, classify_context(readings.context))


def _classify_environments(
    readings: Readings, installations: Sequence[Installation]
) -> tuple[Environment, ...]:
    from .classify.environment import classify_environment

    providers = {row.reading.path: row.provider for row in installations}
    return tuple(
        classify_environment(row, lambda path: providers.get(path, ""))._replace(
            packages=classify_packages(row.distributions, readings.ownership)
        )
        for row in readings.environments
    )


def _judge(readings: Readings, classified: Classified) -> Judged:
    installations = tuple(
        JudgedInstallation(
            row,
            judge_managed(row, readings.settings, readings.ownership, row.marker_text),
            judge_venv(row, readings.ownership, readings.system),
        )
        for row in classified.installations
    )
    environments = (
        _judge_environments(readings, classified) if classified.environments else ()
    )
    return Judged(installations, environments)


def _judge_environments(
    readings: Readings, classified: Classified
) -> tuple[JudgedEnvironment, ...]:
    from .judge.environment_health import judge_environment

    interpreters = [(row.path, row.language) for row in readings.interpreters]
    return tuple(
        judge_environment(row, interpreters) for row in classified.environments
    )
