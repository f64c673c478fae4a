# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of environments is taken whole, from a file that nobody else could have written, or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._venv.rebuild_list import (
    Listed,
    Unusable,
    read_environment_list,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
    HealthCheck,
    Link,
)

LIST = "/etc/pyfleet/environments.json"


def read(root: Path, content: Any, mode: int = 0o644) -> tuple[Listed, ...]:
    path = root / LIST[1:]
    path.parent.mkdir(parents=True, exist_ok=True)
    for directory in (root, root / "etc", path.parent):
        directory.chmod(0o755)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)
    with Host(root=str(root), uid=os.geteuid()) as host:
        return read_environment_list(host, LIST)


def row(**options: Any) -> dict[str, Any]:
    return {"schema": 1, "environments": [{"path": "/opt/web/venv", **options}]}


def test_an_entry_has_the_options_of_the_module(tmp_path: Path) -> None:
    options = {
        "owner": "web",
        "find_links": ["/srv/w"],
        "no_index": True,
        "keep": 3,
        "lock_timeout": 5,
    }
    links = [{"name": "web"}, {"name": "a", "directory": "/opt/bin", "as": "b"}]
    (listed,) = read(
        tmp_path,
        row(**options, links=links, services=["web.service", "getty@tty1.service"]),
    )
    spec = EnvironmentSpec(
        "/opt/web/venv",
        owner="web",
        find_links=("/srv/w",),
        no_index=True,
        keep=3,
        lock_timeout=5.0,
    )
    assert listed.spec == spec._replace(
        links=(Link("web", "/usr/local/bin"), Link("a", "/opt/bin", "b"))
    )
    assert listed.services == ("web.service", "getty@tty1.service")


def test_an_entry_has_what_a_rebuilt_environment_must_pass(tmp_path: Path) -> None:
    (listed,) = read(
        tmp_path,
        row(health_check={"command": ["shop", "check"], "user": "shop", "timeout": 5}),
    )
    assert listed.spec.health_check == HealthCheck(("shop", "check"), "shop", 5.0)
    (listed,) = read(
        tmp_path, row(health_check={"command": ["true"], "environment": {"PORT": 80}})
    )
    assert listed.spec.health_check == HealthCheck(
        ("true",), environment={"PORT": "80"}
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"index_credentials": []}, "no option 'index_credentials'"),
        ({"state": "absent"}, "no option 'state'"),
        ({"build_environment": {"LD_PRELOAD": "x"}}, "no option"),
        ({"keep": True}, "keep is not a number"),
        ({"owner": 0}, "owner is not a string"),
        ({"no_index": "yes"}, "no_index is not a boolean"),
        ({"packages": "alpha"}, "packages is not a list"),
        ({"links": ["alpha"]}, "links is not a list"),
        ({"services": ["--root=/tmp"]}, "services is not a list"),
        ({"services": "web"}, "services is not a list"),
        ({"health_check": ["true"]}, "health_check does not consist of command"),
        (
            {"health_check": {"command": ["true"], "shell": True}},
            "health_check does not consist of command",
        ),
        ({"health_check": {"command": "true"}}, "health_check.command is not a list"),
        ({"health_check": {}}, "health_check.command is not a list"),
        (
            {"health_check": {"command": ["true"], "timeout": True}},
            "health_check.timeout not a number",
        ),
        (
            {"health_check": {"command": ["true"], "environment": {"A": []}}},
            "health_check.environment is not a mapping of strings",
        ),
        ({"path": 1}, "no path"),
    ],
)
def test_an_entry_that_is_not_understood_refuses_the_list(
    tmp_path: Path, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(Unusable, match=complaint):
        read(tmp_path, row(**options))


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", "[" * 100_000, {"schema": 2, "environments": []}, {"schema": 1}],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(Unusable):
        read(tmp_path, content)


def test_one_that_others_can_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="written by all users"):
        read(tmp_path, row(), mode=0o646)
    with Host(root=str(tmp_path), uid=os.geteuid()) as host, pytest.raises(
        Unusable, match="not there"
    ):
        read_environment_list(host, "/etc/none.json")
