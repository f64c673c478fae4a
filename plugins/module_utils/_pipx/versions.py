# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands and options of pipx by the version that introduced them."""

from __future__ import annotations

from typing import NamedTuple, Tuple


class Feature(NamedTuple):
    """A command or option of pipx that this collection uses."""

    key: str
    since: str  # the first release on PyPI that has it
    commands: Tuple[str, ...]  # whose help shows it; '' is pipx's own
    options: Tuple[
        str, ...
    ]  # that this help names; () where the command itself is what is new
    without: str  # what happens with a pipx that lacks it


# Evidence: `--help` of each command of 24 releases from PyPI, 1.0.0 to 1.18.4, among them the first of every minor
# version. tests/convergence/test_applications.py repeats it with the oldest, the newest and some between.
FEATURES = (
    Feature(
        "install",
        "1.0.0",
        ("install",),
        (
            "--python",
            "--suffix",
            "--include-deps",
            "--system-site-packages",
            "--editable",
        ),
        "",
    ),
    Feature("inject", "1.0.0", ("inject",), ("--force", "--include-apps"), ""),
    Feature("upgrade", "1.0.0", ("upgrade",), ("--include-injected",), ""),
    Feature("uninstall", "1.0.0", ("uninstall",), (), ""),
    Feature(
        "uninject",
        "1.2.0",
        ("uninject",),
        (),
        "the environment is rebuilt without it, at the same version",
    ),
    Feature(
        "global",
        "1.5.0",
        ("",),
        ("--global",),
        "not used: three variables lead every pipx there",
    ),
    Feature("pin", "1.6.0", ("pin", "unpin"), (), "rejected"),
    Feature(
        "backend",
        "1.12.0",
        ("install",),
        ("--backend",),
        "rejected where uv is requested",
    ),
)

#: Older ones take a path for a URL with packaging 22 or newer, and ignore --editable (package_specifier.py of 1.2.0,
#: _parse_specifier).
EDITABLE_SINCE = "1.2.1"


def feature(key: str) -> Feature:
    """Return the row of that key."""
    return next(row for row in FEATURES if row.key == key)
