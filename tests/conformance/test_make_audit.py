# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make audit` on a Debian that cannot make a virtual environment says so in one sentence, with the cure."""

from __future__ import annotations

from pathlib import Path

import pytest
from testbed.containers import Container

pytestmark = pytest.mark.containers

DEV = Path(__file__).resolve().parents[2] / "dev"


NO_VENV = (
    "make audit: /usr/bin/python{0} lacks ensurepip, so it cannot make a virtual environment; "
    "cure: apt-get install python{0}-venv"
)
TOO_OLD = (
    "make audit: no Python 3.11 or newer is on PATH or in the usual places; this release's own is too old "
    "(or run apt-get update first), so install one with uv or pyenv"
)


@pytest.mark.parametrize(
    ("release", "sentence"),
    [("11", TOO_OLD), ("12", NO_VENV.format("3.11")), ("13", NO_VENV.format("3.13"))],
)
def test_one_sentence_with_the_cure(release: str, sentence: str) -> None:
    with Container(
        f"localhost/pyfleet/debian:{release}", mounts={DEV: "/checkout/dev"}
    ) as host:
        answer = host.run("sh", "/checkout/dev/audit.sh", check=False)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == sentence
