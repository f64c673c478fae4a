# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role app_venv does after the environments have converged, and with its services."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Dict, List

import pytest

plan = pytest.importorskip(
    "ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.plan"
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.changes import (
    predict_changes,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.post_actions import (
    find_post_actions,
)

GATHER = Path(__file__).resolve().parents[4] / "roles/app_venv/files/gather.sh"
SHOP: Dict[str, Any] = {
    "name": "shop",
    "packages": ["shop==1.0"],
    "service": {"name": "shop", "action": "reload"},
}
UNIT: Dict[str, Any] = {
    **SHOP,
    "user": "shop",
    "service": {"name": "shop", "unit": {"command": ["gunicorn", "$x 1"]}},
}
UNCHANGED: Dict[str, Any] = {
    "files": [],
    "pending": [],
    "removals": [],
    "overdue": [],
    "service_parts": {"shop": {}, "blog": {}},
}
DIFFERENCES = (
    "added",
    "removed",
    "upgraded",
    "downgraded",
    "reinstalled",
    "rebuilt",
    "done",
)


def make(*applications: Dict[str, Any], root: str = "/opt") -> Dict[str, Any]:
    return plan.plan_applications(
        applications, root=root, playbook="/", defaults={}, full_validation=False
    )


def result(path: str, changed: bool = True, **others: Any) -> Dict[str, Any]:
    """Return the module's result for an environment."""
    return {
        "path": path,
        "changed": changed,
        "unresolved": "",
        **{key: [] for key in DIFFERENCES},
        **others,
    }


def gather(application: Dict[str, Any], root: Path) -> Dict[str, Any]:
    """Return what the action app_venv_gather would return for an application on this machine."""
    planned = make(application, root=str(root))
    assert planned["errors"] == []
    command = ["sh", str(GATHER), *planned["questions"]]
    lines = (
        subprocess.run(command, stdout=subprocess.PIPE, check=True)
        .stdout.decode()
        .splitlines()
    )
    return {**planned, **predict_changes(planned, lines)}


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        (result("/opt/shop/venv", changed=False), []),
        (result("/opt/shop/venv", done=["links"]), []),
        (result("/opt/shop/venv", upgraded=[{}]), ["reloaded"]),
        (result("/opt/shop/venv", done=["links", "switched"]), ["reloaded"]),
        (result("/opt/shop/venv", unresolved="no index"), ["reloaded"]),
        (
            result(
                "/opt/shop/venv",
                changed=False,
                msg="no.",
                problem={"code": "x", "output": ""},
            ),
            [],
        ),
    ],
    ids=["nothing", "links", "upgraded", "switched", "unresolved", "failed"],
)
def test_services_follow_the_release(answer: Dict[str, Any], states: List[str]) -> None:
    actions = find_post_actions({**make(SHOP), **UNCHANGED}, [answer])
    assert [service["state"] for service in actions["services"]] == states


@pytest.mark.parametrize(
    "reason",
    [{"files": [{"app": "shop"}]}, {"overdue": ["shop"]}],
    ids=["variables", "overdue"],
)
def test_a_service_is_restarted_without_a_new_release(reason: Dict[str, Any]) -> None:
    actions = find_post_actions(
        {**make(SHOP), **UNCHANGED, **reason}, [result("/opt/shop/venv", changed=False)]
    )
    assert [service["state"] for service in actions["services"]] == ["restarted"]


def test_each_failure_is_named_with_its_output_and_stops_no_other() -> None:
    problem = {"code": "health-check", "output": "no database\n"}
    rows = [
        result("/opt/shop/venv", changed=False, msg="It failed.", problem=problem),
        result("/opt/blog/venv", upgraded=[{}]),
    ]
    blog = {"name": "blog", "packages": ["blog"], "service": {"name": "blog"}}
    actions = find_post_actions({**make(SHOP, blog), **UNCHANGED}, rows)
    assert actions["failures"] == ["shop: It failed.\nno database"]
    assert [service["name"] for service in actions["services"]] == ["blog"]


def test_what_could_not_be_removed_keeps_its_files() -> None:
    gone = {"name": "shop", "state": "absent"}
    removals = [
        {
            "app": "shop",
            "files": ["/x"],
            "directory": "/opt/shop",
            "user": "",
            "unit": "",
        }
    ]
    failed = result("/opt/shop/venv", changed=False, msg="no.", problem={"code": "x"})
    assert (
        find_post_actions({**make(gone), **UNCHANGED, "removals": removals}, [failed])[
            "removals"
        ]
        == []
    )


class Host:
    """An application on this machine: a release, an environment file and code."""

    def __init__(self, root: Path) -> None:
        root.chmod(0o755)
        self.root = root
        self.code = root / "code"
        self.application = {
            **SHOP,
            "code": str(self.code),
            "environment_file": {"variables": {"A": "1"}},
        }
        self.code.mkdir()
        (self.code / "app.py").write_text("1")
        (root / "shop/.venv.releases/20260101T000000-aaaaaa").mkdir(parents=True)
        (root / "shop/.venv.releases/20260101T000000-bbbbbb").mkdir()
        self.switch("aaaaaa")

    def switch(self, release: str) -> None:
        link = self.root / "shop/venv"
        if link.is_symlink():
            link.unlink()
        link.symlink_to(".venv.releases/20260101T000000-" + release)

    def write_variables(self, gathered: Dict[str, Any]) -> None:
        for file in gathered["files"]:
            Path(file["dest"]).write_text(file["content"])
            Path(file["dest"]).chmod(0o640)

    def restart(self) -> None:
        """Do what the tasks do that restart the service."""
        gathered = gather(self.application, self.root)
        self.write_variables(gathered)
        unchanged = result(str(self.root / "shop/venv"), changed=False)
        (service,) = find_post_actions(gathered, [unchanged])["services"]
        record = Path(service["record"])
        record.parent.mkdir(exist_ok=True)
        record.write_text(service["record_content"])

    @property
    def overdue(self) -> List[str]:
        return gather(self.application, self.root)["overdue"]


