# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way in which commands are run: with a time limit, and with a limit of what they may print.

AnsibleModule.run_command has neither: it copies all that was printed for each further piece, waits for whoever still
holds a pipe, replaces ``$HOME`` and ``~`` in arguments, and ends the module when a command does not exist.
"""

from __future__ import annotations

import errno
import os
import select
import subprocess
import time
from contextlib import suppress
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .._host.limits import MIB

OUTPUT_LIMIT = 64 * MIB  # the log of a long build has some MiB
_PIECE = 65536  # bytes
_POLL = 0.1  # seconds between looks at whether a command has ended that closed no pipe
_SILENCE = 1.0  # seconds for which a program that outlives the command is listened to


def run_command(
    argv: Sequence[str],
    environment: Mapping[str, str],
    directory: Optional[str],
    seconds: float,
    *,
    limit: int = OUTPUT_LIMIT,
) -> Tuple[int, bytes, bytes]:
    """Run a command in the environment given, and in no other; return its status, output and errors.

    :param seconds: after which it is killed; 0: no limit.
    :param limit: the bytes that it may print; it is killed when it prints more.
    :raises OSError: it can't be started, or was killed (errno ETIMEDOUT, or EFBIG).
    """
    # The sanity tests want run_command of Ansible here, which holds no limit.
    with subprocess.Popen(  # pylint: disable=ansible-bad-function
        list(argv), env=dict(environment), cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, bufsize=0,
    ) as process:  # fmt: skip
        try:
            reader = _Reader(process, limit)
            reader.read(time.monotonic() + seconds if seconds else None)
            output, errors = reader.printed()
            return process.wait(), output, errors
        except _TooLateError:
            process.kill()  # who else holds a pipe, cannot write to it any more
            message = "%s took longer than %g s" % (argv[0], seconds)
            raise OSError(errno.ETIMEDOUT, message) from None
        except _TooLongError:
            process.kill()
            message = "%s printed more than %d MiB" % (argv[0], limit // MIB)
            raise OSError(errno.EFBIG, message) from None
        except BaseException:
            process.kill()
            raise


class _TooLateError(Exception):
    """The time limit has passed."""


class _TooLongError(Exception):
    """More was printed than is allowed."""


class _Reader:
    """Reads what a command prints, until it has ended and nobody prints any more."""

    def __init__(self, process: subprocess.Popen[bytes], limit: int) -> None:
        self._process = process
        self._left = limit
        pipes = [pipe for pipe in (process.stdout, process.stderr) if pipe is not None]
        self._pieces: Dict[int, List[bytes]] = {pipe.fileno(): [] for pipe in pipes}
        # select(2) takes no descriptor from 1024 on.
        self._poll = select.poll()
        for descriptor in self._pieces:
            os.set_blocking(descriptor, False)
            self._poll.register(descriptor, select.POLLIN)
        self._open = set(self._pieces)

    def printed(self) -> Tuple[bytes, ...]:
        """Return what was printed, to standard output and to standard error."""
        return tuple(b"".join(pieces) for pieces in self._pieces.values())

    def read(self, deadline: Optional[float]) -> None:
        """Read until the end, or raise _TooLateError or _TooLongError.

        :param deadline: of time.monotonic; None: no limit.
        """
        last = time.monotonic()
        while self._open:
            ready = self._poll.poll(_POLL * 1000)
            now = time.monotonic()
            if deadline is not None and now >= deadline:
                raise _TooLateError
            for descriptor, _event in ready:
                self._read_piece(descriptor)
            if ready or self._process.poll() is None:
                last = now
            elif now >= last + _SILENCE:
                return  # a daemon that it has started holds its pipes
        self._wait(deadline)

    def _wait(self, deadline: Optional[float]) -> None:
        """Wait for a command that has closed its pipes."""
        seconds = None
        if deadline is not None:
            seconds = max(0.0, deadline - time.monotonic())
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise _TooLateError from None

    def _read_piece(self, descriptor: int) -> None:
        piece = b""
        with suppress(BlockingIOError):
            piece = os.read(descriptor, _PIECE)
            if not piece:
                self._poll.unregister(descriptor)
                self._open.discard(descriptor)
        self._left -= len(piece)
        if self._left < 0:
            raise _TooLongError
        self._pieces[descriptor].append(piece)
