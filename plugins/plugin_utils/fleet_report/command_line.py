# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: a directory of results in, reports out, the totals on standard output."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Sequence

from .baseline import BaselineError
from .build import FAIL_ON, FORMATS, ReportRequest, build_reports

_PROBLEMS_SHOWN = 20


def main(arguments: Sequence[str]) -> int:
    """Build the reports. Return 0; 1 where ``--fail-on`` says so; 2 if there is no report."""
    parser = _make_parser()
    options = parser.parse_args(arguments)
    if "new" in options.fail_on and not options.baseline:
        parser.error("--fail-on new needs --baseline")
    request = ReportRequest(
        results=options.results,
        output=options.output,
        formats=tuple(options.formats or ("html", "json")),
        baseline=options.baseline,
        fail_on=tuple(options.fail_on),
        title=options.title,
    )
    try:
        outcome = build_reports(request)
    except (BaselineError, OSError) as error:
        sys.stderr.write(f"fleet_report: {_describe(error)}\n")
        return 2
    for problem in outcome.problems[:_PROBLEMS_SHOWN]:
        sys.stderr.write(f"fleet_report: {problem}\n")
    if len(outcome.problems) > _PROBLEMS_SHOWN:
        sys.stderr.write(
            f"fleet_report: {len(outcome.problems) - _PROBLEMS_SHOWN} more files cannot be used\n"
        )
    if not outcome.totals["hosts"]["total"]:
        sys.stderr.write(
            f"fleet_report: {options.results} holds no result of a host, and none is expected\n"
        )
        return 2
    sys.stdout.write(outcome.message + "\n")
    for path in outcome.files.values():
        sys.stdout.write(path + "\n")
    for reason in outcome.reasons:
        sys.stderr.write(f"fleet_report: {reason}\n")
    return 1 if outcome.reasons else 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fleet_report",
        description="Build the report of a fleet from the audit results of its hosts.",
        epilog="Exit status: 0; 1 if --fail-on applies; 2 if there is no report.",
    )
    parser.add_argument("results", metavar="RESULTS", help="the directory of results")
    parser.add_argument(
        "--output", required=True, metavar="DIR", help="the directory for the reports"
    )
    parser.add_argument(
        "--format",
        action="append",
        dest="formats",
        choices=list(FORMATS),
        help="a format to write; may be repeated (default: html and json)",
    )
    parser.add_argument(
        "--baseline",
        default="",
        metavar="PATH",
        help="an earlier directory of results, or report.json",
    )
    parser.add_argument(
        "--fail-on",
        action="append",
        default=[],
        choices=FAIL_ON,
        help="a condition for exit status 1; may be repeated",
    )
    parser.add_argument(
        "--title",
        default="Python audit",
        help="the heading of the report (default: %(default)s)",
    )
    return parser


def _describe(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {os.fspath(error.filename or '')}"
    return str(error)
