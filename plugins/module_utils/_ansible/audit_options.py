# SPDX-License-Identifier: GPL-3.0-or-later
"""The options by which the module audit judges."""

from __future__ import annotations

from typing import Any

from .._scan.invalid_option import InvalidOption
from .._scan.judge.policy import make_policy
from .._scan.verdicts import Policy
from .refusal import refuse


def read_policy(module: Any) -> Policy:
    """Return the policy of an audit; end the module with a message if an option is invalid."""
    try:
        return make_policy(module.params)
    except InvalidOption as exc:
        refuse(module, exc.option, exc.message, exc.hint)
