# SPDX-License-Identifier: GPL-3.0-or-later
"""How commands are run, and how a failure is told: what every other file here is given or raises."""

from __future__ import annotations

from typing import Callable, Dict, Mapping, Sequence

from .._host.record import NamedTuple
from .._scan.serialize.text import safe_text


class CommandResult(NamedTuple):
    """A command that ended; bytes that are not UTF-8 are surrogates."""

    status: int
    output: str
    errors: str


#: Runs a command: argument list, the whole environment, working directory, seconds (0: no limit).
#: Raises OSError where it can't be started, or is late (errno ETIMEDOUT).
Run = Callable[[Sequence[str], Mapping[str, str], str, float], CommandResult]


class OperationError(Exception):
    """Something that was asked for could not be done.

    :param code: stable, in kebab-case, for programs.
    :param message: one sentence, what went wrong.
    :param hint: one sentence, what to do about it; '' where nothing can be said.
    :param output: the last words of the tool that failed.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", output: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.output = output


def from_os_error(exc: OSError, where: str) -> OperationError:
    """Make a failure of what the operating system refused; ``where`` is named when it names no file itself."""
    return OperationError(
        "io-error", "%s: %s" % (exc.filename or where, exc.strerror or exc)
    )


def serialize_error(failed: OperationError) -> Dict[str, str]:
    """Return a failure as plain data, every text in it safe to transfer and to print."""
    found = {
        key: safe_text(getattr(failed, key)) for key in ("code", "message", "hint")
    }
    return {**found, "output": safe_text(failed.output, 20_000, lines=True)}


def describe_failure(failure: Mapping[str, str]) -> str:
    """Return what is wrong and what to do, of the result of `serialize_error`, as one text."""
    return ("%s. %s" % (failure["message"].rstrip("."), failure["hint"])).strip()
