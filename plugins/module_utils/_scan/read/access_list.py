# SPDX-License-Identifier: GPL-3.0-or-later
"""POSIX access lists as Linux stores them in extended attributes (include/uapi/linux/posix_acl_xattr.h)."""

from __future__ import annotations

import struct

_HEADER = struct.Struct("<I")
_ENTRY = struct.Struct("<HHI")  # tag, permissions, uid or gid
_VERSION = 2
_WRITE = 2
_USER, _OWNING_GROUP, _GROUP, _MASK = 0x02, 0x04, 0x08, 0x10


def parse_access_list(data: bytes, owning_gid: int) -> list[tuple[str, int]] | None:
    """Return ("user" or "group", number) of each entry that may write, as far as the mask allows it; None for no list.

    The entries of the owner and of others are left out: the mode says what they may do. One that is malformed counts
    as one that anybody may write by: ("user", -1).
    """
    if not data:
        return None
    body = data[_HEADER.size :]
    if (
        len(data) < _HEADER.size
        or _HEADER.unpack_from(data)[0] != _VERSION
        or len(body) % _ENTRY.size
    ):
        return [("user", -1)]
    entries = list(_ENTRY.iter_unpack(body))
    mask = next(
        (permissions for tag, permissions, _number in entries if tag == _MASK), _WRITE
    )
    found = []
    for tag, permissions, number in entries:
        if permissions & mask & _WRITE:
            if tag == _USER:
                found.append(("user", number))
            elif tag in (_GROUP, _OWNING_GROUP):
                found.append(("group", number if tag == _GROUP else owning_gid))
    return found
