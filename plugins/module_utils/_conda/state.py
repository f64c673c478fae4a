# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment of conda as it is on the host, read from its directory conda-meta."""

from __future__ import annotations

import json
from typing import Any, Iterator, NamedTuple, Optional, Tuple

from .._host.host import MIB, Host
from .match_spec import CondaPackage

_RECORD_LIMIT = 16 * MIB
_FROZEN_LIMIT = MIB
_FROZEN_TEXT = 500  # characters of the message in conda-meta/frozen


class EnvironmentState(NamedTuple):
    """One prefix."""

    prefix: str
    kind: str = ""  # of the path: '' where nothing is there
    is_environment: bool = False  # conda-meta/history is there
    is_base: bool = False  # the prefix of a conda, with its environments
    is_empty: bool = True
    is_frozen: bool = False
    frozen_message: str = ""
    uid: int = -1
    packages: Tuple[CondaPackage, ...] = ()


def read_state(host: Host, prefix: str, with_records: bool) -> EnvironmentState:
    """Read what is at a prefix.

    :param with_records: read channels and dependencies as well, which the names of the records do not say.
    """
    info = host.lstat(prefix)
    if info is None:
        return EnvironmentState(prefix)
    is_environment = host.is_file(prefix + "/conda-meta/history")
    packages: Tuple[CondaPackage, ...] = ()
    if is_environment:
        reader = _read_records if with_records else _read_names
        packages = tuple(sorted(reader(host, prefix + "/conda-meta")))
    frozen = prefix + "/conda-meta/frozen"
    is_frozen = host.lkind(frozen) != ""
    return EnvironmentState(
        prefix=prefix,
        kind=host.lkind(prefix),
        is_environment=is_environment,
        is_base=is_environment
        and (host.is_dir(prefix + "/envs") or host.is_dir(prefix + "/condabin")),
        is_empty=not host.list(prefix),
        is_frozen=is_frozen,
        frozen_message=_read_frozen(host, frozen) if is_frozen else "",
        uid=info.st_uid,
        packages=packages,
    )


def _read_names(host: Host, directory: str) -> Iterator[CondaPackage]:
    """Yield the packages by the names of their records, NAME-VERSION-BUILD.json (CEP 26)."""
    for entry in host.list(directory, lambda name: name.endswith(".json")):
        package = _parse_name(entry.name)
        if package is not None:
            yield package


def _read_records(host: Host, directory: str) -> Iterator[CondaPackage]:
    """Yield the packages with their channels and dependencies."""
    for name, files in host.read_all(directory, (".json",), limit=_RECORD_LIMIT):
        package = _parse_name(name)
        if package is not None:
            yield _add_record(package, files.get("") or b"")


def _parse_name(name: str) -> Optional[CondaPackage]:
    parts = name[: -len(".json")].rsplit("-", 2)
    if len(parts) != 3 or not all(parts):
        return None
    return CondaPackage(parts[0].lower(), parts[1], parts[2])


def _add_record(package: CondaPackage, data: bytes) -> CondaPackage:
    try:
        record: Any = json.loads(data)
        channel = record.get("channel") or ""
        depends = record.get("depends") or ()
        return package._replace(
            channel=str(channel), depends=tuple(str(each) for each in depends)
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return package


def _read_frozen(host: Host, path: str) -> str:
    """Return the message of a frozen environment (CEP 22); the file may be empty."""
    data = host.content(path, _FROZEN_LIMIT) or b""
    try:
        message = json.loads(data).get("message") or ""
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ""
    return str(message)[:_FROZEN_TEXT]
