# SPDX-License-Identifier: GPL-3.0-or-later
"""Where environments are: the places that their tools keep them in, and a bounded search for all others."""

from __future__ import annotations

import stat
from typing import Iterator, Sequence

from ..._host.host import Host, User
from ..model import EnvironmentPlace, Request
from .homes import Borders, covers_everyone

#: What is searched, and the levels to take off ``depth``: where servers and images keep applications.
SYSTEM_ROOTS = [
    *((root, 0) for root in "/opt /srv /var/www /var/opt /usr/src/app /app /code /data /workspace".split()),
    *(("/var/lib", 1), ("/usr/local", 1), ("/usr/share/python", 2)),
]
#: What else is directly below ``/``, as /venv and /.venv of many images, is looked at and not searched.
_NOT_AT_TOP = frozenset(
    "bin boot dev etc lib lib64 lost+found media mnt net proc root run sbin sys tmp usr var".split()
)
#: Never entered: they hold no environment that someone keeps, or far too much.
SKIPPED_NAMES = frozenset(
    ".git .hg .svn .cache .npm .nvm .cargo .rustup .gradle .m2 .rbenv .asdf .pyenv .tox .nox .Trash .trash .snapshots "
    ".vscode-server Cellar Library Trash trash __pycache__ dist-packages hostedtoolcache lost+found node_modules "
    "site-packages".split()
)
#: In /var/lib: state of services, of package managers, and of other systems.
_STATE = frozenset(
    "apt containerd containers docker dpkg flatpak kubelet libvirt lxc lxcfs lxd machines mysql pacman postgresql "
    "rancher rpm snapd systemd".split()
)
_PARTS = frozenset("bin etc include lib lib64 lib_pypy local man share site-packages src ssl".split())
_MARKS = frozenset("pyvenv.cfg conda-meta bin lib".split())
DIRECTORY_LIMIT = 50_000

_CONDA = "anaconda3 conda mambaforge micromamba miniconda miniconda3 miniforge miniforge3".split()
_FORMS = {
    "CONDA": [top + name for top in ("~/", "/opt/") for name in _CONDA],
    "DATA": ["$XDG_DATA_HOME", "~/.local/share", "~/Library/Application Support"],
    "PIPX": "$PIPX_HOME $PIPX_GLOBAL_HOME ~/.local/pipx /opt/pipx".split(),
    "PYENV": "$PYENV_ROOT ~/.pyenv /opt/pyenv".split(),
}
#: Where tools keep environments: ``~`` is the home of each chosen user, $NAME is what the caller's variable moves it
#: to. tox's and nox's are left out: those are thrown away and made again at will.
KNOWN = [
    form + word[len(word.partition("/")[0]) :]
    for word in (
        "PIPX/venvs/* DATA/pipx/venvs/* PIPX/shared DATA/pipx/shared $VIRTUAL_ENV $CONDA_PREFIX $UV_TOOL_DIR/* "
        "DATA/uv/tools/* $WORKON_HOME/* ~/.virtualenvs/* DATA/virtualenvs/* $POETRY_VIRTUALENVS_PATH/* "
        "$POETRY_CACHE_DIR/virtualenvs/* ~/.cache/pypoetry/virtualenvs/* ~/Library/Caches/pypoetry/virtualenvs/* "
        "DATA/hatch/env/virtual/*/*/* DATA/pdm/venvs/* ~/.rye/tools/* PYENV/versions/*/envs/* PYENV/versions/* "
        "$MAMBA_ROOT_PREFIX/envs/* $CONDA_ENVS_PATH/* ~/.conda/envs/* DATA/mamba/envs/* CONDA CONDA/envs/* "
        "~/.pixi/envs/* /usr/share/miniconda /usr/share/miniconda/envs/*"
    ).split()
    for form in _FORMS.get(word.partition("/")[0], [word.partition("/")[0]])
]


def find_environments(host: Host, request: Request, users: Sequence[User]) -> tuple[EnvironmentPlace, ...]:
    """Give the canonical path of all that is, or clearly was, an environment: in known places first, then by search.

    Links are followed only to a named place, and a remote mount is entered only where a root asked for lies on it.
    """
    search = _Search(host, users)
    search.look_at_known_places(users)
    for user in users:
        for line in (host.text(user.home + "/.conda/environments.txt") or "").splitlines()[:1000]:
            search.take_hint(line.strip(), user)
    for root, depth, asked in _roots(host, request, users):
        if asked or not search.borders.away(root):
            search.walk(root, depth)
    return tuple(search.found.values())


def _roots(host: Host, request: Request, users: Sequence[User]) -> Iterator[tuple[str, int, bool]]:
    """Give (root, depth, asked for) of each root to search."""
    depth = max(0, request.depth)
    for root in request.environment_roots:
        for path in [user.home + root[1:] for user in users] if root.startswith("~") else [root]:
            if host.is_dir(path):
                yield path, depth, True
            else:
                host.note(path, "no-such-directory", "environment_roots: no such directory")
    if request.environment_roots:
        return
    yield from ((user.home, depth, True) for user in users)
    yield from ((root, max(1, depth - less), False) for root, less in SYSTEM_ROOTS)
    if covers_everyone(host, request):
        yield "/home", depth + 1, False  # homes of accounts that passwd(5) doesn't know
    for name, kind in host.list("/"):
        if kind == "directory" and name not in _NOT_AT_TOP:
            yield "/" + name, 0, False


