# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: print one line for each environment, and return whether all of them work.

Exit status 0: all work, or would be rebuilt. 1: an environment could not be rebuilt or failed its health check, and
stayed as it was, or its service does not start. 2: the list can't be used, and nothing was checked.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, Dict, List, Sequence

from .._process.commands import OperationError, serialize_error
from .._process.run_text import run_text as run
from .._scan.read.trusted_json import Unusable
from .._scan.serialize.text import safe_text
from .._venv.converge import Converger
from .._venv.outcome import Outcome
from .._venv.rebuild import RecordedState, read_list
from .._venv.rebuild_list import Listed
from .._venv.spec import ConvergeRequest
from .services import record_release, restart

LIST = "/etc/pyfleet/environments.json"
_ERROR = "<3>"  # sd-daemon(3)


def main(arguments: Sequence[str]) -> int:
    """Rebuild the broken environments, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="rebuild.pyz", description="Rebuild Python environments that do not work."
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="report what would be rebuilt, and change nothing",
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument(
        "--list",
        default=LIST,
        metavar="FILE",
        help="the list of environments (%s)" % LIST,
    )
    options = parser.parse_args(arguments)
    try:
        listed = read_list(os.path.abspath(options.list))
    except Unusable as exc:
        _say(
            {"problem": serialize_error(OperationError("unusable-list", str(exc)))},
            options.json,
        )
        return 2
    python = os.path.realpath(sys.executable)
    converger = Converger(
        run,
        check=options.check,
        default_python=python,
        log=lambda line: None,
        strategy=RecordedState(python),
    )
    rows = []
    for each in listed:  # one line each as it is done, which a killed run has printed
        rows.append(_rebuild(converger, each, options.check))
        if not options.json:
            _say(rows[-1], False)
    if options.json:
        _say({"environments": rows}, True)
    return 1 if any("problem" in row for row in rows) else 0


def _rebuild(converger: Converger, listed: Listed, check: bool) -> Dict[str, Any]:
    try:
        (outcome,) = converger.converge([ConvergeRequest(listed.spec)])
    except (
        Exception
    ) as exc:  # a defect of this program: it must not keep the others broken
        failed = OperationError(
            "internal", "%s: %s" % (type(exc).__name__, exc), "Report it, please."
        )
        outcome = Outcome(listed.spec.path, failed=failed)
    row = _row(outcome, check)
    if outcome.changed and not check:
        for name, problem in restart(listed.services, run):
            row["services"].append(name)
            if problem:
                message = "%s was rebuilt, but its service %s does not start" % (
                    outcome.path,
                    name,
                )
                row["problem"] = {
                    "code": "service",
                    "message": safe_text(message),
                    "hint": "",
                    "output": safe_text(problem),
                }
        if "problem" not in row and listed.service_record:
            record_release(listed.service_record, outcome.release)
    return row


def _row(outcome: Outcome, check: bool) -> Dict[str, Any]:
    if outcome.failed is not None:
        problem = serialize_error(outcome.failed)
        return {
            "path": safe_text(outcome.path),
            "state": "failed",
            "services": [],
            "problem": problem,
        }
    state = "sound"
    if outcome.changed:
        state = "broken" if check else "rebuilt"
    row: Dict[str, Any] = {
        name: safe_text(getattr(outcome, name))
        for name in ("path", "python", "version", "release")
    }
    row["because"] = [safe_text(text) for text in outcome.rebuilt]
    changes = outcome.difference
    row["changes"] = [
        safe_text("%s %s -> %s" % (n, b or "none", a or "none"))
        for rows in changes
        for n, b, a in rows
    ]
    return {**row, "state": state, "services": []}


def _say(row: Dict[str, Any], as_json: bool) -> None:
    sys.stdout.write(
        (json.dumps(row, sort_keys=True) if as_json else "\n".join(_lines(row))) + "\n"
    )
    sys.stdout.flush()


def _lines(row: Dict[str, Any]) -> List[str]:
    """Return the line of an environment and the output of its health check, with error priorities for the journal."""
    problem = row.get("problem")
    if problem is None:
        words = {
            "sound": "works",
            "rebuilt": "rebuilt on %s (%s)",
            "broken": "would be rebuilt on %s (%s)",
        }[row["state"]]
        text = words % (row["python"], row["version"]) if "%" in words else words
        return [
            "%s: %s%s"
            % (row["path"], text, "".join(" " + why for why in row["because"]))
        ]
    text = (
        ". ".join(
            part.rstrip(".") for part in (problem["message"], problem["hint"]) if part
        )
        + "."
    )
    words = problem["output"].strip().splitlines()
    # An installer ends with the reason; a health check is somebody's own program, and all that it said may be one.
    whole = problem["code"] == "health-check"
    text += " " + words[-1].strip() if words and not whole else ""
    where = row["path"] + ": " if "path" in row else ""
    lines = [
        "%sfailed: %s" % (where, text),
        *("    " + line for line in words if whole),
    ]
    return [(_ERROR if "JOURNAL_STREAM" in os.environ else "") + line for line in lines]
