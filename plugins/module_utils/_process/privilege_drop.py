# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in a child of this process that, where root works for another user, has dropped root privileges permanently.

Everything that the child uses must have been imported before: the archive that Ansible runs modules from is unreadable
to another user.
"""

from __future__ import annotations

import codecs
import ctypes
import json
import math
import os
import select
import signal
import sys
import time
from contextlib import suppress
from functools import partial
from typing import (
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    NoReturn,
    Optional,
    Tuple,
)

from .._host.record import NamedTuple
from .accounts import Account
from .commands import OperationError, from_os_error

_UNSOUND = "the child process returned an invalid answer"
_ANSWER_LIMIT = 32 * 1024 * 1024  # bytes of an answer
_LONGEST_POLL = 2**31 - 1  # milliseconds that poll(2) takes: 24 days
_PR_SET_PDEATHSIG = 1  # prctl(2)
_MAX_FILES = 65536  # file descriptors that are closed, where the system names no limit
# What the standard library imports when it is first used: the child may be unable to read even that.
for _codec in (
    "ascii",
    "cp1252",
    "idna",
    "latin-1",
    "utf-8",
    "utf-8-sig",
    "utf-16-be",
    "utf-16-le",
    "utf-32-be",
    "utf-32-le",
):
    codecs.lookup(_codec)
"ä".encode("idna")  # brings in stringprep and unicodedata
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def run_in_child(
    work: Callable[[Callable[[str], None]], Any],
    account: Optional[Account],
    environment: Mapping[str, str],
    *,
    umask: int = 0o022,
    seconds: float = 0,
    report: Optional[Callable[[str], None]] = None,
) -> Any:
    """Do ``work`` in a child, as ``account`` where one is given; return its result: plain data, to be validated.

    :param work: called with a function that sends a line to ``report``. What it raises is raised here, as
        OperationError.
    :param seconds: after which the child is killed; 0: no limit.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    watchdog, watchdog_pipe = _start_watchdog(reading, writing)
    pid = os.fork()
    if pid == 0:
        child = _Child(
            account=account,
            environment=environment,
            umask=umask,
            writing=writing,
            watchdog_pipe=watchdog_pipe,
            parent=parent,
        )
        _run_child(work, child)
    os.close(writing)
    try:
        messages = _read_messages(reading, pid, seconds, report)
    except BaseException:
        _kill_session(pid)
        os.waitpid(pid, 0)
        raise
    finally:
        os.close(reading)
        os.close(watchdog_pipe)
        os.waitpid(watchdog, 0)
    return _result_of(messages, os.waitpid(pid, 0)[1])


class _Child(NamedTuple):
    """What a child needs to know to become what it shall be."""

    account: Optional[Account]
    environment: Mapping[str, str]
    umask: int
    writing: int  # the pipe for its messages
    watchdog_pipe: int
    parent: int


def _read_messages(
    fd: int, pid: int, seconds: float, report: Optional[Callable[[str], None]]
) -> List[Dict[str, Any]]:
    """Return the messages of a child, one a line, until it closes its end; lines to report are passed on at once.

    A message is a JSON object: ``{"line": text}``, or at the end ``{"answer": result}`` or
    ``{"failed": [code, message, hint, output]}``.
    """
    deadline = time.monotonic() + seconds if seconds else None
    parts: List[bytes] = []  # of a line that is not whole yet
    found: List[Dict[str, Any]] = []
    size = 0
    while True:
        if not _wait_until_readable(fd, deadline):
            raise OperationError("time-out", "the work took longer than %g s" % seconds)
        chunk = os.read(fd, 65536)
        size += len(chunk)
        if size > _ANSWER_LIMIT:
            raise OperationError(
                "child-answer",
                "process %d answered more than %d bytes" % (pid, _ANSWER_LIMIT),
            )
        if not chunk:
            return found
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            message = _parse(b"".join((*parts, end)))
            parts.clear()
            if "line" not in message:
                found.append(message)
            elif report is not None:
                report(str(message["line"])[:1000])
        parts.append(rest)


def _wait_until_readable(fd: int, deadline: Optional[float]) -> bool:
    """Return whether there is something to read, or the end, before ``deadline`` (of time.monotonic; None: no limit).

    select(2) takes no descriptor from 1024 on, and the caller may have that many files open.
    """
    milliseconds = None
    if deadline is not None:
        left = max(0.0, deadline - time.monotonic())
        milliseconds = min(math.ceil(left * 1000), _LONGEST_POLL)
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(milliseconds))


