# SPDX-License-Identifier: GPL-3.0-or-later
"""The channels that each conda on a host is configured with, from the files that conda itself reads.

Source of the search path: SEARCH_PATH in ``conda/base/constants.py``; of the names in condarc.d:
``conda/common/configuration.py`` (_expand_search_path).
"""

from __future__ import annotations

from functools import partial
from typing import Iterator, Sequence

from ..._host.host import Host, Missing, Unreadable
from ..._host.record import NamedTuple
from ..audit_model import CondaInstallation, Condarc
from ..model import Readings
from .conda_packages import list_packages
from .condarc import CondarcError, parse_condarc

_SYSTEM_DIRECTORIES = ("/etc/conda", "/var/lib/conda")
_NAMES = ("/.condarc", "/condarc")
_DROP_IN = "/condarc.d"
_SUFFIXES = (".yml", ".yaml")
_FILE_LIMIT = 256 * 1024  # bytes; real files have less than 4 KiB
_ENVIRONMENT = "environment"  # as the source of a setting


class _Place(NamedTuple):
    """A directory with conda's files, and whose conda reads them."""

    directory: str
    user: str


def read_conda_installations(
    host: Host, readings: Readings, prefixes: Sequence[str]
) -> tuple[CondaInstallation, ...]:
    """Return each of the prefixes that has the package conda, with the files that this conda reads."""
    found = []
    for prefix in prefixes:
        version = next(
            (row.version for row in list_packages(host, prefix) if row.name == "conda"),
            "",
        )
        if not version:
            continue
        info = host.lstat(prefix)
        owner = next(
            (user.name for user in readings.users if info and user.uid == info.st_uid),
            "",
        )
        nothing: tuple[Condarc, ...] = ()
        files = host.bounded(
            prefix, partial(_read_files, host, readings, prefix), nothing
        )
        found.append(
            CondaInstallation(prefix=prefix, version=version, owner=owner, files=files)
        )
    return tuple(found)


def _read_files(host: Host, readings: Readings, prefix: str) -> tuple[Condarc, ...]:
    found = [
        _read_file(host, path, user) for path, user in _paths(host, readings, prefix)
    ]
    channels = host.env.get("CONDA_CHANNELS", "")
    if channels.strip():
        words = tuple(word.strip() for word in channels.split(",") if word.strip())
        caller = readings.caller.name if readings.caller else ""
        found.append(
            Condarc(
                path="CONDA_CHANNELS (%s)" % _ENVIRONMENT, user=caller, channels=words
            )
        )
    return tuple(row for row in found if row is not None)


def _paths(host: Host, readings: Readings, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield (path, user) of each file that may be there."""
    for place in _places(host, readings, prefix):
        for name in _NAMES:
            yield place.directory + name, place.user
        for entry in host.list(
            place.directory + _DROP_IN, lambda name: name.endswith(_SUFFIXES)
        ):
            yield place.directory + _DROP_IN + "/" + entry.name, place.user
    for user in readings.users:
        yield user.home.rstrip("/") + "/.condarc", user.name
    named = host.env.get("CONDARC", "")
    if named.startswith("/"):
        yield named, readings.caller.name if readings.caller else ""


def _places(host: Host, readings: Readings, prefix: str) -> Iterator[_Place]:
    for directory in (*_SYSTEM_DIRECTORIES, prefix):
        yield _Place(directory, "")
    for user in readings.users:
        yield _Place(user.home.rstrip("/") + "/.config/conda", user.name)
        yield _Place(user.home.rstrip("/") + "/.conda", user.name)
    own = host.env.get("XDG_CONFIG_HOME", "").rstrip("/")
    if own.startswith("/") and readings.caller is not None:
        yield _Place(own + "/conda", readings.caller.name)


def _read_file(host: Host, path: str, user: str) -> Condarc | None:
    """Return what a file sets; None where it is not there."""
    row = Condarc(path=path, user=user)
    try:
        data = host.read(path, _FILE_LIMIT)
    except Missing:
        return None
    except Unreadable as exc:
        if exc.code == "not-a-file":
            return None
        return row._replace(unknown=exc.reason)
    try:
        lists = parse_condarc(data.decode("utf-8", "surrogateescape"))
    except CondarcError as exc:
        return row._replace(unknown=str(exc))
    return row._replace(
        channels=lists.channels,
        default_channels=lists.default_channels,
        denied=lists.denied,
    )
