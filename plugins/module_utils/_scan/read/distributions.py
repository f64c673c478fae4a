# SPDX-License-Identifier: GPL-3.0-or-later
"""Installed distributions, as importlib.metadata finds them, from their metadata directories alone."""

from __future__ import annotations

import json
import os
import re
from typing import Iterable, Mapping, Sequence

from ..._host.host import Host
from ..model import Distribution, PipReading

# By the ends of names, the files that matter in such a directory.
_FORMS = {
    (".dist-info",): ("METADATA", "INSTALLER", "direct_url.json"),
    (".egg-info", ".egg-link"): ("PKG-INFO", "INSTALLER"),
}
_HEAD = 64 * 1024  # holds name and version; the description that follows may be of any size
_FIELD = re.compile(r"(?im)^(name|version):[ \t]*(.*?)[ \t\r]*$")
_END = re.compile(r"\r?\n\r?\n")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")  # others, such as a left-over "~ip", pip ignores
_PIP_VERSION = re.compile(r"(?m)^__version__\s*=\s*['\"]([^'\"]+)")
_MODULE = re.compile(r"(?m)^((?:[^/,\n]+/__init__|[^/,\n]+)\.py),")


def read_distributions(host: Host, directories: Sequence[str]) -> tuple[Distribution, ...]:
    """Read the distributions in ``directories``, in this order; one that is in several is given several times."""
    found: list[Distribution] = []
    for directory in dict.fromkeys(directories):
        if host.expired(directory):
            break
        for suffixes, inner in _FORMS.items():
            for entry, files in host.read_all(directory, suffixes, inner, _HEAD, cut=True):
                found.append(read_one(f"{directory}/{entry}", files))
    return tuple(each for each in found if _NAME.fullmatch(each.name))


def read_one(location: str, files: Mapping[str, bytes | None]) -> Distribution:
    """Make a record of a metadata directory (its files by name), or of an egg-info or egg-link file (under '').

    What METADATA or PKG-INFO does not say, the directory's name does (Binary distribution format).
    """
    stem, suffix = os.path.splitext(os.path.basename(location))
    by_name = [*(stem.split("-") if suffix != ".egg-link" else [stem]), ""]
    name, version = parse_metadata(files.get("METADATA") or files.get("PKG-INFO") or files.get("") or b"")
    return Distribution(
        name=name or by_name[0],
        version=version or by_name[1],
        location=location,
        installer=_text(files.get("INSTALLER")).strip().partition("\n")[0].strip()[:100],
        editable=suffix == ".egg-link" or parse_editable(files.get("direct_url.json")),
    )


def parse_metadata(data: bytes) -> tuple[str, str]:
    """Give Name and Version of core metadata, '' for one that is not there."""
    fields: dict[str, str] = {}
    for field in _FIELD.finditer(_END.split(_text(data), 1)[0]):
        fields.setdefault(field.group(1).lower(), field.group(2))
    return fields.get("name", ""), fields.get("version", "")


def parse_editable(data: bytes | None) -> bool:
    """Tell whether a direct_url.json says that the project was installed in editable mode (PEP 610)."""
    try:
        return json.loads(data or b"{}")["dir_info"]["editable"] is True
    except (ValueError, TypeError, LookupError, RecursionError):
        return False


def find_pip(host: Host, directories: Iterable[str]) -> PipReading | None:
    """Find the pip that ``python -m pip`` would run: the first package on the path, by its own ``__version__``."""
    for directory in directories:
        text = host.text(f"{directory}/pip/__init__.py")
        if text is not None:
            version = "".join(_PIP_VERSION.findall(text)[:1])
            names = (f"pip-{version}.dist-info", f"pip-{version}.egg-info", "pip.egg-info", "pip")
            return PipReading(version, next(f"{directory}/{n}" for n in names if host.lkind(f"{directory}/{n}")))
    return None


def read_modules(host: Host, distributions: Iterable[Distribution]) -> Mapping[str, str]:
    """Find one module in the RECORD of pip or uv, by the location: whose file that is, is the next question."""
    found = {}
    for distribution in distributions:
        by_tool = distribution.installer in ("pip", "uv")
        record = host.content(distribution.location + "/RECORD", _HEAD, cut=True) if by_tool else None
        module = _MODULE.search(_text(record))
        if module:
            found[distribution.location] = f"{os.path.dirname(distribution.location)}/{module.group(1)}"
    return found


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")