def _parse(line: bytes) -> Dict[str, Any]:
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise OperationError("child-answer", _UNSOUND)
    return message


def _result_of(messages: List[Dict[str, Any]], status: int) -> Any:
    if not messages:
        how = (
            "by signal %d" % os.WTERMSIG(status)
            if os.WIFSIGNALED(status)
            else "with status %d" % (status >> 8)
        )
        raise OperationError(
            "child-died",
            "the child process ended %s" % how,
            "Run it again: the current state is intact.",
        )
    message = messages[-1]
    if "failed" in message:
        failed = message["failed"]
        if not isinstance(failed, list) or len(failed) != 4:
            raise OperationError("child-answer", _UNSOUND)
        raise OperationError(*[str(word) for word in failed])
    return message.get("answer")


def _kill_session(pid: int) -> None:
    """Kill whatever is left of a child's session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _run_child(work: Callable[[Callable[[str], None]], Any], child: _Child) -> NoReturn:
    """Be the child: drop privileges, work, send the result, and end without a return to the caller's code."""
    status = 1
    try:
        try:
            os.setsid()
            os.write(child.watchdog_pipe, b"%d" % os.getpid())
            _leave_parent(child)
            message: Dict[str, Any] = {
                "answer": work(lambda line: _send(child.writing, {"line": line}))
            }
            status = 0
        except OperationError as exc:
            message = _failure(exc)
        except OSError as exc:
            message = _failure(from_os_error(exc, "in the environment"))
        except BaseException as exc:
            message = _failure(
                OperationError("internal", "%s: %s" % (type(exc).__name__, exc))
            )
        _send(child.writing, message)
    finally:
        os._exit(status)


def _failure(failed: OperationError) -> Dict[str, Any]:
    return {"failed": [failed.code, failed.message, failed.hint, failed.output]}


def _send(fd: int, message: Mapping[str, Any]) -> None:
    data = json.dumps(message).encode("ascii") + b"\n"  # surrogates are escaped
    while data:
        data = data[os.write(fd, data) :]


def _leave_parent(child: _Child) -> None:
    """Leave the parent's signals, files and environment, and root's rights, behind."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    limit = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, child.writing)
    os.closerange(child.writing + 1, limit if 0 < limit < _MAX_FILES else _MAX_FILES)
    if child.account is not None:
        drop_privileges(child.account)
    if _libc is not None:  # after the change of user, which clears it
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != child.parent:
        os._exit(1)
    os.environ.clear()
    os.environ.update(child.environment)
    os.umask(child.umask)
    os.chdir("/")


def drop_privileges(account: Account) -> None:
    """Become another user permanently: the real, the effective and the saved identity."""
    if os.geteuid() != 0:
        try:
            os.setregid(account.gid, account.gid)
        except PermissionError:
            message = "only root can work for the group %d" % account.gid
            raise OperationError("not-root", message, "Add become: true.") from None
    elif hasattr(os, "setresuid"):
        os.setgroups(account.groups)
        os.setresgid(account.gid, account.gid, account.gid)
        os.setresuid(account.uid, account.uid, account.uid)
    else:  # macOS keeps members of groups in a directory service; called by root, these set all identities
        os.initgroups(account.name, account.gid)
        os.setgid(account.gid)
        os.setuid(account.uid)
    _confirm_dropped(account)


def _start_watchdog(*others: int) -> Tuple[int, int]:
    """Fork a process that kills a child's session when this process is gone, or done: pip would go on alone.

    It reads the child's id from a pipe, then waits for the pipe's end, which only this process holds.

    :param others: file descriptors that it closes.
    :returns: its process id, and the end of the pipe that the child writes to and this process closes.
    """
    waiting, held = os.pipe()
    pid = os.fork()
    if pid:
        os.close(waiting)
        return pid, held
    try:
        os.setsid()
        for fd in (held, *others):
            os.close(fd)
        leader = b"".join(iter(partial(os.read, waiting, 20), b""))
        if leader:
            os.killpg(int(leader), signal.SIGKILL)
    finally:
        os._exit(0)


def _confirm_dropped(account: Account) -> None:
    """Raise OperationError where this process can become root again."""
    if account.uid == 0:
        return
    identities = (
        os.getresuid() if hasattr(os, "getresuid") else (os.getuid(), os.geteuid())
    )
    if 0 in identities:
        raise OperationError("not-demoted", "root privileges could not be dropped")
    try:
        os.setuid(0)
    except OSError:
        return
    raise OperationError(
        "not-demoted", "root privileges could be regained after the drop"
    )
