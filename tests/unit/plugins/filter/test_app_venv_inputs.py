# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the entry points `rebuild` and `wheelhouse` are handed."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

if sys.version_info < (3, 11):
    pytest.skip("this runs on a controller's Python", allow_module_level=True)
from ansible.errors import AnsibleFilterError

from ansible_collections.pyfleet.python.plugins.filter.rebuild_list import rebuild_list
from ansible_collections.pyfleet.python.plugins.filter.unneeded_wheels import (
    unneeded_wheels,
)
from ansible_collections.pyfleet.python.plugins.filter.wheelhouse_requests import (
    wheelhouse_requests,
)

PYTHONS = [
    {"path": "/usr/bin/python3.11", "names": [{"path": "/usr/bin/python3"}], "version": "3.11.2", "system": True,
     "implementation": "cpython", "trusted": True},
    {"path": "/opt/python3.13", "names": [], "version": "3.13.1", "system": False, "implementation": "cpython",
     "trusted": True},
]  # fmt: skip


def application(**environment: Any) -> dict[str, Any]:
    return {
        "name": "web",
        "environment": {"path": "/opt/web/venv", **environment},
        "sources": [],
    }


def test_the_list_holds_no_credentials() -> None:
    secret = "https://me:qcanaryq@index.example/simple"
    row = {"path": "/opt/a", "index_url": secret, "extra_index_urls": [secret], "find_links": [secret], "owner": None,
           "packages": ["a @ " + secret], "index_credentials": [{"password": "qcanaryq"}],
           "build_environment": {"TOKEN": "qcanaryq"}}  # fmt: skip
    text = rebuild_list([row])
    assert "qcanaryq" not in text
    assert (
        json.loads(text)["environments"][0]["index_url"]
        == "https://index.example/simple"
    )
    assert rebuild_list([row]) == text


def test_an_application_is_listed_with_what_all_share_and_its_service() -> None:
    one = {
        **application(
            keep=1, state="latest", health_check={"command": ["x"], "user": None}
        ),
        "service": {"name": "web"},
        "service_record": "/opt/.app_venv/web.json",
    }
    other = {**application(), "service": {"name": "org.web", "manager": "launchd"}}
    found = json.loads(
        rebuild_list([one, other], {"keep": 2, "index_url": "", "installer": "uv"})
    )["environments"]
    assert found == [
        {
            "path": "/opt/web/venv", "keep": 1, "installer": "uv", "services": ["web"],
            "service_record": "/opt/.app_venv/web.json", "health_check": {"command": ["x"]},
        },
        {"path": "/opt/web/venv", "keep": 2, "installer": "uv"},
    ]  # fmt: skip


def test_a_health_check_with_a_credential_is_refused() -> None:
    check = {"command": ["check"], "environment": {"SHOP_PASSWORD": "qcanaryq"}}
    with pytest.raises(
        AnsibleFilterError, match="health check of /opt/web/venv holds a credential"
    ) as caught:
        rebuild_list([application(health_check=check)])
    assert "qcanaryq" not in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("", "3.9.2"),
        ("3.13", "3.13.1"),
        (">=3.11", "3.11.2"),
        ("/usr/bin/python3", "3.11.2"),
        ("/opt/python3.13", "3.13.1"),
    ],
)
def test_wheels_are_for_the_python_that_the_application_will_stand_on(
    wanted: str, version: str
) -> None:
    (request,) = wheelhouse_requests([application(python=wanted)], PYTHONS, "3.9.2")
    assert request["version"] == version
    own = ".".join(version.split(".")[:2])
    requests = wheelhouse_requests(
        [application()], PYTHONS, "3.9.2", wanted, [own, "3.14"]
    )
    assert [request["version"] for request in requests] == [version, "3.14.0"]


def test_files_are_named_by_where_they_are_on_the_controller() -> None:
    row = application(
        requirements=["/opt/web/sources/r.txt"],
        packages=["a", "/opt/web/sources/b-1-py3-none-any.whl"],
    )
    names = ("r.txt", "b-1-py3-none-any.whl")
    row["sources"] = [
        {"kind": "x", "src": "/here/" + name, "dest": "/opt/web/sources/" + name}
        for name in names
    ]
    (request,) = wheelhouse_requests([row], PYTHONS, "3.11.2")
    assert request["requirements"] == ["/here/r.txt"]
    assert request["packages"] == ["a", "/here/b-1-py3-none-any.whl"]


def test_a_lock_finds_the_wheels_that_are_copied_beside_it() -> None:
    row = application(
        lock="/opt/web/sources/pylock.toml", find_links=["/opt/web/sources"]
    )
    files = [
        ("lock", "locks/pylock.toml"),
        ("wheels", "dist/b-1-py3-none-any.whl"),
        ("wheels", "dist/c-1-py3-none-any.whl"),
    ]
    row["sources"] = [
        {"kind": k, "src": "/here/" + p, "dest": "/opt/web/sources/" + p.split("/")[1]}
        for k, p in files
    ]
    (request,) = wheelhouse_requests([row], PYTHONS, "3.11.2")
    assert (request["lock"], request["find_links"]) == (
        "/here/locks/pylock.toml",
        ["/here/dist"],
    )


@pytest.mark.parametrize(
    "options",
    [
        {"requirements": ["/etc/r.txt"]},
        {"lock": "/etc/l"},
        {"packages": ["/x.whl"]},
        {"python": "3.8"},
    ],
)
def test_what_the_controller_cannot_know_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="web"):
        wheelhouse_requests([application(**options)], PYTHONS, "3.11.2")


def test_a_wheel_stays_that_a_release_needs() -> None:
    names = [
        "Mixed.Name-1.0-py3-none-any.whl",
        "rich-1.0-py3-none-any.whl",
        "rich-2.0-py3-none-any.whl",
        "x-1.whl",
    ]
    records = [
        json.dumps({"packages": {"mixed-name": "1.0", "rich": "2"}}),
        "{",
        "[]",
        '{"packages": {"x": null}}',
    ]
    assert unneeded_wheels(names, records) == ["rich-1.0-py3-none-any.whl", "x-1.whl"]
