# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds pretend hosts: a mapping of paths to what lies there becomes a tree on disk and a Host over it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Union

from ansible_collections.pyfleet.python.plugins.module_utils._core.host import Host


class Link(NamedTuple):
    """A symbolic link."""

    target: str


class Mode(NamedTuple):
    """A file or directory with a mode; content None makes a directory."""

    content: Union[str, bytes, None]
    mode: int


class Sparse(NamedTuple):
    """A file that claims many bytes and holds none."""

    size: int


class Fifo(NamedTuple):
    """A named pipe."""


class Executable(NamedTuple):
    """A file with mode 0755, such as a script."""

    content: Union[str, bytes]


def plant(root: Union[str, Path], files: Mapping[str, Any]) -> None:
    """Write ``files`` below ``root``; a value is text, bytes, None (a directory) or one of the records above.

    Anything with a ``build() -> bytes`` method becomes an executable file with those bytes.
    """
    for name, value in files.items():
        path = os.path.join(os.fspath(root), name.strip("/"))
        if value is None:
            os.makedirs(path, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _plant_one(path, value)


def _plant_one(path: str, value: Any) -> None:
    if isinstance(value, Link):
        os.symlink(value.target, path)
    elif isinstance(value, Fifo):
        os.mkfifo(path)
    elif isinstance(value, Sparse):
        with open(path, "wb") as stream:
            stream.truncate(value.size)
    elif isinstance(value, Mode):
        if value.content is None:
            os.makedirs(path, exist_ok=True)
        else:
            _write(path, value.content)
        os.chmod(path, value.mode)
    elif isinstance(value, Executable):
        _write(path, value.content)
        os.chmod(path, 0o755)
    elif hasattr(value, "build"):
        _write(path, value.build())
        os.chmod(path, 0o755)
    else:
        _write(path, value)


def _write(path: str, content: Union[str, bytes]) -> None:
    with open(path, "wb") as stream:
        stream.write(content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content)


def tree(root: Union[str, Path], files: Mapping[str, Any], **host: Any) -> Host:
    """Plant ``files`` below ``root`` and give the Host that takes it for its file system."""
    plant(root, files)
    return Host(root=os.fspath(root), **host)
