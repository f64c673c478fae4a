# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the rules of an audit into docs/findings.md, the audit module's documentation and the data of the reports.

docs_findings.py            write what is out of date
docs_findings.py --check    write nothing; end with 1 where something is out of date

Severity and needs are from the rules in _scan/rules/*.py; the text for people is in _scan/rules/*_text.yml beside them.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "plugins"))

from module_utils._scan.rules.registry import RULES
from module_utils._scan.rules.rule import SEVERITIES, Rule

TEXTS = ROOT / "plugins/module_utils/_scan/rules"
PAGE = ROOT / "docs/findings.md"
MODULE = ROOT / "plugins/modules/audit.py"
REPORT_DATA = ROOT / "plugins/plugin_utils/fleet_report/data/rules.json"
BEGIN = "      - The rules to evaluate. If omitted, all of them.\n"
END = "    type: list\n"
FIELDS = {"title", "meaning", "cure", "source"}

INTRODUCTION = """\
<!-- Written by dev/docs_findings.py from plugins/module_utils/_scan/rules/: change the rule, or its text, there. -->

# Findings

What [`pyfleet.python.audit`](audit.md) looks for. Each rule has one severity on every host;
an entry of `listed_packages` may set another:

- **high**: the protection is off, or something that runs is broken or open to others;
- **medium**: it will break;
- **low**: nothing is broken, but you should know it.

A finding names its subject, its evidence, and the cure for that host. The cures below are general.
"""


def read_texts() -> dict[str, dict[str, str]]:
    """Return the text of each rule; exit with a sentence where a rule has none, or a text no rule."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(TEXTS.glob("*_text.yml")):
        texts.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    keys = {rule.key for rule in RULES}
    for key in sorted(keys ^ set(texts)):
        sys.exit(f"docs_findings.py: {key} is in only one of the rules and their texts")
    for key, text in texts.items():
        if set(text) != FIELDS:
            sys.exit(
                f"docs_findings.py: the text of {key} has not the fields {', '.join(sorted(FIELDS))}"
            )
    return texts


def page(texts: dict[str, dict[str, str]]) -> str:
    """Return the page: a table of all rules, the worst first, then a section for each."""
    rules = sorted(RULES, key=lambda rule: (-SEVERITIES.index(rule.severity), rule.key))
    rows = ["| rule | severity | |", "| --- | --- | --- |"]
    for rule in rules:
        rows.append(
            f"| [`{rule.key}`](#{rule.key}) | {rule.severity} | {texts[rule.key]['title']} |"
        )
    sections = [section(rule, texts[rule.key]) for rule in rules]
    return "\n".join([INTRODUCTION, *rows, "", *sections]).rstrip() + "\n"


def section(rule: Rule, text: dict[str, str]) -> str:
    """Return the section on one rule."""
    needs = (
        ", ".join(f"`{subset}`" for subset in rule.needs)
        or "the findings of the other rules"
    )
    source = f"<{text['source']}>"
    if "://" not in text["source"]:
        source = f"[{text['source']}]({text['source'].rpartition('/')[2]})"
    return (
        f"## {rule.key}\n\n**{rule.severity}**: {text['title']}.\n\n{text['meaning']}\n\n"
        f"What to do: {text['cure']}\n\nEvaluated from: {needs}. See {source}.\n"
    )


def report_data(texts: dict[str, dict[str, str]]) -> str:
    """Return the texts as JSON, a rule a line: reports are built where there is no YAML parser."""
    rows = [
        f"{json.dumps(key)}: {json.dumps(texts[key], sort_keys=True)}"
        for key in sorted(texts)
    ]
    return "{\n" + ",\n".join(rows) + "\n}\n"


def documented(module: str, texts: dict[str, dict[str, str]]) -> str:
    """Return the module's source with the list of rules in the documentation of its option ``rules``."""
    start = module.index(BEGIN) + len(BEGIN)
    items = [item(rule, texts[rule.key]["title"]) for rule in RULES]
    return module[:start] + "".join(items) + module[module.index(END, start) :]


def item(rule: Rule, title: str) -> str:
    """Return one rule as an item of the option's description, in Ansible's markup."""
    marked = re.sub(r"`([^`]*)`", r"C(\1)", title).replace(
        "EXTERNALLY-MANAGED", "C(EXTERNALLY-MANAGED)"
    )
    text = f"V({rule.key}) ({rule.severity}) - {marked}."
    wrapped = textwrap.wrap(text, 112, break_long_words=False, break_on_hyphens=False)
    return "      - " + "\n        ".join(wrapped) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    texts = read_texts()
    stale = []
    module = documented(MODULE.read_text(encoding="utf-8"), texts)
    for path, wanted in (
        (PAGE, page(texts)),
        (MODULE, module),
        (REPORT_DATA, report_data(texts)),
    ):
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            stale.append(path.relative_to(ROOT))
            if "--check" not in arguments:
                path.write_text(wanted, encoding="utf-8")
    for path in stale:
        print(
            f"{path}: out of date; run dev/docs_findings.py"
            if "--check" in arguments
            else f"{path}: written"
        )
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