class _Search:
    def __init__(self, host: Host, users: Sequence[User]) -> None:
        self.found: dict[str, EnvironmentPlace] = {}
        self.borders = Borders(host)
        self._host = host
        spellings = {(home + "/", user) for user in users for home in (user.home, host.real(user.home) or user.home)}
        self._homes = sorted(spellings, key=lambda pair: (-len(pair[0]), pair[1]))
        self._seen: dict[str, int] = {}

    def _whose(self, path: str) -> User | None:
        return next((user for home, user in self._homes if (path + "/").startswith(home)), None)

    def _add(self, path: str, via: str) -> None:
        if path not in self.found:
            user = self._whose(path)
            self.found[path] = EnvironmentPlace(path, via, user.name if user is not None else "")

    def look_at_known_places(self, users: Sequence[User]) -> None:
        host = self._host
        homes = {
            user.home: {row.name for row in host.list(user.home)} for user in users if not self.borders.away(user.home)
        }
        for pattern in KNOWN:
            head, _slash, below = pattern.partition("/")
            starts = [value.rstrip("/") for value in host.env.get(head[1:], "").split(":") if value.startswith("/")]
            if head in ("", "~"):
                starts = [home for home, names in homes.items() if below.split("/")[0] in names] if head else [""]
            for start in starts:
                self._look(start + pattern[len(head) :], "PIPX" in pattern.upper())

    def _look(self, pattern: str, pipx: bool) -> None:
        place, star, rest = pattern.partition("/*")
        real = None if self.borders.away(place) else self._host.real(place)
        info = self._host.lstat(real) if real is not None else None
        if real is None or info is None or not stat.S_ISDIR(info.st_mode):
            return
        user = self._whose(place)
        if user is not None and user.uid != info.st_uid and self._whose(real) != user:
            return  # a link out of the home to what is not its user's, which would pass for theirs
        for path in self._below(real, (star + rest).split("/")[1:]):
            if pipx and star:
                self._add(path, "pipx")  # whatever it is
            elif self._is_environment(path, self._entries(path, True)):
                self._add(path, "known place")

    def _below(self, path: str, parts: Sequence[str]) -> Iterator[str]:
        if not parts:
            yield path
            return
        for name, kind in self._host.list(path, lambda name: parts[0] in ("*", name)):
            if kind == "directory":
                yield from self._below(path + "/" + name, parts[1:])

    def take_hint(self, path: str, user: User) -> None:
        """Take a line of conda's registry, which its user may write: only what is that user's is looked at."""
        info = self._host.lstat(path) if path.startswith("/") and not self.borders.away(path) else None
        own = info is not None and stat.S_ISDIR(info.st_mode) and info.st_uid == user.uid
        if own and self._host.lstat(path + "/conda-meta/history") is not None:
            self._add(self._host.real(path) or path, "known place")

    def walk(self, root: str, depth: int) -> None:
        start = self._host.real(root)
        stack = [(start, depth)] if start is not None else []
        while stack:
            path, left = stack.pop()
            if self._seen.get(path, -1) >= left:
                continue
            if len(self._seen) >= DIRECTORY_LIMIT:
                self._host.note(root, "too-many", "more than %d directories; the rest is left out" % DIRECTORY_LIMIT)
                return
            if self._host.expired(root):
                return
            self._seen[path] = left
            entries = self._entries(path, not left)
            skipped = SKIPPED_NAMES | _STATE if path == "/var/lib" else SKIPPED_NAMES
            if self._is_environment(path, entries):
                self._add(path, "search")
                # Of all that conda unpacks, only envs/ holds environments.
                skipped = frozenset(set(entries) - {"envs"} if "conda-meta" in entries else SKIPPED_NAMES | _PARTS)
            for name in reversed(list(entries) if left else []):
                child = path.rstrip("/") + "/" + name
                enter = entries[name] == "directory" and name not in skipped
                if enter and not (child in self.borders.points and self.borders.away(child)):
                    stack.append((child, left - 1))

    def _entries(self, path: str, marks_only: bool) -> dict[str, str]:
        return dict(self._host.list(path, _MARKS.__contains__ if marks_only else None))

    def _is_environment(self, path: str, names: dict[str, str]) -> bool:
        """Tell an environment, or the remains of one: a script to activate it, a Python, a place for packages."""
        lstat = self._host.lstat
        if "pyvenv.cfg" in names or ("conda-meta" in names and lstat(path + "/conda-meta/history") is not None):
            return True
        if "bin" not in names or "lib" not in names or lstat(path + "/bin/activate") is None:
            return False
        python = any(lstat(path + "/bin/" + name) is not None for name in ("python", "python3"))
        return python and bool(self._host.list(path + "/lib", lambda name: name.startswith(("python", "pypy"))))
