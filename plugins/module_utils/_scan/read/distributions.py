# SPDX-License-Identifier: GPL-3.0-or-later
"""Installed distributions, as importlib.metadata finds them, from their metadata directories alone."""

from __future__ import annotations

import json
import os
import re
from functools import partial
from typing import Iterable, Mapping, Sequence

from ..._host.host import Host
from ..model import Distribution, PipReading

# By the ends of names, the files that matter in such a directory.
_FORMS = {
    (".dist-info",): ("METADATA", "INSTALLER", "direct_url.json"),
    (".egg-info", ".egg-link"): ("PKG-INFO", "INSTALLER"),
}
_HEAD = (
    64 * 1024
)  # holds name and version; the description that follows may be of any size
# Characters of a name or a version; the longest real ones have some 80
_WORD_LIMIT = 200
_NAME = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"
)  # others, such as a left-over "~ip", pip ignores
_PIP_VERSION = re.compile(r"__version__[ \t]{0,20}=[ \t]{0,20}['\"]([^'\"]{1,100})")
_BLANK_LINES = ("", "\r")


def read_distributions(
    host: Host, directories: Sequence[str]
) -> tuple[Distribution, ...]:
    """Read the distributions in ``directories``, in this order; one that is in several comes several times."""
    found: list[Distribution] = []
    for directory in dict.fromkeys(directories):
        nothing: list[Distribution] = []
        found += host.bounded(
            directory, partial(_read_directory, host, directory), nothing
        )
    return tuple(found)


def _read_directory(host: Host, directory: str) -> list[Distribution]:
    found = []
    for suffixes, inner in _FORMS.items():
        for entry, files in host.read_all(directory, suffixes, inner, _HEAD, cut=True):
            distribution = read_one(f"{directory}/{entry}", files)
            if _NAME.fullmatch(distribution.name):
                found.append(distribution)
    return found


def read_one(location: str, files: Mapping[str, bytes | None]) -> Distribution:
    """Return the record of a metadata directory (its files by name), or of an egg-info or egg-link file (under '').

    What METADATA or PKG-INFO does not say, the directory's name does (Binary distribution format).
    """
    stem, suffix = os.path.splitext(os.path.basename(location))
    by_name = [*(stem.split("-") if suffix != ".egg-link" else [stem]), ""]
    name, version = parse_metadata(
        files.get("METADATA") or files.get("PKG-INFO") or files.get("") or b""
    )
    return Distribution(
        name=name or by_name[0],
        version=version or by_name[1],
        location=location,
        installer=_text(files.get("INSTALLER"))
        .strip()
        .partition("\n")[0]
        .strip()[:100],
        editable=suffix == ".egg-link" or parse_editable(files.get("direct_url.json")),
    )


def parse_metadata(data: bytes) -> tuple[str, str]:
    """Return Name and Version of core metadata, '' for one that is not there, or longer than any real one."""
    fields: dict[str, str] = {}
    for line in _text(data).split("\n"):
        if line in _BLANK_LINES:
            break
        key, colon, value = line[: _WORD_LIMIT + 100].partition(":")
        if (
            colon
            and key.lower() in ("name", "version")
            and len(line) <= _WORD_LIMIT + 100
        ):
            fields.setdefault(key.lower(), value.strip(" \t\r")[:_WORD_LIMIT])
    return fields.get("name", ""), fields.get("version", "")


def parse_editable(data: bytes | None) -> bool:
    """Return whether a direct_url.json says that the project was installed in editable mode (PEP 610)."""
    try:
        return json.loads(data or b"{}")["dir_info"]["editable"] is True
    except (ValueError, TypeError, LookupError, RecursionError, MemoryError):
        return False


def find_pip(host: Host, directories: Iterable[str]) -> PipReading | None:
    """Find the pip that ``python -m pip`` would run: the first package on the path, by its own ``__version__``."""
    for directory in directories:
        text = host.text(f"{directory}/pip/__init__.py")
        if text is not None:
            version = parse_pip_version(text)
            names = (
                f"pip-{version}.dist-info",
                f"pip-{version}.egg-info",
                "pip.egg-info",
            )
            places = [f"{directory}/{name}" for name in names]
            location = next(
                (place for place in places if host.lkind(place)), f"{directory}/pip"
            )
            return PipReading(version, location)
    return None


def parse_pip_version(text: str) -> str:
    """Return ``__version__`` of pip/__init__.py, '' where it has none."""
    for line in text.split("\n"):
        found = _PIP_VERSION.match(line)
        if found:
            return found.group(1)
    return ""


def read_modules(
    host: Host, distributions: Iterable[Distribution]
) -> Mapping[str, str]:
    """Find one module in the RECORD of what pip or uv installed; by the distribution's location."""
    found = {}
    for distribution in distributions:
        if distribution.installer not in ("pip", "uv"):
            continue
        if host.expired(distribution.location):
            break
        module = parse_module(
            host.content(distribution.location + "/RECORD", _HEAD, cut=True) or b""
        )
        if module:
            found[distribution.location] = (
                f"{os.path.dirname(distribution.location)}/{module}"
            )
    return found


def parse_module(record: bytes) -> str:
    """Return the first module or package that a RECORD has at its top: ``six.py`` or ``pip/__init__.py``."""
    for line in _text(record).split("\n"):
        path = line.partition(",")[0]
        directory, _slash, name = path.rpartition("/")
        is_package = name == "__init__.py" and directory and "/" not in directory
        is_module = "/" not in path and name.endswith(".py") and len(name) > len(".py")
        if path != line and (is_package or is_module):
            return path
    return ""


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")
