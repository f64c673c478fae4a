# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The net below the readers: what a part may use, how it ends, and that everything is put back afterwards."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.budget import (
    Budget,
    OverTime,
)
from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Host,
    Limits,
)

MIB = 1024 * 1024
linux = pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")


def spin() -> None:
    while True:
        pass


def spin_and_catch_all() -> None:
    """Do what a careless reader would: catch every exception and go on."""
    while True:
        try:
            spin()
        except Exception:  # the point: OverTime is none
            continue


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    before = (signal.getsignal(signal.SIGALRM), resource.getrlimit(resource.RLIMIT_AS))
    yield
    assert (
        signal.getsignal(signal.SIGALRM),
        resource.getrlimit(resource.RLIMIT_AS),
    ) == before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_the_result_is_returned() -> None:
    assert Budget(0).run(5, lambda: 42) == 42


@pytest.mark.parametrize("work", [spin, spin_and_catch_all])
def test_what_has_no_end_is_ended(work: Any) -> None:
    with pytest.raises(OverTime):
        Budget(0).run(0.05, work)


def test_a_pattern_that_backtracks_is_ended() -> None:
    """In C code, which looks for signals now and then."""
    import re

    with pytest.raises(OverTime):
        Budget(0).run(0.05, lambda: re.match(r"(a+)+b", "a" * 40))


def test_an_inner_part_ends_with_the_outer_one() -> None:
    budget = Budget(0)
    began = time.monotonic()
    with pytest.raises(OverTime):
        budget.run(0.1, lambda: budget.run(60, spin))
    assert time.monotonic() - began < 30


def test_the_outer_part_goes_on_after_an_inner_one_was_ended() -> None:
    budget = Budget(0)
    reached: List[str] = []

    def outer() -> None:
        try:
            budget.run(0.05, spin)
        except OverTime:
            reached.append("after the inner part")
        spin()

    with pytest.raises(OverTime):
        budget.run(0.3, outer)
    assert reached == ["after the inner part"]


@linux
@pytest.mark.skipif(sys.platform == "darwin", reason="RLIMIT_AS is ignored there")
def test_memory() -> None:
    budget = Budget(64 * MIB)
    assert len(budget.run(5, lambda: b"x" * (16 * MIB))) == 16 * MIB
    with pytest.raises(MemoryError):
        budget.run(5, lambda: b"x" * (128 * MIB))
    assert len(b"x" * (128 * MIB)) == 128 * MIB


@linux
def test_a_child_is_not_limited() -> None:
    budget = Budget(64 * MIB)
    limits: List[Any] = []

    def work() -> None:
        budget.lifted(lambda: limits.append(resource.getrlimit(resource.RLIMIT_AS)))
        limits.append(resource.getrlimit(resource.RLIMIT_AS))

    before = resource.getrlimit(resource.RLIMIT_AS)
    budget.run(5, work)
    assert limits[0] == before
    assert limits[1] != before


def test_the_timer_of_somebody_else_is_left_alone() -> None:
    heard: List[int] = []
    previous = signal.signal(
        signal.SIGALRM, lambda number, _frame: heard.append(number)
    )
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert Budget(0).run(0.01, lambda: time.sleep(0.3)) is None
        assert heard == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_in_another_thread_there_is_no_alarm() -> None:
    results: List[int] = []
    thread = threading.Thread(
        target=lambda: results.append(Budget(0).run(0.01, lambda: 1))
    )
    thread.start()
    thread.join()
    assert results == [1]


class TestHost:
    """What becomes of a part that fails: a note, and the value for want of one."""

    def bounded(self, root: Path, work: Any, **limits: Any) -> Any:
        with Host(root=os.fspath(root), limits=Limits(**limits)) as host:
            return host.bounded("/some/file", work, "nothing"), [
                (note.path, note.code) for note in host.notes
            ]

    def test_too_long(self, tmp_path: Path) -> None:
        assert self.bounded(tmp_path, spin, share_seconds=0.3) == (
            "nothing",
            [("/some/file", "over-time")],
        )

    def test_longer_than_the_time_limit(self, tmp_path: Path) -> None:
        assert self.bounded(tmp_path, spin, seconds=0.2) == (
            "nothing",
            [("/some/file", "time-limit")],
        )

    @linux
    def test_too_much(self, tmp_path: Path) -> None:
        found = self.bounded(
            tmp_path, lambda: b"x" * (256 * MIB), share_memory=32 * MIB
        )
        assert found == ("nothing", [("/some/file", "over-memory")])

    @pytest.mark.parametrize(
        "error", [RecursionError("x"), StopIteration(), TypeError("x"), KeyError("x")]
    )
    def test_whatever_a_reader_raises(self, tmp_path: Path, error: Exception) -> None:
        def fail() -> None:
            raise error

        assert self.bounded(tmp_path, fail) == (
            "nothing",
            [("/some/file", "unexpected")],
        )

    def test_each_overrun_halves_what_follows(self, tmp_path: Path) -> None:
        """Four files that never end take 1 + 0.5 + 0.25 + 0.25 s, not 4; on a busy machine in one of three tries."""
        times = []
        for _try in range(3):
            began = time.monotonic()
            with Host(
                root=os.fspath(tmp_path), limits=Limits(share_seconds=1.0)
            ) as host:
                for number in range(4):
                    host.bounded("/file%d" % number, spin, None)
            times.append(time.monotonic() - began)
            assert len(host.notes) == 4
            if times[-1] < 3:
                return
        pytest.fail("%s s" % times)

    def test_after_the_time_limit_nothing_is_begun(self, tmp_path: Path) -> None:
        begun: List[int] = []
        found = self.bounded(tmp_path, lambda: begun.append(1), seconds=1e-9)
        assert (found, begun) == (("nothing", [("/some/file", "time-limit")]), [])
