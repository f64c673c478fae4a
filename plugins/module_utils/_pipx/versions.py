# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pipx can do, by its version."""

from __future__ import annotations

from typing import NamedTuple, Tuple


class Ability(NamedTuple):
    """A command or option of pipx that not every pipx from 1.0.0 on has, or that none lacks."""

    key: str
    since: str  # the first release of PyPI that has it
    commands: Tuple[str, ...]  # whose help shows it; '' is pipx's own
    options: Tuple[str, ...]  # that this help names; () where the command itself is what is new
    without: str  # what is done with a pipx that lacks it


# Evidence: `--help` of each command, asked of 24 releases from PyPI, 1.0.0 to 1.18.4, the first of every minor version
# among them. tests/convergence/test_applications.py asks the oldest, the newest and some between again.
ABILITIES = (
    Ability("install", "1.0.0", ("install",), ("--python", "--suffix", "--include-deps", "--system-site-packages"), ""),
    Ability("inject", "1.0.0", ("inject",), ("--force", "--include-apps"), ""),
    Ability("upgrade", "1.0.0", ("upgrade",), ("--include-injected",), ""),
    Ability("uninstall", "1.0.0", ("uninstall",), (), ""),
    Ability("uninject", "1.2.0", ("uninject",), (), "the environment is made anew without it, at the same version"),
    Ability("global", "1.5.0", ("",), ("--global",), "not used: three variables lead every pipx there"),
    Ability("pin", "1.6.0", ("pin", "unpin"), (), "refused"),
    Ability("backend", "1.12.0", ("install",), ("--backend",), "refused where uv is asked for"),
)


def ability(key: str) -> Ability:
    """Give the row of that key."""
    return next(row for row in ABILITIES if row.key == key)
