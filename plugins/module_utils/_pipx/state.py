# SPDX-License-Identifier: GPL-3.0-or-later
"""One application of pipx: its environment, all that pipx recorded of it, and the links to its commands."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping, Sequence

from .._host.host import MIB, Host
from .._scan.model import EnvironmentPlace, EnvironmentReading
from .._scan.project_name import canonicalize_name
from .._scan.read.environment import read_environment
from .._scan.read.pipx_metadata import NAME
from .spec import Application, Package, Requirement

#: What a rebuild that was broken off leaves in pipx's home, before the name of the environment.
ASIDE = ".pyfleet-"


def find_directory(host: Host, homes: Sequence[str], wanted: Requirement, suffix: str) -> str:
    """Give the environment of an application, by its name or by what it was installed from; '' where there is none."""
    for home in homes:
        entries = [row.name for row in host.list(home) if row.name.startswith(ASIDE)]
        names = {row.name for row in host.list(home + "/venvs") if row.kind == "directory"}
        for name in sorted(names | {entry[len(ASIDE) :] for entry in entries}):
            path = home + "/venvs/" + name
            if wanted.name and canonicalize_name(name) == canonicalize_name(wanted.name + suffix):
                return path
            if not wanted.name:
                main = _part(_record(host, path), "main_package")
                if main.get("package_or_url") == wanted.text and (main.get("suffix") or "") == suffix:
                    return path
    return ""


def read_application(host: Host, directory: str, bin_directory: str) -> tuple[Application, EnvironmentReading | None]:
    """Read an application and its environment; the environment is None where only remains are there."""
    home, name = directory[: -len("/venvs/") - len(os.path.basename(directory))], os.path.basename(directory)
    interrupted = host.lkind(home + "/" + ASIDE + name) != ""
    reading = read_environment(host, EnvironmentPlace(directory, "pipx", ""), lambda path: ("", ""))
    record = _record(host, directory)
    main, rows = _part(record, "main_package"), _part(record, "injected_packages")
    if reading is None or reading.pipx is None:
        return Application(directory, home, name, "", problems=("it is half made",), interrupted=interrupted), None
    pipx = reading.pipx
    injected = [_package(key, row) for key, row in sorted(rows.items()) if isinstance(row, dict)]
    exposed = pipx.commands if not isinstance(record, dict) or record.get("exposure_enabled") is not False else ()
    missing, foreign = _links(host, directory, bin_directory, exposed)
    found = Application(
        directory=directory,
        home=home,
        name=pipx.application or name,
        version=pipx.version,
        spec=_text(main, "package_or_url"),
        suffix=pipx.suffix,
        commands=pipx.commands,
        injected=tuple(injected),
        python=reading.resolved,
        language=reading.lib_languages[0] if reading.lib_languages else reading.base_language,
        system_site_packages=reading.config.get("include-system-site-packages", "").lower() == "true",
        include_dependencies=main.get("include_dependencies") is True,
        pinned=pipx.pinned,
        backend=pipx.backend,
        missing_links=missing,
        foreign=foreign,
        interrupted=interrupted,
    )
    return found, reading


def _package(name: str, row: Mapping[str, Any]) -> Package:
    apps = row.get("include_apps") is True
    return Package(name, _text(row, "package_version"), _text(row, "package_or_url"), apps)


def leads_into(host: Host, link: str, directory: str) -> bool:
    """Tell whether a symbolic link leads into a directory, be anything there or not."""
    target = host.readlink(link)
    if target is None:
        return False
    path = os.path.normpath(os.path.join(os.path.dirname(link), target))
    place = host.real(os.path.dirname(path)) or os.path.dirname(path)
    return (path + "/").startswith(directory + "/") or (place + "/").startswith(directory + "/")


def find_links(host: Host, directory: str, bin_directory: str) -> tuple[str, ...]:
    """Give the links in the directory for commands that lead into an environment, even one that is gone."""
    rows = host.list(bin_directory)
    paths = [bin_directory + "/" + row.name for row in rows if row.kind == "link"]
    return tuple(path for path in paths if leads_into(host, path, directory))


def _links(
    host: Host, directory: str, bin_directory: str, commands: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the commands that have no link, and the paths that are held by something else."""
    missing, foreign = [], []
    for command in commands:
        path = bin_directory + "/" + command
        kind = host.lkind(path)
        if not kind or (kind == "link" and not leads_into(host, path, directory) and host.real(path) is None):
            missing.append(command)
        elif not leads_into(host, path, directory):
            foreign.append(path)
    return tuple(missing), tuple(foreign)


def _record(host: Host, directory: str) -> object:
    try:
        return json.loads((host.content(directory + "/" + NAME, 4 * MIB) or b"{}").decode("utf-8"))
    except (ValueError, RecursionError, MemoryError):
        return {}


def _part(record: object, key: str) -> Mapping[str, Any]:
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, dict) else {}


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
