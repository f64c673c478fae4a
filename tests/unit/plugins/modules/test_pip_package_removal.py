# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module pip_package_removal: its options and results are those of its documentation."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.pip_package_removal_module import (
    PIP_PACKAGE_REMOVAL_ARGUMENTS,
    serialize_result,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal.converge import (
    PipRemovalResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal.plan import (
    Kept,
    PipRemovalPlan,
    Removal,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal.state import (
    PipDistribution,
)
from ansible_collections.pyfleet.python.plugins.modules import pip_package_removal
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run

SIX = PipDistribution(
    "six",
    "1.17.0",
    "/s/six-1.17.0.dist-info",
    "/s",
    ("dpkg", "python3-six", "1.16.0-4"),
)
PLAN = PipRemovalPlan(
    reinstalled=(("dpkg", "python3-six", "1.16.0-4"),),
    altered=("/s/six.py",),
    removals=(Removal(SIX, ("/s/six-1.17.0.dist-info/RECORD",), ()),),
    kept=(Kept(SIX._replace(name="old"), "it has no RECORD"),),
)


def test_the_options_are_documented() -> None:
    documented = yaml.safe_load(pip_package_removal.DOCUMENTATION)["options"]
    assert set(documented) == set(PIP_PACKAGE_REMOVAL_ARGUMENTS)
    for name, argument in PIP_PACKAGE_REMOVAL_ARGUMENTS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == argument.get(key), (name, key)


def test_the_results_are_documented() -> None:
    answer = serialize_result(PipRemovalResult(PLAN, changed=True), with_diff=True)
    documented = yaml.safe_load(pip_package_removal.RETURN)
    for key in ("removed", "reinstalled", "kept"):
        assert set(answer[key][0]) == set(documented[key]["contains"])
    assert answer["changed"] is True
    assert answer["diff"]["before"] == "six 1.17.0\n  /s/six-1.17.0.dist-info/RECORD\n"
    assert answer["diff"]["after"] == "python3-six 1.16.0-4\n"


def test_a_name_with_a_version_is_refused(capsys: Any) -> None:
    failed = run(pip_package_removal, capsys, {"names": ["six==1.17"]})
    assert failed["failed"]
    assert failed["msg"].startswith(
        "names contains an invalid project name: six==1.17. "
    )
