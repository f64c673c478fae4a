# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule about code that runs whenever a Python starts, and that nothing is known to have installed."""

from __future__ import annotations

from .rule import Check, Results, Rule, ScannedHost

#: medium: such code is how packages of 2026 spread, but sites and tools such as coverage write it on purpose, too.
STARTUP_HOOK = Rule(
    key="startup-hook",
    severity="medium",
    needs=("installations", "environments"),
    cure="Find out who wrote {subject} and what it runs. Remove it, or accept it with a waiver that gives the reason.",
)


def check_startup_hooks(scanned: ScannedHost) -> Results:
    """Yield each file with startup code that is in no RECORD, or differs from it, and that no package owns."""
    for hook in scanned.more.startup_hooks:
        if hook.unknown:
            yield STARTUP_HOOK.undecided(
                hook.path, "its owner is not known: " + hook.unknown
            )
            continue
        what = (
            "it is imported" if hook.kind.endswith("customize") else "code in it runs"
        )
        why = "no RECORD and no package owns it"
        if hook.record:
            why = "it is not the file that %s records" % hook.record
        yield STARTUP_HOOK.finding(
            hook.path,
            "%s whenever a Python starts, and %s" % (what, why),
            evidence=("read by " + hook.used_by, *hook.lines),
        )


CHECKS = (Check(check_startup_hooks, (STARTUP_HOOK,)),)
