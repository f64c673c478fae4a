# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of `alpha`: starts it in a loop, by its script and by its interpreter, while it is being converged."""

from __future__ import annotations

import os
import random
import subprocess
import threading
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Sequence


class Client:
    """Counts what starting the application gave; ``faults`` are those starts that went wrong.

    :param ways: the commands, which it takes in turns.
    :param wait: seconds, at the most, between what the application imports at once and what it imports late.
    :param pause: seconds between two starts.
    """

    def __init__(
        self,
        ways: Sequence[Sequence[str | Path]],
        wait: float,
        seed: int,
        pause: float = 0.02,
    ) -> None:
        self.ways = [list(map(str, way)) for way in ways]
        self.wait, self.pause = wait, pause
        self.random = random.Random(seed)
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=(number,)) for number in range(2)
        ]

    @property
    def starts(self) -> int:
        return sum(self.seen.values()) + len(self.faults)

    def start_once(self, way: Sequence[str], wait: float) -> None:
        """Start it; three times the same version on one line is right, and nothing else."""
        environment = {
            "PATH": "/usr/bin:/bin",
            "ALPHA_WAIT": f"{wait:.3f}",
            "HOME": "/nonexistent",
        }
        try:
            done = subprocess.run(
                way,
                capture_output=True,
                text=True,
                env=environment,
                cwd="/",
                check=False,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            self.faults.append(f"{way}: {exc!r}")
            return
        words = done.stdout.split()
        if done.returncode == 0 and len(words) == 3 and len(set(words)) == 1:
            self.seen[words[0]] += 1
        else:
            self.faults.append(
                f"{way}: {done.returncode} {done.stdout!r} {done.stderr[-1500:]!r}"
            )

    def _loop(self, number: int) -> None:
        while not self._stop.is_set():
            self.start_once(
                self.ways[number % len(self.ways)], self.random.uniform(0, self.wait)
            )
            number += 1
            self._stop.wait(self.pause)

    def __enter__(self) -> Client:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def descendants(pid: int) -> list[int]:
    """Return the processes below one, its children first."""
    parents: dict[int, list[int]] = {}
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            text = Path("/proc", name, "stat").read_text()
        except OSError:
            continue
        parents.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(
            int(name)
        )
    found = list(parents.get(pid, []))
    for each in found:
        found += parents.get(each, [])
    return found
