# SPDX-License-Identifier: GPL-3.0-or-later
"""Where environments are: the places that their tools keep them in, and a bounded search for all others."""

from __future__ import annotations

import stat
from itertools import islice
from typing import Iterator, Sequence

from ..._host.host import Host, User
from ..._host.record import NamedTuple
from ..model import EnvironmentPlace, Request
from .homes import Borders, covers_everyone

#: What is searched, and the levels to take off ``depth``: where servers and images keep applications.
SYSTEM_ROOTS = [
    *(
        (root, 0)
        for root in "/opt /srv /var/www /var/opt /usr/src/app /app /code /data /workspace".split()
    ),
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
_PARTS = frozenset(
    "bin etc include lib lib64 lib_pypy local man share site-packages src ssl".split()
)
_MARKS = frozenset("pyvenv.cfg conda-meta bin lib".split())
DIRECTORY_LIMIT = 50_000  # of one root
ENVIRONMENTS_LIMIT = 5000  # of one user, or of none
_PLACES_LIMIT = 5000  # directories in one place where a tool keeps environments
_REGISTRY_LIMIT = 1000  # lines of conda's

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


def find_environments(
    host: Host, request: Request, users: Sequence[User]
) -> tuple[EnvironmentPlace, ...]:
    """Return the canonical path of all that is, or clearly was, an environment: in known places first, then by search.

    Links are followed only to a named place, and a remote mount is entered only where a root asked for lies on it.
    """
    search = _Search(host, users)
    search.read_known_places(users)
    for user in users:
        search.read_conda_registry(user)
    for root in _roots(host, request, users):
        if root.is_requested or not search.borders.away(root.path):
            search.walk(root.path, root.depth)
    return tuple(search.found.values())


class _Root(NamedTuple):
    """A directory to search."""

    path: str
    depth: int
    is_requested: bool


def _roots(host: Host, request: Request, users: Sequence[User]) -> Iterator[_Root]:
    """Yield each root to search: those of ``environment_roots``, else the homes and the usual ones."""
    depth = max(0, request.depth)
    if request.environment_roots:
        for path in _requested_paths(request.environment_roots, users):
            if host.is_dir(path):
                yield _Root(path, depth, True)
            else:
                host.note(
                    path,
                    "no-such-directory",
                    "environment_roots: no directory is there",
                )
        return
    yield from (_Root(user.home, depth, True) for user in users)
    yield from (_Root(root, max(1, depth - less), False) for root, less in SYSTEM_ROOTS)
    if covers_everyone(host, request):
        yield _Root(
            "/home", depth + 1, False
        )  # homes of accounts that passwd(5) doesn't know
    for name, kind in host.list("/"):
        if kind == "directory" and name not in _NOT_AT_TOP:
            yield _Root("/" + name, 0, False)


def _requested_paths(roots: Sequence[str], users: Sequence[User]) -> Iterator[str]:
    """Yield the paths of ``environment_roots``; one that begins with ``~`` is in the home of each user."""
    for root in roots:
        if root.startswith("~"):
            yield from (user.home + root[1:] for user in users)
        else:
            yield root


class _Search:
    """Finds environments; whatever one user keeps, there is room for those of the others."""

    def __init__(self, host: Host, users: Sequence[User]) -> None:
        self.found: dict[str, EnvironmentPlace] = {}
        self.borders = Borders(host)
        self._host = host
        self._homes: dict[str, User] = {}
        for user in sorted(
            users, reverse=True
        ):  # of several with one home, the first by name
            self._homes.update(
                {user.home: user, host.real(user.home) or user.home: user}
            )
        self._seen: dict[str, int] = {}
        self._counts: dict[str, int] = {}  # environments by user

    def _user_of(self, path: str) -> User | None:
        """Return the user in whose home a path lies."""
        while path.strip("/"):
            if path in self._homes:
                return self._homes[path]
            path = path.rpartition("/")[0]
        return None

    def _add(self, path: str, via: str) -> None:
        if path in self.found:
            return
        user = self._user_of(path)
        name = user.name if user is not None else ""
        count = self._counts[name] = self._counts.get(name, 0) + 1
        if count > ENVIRONMENTS_LIMIT:
            subject = user.home if user is not None else "/"
            reason = (
                "more than %d environments; the rest is left out" % ENVIRONMENTS_LIMIT
            )
            self._host.note(subject, "too-many", reason)
        else:
            self.found[path] = EnvironmentPlace(path=path, via=via, user=name)

    def read_known_places(self, users: Sequence[User]) -> None:
        """Add what lies where tools keep environments."""
        host = self._host
        homes = {}
        for user in users:
            if host.expired(user.home):
                break
            if not self.borders.away(user.home):
                homes[user.home] = {row.name for row in host.list(user.home)}
        for pattern in KNOWN:
            head, _slash, below = pattern.partition("/")
            starts = [
                value.rstrip("/")
                for value in host.env.get(head[1:], "").split(":")
                if value.startswith("/")
            ]
            if head == "~":
                first = below.split("/")[0]
                starts = [home for home, names in homes.items() if first in names]
            elif not head:
                starts = [""]
            for start in starts:
                self._read_known_place(
                    start + pattern[len(head) :], "PIPX" in pattern.upper()
                )

    def _read_known_place(self, pattern: str, is_pipx: bool) -> None:
        place, star, rest = pattern.partition("/*")
        real = self._enter(place)
        if real is None:
            return
        paths = list(
            islice(self._below(real, (star + rest).split("/")[1:]), _PLACES_LIMIT + 1)
        )
        if len(paths) > _PLACES_LIMIT:
            self._host.note(
                place,
                "too-many",
                "more than %d directories; the rest is left out" % _PLACES_LIMIT,
            )
        for path in paths[:_PLACES_LIMIT]:
            if is_pipx and star:
                self._add(path, "pipx")  # whatever it is
            elif self._is_environment(path, self._entries(path, True)):
                self._add(path, "known place")

    def _enter(self, place: str) -> str | None:
        """Return the canonical path of a directory where a tool keeps environments; None where nothing is to be read."""
        if self._host.expired(place) or self.borders.away(place):
            return None
        real = self._host.real(place)
        info = self._host.lstat(real) if real is not None else None
        if real is None or info is None or not stat.S_ISDIR(info.st_mode):
            return None
        user = self._user_of(place)
        if user is not None and user.uid != info.st_uid and self._user_of(real) != user:
            return None  # a link out of the home to what is not its user's, which would pass for theirs
        return real

    def _below(self, path: str, parts: Sequence[str]) -> Iterator[str]:
        """Yield the directories below ``path`` that fit one name, or ``*``, for each level."""
        if not parts:
            yield path
            return
        for name, kind in self._host.list(path, lambda name: parts[0] in ("*", name)):
            if kind == "directory" and not self._host.expired(path):
                yield from self._below(path + "/" + name, parts[1:])

    def read_conda_registry(self, user: User) -> None:
        """Add what conda's registry of a user names, who may write it: only what is that user's."""
        if self._host.expired(user.home):
            return
        text = self._host.text(user.home + "/.conda/environments.txt") or ""
        for line in text.splitlines()[:_REGISTRY_LIMIT]:
            self._add_registered(line.strip(), user)

    def _add_registered(self, path: str, user: User) -> None:
        info = (
            self._host.lstat(path)
            if path.startswith("/") and not self.borders.away(path)
            else None
        )
        is_own = (
            info is not None and stat.S_ISDIR(info.st_mode) and info.st_uid == user.uid
        )
        if is_own and self._host.lstat(path + "/conda-meta/history") is not None:
            self._add(self._host.real(path) or path, "known place")

    def walk(self, root: str, depth: int) -> None:
        """Search a directory, and those below it as deep as ``depth``."""
        start = self._host.real(root)
        pending = [(start, depth)] if start is not None else []
        count = 0
        while pending:
            path, left = pending.pop()
            if self._seen.get(path, -1) >= left:
                continue
            count += 1
            if count > DIRECTORY_LIMIT:
                self._host.note(
                    root,
                    "too-many",
                    "more than %d directories; the rest is left out" % DIRECTORY_LIMIT,
                )
                return
            if self._host.expired(root):
                return
            self._seen[path] = left
            pending += [
                (child, left - 1)
                for child in reversed(self._search_directory(path, left))
            ]

    def _search_directory(self, path: str, left: int) -> list[str]:
        """Add a directory if it is an environment; return those in it that are to be searched."""
        entries = self._entries(path, not left)
        skipped = SKIPPED_NAMES | _STATE if path == "/var/lib" else SKIPPED_NAMES
        if self._is_environment(path, entries):
            self._add(path, "search")
            skipped = SKIPPED_NAMES | _PARTS
            if (
                "conda-meta" in entries
            ):  # of all that conda unpacks, only envs/ holds environments
                skipped = frozenset(entries.keys() - {"envs"})
        found = []
        for name in entries if left else ():
            child = path.rstrip("/") + "/" + name
            if entries[name] == "directory" and name not in skipped:
                is_away = child in self.borders.points and self.borders.away(child)
                if not is_away:
                    found.append(child)
        return found

    def _entries(self, path: str, marks_only: bool) -> dict[str, str]:
        return dict(self._host.list(path, _MARKS.__contains__ if marks_only else None))

    def _is_environment(self, path: str, names: dict[str, str]) -> bool:
        """Return whether an environment is there, or what is left of one: its activate script, a Python, a library."""
        lstat = self._host.lstat
        if "pyvenv.cfg" in names or (
            "conda-meta" in names and lstat(path + "/conda-meta/history") is not None
        ):
            return True
        if (
            "bin" not in names
            or "lib" not in names
            or lstat(path + "/bin/activate") is None
        ):
            return False
        python = any(
            lstat(path + "/bin/" + name) is not None for name in ("python", "python3")
        )
        return python and bool(
            self._host.list(
                path + "/lib", lambda name: name.startswith(("python", "pypy"))
            )
        )
