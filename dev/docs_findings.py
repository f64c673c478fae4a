# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of findings into docs/findings.md and into the audit module's documentation.

docs_findings.py            write what is out of date
docs_findings.py --check    write nothing; end with 1 where something is out of date
"""

from __future__ import annotations

import re
import runpy
import sys
import textwrap
from pathlib import Path
from typing import Any

from findings_text import TEXT

ROOT = Path(__file__).resolve().parents[1]
TABLE = runpy.run_path(str(ROOT / "plugins/module_utils/_scan/rules/table.py"))
RULES, SEVERITIES = TABLE["RULES"], TABLE["SEVERITIES"]
PAGE = ROOT / "docs/findings.md"
MODULE = ROOT / "plugins/modules/audit.py"
BEGIN = "      - The rules to judge by. If left out, all.\n"
END = "    type: list\n"

INTRODUCTION = """\
<!-- Written by dev/docs_findings.py from _scan/rules/table.py and dev/findings_text.py: change it there. -->

# Findings

What [`pyfleet.python.audit`](audit.md) looks for. Each rule has one severity, whatever the host:

- **high**: the protection is off, or something that runs is broken or open to others;
- **medium**: it will break;
- **low**: nothing is broken, but it should be known.

A finding names its subject, what it rests on, and the cure for the very host. What follows is the general form.
"""


def page() -> str:
    """Give the page: a table of all rules, the worst first, then a section for each."""
    rules = sorted(RULES, key=lambda rule: (-SEVERITIES.index(rule.severity), rule.key))
    rows = ["| rule | severity | |", "| --- | --- | --- |"]
    rows += [f"| [`{rule.key}`](#{rule.key}) | {rule.severity} | {TEXT[rule.key].title} |" for rule in rules]
    return "\n".join([INTRODUCTION, *rows, "", *(section(rule) for rule in rules)]).rstrip() + "\n"


def section(rule: Any) -> str:
    """Give the section on one rule."""
    text = TEXT[rule.key]
    needs = ", ".join(f"`{subset}`" for subset in rule.needs.split()) or "the findings of the other rules"
    source = f"<{text.source}>" if "://" in text.source else f"[{text.source}]({text.source.rpartition('/')[2]})"
    return (
        f"## {rule.key}\n\n**{rule.severity}**: {text.title}.\n\n{text.meaning}\n\n"
        f"What to do: {text.cure}\n\nJudged from: {needs}. See {source}.\n"
    )


def documented(text: str) -> str:
    """Give the module's source with the list of rules in the documentation of its option ``rules``."""
    start = text.index(BEGIN) + len(BEGIN)
    return text[:start] + "".join(item(rule) for rule in RULES) + text[text.index(END, start) :]


def item(rule: Any) -> str:
    """Give one rule as an item of the option's description, in Ansible's markup."""
    title = re.sub(r"`([^`]*)`", r"C(\1)", TEXT[rule.key].title).replace("EXTERNALLY-MANAGED", "C(EXTERNALLY-MANAGED)")
    text = f"V({rule.key}) ({rule.severity}) - {title}."
    wrapped = textwrap.wrap(text, 112, break_long_words=False, break_on_hyphens=False)
    return "      - " + "\n        ".join(wrapped) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check; give the exit status."""
    stale = []
    for path, wanted in ((PAGE, page()), (MODULE, documented(MODULE.read_text(encoding="utf-8")))):
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            stale.append(path.relative_to(ROOT))
            if "--check" not in arguments:
                path.write_text(wanted, encoding="utf-8")
    for path in stale:
        print(f"{path}: out of date; run dev/docs_findings.py" if "--check" in arguments else f"{path}: written")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
