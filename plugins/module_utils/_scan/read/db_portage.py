# SPDX-License-Identifier: GPL-3.0-or-later
"""Portage's database: a directory for each package with its CONTENTS (portage(5))."""

from __future__ import annotations

import os
import re
from typing import Iterator

from ..._host.host import MIB, Host
from ..._host.record import NamedTuple
from .chunks import iterate_parts
from .ownership_query import OwnershipAnswer

_DATABASE = "/var/db/pkg"
_LIST_LIMIT = 32 * MIB
_MD5 = re.compile(rb"[0-9a-f]{32}")
_VERSION = re.compile(r"\d[^-]*(?:-r\d+)?")


class Content(NamedTuple):
    """One line of CONTENTS."""

    path: bytes
    md5: bytes = b""
    link: bytes = b""


def read_portage(host: Host, answer: OwnershipAnswer) -> None:
    """Answer from every package's CONTENTS."""
    for category in host.list(_DATABASE):
        for name, files in host.read_all(
            f"{_DATABASE}/{category.name}", ("",), ("CONTENTS",), _LIST_LIMIT
        ):
            answer.unread += None in files.values()
            stem, version = split_name(name)
            package = f"{category.name}/{stem}"
            answer.add_installed(package, version)
            data = files.get("CONTENTS") or b""
            if answer.query.may_match(data):
                for row in parse_contents(data):
                    digest = ("md5", row.md5.decode()) if row.md5 else ("", "")
                    answer.add_owner(
                        row.path, package, version, digest, os.fsdecode(row.link)
                    )


def split_name(name: str) -> tuple[str, str]:
    """Split ``python-exec-2.4.10-r1`` into name and version, at the first hyphen before what is a version."""
    at = name.find("-")
    while at >= 0:
        if _VERSION.fullmatch(name, at + 1):
            return name[:at], name[at + 1 :]
        at = name.find("-", at + 1)
    return name, ""


def parse_contents(data: bytes) -> Iterator[Content]:
    """Yield the entries of a CONTENTS: obj path md5 time, sym path -> target time, dir path."""
    for line in iterate_parts(data, b"\n"):
        kind, _blank, rest = line.partition(b" ")
        if kind == b"dir" and rest:
            yield Content(rest)
            continue
        head, _blank, stamp = rest.rpartition(b" ")
        if not stamp.isdigit():
            continue
        if kind == b"sym":
            path, arrow, target = head.partition(b" -> ")
            if path and arrow:
                yield Content(path, link=target)
        elif kind == b"obj":
            path, _blank, md5 = head.rpartition(b" ")
            if path and _MD5.fullmatch(md5):
                yield Content(path, md5=md5)
