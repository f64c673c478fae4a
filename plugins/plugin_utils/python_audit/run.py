# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run that results belong to: started by the first host of a play, continued by all others.

Workers for hosts run side by side, with `serial` in batches and with `strategy: free` in no order. So there is no task
that begins a run: each worker asks for the current one, under a lock, and the first one starts it.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from typing import Iterator, Mapping, NamedTuple, Sequence

from ..fleet_report.host_result import (
    RUN_FILE,
    InvalidResultError,
    RunRecord,
    read_host_result,
    read_run_record,
    result_file_name,
    write_run_record,
)
from .collection_version import read_collection_version
from .run_lock import lock_run

_DIRECTORY_MODE = 0o700  # results name what is weak on each host


class Play(NamedTuple):
    """What a worker knows of the play that it belongs to."""

    session: str  # unique for one ansible-playbook
    host: str  # the host of the worker
    hosts: Sequence[str]  # all hosts of the play
    groups: Mapping[str, Sequence[str]]  # the hosts of each group of the inventory
    resume: bool  # whether to continue the run of an earlier ansible-playbook

    def expected(self) -> dict[str, tuple[str, ...]]:
        """Return the groups of each host of the play, sorted, without `all` and `ungrouped`."""
        found: dict[str, list[str]] = {host: [] for host in self.hosts}
        for group in sorted(set(self.groups) - {"all", "ungrouped"}):
            for host in self.groups[group]:
                if host in found:
                    found[host].append(group)
        return {host: tuple(names) for host, names in found.items()}


def open_run(directory: str, play: Play) -> RunRecord:
    """Return the record of this play's run in a directory of results, which is created if necessary."""
    os.makedirs(directory, _DIRECTORY_MODE, exist_ok=True)
    record = read_run_record(directory).record
    if record is not None and _belongs(record, play) and _covers(record, play):
        return record
    with lock_run(directory):
        record = read_run_record(
            directory
        ).record  # another worker may have been faster
        if record is None or not _belongs(record, play):
            record = _start(play)
        elif not _covers(record, play):
            record = _extend(record, play)
        else:
            return record
        write_run_record(directory, record)
        return record


def _belongs(record: RunRecord, play: Play) -> bool:
    return play.resume or record.run.endswith(_suffix(play))


def _covers(record: RunRecord, play: Play) -> bool:
    return play.host in record.expected


def _start(play: Play) -> RunRecord:
    now = time.gmtime()
    return RunRecord(
        run=time.strftime("%Y%m%dT%H%M%SZ", now) + _suffix(play),
        started=time.strftime("%Y-%m-%dT%H:%M:%SZ", now),
        expected=play.expected(),
        collection_version=read_collection_version(),
    )


def _extend(record: RunRecord, play: Play) -> RunRecord:
    """Return the record of a run with the hosts of a later play in addition."""
    return replace(record, expected={**record.expected, **play.expected()})


def _suffix(play: Play) -> str:
    return "-" + hashlib.sha256(play.session.encode()).hexdigest()[:8]


def find_hosts_without_result(
    directory: str, run: str, hosts: Sequence[str]
) -> Iterator[str]:
    """Yield the hosts that have no file of a run, whatever it says.

    Files that are older than the run's own record are of an earlier run, so that most files need not be read.
    """
    started = os.stat(os.path.join(directory, RUN_FILE)).st_mtime
    for host in hosts:
        path = os.path.join(directory, result_file_name(host))
        try:
            if os.stat(path).st_mtime >= started or read_host_result(path).run == run:
                continue
        except (FileNotFoundError, InvalidResultError):
            pass
        yield host
