# SPDX-License-Identifier: GPL-3.0-or-later
"""All rules, assembled from their families; see docs/findings.md."""

from __future__ import annotations

from . import (
    conda,
    environments,
    interpreters,
    listed_packages,
    marker,
    packages,
    pip_config,
    pipx,
    search_path,
    startup_hooks,
    system_python,
)
from .rule import Rule

_FAMILIES = (
    conda,
    environments,
    interpreters,
    listed_packages,
    marker,
    packages,
    pip_config,
    pipx,
    search_path,
    startup_hooks,
    system_python,
)

#: Judged over the findings of all other rules (judge/verdict.py).
WAIVER_EXPIRED = Rule(
    key="waiver-expired",
    severity="low",
    needs=(),
    cure="Apply the finding's cure, or renew the waiver with a new date.",
)

CHECKS = tuple(check for family in _FAMILIES for check in family.CHECKS)
_BY_CHECK = dict.fromkeys(rule for check in CHECKS for rule in check.rules)
RULES = tuple(sorted([*_BY_CHECK, WAIVER_EXPIRED], key=lambda rule: rule.key))
BY_KEY = {rule.key: rule for rule in RULES}
