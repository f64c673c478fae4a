# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacked pips that the environments of one owner share within a call."""

from __future__ import annotations

import shutil
from functools import partial
from typing import Any, Callable, Dict, Optional

from .._process.accounts import Account
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from .temporary import make_pip_bootstrap_directory


class SharedPips:
    """The directories of unpacked pips, by owner; they last until `remove_all`.

    :param is_used: whether another environment may need them. Without one, there is no directory.
    """

    def __init__(self, *, is_used: bool) -> None:
        self._is_used = is_used
        self._directories: Dict[Optional[Account], str] = {}

    def directory(self, account: Optional[Account], path: str) -> str:
        """Return the directory of an owner, near the environment at ``path``; '' where none is used."""
        if not self._is_used:
            return ""
        if account not in self._directories:
            make = partial(make_pip_bootstrap_directory, path)
            self._directories[account] = str(_run_as(account, make))
        return self._directories[account]

    def remove_all(self) -> None:
        """Remove every directory, as its owner."""
        for account, directory in self._directories.items():
            _run_as(account, partial(shutil.rmtree, directory, ignore_errors=True))
        self._directories.clear()


def _run_as(account: Optional[Account], work: Callable[[], Any]) -> Any:
    environment, _credentials = clean_environment(account, {})
    return run_in_child(lambda say: work(), account, environment)
