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
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from terminal_text import Paper, plain, table, wrapped

Record = dict[str, Any]

SEVERITIES = ("high", "medium", "low")
COLOURS = {
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "pass": "green",
    "fail": "red",
    "incomplete": "yellow",
}
IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}
#: May a tool install, by whether it is stopped.
ANSWERS = {True: "no", False: "yes", None: "unknown"}
AT_MOST = 15  # of what could not be read; the file holds all


def name_of(installation: Record) -> str:
    """Name an installation by implementation and version."""
    implementation = str(installation.get("implementation") or "Python")
    version = installation.get("version") or "(version unknown)"
    return f"{IMPLEMENTATIONS.get(implementation, implementation)} {version}"


def provider_of(installation: Record) -> str:
    """Name the provider of an installation and its package, and say whether the system itself uses it."""
    parts = [str(installation.get("provider") or "unknown")]
    package = installation.get("package")
    if isinstance(package, dict):
        package = package.get("name") or (
            "" if package.get("known", True) else "package unknown"
        )
    if package:
        parts.append(f"({package})")
    if installation.get("system") is True:
        parts.append("- used by the system")
    return " ".join(parts)


def stopped(installation: Record, tool: str) -> tuple[bool | None, str]:
    """Return whether a tool is stopped (None: unknown) and the reason."""
    effective = (installation.get("externally_managed") or {}).get("effective") or {}
    answer = effective.get(tool)
    reason = str((effective.get("because") or {}).get(tool) or "")
    return answer if isinstance(answer, bool) else None, reason


def may_install(installation: Record) -> str:
    """Answer whether pip may install into an installation and why; say so where uv acts otherwise."""
    pip, because = stopped(installation, "pip")
    uv, _reason = stopped(installation, "uv")
    managed = installation.get("externally_managed") or {}
    # The column before names the place: a reason that adds where the file would be need not.
    head, colon, tail = because.partition(": ")
    if colon and str(managed.get("marker") or "\n") in tail:
        because = head
    # What the reason adds, that pip obeys, is the answer itself.
    because = because.partition(", and pip")[0] if pip else because
    text = f"{ANSWERS[pip]}: {because}" if because else ANSWERS[pip]
    if pip is not None and uv is not None and pip != uv:
        text += f" (uv: {ANSWERS[uv]})"
    return text


def order(installation: Record) -> tuple[bool, str, list[int], str]:
    """Sort key: the system's own first, then by provider, the newest version first."""
    version = [
        -int(number)
        for number in re.findall(r"\d+", str(installation.get("version") or ""))
    ]
    place = str(installation.get("path"))
    return (
        installation.get("system") is not True,
        str(installation.get("provider")),
        version,
        place,
    )


def installations(found: list[Record]) -> Iterator[str | list[list[str]]]:
    """Yield the table of interpreters, the system's own first."""
    if not found:
        yield "No Python was found."
        return
    rows = [["PYTHON", "PATH", "PROVIDER", "MAY PIP INSTALL?"]]
    for one in sorted(found, key=order):
        rows.append(
            [
                name_of(one),
                str(one.get("path") or "?"),
                provider_of(one),
                may_install(one),
            ]
        )
    yield rows


def environments(paper: Paper, found: list[Record]) -> Iterator[str]:
    """Yield how many environments of each kind, and each that does not work."""
    broken = [one for one in found if one.get("health") == "broken"]
    yield from wrapped(count_environments(found, len(broken)), paper.width, "")
    for one in broken:
        yield from wrapped(
            plain(one.get("path")),
            paper.width,
            "         ",
            paper.painted("red", "broken   "),
        )
        for problem in one.get("problems") or ():
            yield from wrapped(plain(problem.get("message")), paper.width, "         ")


def count_environments(found: list[Record], broken: int) -> str:
    """Count environments by kind and by health, in a line."""
    kinds: dict[str, int] = {}
    for one in found:
        kind = str(one.get("kind") or "unknown")
        kinds[kind] = kinds.get(kind, 0) + 1
    line = f"{len(found)} found"
    if found:
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        line += f" ({counts}); {broken} broken"
    unknown = sum(1 for one in found if one.get("health") not in ("sound", "broken"))
    return f"{line}, {unknown} of unknown health" if unknown else line


