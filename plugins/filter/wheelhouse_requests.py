# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: wheelhouse_requests
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Find the wheels that applications need, and for which versions of Python
description:
  - Returns what the entry point C(wheelhouse) of the role P(pyfleet.python.app_venv#role) fetches with pip on the
    controller.
  - Fails where an application names a file that only its host has, such as a requirements file there.
positional: installations, own, python, versions
options:
  _input:
    description:
      - The applications. Each has a C(name), options of M(pyfleet.python.venv) in C(environment), and in C(sources) the
        files that come from the controller, each with C(kind), C(src) and C(dest).
    type: list
    elements: dict
    required: true
  installations:
    description: The Pythons of the host, C(ansible_facts.pyfleet_python.installations).
    type: list
    elements: dict
    required: true
  own:
    description: The version of Python of applications that set none.
    type: str
    required: true
  python:
    description: The C(python) of applications that set none.
    type: str
    default: ""
  versions:
    description: Further versions to fetch wheels for, such as V(3.14), before an upgrade.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Show what would be fetched
  ansible.builtin.debug:
    msg: "{{ applications | pyfleet.python.wheelhouse_requests(ansible_facts.pyfleet_python.installations, '3.13.5') }}"
  vars:
    applications: [{name: web, environment: {path: /opt/web/venv, packages: [gunicorn]}, sources: []}]
"""

RETURN = r"""
_value:
  description: For each application and version of Python its C(name), C(version) and requirements.
  type: list
  elements: dict
"""

import os
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.pyfleet.python.plugins.module_utils._scan.select import (
    Interpreter,
    choose,
    is_path,
)

_FILES = ("requirements", "constraints", "lock")


def wheelhouse_requests(
    applications: Iterable[Mapping[str, Any]],
    installations: Iterable[Mapping[str, Any]],
    own: str,
    python: str = "",
    versions: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Return what to fetch for each application and version of Python."""
    found: list[dict[str, Any]] = []
    pythons = list(installations)
    for application in applications:
        requirements = _find_requirements(application)
        wanted = application["environment"].get("python") or python
        version = _find(wanted, pythons, application["name"]) if wanted else own
        minor = ".".join(version.split(".")[:2])
        others = ["%s.0" % each for each in versions if each != minor]
        found += [
            {"name": application["name"], "version": each, **requirements}
            for each in (version, *others)
        ]
    return found


def _find_requirements(application: Mapping[str, Any]) -> dict[str, Any]:
    """Return the requirements of an application, with the paths of files on the controller."""
    options, sources = application["environment"], application.get("sources", ())
    origin = {source["dest"]: source["src"] for source in sources}
    found: dict[str, Any] = {
        "packages": [origin.get(each, each) for each in options.get("packages") or ()]
    }
    for kind in _FILES:
        found[kind] = _find_files(application, kind, origin)
    for package in found["packages"]:
        if package.startswith("/") and package not in origin.values():
            raise AnsibleFilterError(
                "%s of %s is on the host: list it in from_controller."
                % (package, application["name"])
            )
    found["lock"] = found["lock"][0] if found["lock"] else ""
    # What a lock names may be among the wheels that are copied beside it.
    beside = [
        os.path.dirname(each["src"]) for each in sources if each["kind"] == "wheels"
    ]
    found["find_links"] = sorted(set(beside)) if found["lock"] else []
    return found


def _find_files(
    application: Mapping[str, Any], kind: str, origin: Mapping[str, str]
) -> list[str]:
    """Return where the controller has the files that an application names in one option."""
    value = application["environment"].get(kind) or ()
    paths = [value] if isinstance(value, str) else list(value)
    for path in paths:
        if path not in origin:
            what = "%s of %s is on the host: %s" % (kind, application["name"], path)
            raise AnsibleFilterError(
                what
                + ". List it in from_controller: the controller fetches the wheels."
            )
    return [origin[path] for path in paths]


def _find(wanted: str, installations: Sequence[Mapping[str, Any]], name: str) -> str:
    """Return the version of the Python that an application requires."""
    if is_path(wanted):
        fit = [row for row in installations if wanted in _names(row)]
        version = str(fit[0]["version"]) if fit else ""
    else:
        chosen = choose(wanted, [_interpreter(row) for row in installations])
        version = chosen.version if chosen else ""
    if not version:
        raise AnsibleFilterError(
            "%s requires Python %s, which the host does not have." % (name, wanted)
        )
    return version


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    yield str(row["path"])
    yield from (str(each["path"]) for each in row["names"])


def _interpreter(row: Mapping[str, Any]) -> Interpreter:
    return Interpreter(
        row["path"],
        row["version"],
        row["implementation"],
        row["system"],
        row["trusted"],
    )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"wheelhouse_requests": wheelhouse_requests}
