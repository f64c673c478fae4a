# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AUDIT_ARGS: read as an ad-hoc call would, and each option goes to the module that has it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import audit
import pytest


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        (
            "users=alice,bob threshold=medium",
            {"users": "alice,bob", "threshold": "medium"},
        ),
        ("paths='/opt/a b'", {"paths": "/opt/a b"}),
        (
            """waivers='[{"rule": "x", "path": "*"}]'""",
            {"waivers": [{"rule": "x", "path": "*"}]},
        ),
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
    (play,) = audit.playbook(
        {"root": "/mnt", "threshold": "high", "gather_subset": "environments"}
    )
    facts, judged = play["tasks"]
    assert facts["pyfleet.python.python_facts"] == {
        "root": "/mnt",
        "gather_subset": "environments",
    }
    assert judged["pyfleet.python.audit"] == {"root": "/mnt", "threshold": "high"}


def test_the_users_own_ansible_settings_stay_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANSIBLE_BECOME", "true")
    monkeypatch.setenv("ANSIBLE_STDOUT_CALLBACK", "minimal")
    environment = audit.environment(tmp_path)
    assert "ANSIBLE_BECOME" not in environment
    assert environment["ANSIBLE_STDOUT_CALLBACK"] == "keep_results"


@pytest.mark.parametrize("name", ["xx_XX.UTF-8", "C", "POSIX", ""])
def test_a_locale_that_is_not_installed_or_not_utf8_is_replaced(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LC_ALL", name)
    expected = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    assert audit.locale_settings() == {"LC_ALL": expected}


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no C.UTF-8 everywhere")
def test_a_utf8_locale_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert audit.locale_settings() == {}


def test_the_result_is_kept_or_the_reason_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    monkeypatch.setattr(audit, "RESULTS", tmp_path / ".build" / "audit")
    assert audit.keep({"audit": {}}) == "The complete result: .build/audit/result.json"
    assert (tmp_path / ".build/audit/result.json").read_text(
        encoding="utf-8"
    ) == '{\n  "audit": {}\n}\n'
    monkeypatch.setattr(audit, "RESULTS", tmp_path / ".build/audit/result.json")
    assert audit.keep({}).startswith("The complete result is not kept: ")


SAMPLE = Path(__file__).with_name("sample_result.json")


def test_the_page_is_written_and_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="comes with ansible-core")
    monkeypatch.setattr(
        audit, "RESULTS", audit.ROOT / ".build" / "test-page" / tmp_path.name
    )
    line = audit.write_page(SAMPLE)
    assert line == f"The HTML report: .build/test-page/{tmp_path.name}/report.html"
    page = (audit.RESULTS / "report.html").read_text(encoding="utf-8")
    assert "<title>Python audit of web1</title>" in page
    assert "environment-broken:/srv/gone" not in page.partition('id="data"')[0]
    assert "/srv/gone" in page
    shutil.rmtree(audit.RESULTS)


def test_a_page_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="comes with ansible-core")
    monkeypatch.setattr(audit, "RESULTS", tmp_path / "file" / "report")
    (tmp_path / "file").write_text("")
    assert audit.write_page(SAMPLE).startswith(
        "The HTML report is not written: Not a directory: "
    )
