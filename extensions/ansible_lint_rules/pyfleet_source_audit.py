# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rule of ansible-lint: what source_audit finds in playbooks, roles and their variables.

Use: ``ansible-lint -R -r PATH/TO/pyfleet/python/extensions/ansible_lint_rules``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ansiblelint.rules import AnsibleLintRule

# The parent of ansible_collections, wherever the collection lies; a checkout outside of one is found by
# ANSIBLE_COLLECTIONS_PATH.
for _parent in Path(__file__).absolute().parents:
    if _parent.name == "ansible_collections" and str(_parent.parent) not in sys.path:
        sys.path.append(str(_parent.parent))

_AUDIT = "ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit"
_audit_source = import_module(_AUDIT + ".audit_source")
_rules = import_module(_AUDIT + ".rules")

if TYPE_CHECKING:
    from ansiblelint.errors import MatchError
    from ansiblelint.file_utils import Lintable


class PyfleetSourceAuditRule(AnsibleLintRule):
    """Find what causes externally-managed-environment (PEP 668), or damages the system's Python, on hosts."""

    id = "pyfleet"
    shortdesc = "Playbooks leave the system's Python alone (PEP 668)"
    description = (
        "See https://github.com/pyfleet/ansible-python/blob/main/docs/source_audit.md"
    )
    severity = "HIGH"
    tags = ["idiom"]  # noqa: RUF012 - a class attribute of ansible-lint
    version_changed = "26.10.0"
    _ids = {f"pyfleet[{rule.key}]": rule.title for rule in _rules.RULES}  # noqa: RUF012 - as above

    def matchyaml(self, file: Lintable) -> list[MatchError]:
        """Return a match for each finding that is not waived, and for each reason why a file is not judged."""
        collector = _audit_source.audit_text(
            _audit_source.make_source(str(file.path)), file.content
        )
        matches = [
            self.create_matcherror(
                message=f"{finding.message} {_rules.find_cure(finding.rule, finding.place)}",
                lineno=finding.line,
                tag=f"pyfleet[{finding.rule}]",
                filename=file,
            )
            for finding in collector.findings.values()
            if finding.waived is None
        ]
        for note in collector.notes:
            matches.append(
                self.create_matcherror(
                    message=note.reason,
                    lineno=note.line or 1,
                    tag="pyfleet[incomplete]",
                    filename=file,
                )
            )
        return matches
