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
    container = _name_of(strong, "container")
    return Context(
        container=container or _name_of(strong, "build"),
        wsl=_wsl_version(strong, container),
        ci=_name_of(strong, "ci") or _name_of(strong, "disposable"),
        immutable=_name_of(strong, "immutable"),
        throwaway=bool(_name_of(strong, "build", "disposable")),
        signs=tuple(signs),
    )


def _name_of(signs: Sequence[ContextSign], *kinds: str) -> str:
    """Return what the signs of some kinds name, the first kind first; '' where there are none."""
    found = [sign.what for kind in kinds for sign in signs if sign.kind == kind]
    return next(filter(None, found), "unknown" if found else "")


def _wsl_version(signs: Sequence[ContextSign], container: str) -> str:
    """Return wsl1, wsl2 or '': a container shares its host's kernel, so the kernel alone is no sign there."""
    wsl = [sign for sign in signs if sign.kind == "wsl"]
    if container and all(sign.evidence.startswith("the kernel") for sign in wsl):
        return ""
    if any(sign.what == "wsl1" for sign in wsl):
        return "wsl1"
    return "wsl2" if wsl else ""
