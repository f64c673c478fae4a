# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of Sphinx for the site: the pages of docs/ and, by antsibull-docs, those of plugins and roles."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

project = "pyfleet.python"
author = "pyfleet contributors"
copyright = "2026, pyfleet contributors"  # noqa: A001 - the name that Sphinx reads
extensions = ["myst_parser", "sphinx_antsibull_ext"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_heading_anchors = 3
html_theme = "alabaster"
html_title = project
highlight_language = "none"
exclude_patterns: list[str] = []
# The pages of plugins refer to labels of ansible-core's documentation, which this site does not have; the references
# within the collection are checked by `antsibull-docs lint-collection-docs`.
suppress_warnings = ["ref.ref", "misc.highlighting_failure"]

SOURCE = Path(__file__).resolve().parent
REPOSITORY = "https://github.com/pyfleet/ansible-python/blob/main"
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def link_repository(_app: Any, page: str, content: list[str]) -> None:
    """Turn links to files that are no pages of the site into links to the repository."""

    def absolute(found: re.Match[str]) -> str:
        target = posixpath.normpath(
            posixpath.join(posixpath.dirname(page), found.group(1))
        )
        if target.endswith(".md") and (SOURCE / target).is_file():
            return found.group()
        return f"]({REPOSITORY}{posixpath.normpath(posixpath.join('/docs', target))})"

    if (SOURCE / f"{page}.md").is_file():
        content[0] = LINK.sub(absolute, content[0])


def setup(app: Any) -> None:
    """Connect the events of Sphinx."""
    app.connect("source-read", link_repository)
