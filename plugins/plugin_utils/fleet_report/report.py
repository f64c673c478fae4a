# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the formats write: the fleet, its counts, and what is known about the rules."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from typing import Any, Mapping, NamedTuple
from urllib.parse import quote

from .baseline import Comparison
from .counts import Counts
from .model import Fleet

NAME = "pyfleet.python"
INFORMATION_URI = "https://github.com/pyfleet/ansible-python"
FINDINGS_PAGE = INFORMATION_URI + "/blob/main/docs/findings.md"
_DATA = os.path.join(os.path.dirname(__file__), "data")


class RuleText(NamedTuple):
    """What people read about a rule. ``data/rules.json`` is written by dev/docs_findings.py."""

    title: str
    meaning: str
    cure: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The content of a report, whatever its format."""

    title: str
    fleet: Fleet
    counts: Counts
    comparison: Comparison | None
    history: list[dict[str, Any]]
    problems: list[str]

    @property
    def version(self) -> str:
        """Return the version of the collection that audited, if the run recorded it."""
        if self.fleet.run is None:
            return ""
        return self.fleet.run.collection_version

    def change_of(self, host: int, finding_id: str) -> str:
        """Return new or remaining for a finding of a host that is not waived; empty without a baseline.

        :param host: position in Fleet.hosts.
        """
        if self.comparison is None:
            return ""
        if self.comparison.is_new(host, finding_id):
            return "new"
        return "remaining"


@cache
def read_rule_texts() -> Mapping[str, RuleText]:
    """Return the text of each rule of the collection."""
    with open(os.path.join(_DATA, "rules.json"), encoding="utf-8") as stream:
        rows = json.load(stream)
    return {key: RuleText(**row) for key, row in rows.items()}


def rule_text(rule: str) -> RuleText:
    """Return the text of a rule; the rule's name as title if this version does not know it."""
    return read_rule_texts().get(rule) or RuleText(rule, "", "", "")


def rule_page(rule: str) -> str:
    """Return the address of a rule's documentation."""
    return f"{FINDINGS_PAGE}#{quote(rule, safe='', errors='replace')}"
