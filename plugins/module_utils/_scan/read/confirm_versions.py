# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a trusted interpreter to confirm what was read of it."""

from __future__ import annotations

import json

from ..._host.host import Host, Unreadable
from ..model import InterpreterReading, VersionClaim
from .trust import TrustReader

_PROGRAM = (
    "import json,sys,sysconfig;"
    "print(json.dumps(['%d.%d.%d'%sys.version_info[:3],sys.prefix,sysconfig.get_path('stdlib')]))"
)


def confirm(
    host: Host, reading: InterpreterReading, seconds: float = 10.0
) -> InterpreterReading:
    """Run an interpreter, isolated, and compare what it prints; only where program and standard library are trusted."""
    if reading.trust.trusted is not True or not reading.stdlib or not host.can_run():
        return reading
    below = TrustReader(host).judge_below(host.real(reading.stdlib) or reading.stdlib)
    if below.trusted is not True:
        return reading._replace(
            problems=(
                *reading.problems,
                "not run to confirm it: " + "; ".join(below.because),
            )
        )
    try:
        status, output, _errors = host.run(
            [reading.path, "-I", "-S", "-B", "-c", _PROGRAM], seconds
        )
        version, prefix, stdlib = map(str, json.loads(output.decode("utf-8")))
    except (Unreadable, ValueError, TypeError, RecursionError):
        return reading._replace(
            problems=(
                *reading.problems,
                "it was run to confirm this, and printed nothing usable",
            )
        )
    read = reading.versions[0].version if reading.versions else version
    compared = (
        ("version", version, read),
        ("prefix", prefix, reading.prefix),
        ("stdlib", stdlib, reading.stdlib),
    )
    wrong = []
    for what, own, ours in compared:
        if not ours.startswith(own):
            wrong.append(f"it says that its {what} is {own}, not {ours}")
    if status:
        wrong.append(f"run to confirm it, it ended with status {status}")
    versions = (VersionClaim(version, "interpreter"), *reading.versions)
    return reading._replace(versions=versions, problems=(*reading.problems, *wrong))
