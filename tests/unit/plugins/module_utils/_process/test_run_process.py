# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands: their status, output and environment, and that no program holds up or fills this process."""

from __future__ import annotations

import errno
import os
import time
import tracemalloc
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.run_process import (
    run_command,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.run_text import (
    run_text,
)

SH = ["/bin/sh", "-c"]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "NAME": "value"}
MIB = 1024 * 1024
#: Seconds that a busy machine may take beside the limit of a test; without it, each would take 30 seconds or more.
SLACK = 15
#: Prints for ever, as a child of the command that was started.
ENDLESS_CHILD = "(while :; do printf %65536s; done) & wait"


def test_status_output_and_errors_are_returned() -> None:
    command = [*SH, 'printf "%s" "$NAME"; printf no >&2; pwd; exit 3']
    assert run_command(command, ENVIRONMENT, "/", 20) == (3, b"value/\n", b"no")


def test_bytes_that_are_no_text_are_kept() -> None:
    answer = run_text([*SH, r'printf "\377"'], ENVIRONMENT, "/", 20)
    assert os.fsencode(answer.output) == b"\xff"


def test_a_command_reads_nothing() -> None:
    assert run_command(["/bin/cat"], ENVIRONMENT, "/", 20) == (0, b"", b"")


@pytest.mark.parametrize(
    "program",
    [
        "exec sleep 30",
        "exec >&- 2>&-; sleep 30",  # closes its pipes
        "sleep 30 & wait",  # its child holds the pipes
        ENDLESS_CHILD,
        "while :; do printf %65536s; sleep 0.01; done",
    ],
)
def test_the_time_limit_holds_whatever_the_command_does(program: str) -> None:
    started = time.monotonic()
    with pytest.raises(OSError, match=r"longer than 0\.5 s") as caught:
        run_command([*SH, program], ENVIRONMENT, "/", 0.5, limit=10**12)
    assert caught.value.errno == errno.ETIMEDOUT
    assert time.monotonic() - started < SLACK


def test_what_holds_the_pipes_of_a_command_that_has_ended_is_not_waited_for() -> None:
    started = time.monotonic()
    answer = run_command([*SH, "echo done; sleep 30 &"], ENVIRONMENT, "/", 20)
    assert answer == (0, b"done\n", b"")
    assert time.monotonic() - started < SLACK


@pytest.mark.parametrize("program", ["head -c 2000000 /dev/zero", ENDLESS_CHILD])
def test_a_command_that_prints_too_much_is_ended_and_said_so(program: str) -> None:
    with pytest.raises(OSError, match="printed more than 1 MiB") as caught:
        run_command([*SH, program], ENVIRONMENT, "/", 20, limit=MIB)
    assert caught.value.errno == errno.EFBIG


def test_memory_and_time_are_bounded_whatever_is_printed() -> None:
    started = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(OSError, match="printed more than 16 MiB"):
            program = [*SH, "head -c 400000000 /dev/zero"]
            run_command(program, ENVIRONMENT, "/", 60, limit=16 * MIB)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 48 * MIB
    assert time.monotonic() - started < SLACK


def test_a_large_output_takes_no_more_than_linear_time() -> None:
    started = time.monotonic()
    answer = run_command([*SH, "head -c 60000000 /dev/zero"], ENVIRONMENT, "/", 60)
    assert len(answer[1]) == 60_000_000
    assert time.monotonic() - started < SLACK


def test_a_command_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        run_command(["/nowhere/at/all"], ENVIRONMENT, "/", 5)


def test_arguments_are_handed_over_as_they_are(monkeypatch: Any) -> None:
    monkeypatch.setenv("HOME", "/home/alice")
    command = [*SH, 'printf "%s\n" "$@"', "sh", "$HOME", "~", "a b"]
    assert run_command(command, ENVIRONMENT, "/", 5)[1] == b"$HOME\n~\na b\n"
