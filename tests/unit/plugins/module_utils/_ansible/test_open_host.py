# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the live host: their environment, arguments and time."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pytest

pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

from ansible.module_utils import testing
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.open_host import (
    open_host,
)
from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Unreadable,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.scan_request import (
    SCAN_ARGUMENTS,
)

SAY = "import json, os, sys; sys.stdout.write(json.dumps([sys.argv[1:], dict(os.environ)]))"


def host_for(**arguments: Any) -> Any:
    with testing.patch_module_args(arguments):
        return open_host(AnsibleModule(argument_spec=SCAN_ARGUMENTS))


def test_a_command_gets_its_arguments_untouched_and_the_languages_of_programs(
    monkeypatch: Any,
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("PYTHONPATH", "/home/alice/evil")
    with host_for(execute="trusted") as host:
        status, output, _errors = host.run(
            [sys.executable, "-S", "-c", SAY, "$HOME", "~", "a b"], 20
        )
    arguments, environment = json.loads(output)
    assert status == 0
    assert arguments == ["$HOME", "~", "a b"]
    assert environment["LC_ALL"] == "C"
    assert environment["PATH"] == "/usr/sbin:/usr/bin:/sbin:/bin"
    assert not environment["PYTHONPATH"]


def test_a_command_that_is_late_is_ended_and_said_so() -> None:
    started = time.monotonic()
    with host_for(execute="trusted") as host, pytest.raises(
        Unreadable, match=r"longer than 0\.5 s"
    ):
        host.run([sys.executable, "-S", "-c", "import time; time.sleep(30)"], 0.5)
    assert time.monotonic() - started < 5


def test_a_command_that_is_not_there_ends_nothing() -> None:
    with host_for(execute="trusted") as host, pytest.raises(Unreadable):
        host.run(["/nowhere/at/all"], 5)


@pytest.mark.parametrize("arguments", [{}, {"execute": "never"}])
def test_by_default_nothing_can_be_run(arguments: Any) -> None:
    with host_for(**arguments) as host:
        assert not host.can_run()


def test_in_another_root_nothing_can_be_run_and_the_environment_is_not_used(
    tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("PIP_BREAK_SYSTEM_PACKAGES", "1")
    with host_for(root=str(tmp_path), execute="trusted") as host:
        assert not host.can_run()
        assert host.env == {}


def test_the_time_limit_reaches_the_host() -> None:
    with host_for(time_limit=7.5) as host:
        assert host.limits.seconds == 7.5
