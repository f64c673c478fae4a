# SPDX-License-Identifier: GPL-3.0-or-later
"""The error for an option of a scan or an audit that has no meaning."""

from __future__ import annotations

from .._host.record import NamedTuple


class InvalidOption(Exception):
    """An option cannot be used as it is given."""

    def __init__(self, option: str, message: str, hint: str) -> None:
        """Store the option's name, one sentence on what is wrong, without a full stop, and one on what to do."""
        super().__init__("%s. %s" % (message, hint))
        self.option, self.message, self.hint = option, message, hint


class OptionProblem(NamedTuple):
    """Why an option is invalid, and what to write instead, as a room yields it for each that it finds."""

    option: str
    message: str
    hint: str
