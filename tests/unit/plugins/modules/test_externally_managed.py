# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module externally_managed: its options and results are those of its documentation."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.externally_managed_module import (
    EXTERNALLY_MANAGED_ARGUMENTS,
    serialize_results,
)
from ansible_collections.pyfleet.python.plugins.module_utils._marker.converge import (
    MarkerResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._marker.plan import (
    MarkerPlan,
    Step,
)
from ansible_collections.pyfleet.python.plugins.module_utils._marker.state import (
    HostMarkers,
    MarkerState,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.modules import externally_managed
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run


def test_the_options_are_documented() -> None:
    documented = yaml.safe_load(externally_managed.DOCUMENTATION)["options"]
    assert set(documented) == set(EXTERNALLY_MANAGED_ARGUMENTS)
    for name, argument in EXTERNALLY_MANAGED_ARGUMENTS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == argument.get(key), (name, key)


def test_the_results_are_documented_and_every_failure_has_its_sentence() -> None:
    marker = MarkerState(
        path="/m", pythons=("/p",), state="missing", because="it is gone"
    )
    failed = OperationError(
        "reinstall-failed",
        "dpkg could not restore /m",
        "See output.",
        "E: no such package",
    )
    plan = MarkerPlan(marker, steps=(Step("reinstall", "python"),), state="intact")
    results = [
        MarkerResult(plan, "missing", changed=True, failed=failed),
        MarkerResult(plan, "intact", changed=True),
    ]
    answer = serialize_results(
        results, HostMarkers((), "", (), ("/none",)), with_diff=True
    )
    assert answer["failures"] == [
        "/none is not a Python that was found: name its executable",
        "dpkg could not restore /m. See output.",
    ]
    contains = yaml.safe_load(externally_managed.RETURN)["markers"]["contains"]
    assert set(answer["markers"][0]) == set(contains)
    assert set(answer["markers"][1]) == set(contains) - {"problem"}
    assert [row["after"] for row in answer["diff"]] == ["missing\n", "intact\n"]


def test_there_is_no_absent(capsys: Any) -> None:
    failed = run(externally_managed, capsys, {"state": "absent"})
    assert failed["failed"] and failed["msg"].startswith("there is no state=absent")
