# SPDX-License-Identifier: GPL-3.0-or-later
"""pipx_metadata.json: what pipx recorded of an application (pipx 1.18: src/pipx/pipx_metadata_file.py)."""

from __future__ import annotations

import json
from typing import Any, Container, Iterator, Mapping

from ..._host.host import MIB, Host
from ..pipx_record import PipxInjectedReading, PipxReading

NAME = "pipx_metadata.json"
_NAME_LIMIT = 255  # NAME_MAX, bytes
_COMMANDS_LIMIT = 2000  # of one package; the longest lists have some 100
_EDITABLE = frozenset(("-e", "--editable"))
_KNOWN_VERSIONS = frozenset("0.%d" % minor for minor in range(1, 13))  # of the record


def parse_metadata(data: bytes, directory: str) -> PipxReading:
    """Return what a record of any version holds.

    :param directory: the name of the environment's directory; version 0.1 has the suffix only there.
    """
    record, error = _load(data)
    main = _value(record, "main_package", {})
    injected = _value(record, "injected_packages", {})
    version = _value(record, "pipx_metadata_version", "")
    name = _value(main, "package", "")
    suffix = _value(main, "suffix", "")
    if version == "0.1" and name and name != directory:
        suffix = directory.replace(name, "")
    main = {**main, "suffix": suffix, "include_apps": True}
    packages = [main, *(injected[each] for each in sorted(injected))]
    commands = [command for package in packages for command in _commands(package)]
    return PipxReading(
        application=name,
        version=_value(main, "package_version", ""),
        suffix=suffix,
        commands=tuple(dict.fromkeys(commands)),
        injected=tuple(sorted(injected)),
        python=_value(_value(record, "source_interpreter", {}), "__Path__", ""),
        pinned=_value(main, "pinned", False) or _value(record, "pinned", False),
        backend=_value(record, "backend", "") or "pip",
        home="",
        error="" if name else error or "it names no package",
        doubt=_doubt(version),
        spec=_value(main, "package_or_url", ""),
        include_dependencies=_value(main, "include_dependencies", False),
        exposed=_value(record, "exposure_enabled", True),
        editable=_is_editable(_value(main, "pip_args", [])),
        injected_packages=tuple(_injected_packages(injected)),
    )


def _load(data: bytes) -> tuple[object, str]:
    """Return the record, and why there is none."""
    try:
        return json.loads(data.decode("utf-8")), ""
    except (ValueError, RecursionError, MemoryError) as exc:
        return None, "not JSON: %s" % exc


def _doubt(version: str) -> str:
    """Return why a record may be misread; '' in a version that is known."""
    if version in _KNOWN_VERSIONS:
        return ""
    return "version %s of pipx's metadata is unknown" % (version or "(none)")


def _is_editable(pip_args: list[Any]) -> bool:
    return any(isinstance(word, str) and word in _EDITABLE for word in pip_args)


def _injected_packages(rows: Mapping[str, Any]) -> Iterator[PipxInjectedReading]:
    for name, row in sorted(rows.items()):
        if isinstance(row, dict):
            yield PipxInjectedReading(
                name=name,
                version=_value(row, "package_version", ""),
                spec=_value(row, "package_or_url", ""),
                include_apps=_value(row, "include_apps", False),
                has_apps=bool(_value(row, "apps", [])),
            )


def _commands(package: object) -> Iterator[str]:
    """Yield the commands of a package that pipx exposes, with its suffix."""
    suffix = _value(package, "suffix", "")[:_NAME_LIMIT]
    for option, key in (
        ("include_apps", "apps"),
        ("include_dependencies", "apps_of_dependencies"),
    ):
        names = _value(package, key, []) if _value(package, option, False) else []
        for name in names[:_COMMANDS_LIMIT]:
            if isinstance(name, str) and len(name) <= _NAME_LIMIT:
                yield name + suffix


def _value(record: object, key: str, default: Any) -> Any:
    """Return the value of a key if it has the default's type, else the default."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, type(default)) else default


def read_pipx(host: Host, path: str, scripts: Container[str]) -> PipxReading:
    """Read the record in the environment ``path``.

    :param scripts: names in the environment's ``bin``, where commands have no suffix.
    """
    parent, _slash, name = path.rpartition("/")
    data = host.content(path + "/" + NAME, MIB)  # real records have less than 100 KiB
    reading = parse_metadata(data or b"{}", name)
    missing = []
    for command in reading.commands:
        plain = command[: len(command) - len(reading.suffix)]
        if "/" not in command and command not in scripts and plain not in scripts:
            missing.append(command)
    return reading._replace(
        home=parent[: -len("/venvs")] if parent.endswith("/venvs") else "",
        error="it does not exist, or is not readable"
        if data is None
        else reading.error,
        missing_commands=tuple(missing),
    )
