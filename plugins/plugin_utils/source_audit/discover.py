# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the files of a repository that a source audit reads, and the kind of each."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from pathlib import Path
from typing import Iterator, NamedTuple, Optional, Sequence

from .model import NotJudged

#: A file larger than this is not judged.
MAX_SIZE = 1024 * 1024
_SKIPPED = frozenset(
    ".git .hg .svn .tox .nox .venv venv node_modules __pycache__ .mypy_cache .ruff_cache .pytest_cache site-packages "
    ".terraform".split()
)
_CONTAINERFILE = re.compile(
    r"(Dockerfile|Containerfile)([.-][\w.-]+)?$|.+\.(dockerfile|containerfile)(\.j2)?$",
    re.I,
)
_NO_CONTAINERFILE = re.compile(
    r"\.(md|rst|txt|py|ya?ml|json|sh|dockerignore)$|ignore$", re.I
)
_SHELL_NAMES = frozenset(
    ".bashrc .bash_profile .profile .zshrc .envrc .zprofile".split()
)
_SHELL_SUFFIX = re.compile(r"\.(sh|bash|zsh|ksh)(\.j2|\.in)?$")
_SHEBANG = re.compile(rb"#!\s*\S*?(?:/env\s+(?:-S\s+)?)?(?:\S*/)?(?:ba|da|a|z|k)?sh\b")
_VARIABLES = ("group_vars", "host_vars", "vars", "defaults", "inventory")


class Source(NamedTuple):
    """A file to judge. ``kind`` says with which rules; ``holds_variables`` is for YAML."""

    path: str
    kind: str
    holds_variables: bool = False


def find_sources(paths: Sequence[str], exclude: Sequence[str] = ()) -> Iterator[Source]:
    """Yield the files below paths that are judged, sorted. ``exclude`` has glob patterns of paths."""
    for top in paths:
        if not os.path.isdir(top):
            yield from _source(top, exclude)
            continue
        for path in _walk(top, exclude):
            yield from _source(os.path.normpath(path), exclude)


def _walk(top: str, exclude: Sequence[str]) -> Iterator[str]:
    """Yield what is no directory below a path: links to directories too, which lead nowhere.

    Before Python 3.12, os.walk() fails below more directories than calls may be nested.
    """
    pending = [top]
    while pending:
        directory = pending.pop()
        try:
            with os.scandir(directory) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        directories = []
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield entry.path
            elif not _is_skipped(directory, entry.name, exclude):
                directories.append(entry.path)
        pending += reversed(directories)


def read_source(path: str) -> str:
    """Return the text of a file; raise NotJudged where it is no text, too large or cannot be read."""
    try:
        with open(path, "rb", opener=_open_at_once) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise NotJudged("This is not a regular file.")
            content = stream.read(MAX_SIZE + 1)
        if len(content) > MAX_SIZE:
            raise NotJudged(f"It is larger than {MAX_SIZE // 1024} KiB.")
    except OSError as error:
        raise NotJudged(f"It cannot be read: {error.strerror}.") from None
    if b"\0" in content:
        raise NotJudged("It is binary.")
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _open_at_once(path: str, flags: int) -> int:
    """Open a file, and no link in its place; a pipe without a writer is opened at once."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)


def find_kind(path: str) -> Optional[str]:
    """Return the kind of a file by its name: None for files that are not judged, ``shebang`` for those to open."""
    name = os.path.basename(path)
    slashed = path.replace(os.sep, "/")
    if _CONTAINERFILE.match(name) and not _NO_CONTAINERFILE.search(name):
        return "containerfile"
    if name in ("pip.conf", "pip.ini"):
        return "pip-config"
    if name in ("uv.toml", "pyproject.toml"):
        return "uv-config"
    if name in _SHELL_NAMES or _SHELL_SUFFIX.search(name):
        return "shell"
    if name.endswith((".yml", ".yaml")):
        return _find_yaml_kind(name, slashed)
    return "shebang" if "." not in name else None


def _find_yaml_kind(name: str, path: str) -> str:
    if "/.github/workflows/" in f"/{path}" or name in ("action.yml", "action.yaml"):
        return "github"
    if name.endswith(("gitlab-ci.yml", "gitlab-ci.yaml")) or "/.gitlab/" in f"/{path}":
        return "gitlab"
    return "ansible"


def _source(path: str, exclude: Sequence[str]) -> Iterator[Source]:
    if _is_excluded(path, exclude) or os.path.islink(path):
        return
    kind = find_kind(path)
    if kind == "shebang":
        kind = "shell" if _has_shebang(path) else None
    if kind is not None:
        parts = Path(path).parts[:-1]
        yield Source(
            path, kind, holds_variables=any(part in _VARIABLES for part in parts)
        )


def _has_shebang(path: str) -> bool:
    try:
        with open(path, "rb", opener=_open_at_once) as stream:
            is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
            return is_file and _SHEBANG.match(stream.read(128)) is not None
    except OSError:
        return False


def _is_skipped(directory: str, name: str, exclude: Sequence[str]) -> bool:
    path = os.path.join(directory, name)
    if name in _SKIPPED or _is_excluded(os.path.normpath(path), exclude):
        return True
    return os.path.exists(os.path.join(path, "pyvenv.cfg"))


def _is_excluded(path: str, exclude: Sequence[str]) -> bool:
    slashed = path.replace(os.sep, "/")
    return any(fnmatch.fnmatch(slashed, pattern.rstrip("/")) or f"/{slashed}/".find(f"/{pattern.strip('/')}/") >= 0
               for pattern in exclude)  # fmt: skip
