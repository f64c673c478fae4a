# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode on a host where earlier tasks of the play have changed nothing: users and files may not exist yet."""

from __future__ import annotations

from typing import Callable, Optional

from .._process.commands import OperationError
from .outcome import Outcome
from .spec import EnvironmentSpec

#: Codes of errors that an earlier task of the same play would have prevented.
_NOT_YET = frozenset(
    ["no-such-user", "no-such-group", "no-such-file", "python-not-yet"]
)


def predict_unless_missing(
    spec: EnvironmentSpec, check: bool, work: Callable[[], Optional[Outcome]]
) -> Optional[Outcome]:
    """Return what ``work`` returns; in check mode, for a user or file that is missing, an unresolved outcome."""
    try:
        return work()
    except OperationError as exc:
        if not check or exc.code not in _NOT_YET:
            raise
        return Outcome(path=spec.path, changed=True, unresolved=exc.message)
