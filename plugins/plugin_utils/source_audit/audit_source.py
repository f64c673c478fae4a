# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit paths: find the files, judge each, and put the results together."""

from __future__ import annotations

from typing import Sequence

from ansible_collections.pyfleet.python.plugins.module_utils._host.budget import (
    Budget,
    OverTime,
)

from . import parsers
from .ci_pipelines import judge_pipeline, judge_workflow
from .collector import Collector
from .containerfile import judge_containerfile
from .discover import Source, find_kind, find_sources, read_source
from .model import Finding, Note, NotJudged, Report, UnknownBase
from .playbooks import judge_ansible
from .settings_files import judge_pip_config, judge_uv_config
from .shell_state import ShellState
from .yaml_nodes import find_document, mask_jinja

#: A file that takes longer than this is not judged to its end; real ones take less than one.
MAX_SECONDS = 10.0


def audit_paths(paths: Sequence[str], exclude: Sequence[str] = ()) -> Report:
    """Return the report of all files below paths that are judged."""
    findings: list[Finding] = []
    notes: list[Note] = []
    unknown: list[UnknownBase] = []
    count = 0
    for source in dict.fromkeys(find_sources(paths, exclude)):
        count += 1
        collector = audit_file(source)
        findings += collector.findings.values()
        notes += collector.notes
        unknown += collector.unknown_bases
    return Report(
        findings=tuple(
            sorted(
                findings, key=lambda finding: (finding.path, finding.line, finding.rule)
            )
        ),
        incomplete=tuple(sorted(notes)),
        unknown_bases=tuple(sorted(set(unknown))),
        files=count,
    )


def audit_file(source: Source) -> Collector:
    """Return what is found in a file; what cannot be judged is a note, never an error."""
    try:
        text = read_source(source.path)
    except NotJudged as reason:
        collector = Collector(source.path, "")
        collector.note(reason.reason)
        return collector
    return audit_text(source, text)


def audit_text(source: Source, text: str) -> Collector:
    """Return what is found in the text of a file."""
    collector = Collector(source.path, text)
    try:
        # The memory of a file is bounded by its size; a limit on it would abort the parsers that are written in C.
        Budget(memory=0).run(MAX_SECONDS, lambda: _judge(source, text, collector))
    except OverTime:
        collector.note(f"Judging it takes longer than {MAX_SECONDS:g} seconds.")
    except NotJudged as reason:
        collector.note(reason.reason, reason.line)
    except RecursionError:
        collector.note("It is nested too deeply.")
    return collector


def make_source(path: str) -> Source:
    """Return a file as a source by its name alone, for callers that have its text."""
    found = list(find_sources([path]))
    return found[0] if found else Source(path, find_kind(path) or "ansible")


def _judge(source: Source, text: str, collector: Collector) -> None:
    masked = mask_jinja(text) if source.path.endswith(".j2") else text
    if source.kind == "containerfile":
        judge_containerfile(masked, collector)
    elif source.kind == "shell":
        collector.script(masked, ShellState("host"), lambda row: row + 1)
    elif source.kind == "pip-config":
        judge_pip_config(text, collector)
    elif source.kind == "uv-config":
        judge_uv_config(text, collector)
    else:
        _judge_yaml(source, text, collector)


def _judge_yaml(source: Source, text: str, collector: Collector) -> None:
    documents = parsers.compose_yaml(text)
    if source.kind == "ansible":
        for document in documents:
            if document is not None:
                judge_ansible(document, collector, source.holds_variables)
        return
    root = find_document(documents)
    if root is not None:
        judge = judge_workflow if source.kind == "github" else judge_pipeline
        judge(root, collector)