@pytest.fixture(name="host")
def make_host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_restart_is_overdue_until_it_is_recorded(host: Host) -> None:
    assert host.overdue == ["shop"]
    host.restart()
    assert host.overdue == []


def test_a_release_that_was_switched_to_makes_a_restart_overdue(host: Host) -> None:
    host.restart()
    host.switch("bbbbbb")
    assert host.overdue == ["shop"]
    host.switch("aaaaaa")
    assert host.overdue == []


def test_changed_code_makes_a_restart_overdue(host: Host) -> None:
    host.restart()
    for ignored in (".git/HEAD", "__pycache__/app.cpython-313.pyc"):
        (host.code / ignored).parent.mkdir()
        (host.code / ignored).write_text("x")
    assert host.overdue == []
    (host.code / "templates").mkdir()
    (host.code / "templates/index.html").write_text("x")
    assert host.overdue == ["shop"]


def test_a_link_to_the_code_of_a_deployment_is_followed(host: Host) -> None:
    host.code.rename(host.root / "first")
    host.code.symlink_to("first")
    host.restart()
    (host.root / "second").mkdir()
    (host.root / "second/app.py").write_text("2")
    host.code.unlink()
    host.code.symlink_to("second")
    assert host.overdue == ["shop"]


def test_an_environment_file_changed_by_hand_makes_a_restart_overdue(
    host: Host,
) -> None:
    host.restart()
    (host.root / "shop/environment").write_text("A=2\n")
    assert host.overdue == ["shop"]


def test_nothing_is_overdue_where_nothing_is_installed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert gather(SHOP, tmp_path)["overdue"] == []


def test_a_rollback_records_the_release_that_it_switched_to(host: Host) -> None:
    host.restart()
    gathered = gather(host.application, host.root)
    host.switch("bbbbbb")
    row = result(
        str(host.root / "shop/venv"),
        done=["switched"],
        release="20260101T000000-bbbbbb",
    )
    (service,) = find_post_actions(gathered, [row], "shop")["services"]
    Path(service["record"]).write_text(service["record_content"])
    assert host.overdue == []


def test_the_record_goes_with_the_application(host: Host) -> None:
    host.restart()
    (removal,) = gather({"name": "shop", "state": "absent"}, host.root)["removals"]
    assert str(host.root / ".app_venv/shop.json") in removal["files"]


def test_a_unit_runs_the_script_of_the_environment_as_the_user() -> None:
    application = {**UNIT, "environment_file": {"variables": {}}}
    text = make(application)["applications"][0]["unit_content"]
    assert 'ExecStart=/opt/shop/venv/bin/gunicorn "$$x 1"\n' in text
    assert "User=shop\n" in text
    assert "EnvironmentFile=/opt/shop/environment\n" in text
    assert "NoNewPrivileges=yes\n" in text


def test_settings_of_a_unit_replace_its_own() -> None:
    unit = {
        "command": ["/usr/bin/env"],
        "settings": {"ProtectHome": False, "LimitNOFILE": 9},
        "hardening": False,
    }
    row = make(
        {**UNIT, "code": "/srv/shop", "service": {"name": "shop", "unit": unit}}
    )["applications"][0]
    assert "ExecStart=/usr/bin/env\n" in row["unit_content"]
    assert "ProtectHome=no\nLimitNOFILE=9\n" in row["unit_content"]
    assert "NoNewPrivileges" not in row["unit_content"]
    assert (
        "Environment=PYTHONPATH=/srv/shop\nWorkingDirectory=/srv/shop\n"
        in row["unit_content"]
    )


@pytest.mark.parametrize(
    ("unit", "others", "message"),
    [
        ({"command": []}, {}, "service.unit has no command"),
        ({"command": ["x"]}, {"user": None}, "service.unit needs a user"),
        ({"command": ["x\ny"]}, {}, "has a line break"),
        (
            {"command": ["x"], "settings": {"User=root\nX": "1"}},
            {},
            "is not an option of systemd",
        ),
    ],
)
def test_invalid_units(
    unit: Dict[str, Any], others: Dict[str, Any], message: str
) -> None:
    (error,) = make({**UNIT, "service": {"name": "shop", "unit": unit}, **others})[
        "errors"
    ]
    assert message in error


def test_a_unit_that_names_another_manager_or_path_is_an_error() -> None:
    service = {"name": "../shop", "manager": "launchd", "unit": {"command": ["x"]}}
    errors = make({**UNIT, "service": service})["errors"]
    assert [
        "is for systemd" in error or "is not the name of a unit" in error
        for error in errors
    ] == [True, True]


def test_only_root_can_write_a_unit() -> None:
    errors = predict_changes(make(UNIT), ["uid\t1000", "user\tshop\t999\t"])["errors"]
    assert errors == [
        "shop: only root can write the unit /etc/systemd/system/shop.service: play this host with `become: true`."
    ]
