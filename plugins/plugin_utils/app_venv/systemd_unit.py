# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A unit of systemd for an application (systemd.service(5), systemd.exec(5))."""

from __future__ import annotations

import re
from typing import Any, Iterable, Iterator, Mapping

DIRECTORY = "/etc/systemd/system"
_HEADER = "# Written by Ansible (pyfleet.python.app_venv); changes made here are overwritten.\n"
_PLAIN = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
_DIRECTIVE = re.compile(r"[A-Z][A-Za-z0-9]*")
_UNIT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9:_.@-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

#: What a service may not do unless `settings` say otherwise; each is an option of systemd.exec(5).
HARDENING: Mapping[str, str] = {
    "CapabilityBoundingSet": "",
    "LockPersonality": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHome": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "UMask": "0027",
}


def unit_path(service: str) -> str:
    """Return the file of a unit."""
    name = service if service.endswith(".service") else service + ".service"
    return f"{DIRECTORY}/{name}"


def render_unit(application: Mapping[str, Any]) -> str:
    """Return the text of the unit of an application, a row of the plan."""
    unit = application["service"]["unit"]
    description = unit.get("description") or f"Python application {application['name']}"
    settings = _service_settings(application, unit)
    settings.update(
        (key, _spell(value)) for key, value in (unit.get("settings") or {}).items()
    )
    lines = [
        _HEADER,
        "[Unit]\n",
        f"Description={_escape_specifiers(description)}\n",
        "Wants=network-online.target\n",
        "After=network-online.target\n",
        "\n[Service]\n",
        *(f"{key}={value}\n" for key, value in settings.items()),
        "\n[Install]\n",
        "WantedBy=multi-user.target\n",
    ]
    return "".join(lines)


def _service_settings(
    application: Mapping[str, Any], unit: Mapping[str, Any]
) -> dict[str, str]:
    code = application["code"]
    settings = {"Type": "exec", "User": application["user"]}
    if application["environment_file"]:
        settings["EnvironmentFile"] = _escape_specifiers(
            application["environment_file"]
        )
    if code:
        settings["Environment"] = _quote(f"PYTHONPATH={code}")
    working_directory = unit.get("working_directory") or code
    if working_directory:
        settings["WorkingDirectory"] = _escape_specifiers(working_directory)
    settings["ExecStart"] = " ".join(_command(unit["command"], application["path"]))
    settings["Restart"] = "on-failure"
    settings["RestartSec"] = "2"
    if unit.get("hardening", True):
        settings.update(HARDENING)
        settings["StateDirectory"] = application["name"]
    return settings


def _command(words: Iterable[Any], environment: str) -> list[str]:
    """Return the words of a command; a first one without a slash is a script of the environment."""
    program, *arguments = [str(word) for word in words]
    if "/" not in program:
        program = f"{environment}/bin/{program}"
    return [_quote(word, command=True) for word in (program, *arguments)]


def _quote(word: str, command: bool = False) -> str:
    """Return a word as systemd.syntax(7) has it; only commands have variables, and so a `$` to escape."""
    word = _escape_specifiers(word)
    if command:
        word = word.replace("$", "$$")
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escape_specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def validate_unit(application: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the unit of an application."""
    name, service = application["name"], application["service"]
    unit = service.get("unit")
    if not unit or application["gone"]:
        return
    if service.get("manager") not in (None, "auto", "systemd"):
        yield f"{name}: service.unit is for systemd, and service.manager is {service['manager']}: remove one of them."
    if not application["user"]:
        yield f"{name}: service.unit needs a user to run as: set `user`."
    if not unit.get("command"):
        yield f"{name}: service.unit has no command: set service.unit.command."
    if not _UNIT_NAME.fullmatch(str(service.get("name") or "x")):
        yield f"{name}: {service['name']!r} is not the name of a unit: use letters, digits and :_.@- in it."
    yield from _validate_settings(name, unit)


def _validate_settings(name: str, unit: Mapping[str, Any]) -> Iterator[str]:
    settings = unit.get("settings") or {}
    for key in settings:
        if not _DIRECTIVE.fullmatch(str(key)):
            yield f"{name}: {key!r} in service.unit.settings is not an option of systemd, such as LimitNOFILE."
    texts = [
        *(unit.get("command") or ()),
        *settings.values(),
        unit.get("description"),
        unit.get("working_directory"),
    ]
    if any(_CONTROL.search(str(text)) for text in texts):
        yield f"{name}: a value in service.unit has a line break or control character: remove it."
