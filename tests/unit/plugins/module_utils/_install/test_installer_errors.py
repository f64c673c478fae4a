# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip and uv print becomes one sentence that says what decided it."""

from __future__ import annotations

import time

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.installer_errors import (
    INSTALLER_ERRORS,
    explain_error,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)

# Recorded from pip 26.3 and uv 0.13.
CASES = [
    (
        "ERROR: Could not find a version that satisfies the requirement alpha==9 (from versions: 1.0, 1.1, 2.0)\n"
        "ERROR: No matching distribution found for alpha==9\n",
        "no-matching-version",
        "no release matches alpha==9: 1.0, 1.1, 2.0",
    ),
    (
        "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError("
        "\"HTTPConnection(host='pypi.example.com', port=80): Failed to establish a new connection\")': /simple/delta/\n"
        "ERROR: Could not find a version that satisfies the requirement delta (from versions: none)\n",
        "no-index",
        "an index could not be reached: pypi.example.com",
    ),
    (
        "error: Failed to fetch: `https://pypi.example.com/simple/delta/`\n  Caused by: error sending request\n",
        "no-index",
        "an index could not be reached: https://pypi.example.com/simple/delta/",
    ),
    (
        "ERROR: Cannot install alpha==2.0 and picky because these package versions have conflicting dependencies.\n\n"
        "The conflict is caused by:\n    alpha 2.0 depends on part==2.0\n    picky 1.0 depends on part<2\n\n"
        "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io\n",
        "no-solution",
        "the requirements contradict each other: alpha 2.0 depends on part==2.0; picky 1.0 depends on part<2",
    ),
    (
        "  error: subprocess-exited-with-error\n  │ exit code: 1\n      building 'x' extension\n"
        "      error: command 'gcc' failed: No such file or directory\n"
        "  note: This error originates from a subprocess\n  ERROR: Failed building wheel for psycopg2\n",
        "build-failed",
        "psycopg2 could not be built from source: error: command 'gcc' failed: No such file or directory",
    ),
    (
        "ERROR: Invalid requirement: 'six==1=2': Expected end or semicolon\n",
        "bad-requirement",
        "a requirement is not valid (PEP 508): six==1=2",
    ),
    (
        "fatal: Authentication failed for 'https://git.example.com/x.git/'\n",
        "unauthorised",
        "git could not authenticate to https://git.example.com/x.git/",
    ),
]


@pytest.mark.parametrize(
    ("output", "code", "message"), CASES, ids=[case[1] for case in CASES]
)
def test_the_message_holds_what_decided(output, code, message):
    failed = explain_error(CommandResult(1, "", output), {}, ())
    assert (failed.code, failed.message) == (code, message)
    assert failed.hint and failed.output


def test_no_credential_and_no_copy_is_named():
    output = (
        "ERROR: no route to https://u:canary@h/simple in /tmp/work/file-0.txt, can%61ry"
    )
    failed = explain_error(
        CommandResult(1, "", output),
        {"/tmp/work/file-0.txt": "/srv/r.txt"},
        ["can%61ry"],
    )
    assert "canary" not in failed.message + failed.output and "ary" not in failed.output
    assert "/srv/r.txt" in failed.message


def test_time_grows_no_faster_than_output():
    started = time.process_time()
    for word in (
        "Because ",
        "host='",
        "only x is available ",
        "    a depends on ",
        "error: ",
        "https://",
        "(from versions: ",
    ):
        explain_error(CommandResult(1, word * 40_000, ""), {}, ())
    assert time.process_time() - started < 5.0


def test_every_row_can_be_reached():
    assert len({row.pattern for row in INSTALLER_ERRORS}) == len(INSTALLER_ERRORS)
    assert all(row.hint.endswith(".") for row in INSTALLER_ERRORS)
