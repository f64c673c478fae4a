# SPDX-License-Identifier: GPL-3.0-or-later
"""The net below every reader: a part of the reading has its share of time and memory, and ends when that is used up.

Time: an interval timer of this process, whose signal handler raises within the part alone. Memory: a soft limit on the
address space. Both are put back afterwards. No process or thread is started. Where the platform, or another thread than
the main one, has neither, the readers' own bounds (sizes, counts, the clock) remain.
"""

from __future__ import annotations

import os
import signal
import time
from types import FrameType
from typing import Any, Callable, Optional, Tuple, TypeVar

__all__ = ["Budget", "OverTime"]

Result = TypeVar("Result")
Limit = Tuple[int, int]  # soft and hard; negative for none

_AGAIN = 0.25  # seconds until the signal comes again, should a callback of C code have lost the exception
_SOONEST = 0.001  # seconds; an interval timer of 0 is none


class OverTime(BaseException):
    """A part has used up its share of time. No Exception, so that no ``except`` of a reader keeps it."""


class Budget:
    """Bounds what one part of the reading may use. Parts may be nested: the inner one ends no later than the outer."""

    def __init__(self, memory: int) -> None:
        # Bytes of address space that a part may add; 0 sets no limit
        self._memory = memory
        # Of the innermost part, by time.monotonic()
        self._deadline: Optional[float] = None
        # Of the address space, before any part began
        self._original: Optional[Limit] = None

    def run(self, seconds: float, work: Callable[[], Result]) -> Result:
        """Return what ``work`` returns; raise OverTime or MemoryError where it takes more than its share.

        An alarm that comes while the inner ``try`` is being left is still raised within the outer one, which puts
        everything back.
        """
        outer = self._deadline
        deadline = time.monotonic() + seconds
        handler = memory = None
        if outer is None or deadline < outer:
            handler = self._set_handler()
        try:
            try:
                memory = self._limit_memory()
                if handler is not None:
                    self._deadline = deadline
                    _set_timer(deadline)
                return work()
            finally:
                self._deadline = outer
        finally:
            self._deadline = outer
            if handler is not None:
                _set_timer(outer)
                signal.signal(signal.SIGALRM, handler)
            if memory is not None:
                _set_address_space(memory)

    def lifted(self, work: Callable[[], Result]) -> Result:
        """Return what ``work`` returns, without any limit: a child that it starts would inherit that of memory."""
        deadline, self._deadline = self._deadline, None
        lowered = _address_space() if self._original is not None else None
        try:
            if lowered is not None and self._original is not None:
                _set_address_space(self._original)
            return work()
        finally:
            if lowered is not None:
                _set_address_space(lowered)
            self._deadline = deadline

    def _set_handler(self) -> Any:
        """Set the handler of the alarm; return the one before, or None where there is to be no alarm."""
        try:
            if self._deadline is None and signal.getitimer(signal.ITIMER_REAL)[0]:
                return None  # somebody else waits for this timer
            if signal.getsignal(signal.SIGALRM) is None:
                return None  # a handler that Python did not set, and could not put back
            return signal.signal(signal.SIGALRM, self._raise)
        except (
            AttributeError,
            ValueError,
        ):  # no such signal here, or not the main thread
            return None

    def _raise(self, _number: int, _frame: Optional[FrameType]) -> None:
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise OverTime

    def _limit_memory(self) -> Optional[Limit]:
        """Set the soft limit to what is in use now and the share; return the limit that was there before."""
        used = _address_space_used() if self._memory else 0
        before = _address_space() if used else None
        if before is None:
            return None
        if self._original is None:
            self._original = before
        soft, hard = self._original
        allowed = used + self._memory
        if 0 <= soft <= allowed:
            return None
        return before if _set_address_space((allowed, hard)) else None


def _address_space_used() -> int:
    """Return the bytes of address space in use (proc_pid_statm(5)); 0 where the platform does not say."""
    try:
        fd = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        try:
            pages = int(os.read(fd, 64).split(b" ", 1)[0])
        finally:
            os.close(fd)
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _set_timer(deadline: Optional[float]) -> None:
    """Let the alarm come at a time of time.monotonic(), and again until it is heard; None: not at all."""
    if deadline is None:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
    else:
        signal.setitimer(
            signal.ITIMER_REAL, max(deadline - time.monotonic(), _SOONEST), _AGAIN
        )


def _address_space() -> Optional[Limit]:
    """Return the soft and the hard limit of the address space, None where the platform has none."""
    try:
        import resource

        return resource.getrlimit(resource.RLIMIT_AS)
    except (ImportError, AttributeError, OSError, ValueError):
        return None


def _set_address_space(limit: Limit) -> bool:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, limit)
    except (ImportError, AttributeError, OSError, ValueError):
        return False
    return True
