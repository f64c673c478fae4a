# SPDX-License-Identifier: GPL-3.0-or-later
"""Slackware's database: a file for each package, with its list of files and without versions or digests of these.

pkgtools, installpkg(8): NAME-VERSION-ARCHITECTURE-BUILD in /var/lib/pkgtools/packages (15.0), before that in
/var/log/packages. Links are made by a script of the package, and are in no list.
"""

from __future__ import annotations

from ..._host.host import MIB, Host
from .chunks import split_in_chunks
from .ownership_query import OwnershipAnswer

_DATABASES = ("/var/lib/pkgtools/packages", "/var/log/packages")
_LIMIT = 32 * MIB  # the list of the kernel's sources has 5 MiB
_HEAD = b"FILE LIST:\n"


def read_slackware(host: Host, answer: OwnershipAnswer) -> None:
    """Answer from the lists of files; versions are in their names."""
    listed = {spelling.lstrip(b"/"): spelling for spelling in answer.query.spellings}
    database = next((path for path in _DATABASES if host.is_dir(path)), _DATABASES[0])
    for entry, files in host.read_all(database, ("",), limit=_LIMIT):
        name, version = parse_package_name(entry)
        data = files.get("")
        answer.unread += data is None
        if not name or data is None:
            continue
        answer.add_installed(name, version)
        if answer.query.may_match(data):
            for lines in split_in_chunks(data.partition(_HEAD)[2], b"\n"):
                for line in listed.keys() & lines:
                    answer.add_owner(listed[line], name, version)


def parse_package_name(entry: str) -> tuple[str, str]:
    """Split the name of a package's file into its name and its version; ('', '') where it is none."""
    parts = entry.rsplit("-", 3)
    return (parts[0], parts[1]) if len(parts) == 4 else ("", "")
