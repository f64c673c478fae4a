# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of a source audit: what is found, how severe it is, and the cure in this collection's terms."""

from __future__ import annotations

from typing import NamedTuple

_IMAGE_VENV = (
    "Install into a virtual environment in the image (`python3 -m venv /opt/app && /opt/app/bin/pip install ...`), or "
    "build the image with the role pyfleet.python.app_venv; see docs/images.md."
)
_HOST_VENV = (
    "Install an application's packages with pyfleet.python.venv or the role pyfleet.python.app_venv, a command-line "
    "tool with pyfleet.python.pipx_app, and a library for the system's Python with the role "
    "pyfleet.python.distro_packages."
)
_CI_VENV = (
    "Install into a virtual environment (`python3 -m venv .venv && . .venv/bin/activate`), or use a Python of the "
    "job's own (actions/setup-python, an image python:3.x)."
)
_NO_OVERRIDE = {
    "image": _IMAGE_VENV,
    "ci": _CI_VENV,
    "host": _HOST_VENV,
    "playbook": _HOST_VENV,
}
_SETTING = (
    "Remove the setting; pyfleet.python.pip_config with `key: break-system-packages` and `state: absent` removes it "
    "from hosts that have it already, and the role pyfleet.python.python_guard keeps it away."
)
_MARKER = (
    "Leave the file in place and install into an environment (pyfleet.python.venv) or with pipx "
    "(pyfleet.python.pipx_app); pyfleet.python.externally_managed restores the file on hosts that lost it."
)


class Rule(NamedTuple):
    """One kind of finding. ``cures`` is keyed by the place in which the command runs."""

    key: str
    severity: str
    title: str
    description: str
    cures: dict[str, str]


RULES = (
    Rule(
        key="break-system-packages",
        severity="high",
        title="--break-system-packages",
        description=(
            "A command or task overrides the protection of PEP 668. pip then replaces files of the distribution's "
            "packages, and the next upgrade of the system replaces pip's."
        ),
        cures=_NO_OVERRIDE,
    ),
    Rule(
        key="break-system-packages-setting",
        severity="high",
        title="The override of PEP 668 as a setting",
        description=(
            "A variable or a configuration file switches the protection of PEP 668 off for every pip or uv command "
            "that reads it, not only for the one that needed it."
        ),
        cures={
            **dict.fromkeys(("host", "playbook"), _SETTING),
            "image": _IMAGE_VENV,
            "ci": _CI_VENV,
        },
    ),
    Rule(
        key="marker-removed",
        severity="high",
        title="EXTERNALLY-MANAGED is removed",
        description=(
            "The file EXTERNALLY-MANAGED is deleted, moved, diverted or excluded. The next update of the package that "
            "ships it restores a deleted file, so the error comes back as well."
        ),
        cures=dict.fromkeys(("image", "ci", "host", "playbook"), _MARKER),
    ),
    Rule(
        key="pip-on-marked-python",
        severity="high",
        title="pip installs into a Python that is externally managed",
        description=(
            "The Python of this distribution carries the marker of PEP 668: the command fails with `error: "
            "externally-managed-environment`, or works only as long as something overrides the marker."
        ),
        cures=_NO_OVERRIDE,
    ),
    Rule(
        key="pip-without-virtualenv",
        severity="medium",
        title="A playbook installs into the system's Python",
        description=(
            "A task runs pip without a virtual environment. It fails on hosts with the marker of PEP 668 (Debian 12, "
            "Ubuntu 23.04, Alpine 3.19, Arch and later), and mixes packages with the distribution's on all others."
        ),
        cures=_NO_OVERRIDE,
    ),
    Rule(
        key="sudo-pip",
        severity="medium",
        title="pip runs as root",
        description=(
            "A script becomes root only to run pip outside of a virtual environment. Packages of the distribution are "
            "shadowed or overwritten, and code from the index runs as root."
        ),
        cures=_NO_OVERRIDE,
    ),
)
BY_KEY = {rule.key: rule for rule in RULES}


def find_cure(key: str, place: str) -> str:
    """Return the cure of a rule for a place (``image``, ``ci``, ``host``, ``playbook``)."""
    return BY_KEY[key].cures[place]
