# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of systemd and the daemon of launchd, as their own parsers read them, whatever ``ansible_managed`` says."""

from __future__ import annotations

import configparser
import plistlib
import re
from pathlib import Path

import jinja2
import pytest
import yaml

pytest.importorskip("ansible.plugins.filter.core", reason="needs ansible-core")

from ansible.plugins.filter.core import comment

ROLES = Path(__file__).resolve().parents[3] / "roles"
VARIABLES = {
    "python_audit_schedule_python": "/opt/a&b/python3",
    "python_audit_schedule_hour": 23,
    "python_audit_schedule_random_delay": 0,
    "__python_audit_program": "/usr/local/lib/pyfleet/audit.pyz",
    "__python_audit_launchd_label": "io.github.pyfleet.audit",
    "__python_audit_start_hour": 0,
    "__python_audit_start_minute": 59,
    "app_venv_rebuild_python": "/usr/bin/python3",
    "app_venv_rebuild_on_calendar": "daily",
    "app_venv_rebuild_random_delay": "5min",
    "app_venv_rebuild_delay": "2min",
}
MANAGED = ["Ansible managed", "Managed by us.\nExecStart=/bin/evil --now --> <plist>"]
UNITS = [*ROLES.glob("*/templates/*.service.j2"), *ROLES.glob("*/templates/*.timer.j2")]


def render(template: Path, managed: str) -> str:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.filters["comment"] = comment
    return environment.from_string(template.read_text("utf-8")).render(
        **VARIABLES, ansible_managed=managed
    )


@pytest.mark.parametrize("managed", MANAGED, ids=["default", "lines"])
@pytest.mark.parametrize("template", UNITS, ids=lambda path: path.name)
def test_units_have_no_line_that_the_note_brings(template: Path, managed: str) -> None:
    unit = configparser.RawConfigParser(strict=True)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read_string(render(template, managed))
    assert unit.has_option("Unit", "Description")
    assert "/bin/evil" not in unit.get("Service", "ExecStart", fallback="")


@pytest.mark.parametrize("managed", MANAGED, ids=["default", "lines"])
def test_the_daemon_of_launchd_is_a_property_list(managed: str) -> None:
    template = ROLES / "python_audit/templates/pyfleet-audit.plist.j2"
    daemon = plistlib.loads(render(template, managed).encode())
    assert daemon["ProgramArguments"][0] == "/opt/a&b/python3"
    assert daemon["StartCalendarInterval"] == {"Hour": 0, "Minute": 59}


@pytest.mark.parametrize(
    ("text", "is_time_span"),
    [
        ("5min", True),
        ("0", True),
        ("1h 30min", True),
        ("1h30min", True),
        ("2.5 hours", True),
        ("90 seconds", True),
        ("", False),
        ("soon", False),
        ("-5min", False),
        ("5min;", False),
        ("5 parsecs", False),
        ("5min\n", False),
        ("5min\nOnBootSec=1", False),
    ],
)
def test_time_spans_are_those_of_systemd(text: str, is_time_span: bool) -> None:
    variables = yaml.safe_load((ROLES / "app_venv/vars/main/rebuild.yml").read_text())
    pattern = variables["__app_venv_rebuild_time_span"]
    assert bool(re.match(pattern, text)) is is_time_span
