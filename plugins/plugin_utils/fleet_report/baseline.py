# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is new, fixed and remaining since an earlier run.

A finding is the same if its host and its id (rule and subject) are the same. One that is gone counts as fixed only
where the host was judged and everything could be read; elsewhere it is unconfirmed.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any, Mapping

from .counts import Counts
from .host_result import HostResult, UnreadableFile, read_host_results, read_run_record
from .model import NOT_JUDGED, Fleet, Host

CHANGES = ("new", "remaining", "fixed", "unconfirmed")


class BaselineError(ValueError):
    """The baseline cannot be used. The message is a sentence."""


@dataclass(slots=True)
class Baseline:
    """The findings of an earlier run."""

    name: str  # its run, or its file
    hosts: dict[str, dict[str, bool]] = field(
        default_factory=dict
    )  # host: id of a finding: whether it was waived


@dataclass(slots=True)
class Comparison:
    """The change of each finding that is not waived, and what is gone."""

    baseline: str
    totals: dict[str, int]
    new: dict[
        int, frozenset[str]
    ]  # position of a host: ids of its findings that are new
    gone: dict[str, dict[str, list[str]]]  # fixed, unconfirmed: id of a finding: hosts

    def is_new(self, host: int, finding_id: str) -> bool:
        """Return whether a finding of a host is not in the baseline."""
        return finding_id in self.new.get(host, ())


def read_baseline(path: str) -> Baseline:
    """Return the findings of a directory of results, or of a report.json.

    :raises BaselineError: if there is no such thing, or it cannot be used.
    """
    if os.path.isdir(path):
        return _from_directory(path)
    try:
        with open(path, encoding="utf-8") as stream:
            report = json.load(stream)
    except OSError as error:
        raise BaselineError(
            f"The baseline {path} cannot be read: {error.strerror}."
        ) from None
    except (ValueError, RecursionError):
        raise BaselineError(
            f"The baseline {path} is not JSON: name a directory of results, or a report.json."
        ) from None
    try:
        return _from_report(path, report)
    except (AttributeError, IndexError, KeyError, TypeError):
        raise BaselineError(
            f"The baseline {path} is JSON, but not a report of this program."
        ) from None


def _from_directory(path: str) -> Baseline:
    state = read_run_record(path)
    baseline = Baseline(
        state.record.run if state.record else os.path.basename(os.path.normpath(path))
    )
    for result in read_host_results(path):
        if isinstance(result, UnreadableFile):
            continue
        if state.record is None or result.run == state.record.run:
            baseline.hosts[result.host] = _ids_of(result)
    if not baseline.hosts:
        raise BaselineError(f"The baseline {path} holds no result of a host.")
    return baseline


def _ids_of(result: HostResult) -> dict[str, bool]:
    ids: dict[str, bool] = {}
    for row in (result.audit or {}).get("findings") or ():
        ids[row["id"]] = bool(row.get("waived"))
    return ids


def _from_report(path: str, report: Mapping[str, Any]) -> Baseline:
    findings = [str(row["id"]) for row in report["findings"]]
    baseline = Baseline(str(report["run"]["id"] or os.path.basename(path)))
    for host in report["hosts"]:
        ids = {
            findings[row["finding"]]: bool(row.get("waived"))
            for row in host["findings"]
        }
        baseline.hosts[host["host"]] = ids
    return baseline


def compare(fleet: Fleet, counts: Counts, baseline: Baseline) -> Comparison:
    """Return how the findings of a fleet differ from the baseline. Waived findings are neither new nor fixed."""
    comparison = Comparison(
        baseline=baseline.name,
        totals=dict.fromkeys(CHANGES, 0),
        new={},
        gone={"fixed": {}, "unconfirmed": {}},
    )
    seen = set()
    for number, host in enumerate(fleet.hosts):
        seen.add(host.name)
        before = baseline.hosts.get(host.name, {})
        after = _ids_now(fleet, host)
        standing = _without_waived(after)
        new = frozenset(each for each in standing if each not in before)
        comparison.totals["new"] += len(new)
        comparison.totals["remaining"] += len(standing) - len(new)
        if new:
            comparison.new[number] = new
        gone = [each for each in _without_waived(before) if each not in after]
        confirmed = host.status not in NOT_JUDGED and not counts.hosts[number].blocking
        _add_gone(comparison, "fixed" if confirmed else "unconfirmed", host.name, gone)
    for name, before in baseline.hosts.items():
        if name not in seen:
            _add_gone(comparison, "unconfirmed", name, _without_waived(before))
    return comparison


def _without_waived(ids: Mapping[str, bool]) -> list[str]:
    return [each for each, waived in ids.items() if not waived]


def _ids_now(fleet: Fleet, host: Host) -> dict[str, bool]:
    ids: dict[str, bool] = {}
    for position, waiver in zip(host.findings, host.waivers, strict=True):
        finding_id = fleet.findings[position].id
        ids[finding_id] = bool(waiver) and ids.get(finding_id, True)
    return ids


def _add_gone(comparison: Comparison, change: str, host: str, ids: list[str]) -> None:
    comparison.totals[change] += len(ids)
    for each in ids:
        comparison.gone[change].setdefault(each, []).append(host)
