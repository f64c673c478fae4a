# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule of an audit is, what it sees of a host, and how it reports."""

from __future__ import annotations

import os
from typing import Callable, Iterable, Iterator, Tuple, Union

from ..._host.record import NamedTuple
from ..audit_model import AuditReadings
from ..model import Readings
from ..verdicts import Classified, Finding, Judged, ListedPackage, Undecided

#: low: should be known; medium: will break; high: the protection is off, or what runs is broken or open to others.
SEVERITIES = ("low", "medium", "high")

_NOTHING_MORE = AuditReadings()
Results = Iterator[Union[Finding, Undecided]]


class ScannedHost(NamedTuple):
    """A host, read, classified and judged, on one day: all that a rule may look at."""

    readings: Readings
    classified: Classified
    judged: Judged
    today: str  # ISO date, UTC
    more: AuditReadings = _NOTHING_MORE
    listed_packages: tuple[ListedPackage, ...] = ()


class Rule(NamedTuple):
    """One thing that an audit looks for; its text for people is in the file of its family that ends in _text.yml."""

    key: str
    severity: str  # one of SEVERITIES
    needs: tuple[str, ...]  # the subsets of a scan that it judges
    cure: str  # where none is known for the very host; may name {subject} and its {directory}

    def finding(
        self,
        subject: str,
        message: str,
        cure: str = "",
        evidence: Iterable[str] = (),
        severity: str = "",
    ) -> Finding:
        """Return the finding of this rule on a subject; without ``cure`` and ``severity`` with those of the rule."""
        general = self.cure.format(subject=subject, directory=os.path.dirname(subject))
        return Finding(
            id="%s:%s" % (self.key, subject),
            rule=self.key,
            severity=severity or self.severity,
            subject=subject,
            message=message,
            evidence=tuple(dict.fromkeys(filter(None, evidence))),
            cure=cure or general,
        )

    def undecided(self, subject: str, reason: str) -> Undecided:
        """Return the answer of this rule where what was read is not enough to judge a subject."""
        return Undecided(rule=self.key, subject=subject, reason=reason)


class Check(NamedTuple):
    """A function over a scanned host, and the rules whose findings it yields."""

    function: Callable[[ScannedHost], Results]
    rules: Tuple[Rule, ...]
