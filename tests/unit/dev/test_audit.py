# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AUDIT_ARGS: read as an ad-hoc call would, and each option goes to the module that has it."""

from __future__ import annotations

from typing import Any

import audit
import pytest


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        ("users=alice,bob threshold=medium", {"users": "alice,bob", "threshold": "medium"}),
        ("paths='/opt/a b'", {"paths": "/opt/a b"}),
        ("""waivers='[{"rule": "x", "path": "*"}]'""", {"waivers": [{"rule": "x", "path": "*"}]}),
        ("root=/mnt/a=b", {"root": "/mnt/a=b"}),
    ],
)
def test_arguments(text: str, options: dict[str, Any]) -> None:
    assert audit.parse_arguments(text) == options


@pytest.mark.parametrize("text", ["verbose", "=x", "a-b=c", "waivers='[{'", "root='"])
def test_what_is_no_option_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SystemExit, match="make audit: "):
        audit.parse_arguments(text)


def test_each_module_gets_the_options_it_has() -> None:
    (play,) = audit.playbook({"root": "/mnt", "threshold": "high", "gather_subset": "environments"})
    facts, judged = play["tasks"]
    assert facts["pyfleet.python.python_facts"] == {"root": "/mnt", "gather_subset": "environments"}
    assert judged["pyfleet.python.audit"] == {"root": "/mnt", "threshold": "high"}


def test_the_users_own_ansible_settings_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_BECOME", "true")
    monkeypatch.setenv("ANSIBLE_STDOUT_CALLBACK", "minimal")
    environment = audit.environment()
    assert "ANSIBLE_BECOME" not in environment
    assert environment["ANSIBLE_STDOUT_CALLBACK"] == "keep_results"
