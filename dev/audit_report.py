# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the results of `make audit` for a person: installations, environments, findings with their cure, the verdict.

Results are read as data that may be incomplete: what a key does not hold is shown as unknown, never guessed.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from terminal_text import Paper, plain, table, wrapped

Record = dict[str, Any]

SEVERITIES = ("high", "medium", "low")
COLOURS = {"high": "red", "medium": "yellow", "low": "cyan", "pass": "green", "fail": "red", "incomplete": "yellow"}
IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}
AT_MOST = 15  # of what could not be read; the file holds all


def what(installation: Record) -> str:
    """Name an installation by implementation and version."""
    implementation = str(installation.get("implementation") or "Python")
    version = installation.get("version") or "(version unknown)"
    return f"{IMPLEMENTATIONS.get(implementation, implementation)} {version}"


def whose(installation: Record) -> str:
    """Say who provides an installation, by which package, and whether the system itself uses it."""
    parts = [str(installation.get("provider") or "unknown")]
    package = installation.get("package")
    if isinstance(package, dict):
        package = package.get("name") or ("" if package.get("known", True) else "package unknown")
    if package:
        parts.append(f"({package})")
    if installation.get("system") is True:
        parts.append("- used by the system")
    return " ".join(parts)


def stopped(installation: Record, tool: str) -> tuple[Any, str]:
    """Give whether a tool is stopped (true, false, or neither: unknown) and the reason."""
    effective = (installation.get("externally_managed") or {}).get("effective") or {}
    return effective.get(tool), str((effective.get("because") or {}).get(tool) or "")


def may_write(installation: Record) -> str:
    """Answer "may pip write here?", and say so where uv acts otherwise."""
    answers = {True: "no", False: "yes"}
    managed = installation.get("externally_managed") or {}
    pip, because = stopped(installation, "pip")
    uv = stopped(installation, "uv")[0]
    # The column before names the place: a reason that goes on to say that the marker is not there need not.
    head, colon, tail = because.partition(": ")
    if colon and str(managed.get("marker") or "\n") in tail:
        because = head
    said = answers.get(pip, "unknown") if isinstance(pip, bool) else "unknown"
    text = f"{said}: {because}" if because else said
    if isinstance(pip, bool) and isinstance(uv, bool) and pip != uv:
        text += f" (uv: {answers[uv]})"
    return text


def order(installation: Record) -> tuple[bool, str, list[int], str]:
    """Sort the system's own first, then by provider, the newest version first."""
    version = [-int(number) for number in re.findall(r"\d+", str(installation.get("version") or ""))]
    place = str(installation.get("path"))
    return installation.get("system") is not True, str(installation.get("provider")), version, place


def installations(found: list[Record]) -> Iterator[str | list[list[str]]]:
    """The table of interpreters, the system's own first."""
    if not found:
        yield "No Python was found."
        return
    rows = [["WHAT", "WHERE", "WHOSE", "MAY PIP WRITE?"]]
    for one in sorted(found, key=order):
        rows.append([what(one), str(one.get("path") or "?"), whose(one), may_write(one)])
    yield rows


def environments(paper: Paper, found: list[Record]) -> Iterator[str]:
    """How many environments of each kind, and each that does not work."""
    kinds: dict[str, int] = {}
    for one in found:
        kinds[str(one.get("kind") or "unknown")] = kinds.get(str(one.get("kind") or "unknown"), 0) + 1
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    broken = [one for one in found if one.get("health") == "broken"]
    unknown = sum(1 for one in found if one.get("health") not in ("sound", "broken"))
    yield (
        f"{len(found)} found"
        + (f" ({counts})" if counts else "")
        + (f"; {len(broken)} broken" if found else "")
        + (f", {unknown} of unknown health" if unknown else "")
    )
    for one in broken:
        yield paper.painted("red", "broken ") + " " + plain(one.get("path"))
        for problem in one.get("problems") or ():
            yield from wrapped(plain(problem.get("message")), paper.width, "         ")


