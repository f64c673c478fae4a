# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every situation page has the same parts, its commands name what exists, and its cures pass a source audit."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.rules.registry import (
    RULES,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.audit_source import (
    audit_text,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.discover import (
    Source,
)
from ansible_collections.pyfleet.python.tests.unit.dev.test_documents import (
    CODE_BLOCK,
    LINK,
    module_options,
    read,
)

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES = sorted(
    page for page in (DOCS / "situations").glob("*.md") if page.name != "README.md"
)
GUIDES = sorted((DOCS / "migration").glob("*.md"))
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def blocks(page: Path, *languages: str) -> list[str]:
    return [
        text
        for language, text in CODE_BLOCK.findall(read(page))
        if language in languages
    ]


@every_page
def test_parts(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", CODE_BLOCK.sub("", read(page)), re.MULTILINE)
    assert headings == ["Symptom", "See it", "Cure", "Undo"]
    see = read(page).split("## See it")[1].split("\n## ")[0]
    assert "```console\nansible" in see


def test_the_first_play_of_the_readme_is_one_that_is_run() -> None:
    """The pages are run by tests/deployment/test_documents.py."""
    readme = DOCS.parent / "README.md"
    assert blocks(readme, "yaml") == blocks(DOCS / "situations/server.md", "yaml")[:1]


def test_the_index_has_every_page() -> None:
    linked = set(LINK.findall(read(DOCS / "situations/README.md")))
    assert {page.name for page in PAGES} <= linked
    assert {f"../migration/{guide.name}" for guide in GUIDES} <= linked


@pytest.mark.parametrize(
    "page", [*PAGES, DOCS / "source_audit.md"], ids=lambda page: page.stem
)
def test_ad_hoc_commands_have_options_that_exist(page: Path) -> None:
    rules = {rule.key for rule in RULES}
    for command in "".join(blocks(page, "console")).splitlines():
        words = shlex.split(command)
        if words[:1] != ["ansible"] or not any(
            word.startswith("pyfleet.") for word in words
        ):
            continue
        module = words[words.index("-m") + 1].removeprefix("pyfleet.python.")
        arguments = words[words.index("-a") + 1] if "-a" in words else ""
        options = dict(word.split("=", 1) for word in arguments.split())
        assert set(options) <= set(module_options(module)), command
        assert set(filter(None, options.get("rules", "").split(","))) <= rules, command


@pytest.mark.parametrize("page", [*PAGES, *GUIDES], ids=lambda page: page.stem)
def test_what_a_page_shows_as_a_cure_passes_the_source_audit(page: Path) -> None:
    text = re.sub(r"^Before.*?^After", "", read(page), flags=re.MULTILINE | re.DOTALL)
    kinds = {"dockerfile": "containerfile"}
    for language, block in CODE_BLOCK.findall(text):
        if language in ("yaml", "dockerfile"):
            kind = kinds.get(language, "ansible")
            if "runs-on" in block or "script:" in block:
                kind = "github" if "runs-on" in block else "gitlab"
            collector = audit_text(Source(page.name, kind), block)
            assert not collector.findings and not collector.notes, block


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_guides_name_options_that_exist(page: Path) -> None:
    module = {"ansible-builtin-pip": "venv", "community-general-pipx": "pipx_app"}.get(
        page.stem
    )
    if module is None:
        return
    rows = [
        line.split("|")[2] for line in read(page).splitlines() if line.startswith("| `")
    ][1:]
    named = {name for cell in rows for name in re.findall(r"`(\w+)(?::[^`]*)?`", cell)}
    assert named <= set(module_options(module)) | {"latest"}
