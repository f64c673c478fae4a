# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module source_audit: its documentation is what its action takes and returns."""

from __future__ import annotations

import pytest

pytest.importorskip("ansible", reason="runs on a controller")

import yaml

from ansible_collections.pyfleet.python.plugins.action import source_audit as action
from ansible_collections.pyfleet.python.plugins.modules import source_audit as module
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.model import (
    Finding,
    Note,
    Report,
    UnknownBase,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.serialize import (
    to_result,
)


def test_options_are_documented() -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert set(documented) == set(action._OPTIONS)
    for name, spec in action._OPTIONS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == spec.get(key), (name, key)


def test_return_is_what_is_returned() -> None:
    finding = Finding("sudo-pip", "a.sh", 1, 1, "message", "evidence", "host")
    produced = to_result(
        Report(
            (finding,), (Note("b.sh", 0, "binary"),), (UnknownBase("c", 2, "base"),), 3
        )
    )
    documented = yaml.safe_load(module.RETURN)
    assert set(produced) == set(documented)
    for name in ("findings", "incomplete", "unknown_bases"):
        assert set(produced[name][0]) == set(documented[name]["contains"])
