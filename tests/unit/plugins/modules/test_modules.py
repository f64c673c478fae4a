# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two modules, run for real over small trees: arguments in, results out, and what is refused."""

from __future__ import annotations

import time
from typing import Any

import pytest

pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

from ansible_collections.pyfleet.python.plugins.module_utils._scan.scan_request import (
    INVENTORY_SUBSETS,
)
from ansible_collections.pyfleet.python.plugins.modules import (
    audit,
    python_facts,
)  # after the skip
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures.trees import (
    Link,
    Mode,
    plant,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run

BROKEN = {
    "opt/app/pyvenv.cfg": "home = /usr/bin\n",
    "opt/app/bin/python": Link("/usr/bin/python3.9"),
    "opt/app/lib/python3.9/": None,
}


@pytest.fixture
def broken(tmp_path: Any) -> str:
    plant(tmp_path, {**BROKEN, "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n"})
    return str(tmp_path)


def test_facts_are_all_that_python_facts_returns(broken: str, capsys: Any) -> None:
    result = run(python_facts, capsys, {"root": broken})
    assert set(result) - {"invocation"} == {"ansible_facts"}
    facts = result["ansible_facts"]
    assert set(facts) == {"pyfleet_python"}
    assert set(facts["pyfleet_python"]) == {
        "installations", "commands", "environments", "pip_config", "context", "incomplete", "scan"
    }  # fmt: skip
    assert [row["path"] for row in facts["pyfleet_python"]["environments"]] == [
        "/opt/app"
    ]
    assert facts["pyfleet_python"]["scan"]["root"] == broken


def test_facts_can_be_returned_without_setting_them(broken: str, capsys: Any) -> None:
    result = run(python_facts, capsys, {"root": broken, "set_facts": False})
    assert set(result) - {"invocation"} == {"pyfleet_python"}
    (environment,) = result["pyfleet_python"]["environments"]
    assert environment["path"] == "/opt/app"


def test_an_audit_reports_and_does_not_fail_unless_asked(
    broken: str, capsys: Any
) -> None:
    result = run(audit, capsys, {"root": broken})
    assert not result.get("failed")
    assert result["verdict"] == "fail"
    assert [row["id"] for row in result["findings"]] == ["environment-broken:/opt/app"]


@pytest.mark.parametrize("output", ["full", "summary"])
@pytest.mark.parametrize("inventory", INVENTORY_SUBSETS)
def test_an_audit_returns_the_facts_of_its_inventory_from_the_same_scan(
    inventory: str, output: str, broken: str, capsys: Any
) -> None:
    options = {"root": broken, "output": output, "inventory": inventory}
    audited = run(audit, capsys, options)
    if inventory == "none":
        assert "facts" not in audited
        return
    subset = list(INVENTORY_SUBSETS[inventory])
    gathered = run(python_facts, capsys, {"root": broken, "gather_subset": subset})
    facts = gathered["ansible_facts"]["pyfleet_python"]
    for told in (facts, audited["facts"]):
        # What the rules need beside the inventory can have notes of its own.
        del told["scan"]["duration"], told["scan"]["counts"]["incomplete"]
        del told["incomplete"]
    assert audited["facts"] == facts


def test_an_inventory_changes_no_finding(broken: str, capsys: Any) -> None:
    plain = run(audit, capsys, {"root": broken})
    inventoried = run(audit, capsys, {"root": broken, "inventory": "packages"})
    for key in ("msg", "verdict", "summary", "findings", "incomplete"):
        assert inventoried[key] == plain[key]


def test_an_audit_that_fails_returns_all_the_same(broken: str, capsys: Any) -> None:
    full = run(audit, capsys, {"root": broken})
    failed = run(audit, capsys, {"root": broken, "fail_on": ["fail"]})
    assert failed["failed"] is True
    for key in ("verdict", "summary", "findings", "incomplete"):
        assert failed[key] == full[key]
    assert failed["msg"].startswith(
        "high: environment-broken /opt/app: Its interpreter is gone: "
    )
    assert "Cure: " in failed["msg"]


def test_an_audit_in_short(broken: str, capsys: Any) -> None:
    result = run(audit, capsys, {"root": broken, "output": "summary"})
    assert set(result) - {"invocation"} == {"msg", "verdict", "summary"}


@pytest.mark.parametrize(
    ("fail_on", "failed"),
    [
        (["incomplete"], True),
        (["fail"], False),
        (["fail", "incomplete"], True),
        ([], False),
    ],
)
def test_incomplete_fails_only_where_asked(
    tmp_path: Any, capsys: Any, fail_on: Any, failed: bool
) -> None:
    plant(tmp_path, {"etc/passwd": "", "opt/": None})
    result = run(
        audit,
        capsys,
        {"root": str(tmp_path), "users": ["nobody-there"], "fail_on": fail_on},
    )
    assert result["verdict"] == "incomplete"
    assert bool(result.get("failed")) is failed
    assert [row["code"] for row in result["incomplete"]] == ["no-such-user"]


def test_check_mode_is_the_same(broken: str, capsys: Any) -> None:
    normal = run(audit, capsys, {"root": broken})
    checked = run(audit, capsys, {"root": broken, "_ansible_check_mode": True})
    for result in (normal, checked):
        result.pop("invocation", None)
    assert checked == normal


def test_a_waiver_by_the_option(broken: str, capsys: Any) -> None:
    waivers = [
        {
            "rule": "environment-broken",
            "path": "/opt/*",
            "reason": "retired",
            "until": "2999-12-31",
        }
    ]
    result = run(audit, capsys, {"root": broken, "waivers": waivers})
    assert (result["verdict"], result["findings"][0]["waived"]) == ("pass", "retired")


def test_only_what_the_rules_need_is_gathered(broken: str, capsys: Any) -> None:
    result = run(audit, capsys, {"root": broken, "rules": ["marker-removed"]})
    assert (result["verdict"], result["summary"]["environments"]) == ("pass", 0)


REFUSED = [
    ({"root": "etc"}, "root", "root is not a directory: "),
    ({"root": "/nowhere/at/all"}, "root", "root is not a directory: /nowhere/at/all. "),
    (
        {"paths": ["opt"]},
        "paths",
        "paths contains a path that is not absolute: opt. Start it with a slash.",
    ),
    (
        {"environment_roots": ["srv/x"]},
        "environment_roots",
        "environment_roots contains a path that is not absolute: srv/x. ",
    ),
    ({"depth": -1}, "depth", "depth is negative: -1. "),
    ({"time_limit": -0.5}, "time_limit", "time_limit is negative: -0.5. "),
]
REFUSED_BY_AUDIT = [
    ({"rules": ["marker_removed"]}, "rules", "Did you mean marker-removed?"),
    ({"rules": ["marker-gone"]}, "rules", "Did you mean marker-"),
    (
        {"skip_rules": ["xyzzy"]},
        "skip_rules",
        "skip_rules names a rule that does not exist: xyzzy. The rules are: conda-commercial-channel, ",
    ),
    (
        {"rules": ["unknown-python"], "skip_rules": ["unknown-python"]},
        "rules",
        "no rule is left to evaluate. ",
    ),
    ({"rules": ["listed-package"]}, "listed_packages", "listed_packages is empty. "),
    (
        {
            "rules": ["unknown-python"],
            "listed_packages": [{"name": "a", "reason": "x"}],
        },
        "listed_packages",
        "rules does not name listed-package. ",
    ),
    (
        {"listed_packages": [{"name": "a", "versions": "1.82.7", "reason": "x"}]},
        "listed_packages",
        "versions of a that are not a specifier: 1.82.7. Write it as PEP 440 does",
    ),
    (
        {"listed_packages": [{"name": "a", "versions": "==1, ==2", "reason": "x"}]},
        "listed_packages",
        "that no version matches: ==1, ==2. A comma means and.",
    ),
    (
        {"listed_packages": [{"name": "a==1", "reason": "x"}]},
        "listed_packages",
        "a name that no project can have",
    ),
    (
        {"listed_packages": [{"name": "a", "reason": " "}]},
        "listed_packages",
        "no reason for a. ",
    ),
    (
        {"waivers": [{"rule": "unknown-pyton", "reason": "x"}]},
        "waivers",
        "Did you mean unknown-python?",
    ),
    (
        {"waivers": [{"rule": "unknown-python", "reason": " "}]},
        "waivers",
        "the waiver of unknown-python has no reason. ",
    ),
    *(
        (
            {"waivers": [{"rule": "unknown-python", "reason": "x", "until": until}]},
            "waivers",
            "an invalid date: " + until,
        )
        for until in (
            "2026-02-30",
            "tomorrow",
            "20261231",
            "2026-W01-1",
            "2026-1-1",
            "2026-12-31T00:00:00",
        )
    ),
]


@pytest.mark.parametrize(("arguments", "option", "sentence"), REFUSED)
@pytest.mark.parametrize("module", [python_facts, audit], ids=["python_facts", "audit"])
def test_what_cannot_be_meant_so_is_refused_with_the_cure(
    module: Any, arguments: Any, option: str, sentence: str, capsys: Any
) -> None:
    result = run(module, capsys, arguments)
    assert result["failed"] is True
    assert result["msg"].startswith(sentence)
    assert result["problem"]["option"] == option
    assert result["msg"].endswith(result["problem"]["hint"])


@pytest.mark.parametrize(("arguments", "option", "sentence"), REFUSED_BY_AUDIT)
def test_what_an_audit_refuses(
    arguments: Any, option: str, sentence: str, capsys: Any
) -> None:
    result = run(audit, capsys, arguments)
    assert result["failed"] is True
    assert sentence in result["msg"]
    assert result["problem"]["option"] == option


def test_hostile_trees_crash_nothing(tmp_path: Any, capsys: Any) -> None:
    name = b"\xff\n\x1b[2J".decode("utf-8", "surrogateescape")
    plant(
        tmp_path,
        {
            "opt/%s/pyvenv.cfg" % name: b"home = \xff\xfe\x00\n" * 50,
            "opt/%s/bin/python" % name: Link("/nowhere/\u202e"),
            "etc/pip.conf": b"[global]\nindex-url = https://u:hunter2@host/\xff\n",
            "etc/passwd": b"\xff:x:0:0::/root:\n",
            "usr/bin/python3": Mode(b"\x7fELF" + b"\xff" * 5000, 0o755),
            "usr/lib/python3.11/EXTERNALLY-MANAGED": b"\xff" * 70_000,
            "usr/lib/python3.11/os.py": "",
        },
    )
    started = time.monotonic()
    for module in (python_facts, audit):
        result = run(module, capsys, {"root": str(tmp_path)})
        assert not result.get("failed")
        assert "hunter2" not in str(result)
        assert "\\xff" in str(result)
    assert time.monotonic() - started < 10


def test_a_listed_package_is_found_in_every_kind_of_environment(
    tmp_path: Any, capsys: Any
) -> None:
    site = "lib/python3.11/site-packages/LiteLLM-1.82.7.dist-info/METADATA"
    metadata = "Metadata-Version: 2.1\nName: LiteLLM\nVersion: 1.82.7\n"
    python = Link("/usr/bin/python3.11")
    plant(
        tmp_path,
        {
            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n",
            "srv/app/venv/pyvenv.cfg": "home = /usr/bin\n",
            "srv/app/venv/bin/python": python,
            "srv/app/venv/" + site: metadata,
            "opt/pipx/venvs/llm/pyvenv.cfg": "home = /usr/bin\n",
            "opt/pipx/venvs/llm/bin/python": python,
            "opt/pipx/venvs/llm/" + site: metadata,
            "opt/conda/conda-meta/history": "",
            "opt/conda/conda-meta/python-3.11.1-0.json": "{}",
            "opt/conda/bin/python3.11": Mode(b"\x7fELF", 0o755),
            "opt/conda/conda-meta/litellm-1.82.7-py_0.json": "{}",
            "home/alice/env/pyvenv.cfg": "home = /usr/bin\n",
            "home/alice/env/bin/python": python,
            "home/alice/env/" + site: metadata.replace("1.82.7", "1.82.9"),
        },
    )
    listed = [
        {"name": "LITELLM", "versions": ">=1.82.7,<=1.82.8", "reason": "stolen keys"}
    ]
    arguments = {
        "root": str(tmp_path),
        "rules": ["listed-package"],
        "listed_packages": listed,
    }
    found = {row["subject"] for row in run(audit, capsys, arguments)["findings"]}
    assert found == {
        "/srv/app/venv/" + site.rpartition("/")[0],
        "/opt/pipx/venvs/llm/" + site.rpartition("/")[0],
        "/opt/conda/conda-meta/litellm-1.82.7-py_0.json",
    }
