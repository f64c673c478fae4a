# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what lies where the EXTERNALLY-MANAGED file of one standard library would be (PEP 668)."""

from __future__ import annotations

import hashlib

from ..._host.host import MIB, Host, Missing, Unreadable
from ..model import Marker

_NAME = "EXTERNALLY-MANAGED"
_KEEP_LIMIT = 64 * 1024  # vendors ship less than 1 KiB
_SIBLINGS_LIMIT = 20
#: By the reason why it was not read, whether it can be opened: what is too large, or must not be followed by root, can.
_OPENED_DESPITE = {"permission": False, "too-large": True, "foreign-link": True}


def read_marker(host: Host, stdlib: str) -> Marker:
    """Return what is at ``stdlib``/EXTERNALLY-MANAGED; to pip only ``file`` and ``link`` are one (os.path.isfile)."""
    path = stdlib.rstrip("/") + "/" + _NAME
    siblings = [
        entry.name
        for entry in host.list(
            stdlib, lambda name: name.startswith(_NAME) and name != _NAME
        )
    ]
    kind, target = _read_kind(host, path)
    marker = Marker(
        path, kind, target=target, siblings=tuple(siblings[:_SIBLINGS_LIMIT])
    )
    if kind == "other" and host.real(path) == "/dev/null":
        return marker._replace(readable=True, content=b"")  # no file, but uv reads it
    return _add_content(host, marker) if kind in ("file", "link") else marker


def _read_kind(host: Host, path: str) -> tuple[str, str]:
    """Return what a path is, and the text of a link."""
    kind = host.lkind(path) or "missing"
    if kind != "link":
        return kind, ""
    target, led_to = host.readlink(path) or "", host.kind(path)
    return {"file": "link", "": "dangling"}.get(led_to, led_to), target


def _add_content(host: Host, marker: Marker) -> Marker:
    """Add the size, the content and the digests, or whether it can be opened at all."""
    info = host.stat(marker.path)
    marker = marker._replace(size=info.st_size if info is not None else 0)
    try:
        data = host.read(marker.path, MIB)
    except Missing:
        return marker
    except Unreadable as exc:
        host.note(marker.path, exc.code, exc.reason)
        return marker._replace(readable=_OPENED_DESPITE.get(exc.code))
    return marker._replace(
        readable=True,
        content=data if len(data) <= _KEEP_LIMIT else None,
        digests=_digests(data),
    )


def _digests(data: bytes) -> tuple[tuple[str, str], ...]:
    found = []
    for name in ("md5", "sha1", "sha256"):  # those that package managers record
        try:
            found.append((name, hashlib.new(name, data).hexdigest()))
        except ValueError:  # FIPS mode
            continue
    return tuple(found)
