# SPDX-License-Identifier: GPL-3.0-or-later
"""pipx_metadata.json: what pipx recorded of an application (pipx 1.18: src/pipx/pipx_metadata_file.py)."""

from __future__ import annotations

import json
from typing import Any, Container, Iterator

from ..._host.host import MIB, Host
from ..model import PipxReading

NAME = "pipx_metadata.json"


def parse_metadata(data: bytes, directory: str) -> PipxReading:
    """Give what a record of any version says; ``directory`` is the environment's name, of which 0.1 left the suffix."""
    error, record = "it names no package", None
    try:
        record = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError, MemoryError) as exc:
        error = "not JSON: %s" % exc
    main, injected = _of(record, "main_package", {}), _of(record, "injected_packages", {})
    version, name, suffix = _of(record, "pipx_metadata_version", ""), _of(main, "package", ""), _of(main, "suffix", "")
    if version == "0.1" and name and name != directory:
        suffix = directory.replace(name, "")
    main = {**main, "suffix": suffix, "include_apps": True}
    known = version in ["0.%d" % minor for minor in range(1, 13)]
    return PipxReading(
        application=name,
        version=_of(main, "package_version", ""),
        suffix=suffix,
        commands=tuple(dict.fromkeys(_commands(main, *(injected[each] for each in sorted(injected))))),
        injected=tuple(sorted(injected)),
        python=_of(_of(record, "source_interpreter", {}), "__Path__", ""),
        pinned=_of(main, "pinned", False) or _of(record, "pinned", False),
        backend=_of(record, "backend", "") or "pip",
        home="",
        error="" if name else error,
        doubt="" if known else "version %s of pipx's record is not known" % (version or "(none)"),
    )


def _commands(*packages: object) -> Iterator[str]:
    """Give what pipx exposes: of each package the commands that were asked for."""
    for package in packages:
        for asked, key in (("include_apps", "apps"), ("include_dependencies", "apps_of_dependencies")):
            names = _of(package, key, []) if _of(package, asked, False) else []
            yield from (name + _of(package, "suffix", "") for name in names if isinstance(name, str))


def _of(record: object, key: str, default: Any) -> Any:
    """Give a value of the default's type, else the default."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, type(default)) else default


def read_pipx(host: Host, path: str, scripts: Container[str]) -> PipxReading:
    """Read the record in the environment ``path``; ``scripts`` are in its bin, where commands have no suffix."""
    parent, _slash, name = path.rpartition("/")
    data = host.content(path + "/" + NAME, 4 * MIB)
    reading = parse_metadata(data or b"{}", name)
    names = [(each, each[: len(each) - len(reading.suffix)]) for each in reading.commands if "/" not in each]
    return reading._replace(
        home=parent[: -len("/venvs")] if parent.endswith("/venvs") else "",
        error="it is not there, or not readable" if data is None else reading.error,
        missing_commands=tuple(each for each, plain in names if each not in scripts and plain not in scripts),
    )
