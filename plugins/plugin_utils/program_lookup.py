# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lookups of programs for hosts have in common."""

from __future__ import annotations

from typing import Any, ClassVar, Optional

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from .zipapp import Program, write_program


class ProgramLookup(LookupBase):
    """Writes a program where the module copy finds it."""

    PROGRAM: ClassVar[Program]

    def run(
        self, terms: list[str], variables: Optional[Any] = None, **kwargs: Any
    ) -> list[str]:
        """Return the paths of the program for these interpreters."""
        return [self._write(term) for term in terms or ["/usr/bin/python3"]]

    def _write(self, interpreter: str) -> str:
        try:
            return write_program(self.PROGRAM, interpreter, constants.DEFAULT_LOCAL_TMP)
        except ValueError as exc:
            raise AnsibleLookupError(str(exc)) from exc