def finding(paper: Paper, one: Record) -> Iterator[str]:
    """Yield one finding: rule and subject, what is wrong, what to do."""
    severity = str(one.get("severity") or "?")
    label = paper.painted(COLOURS.get(severity, "bold"), f"{severity:<7}")
    yield f"{label} {paper.painted('bold', plain(one.get('rule')))}"
    yield from wrapped(plain(one.get("subject")), paper.width, "        ")
    yield from wrapped(plain(one.get("message")), paper.width, "        ")
    cure, label = plain(one.get("cure")), paper.painted("green", "Cure:")
    if cure.endswith("."):
        yield from wrapped(cure, paper.width, " " * 14, f"        {label} ")
    elif cure:  # a command, not wrapped, so that it can be copied
        yield f"        {label} {cure}"


def findings(paper: Paper, found: list[Record]) -> Iterator[str]:
    """Yield the findings that stand, worst first, then how many are waived."""
    standing = [one for one in found if not one.get("waived")]
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    if not standing:
        yield "None."
    for one in sorted(
        standing,
        key=lambda one: (rank.get(str(one.get("severity")), 9), str(one.get("rule"))),
    ):
        yield from finding(paper, one)
    if len(found) > len(standing):
        yield f"{len(found) - len(standing)} waived."


def unseen(facts: Record, audit: Record) -> list[str]:
    """Return what either module could not read or left out, once; first what keeps the verdict from being a pass."""
    notes = list(audit.get("incomplete") or []) + list(facts.get("incomplete") or [])
    texts = []
    for note in sorted(
        notes, key=lambda note: not (isinstance(note, dict) and note.get("blocking"))
    ):
        parts = (
            [note.get("path"), note.get("reason")] if isinstance(note, dict) else [note]
        )
        texts.append(
            ": ".join(plain(part) for part in parts if part) or json.dumps(note)
        )
    return list(dict.fromkeys(texts))


def incomplete(paper: Paper, notes: list[str]) -> Iterator[str]:
    """Yield the first of the things not read, and how many more there are."""
    for note in notes[:AT_MOST]:
        yield from wrapped(note, paper.width, "")
    if len(notes) > AT_MOST:
        yield f"... and {len(notes) - AT_MOST} more, in the result."


def verdict(paper: Paper, audit: Record) -> Iterator[str]:
    """Yield the verdict, as the module words it."""
    word = str(audit.get("verdict") or "none")
    text = f"Verdict: {word}. {plain(audit.get('msg') or 'The audit did not run.')}"
    for line in wrapped(text, paper.width, ""):
        yield line.replace(
            f"Verdict: {word}.",
            f"Verdict: {paper.painted(COLOURS.get(word, 'bold'), word)}.",
            1,
        )


def heading(paper: Paper, text: str) -> list[str]:
    """Return the lines that begin a part of the report."""
    return ["", paper.painted("bold", text)]


def gathered(paper: Paper, facts: Record) -> Iterator[str]:
    """Yield the installations and the environments."""
    for part in installations(facts.get("installations") or []):
        yield from [part] if isinstance(part, str) else table(paper, part)
    yield from heading(paper, "Environments")
    yield from environments(paper, facts.get("environments") or [])


def sections(paper: Paper, results: Record) -> Iterator[str]:
    """Yield all lines of the report."""
    facts_result, audit = results.get("python_facts") or {}, results.get("audit") or {}
    facts = (facts_result.get("ansible_facts") or {}).get("pyfleet_python") or {}
    yield paper.painted(
        "bold", f"Pythons of {plain(results.get('host') or 'this machine')}"
    )
    if facts_result.get("failed"):
        yield "python_facts failed: " + plain(facts_result.get("msg"))
    else:
        yield from gathered(paper, facts)
    if "findings" in audit:
        yield from heading(paper, "Findings")
        yield from findings(paper, audit["findings"])
    notes = unseen(facts, audit)
    if notes:
        yield from heading(paper, "Not read")
        yield from incomplete(paper, notes)
    yield ""
    yield from verdict(paper, audit)
    if results.get("user_id"):
        text = "Run without root: Pythons of other users are not searched. `sudo make audit` searches all."
        yield from wrapped(text, paper.width, "")


def write(
    results: Record, stream: TextIO, environment: Mapping[str, str] | None = None
) -> None:
    """Print the report, as wide and as coloured as the stream and the environment allow."""
    paper = Paper.for_stream(stream, os.environ if environment is None else environment)
    for line in sections(paper, results):
        stream.write(paper.encodable(line) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: audit_report.py RESULT.JSON")
    with open(sys.argv[1], encoding="utf-8") as result:
        write(json.load(result), sys.stdout)
