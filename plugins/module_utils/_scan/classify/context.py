# SPDX-License-Identifier: GPL-3.0-or-later
"""What kind of place the host is, and whether it will be thrown away."""

from __future__ import annotations

from typing import Sequence

from ..model import ContextSign
from ..verdicts import Context


def classify_context(signs: Sequence[ContextSign]) -> Context:
    """Weigh the signs: strong ones count, the first of a kind names it, and a container on WSL is a container.

    ``throwaway`` takes an image's building or a disposable runner: containers run for years, and CI's agents do too.
    """
    strong = [sign for sign in signs if sign.strength == "strong"]

    def named(*kinds: str) -> str:
        found = [sign.what for kind in kinds for sign in strong if sign.kind == kind]
        return next(filter(None, found), "unknown" if found else "")

    wsl = [sign for sign in strong if sign.kind == "wsl"]
    container = named("container")
    if container and all(sign.evidence.startswith("the kernel") for sign in wsl):
        wsl = []
    wsl_version = "wsl2" if wsl else ""
    if any(sign.what == "wsl1" for sign in wsl):
        wsl_version = "wsl1"
    return Context(
        container=container or named("build"),
        wsl=wsl_version,
        ci=named("ci") or named("disposable"),
        immutable=named("immutable"),
        throwaway=bool(named("build", "disposable")),
        signs=tuple(signs),
    )