def finding(paper: Paper, one: Record) -> Iterator[str]:
    """One finding: rule and subject, what is wrong, what to do."""
    severity = str(one.get("severity") or "?")
    label = paper.painted(COLOURS.get(severity, "bold"), f"{severity:<7}")
    yield f"{label} {paper.painted('bold', plain(one.get('rule')))}  {plain(one.get('subject'))}"
    yield from wrapped(plain(one.get("message")), paper.width, "        ")
    cure = plain(one.get("cure"))
    if cure:  # not wrapped, so that a command can be copied
        yield f"        Cure: {cure}"


def findings(paper: Paper, found: list[Record]) -> Iterator[str]:
    """The findings that stand, worst first, then how many are waived."""
    standing = [one for one in found if not one.get("waived")]
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    if not standing:
        yield "None."
    for one in sorted(standing, key=lambda one: (rank.get(str(one.get("severity")), 9), str(one.get("rule")))):
        yield from finding(paper, one)
    if len(found) > len(standing):
        yield f"{len(found) - len(standing)} waived."


def unseen(facts: Record, audit: Record) -> list[str]:
    """What either module could not read or left out, said once; first what keeps the verdict from being a pass."""
    notes = list(audit.get("incomplete") or []) + list(facts.get("incomplete") or [])
    texts = []
    for note in sorted(notes, key=lambda note: not (isinstance(note, dict) and note.get("blocking"))):
        parts = [note.get("path"), note.get("reason")] if isinstance(note, dict) else [note]
        texts.append(": ".join(plain(part) for part in parts if part) or json.dumps(note))
    return list(dict.fromkeys(texts))


def incomplete(paper: Paper, notes: list[str]) -> Iterator[str]:
    """The first of the things not seen, and how many more there are."""
    for note in notes[:AT_MOST]:
        yield from wrapped(note, paper.width, "")
    if len(notes) > AT_MOST:
        yield f"... and {len(notes) - AT_MOST} more, in the result."


def verdict(paper: Paper, audit: Record) -> Iterator[str]:
    """The last word, as the module says it."""
    word = str(audit.get("verdict") or "none")
    label = "Verdict: " + paper.painted(COLOURS.get(word, "bold"), word)
    yield f"{label}. {plain(audit.get('msg') or 'The audit did not run.')}"


def sections(paper: Paper, results: Record) -> Iterator[str]:
    """All lines of the report."""
    facts_result, audit = results.get("python_facts") or {}, results.get("audit") or {}
    facts = (facts_result.get("ansible_facts") or {}).get("pyfleet_python") or {}
    yield paper.painted("bold", f"Pythons of {plain(results.get('host') or 'this machine')}")
    if facts_result.get("failed"):
        yield "python_facts failed: " + plain(facts_result.get("msg"))
    else:
        for part in installations(facts.get("installations") or []):
            yield from [part] if isinstance(part, str) else table(paper, part)
        yield ""
        yield paper.painted("bold", "Environments")
        yield from environments(paper, facts.get("environments") or [])
    if "findings" in audit:
        yield ""
        yield paper.painted("bold", "Findings")
        yield from findings(paper, audit["findings"])
    notes = unseen(facts, audit)
    if notes:
        yield ""
        yield paper.painted("bold", "Not seen")
        yield from incomplete(paper, notes)
    yield ""
    yield from verdict(paper, audit)
    if results.get("user_id"):
        yield "Run as a plain user: other users' Pythons are not looked at. `sudo make audit` sees all."


def write(results: Record, stream: TextIO) -> None:
    """Print the report, as wide and as coloured as the stream allows."""
    paper = Paper.for_stream(stream, os.environ)
    for line in sections(paper, results):
        stream.write(paper.encodable(line) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: audit_report.py RESULT.JSON")
    with open(sys.argv[1], encoding="utf-8") as result:
        write(json.load(result), sys.stdout)
