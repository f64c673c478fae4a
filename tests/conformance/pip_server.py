# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs pip commands for the tests, each in a child forked after pip is imported: real pip at a tenth of the time.

Reads one JSON object a line, {"argv": [...], "env": {...}, "cwd": "...", "uid": N or null}, and answers
{"status": N, "output": "..."}. It is started by the Python whose pip is asked.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import traceback

from pip._internal.cli.main import main


def serve() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    _warm()
    gc.freeze()
    for line in sys.stdin:
        case = json.loads(line)
        with tempfile.TemporaryFile() as output:
            child = os.fork()
            if child == 0:
                _become(case, output.fileno())
                os._exit(_status(case["argv"]))
            status = os.waitpid(child, 0)[1]
            output.seek(0)
            text = output.read().decode("utf-8", "replace")
        answers.write(
            json.dumps({"status": os.WEXITSTATUS(status), "output": text}) + "\n"
        )
        answers.flush()


def _warm() -> None:
    """Run one command that gets as far as any, so that everything is imported and no child has to."""
    saved = [os.dup(1), os.dup(2)]
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    _status(
        [
            "install",
            "--isolated",
            "--no-index",
            "--target",
            os.devnull + "/none",
            "pyfleet-no-such-distribution",
        ]
    )
    for fd, old in zip((1, 2), saved):
        os.dup2(old, fd)


def _become(case: dict, output: int) -> None:
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(case["cwd"])
    os.environ.clear()
    os.environ.update(case["env"])
    if case["uid"] is not None:
        os.setgroups([])
        os.setgid(case["uid"])
        os.setuid(case["uid"])


def _status(argv: list) -> int:
    try:
        status = main(argv)
    except SystemExit as exc:
        status = exc.code if isinstance(exc.code, int) else 1
    except BaseException:
        traceback.print_exc()
        status = 2
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return status or 0


if __name__ == "__main__":
    serve()
