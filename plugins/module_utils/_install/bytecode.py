# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytecode of what was installed: compiled on all cores, or taken from an environment that was made just before.

pip compiles on one core, and both installers compile the same files again in each environment.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import time
from contextlib import suppress
from typing import Collection, Iterator, Mapping, Sequence

from .._process.commands import Run
from .._scan.select import Interpreter

_MANY = 1024 * 1024  # bytes of source from which on it pays to start more processes
_CORES = 8  # at the most
_HEAD = 16  # bytes: magic number, flags, time and size of the source (PEP 552)
_BY_TIME = bytes(4)  # flags of bytecode that is checked by those two


class Bytecode:
    """Compiles for one interpreter.

    :param run: runs commands.
    :param interpreter: that compiles, and that the bytecode is for.
    :param environment: of the commands.
    :param work: a private directory for temporary files.
    :param store: a private directory that keeps bytecode for the next environment of the same owner, or ''.
    """

    def __init__(
        self,
        run: Run,
        interpreter: Interpreter,
        environment: Mapping[str, str],
        work: str,
        store: str = "",
    ) -> None:
        self._run = run
        self._python = interpreter.path
        self._environment = environment
        self._work = work
        # Where the guess (PEP 3147) is wrong, nothing is found in the store, and all is compiled.
        digits = "".join(interpreter.version.split(".")[:2])
        self._tag = "%s-%s" % (interpreter.implementation, digits)
        if interpreter.implementation != "cpython":
            self._tag = interpreter.implementation + digits
        kept = hashlib.sha256(
            os.fsencode(interpreter.canonical or interpreter.path)
        ).hexdigest()[:16]
        self._store = os.path.join(store, "bytecode-" + kept) if store else ""

    def complete(self, site: str, but: Collection[str] = ()) -> None:
        """Compile each source file below ``site``; one that cannot be compiled is left without bytecode.

        :param but: packages that have theirs.
        """
        wanted = [
            name for name in _sources(site, but) if not self._is_fresh(site, name)
        ]
        keys = {name: _key(site, name) for name in wanted} if self._store else {}
        rest = [
            name for name in wanted if not (keys and self._take(site, name, keys[name]))
        ]
        if rest:
            self._compile(site, rest)
        for name in rest if keys else ():
            self._keep(site, name, keys[name])

    def _is_fresh(self, site: str, name: str) -> bool:
        head = _head(self._cached(site, name))
        return len(head) == _HEAD and (
            head[4:8] != _BY_TIME or head[8:] == _stamp(os.path.join(site, name))
        )

    def _cached(self, site: str, name: str) -> str:
        directory, file = os.path.split(name)
        return os.path.join(
            site,
            directory,
            "__pycache__",
            "%s.%s.pyc" % (file[: -len(".py")], self._tag),
        )

    def _compile(self, site: str, names: Sequence[str]) -> None:
        """Compile files, named relative to ``site``: the import system tells code where it is from anyway.

        compileall ends with 1 for any file that is no Python of this version, after it tried all others.
        """
        command = [self._python, "-I", "-S", "-m", "compileall", "-q"]
        jobs = min(_cores(), _CORES)
        if (
            jobs > 1
            and sum(os.stat(os.path.join(site, name)).st_size for name in names) > _MANY
        ):
            # It shares out directories alone, never a list; what has its bytecode is passed over.
            done = self._run(
                [*command, "-j", str(jobs), "."], self._environment, site, 0
            )
            if not done.status:
                return
            # Where it cannot start more processes, it ends with 1 as well.
            names = [name for name in names if not self._is_fresh(site, name)]
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="surrogateescape", dir=self._work
        ) as file:
            file.write("".join(name + "\n" for name in names))
            file.flush()
            self._run([*command, "-i", file.name], self._environment, site, 0)

    def _take(self, site: str, name: str, key: str) -> bool:
        """Link bytecode from the store, and set the source's time to the one that the bytecode records.

        It is a link: nothing writes into bytecode, the import system replaces it (importlib `_write_atomic`).
        """
        kept, target = os.path.join(self._store, key), self._cached(site, name)
        head = _head(kept)
        if len(head) < _HEAD:
            return False
        try:
            with suppress(FileExistsError):
                os.mkdir(os.path.dirname(target))
            with suppress(FileNotFoundError):
                os.unlink(target)
            os.link(kept, target)
        except OSError:  # it lies on another file system
            return False
        if head[4:8] == _BY_TIME:
            os.utime(
                os.path.join(site, name),
                (time.time(), struct.unpack("<I", head[8:12])[0]),
            )
        return True

    def _keep(self, site: str, name: str, key: str) -> None:
        os.makedirs(self._store, mode=0o700, exist_ok=True)
        with suppress(
            OSError
        ):  # nothing was compiled, or the store has it, or lies on another file system
            os.link(self._cached(site, name), os.path.join(self._store, key))


def _sources(site: str, but: Collection[str]) -> Iterator[str]:
    for top, directories, files in os.walk(site):
        directories[:] = [
            name
            for name in directories
            if name != "__pycache__" and (top != site or name not in but)
        ]
        here = os.path.relpath(top, site)
        for name in files:
            path = os.path.normpath(os.path.join(here, name))
            if (
                name.endswith(".py")
                and "\n" not in path
                and os.path.isfile(os.path.join(site, path))
            ):
                yield path


def _key(site: str, name: str) -> str:
    with open(os.path.join(site, name), "rb") as file:
        return hashlib.sha256(os.fsencode(name) + b"\0" + file.read()).hexdigest()


def _stamp(source: str) -> bytes:
    info = os.stat(source)
    return struct.pack(
        "<II", int(info.st_mtime) & 0xFFFFFFFF, info.st_size & 0xFFFFFFFF
    )


def _head(cached: str) -> bytes:
    try:
        with open(cached, "rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
