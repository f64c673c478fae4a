# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rebuild_list
author: pyfleet contributors (@pyfleet)
version_added: 1.0.0
short_description: Make the list of the environments that a host rebuilds by itself
description:
  - Gives the text of C(/etc/pyfleet/environments.json), from which the program of
    P(pyfleet.python.rebuild_zipapp#lookup) works.
  - Credentials are left out, those in URLs too. The host's own configuration of pip has to hold them.
  - A health check is what a rebuilt environment must pass as well. One that holds a credential, in a URL or in a
    variable whose name says so, is refused; its command can read it from a file.
  - Left out as well is what belongs to one run, such as variables for building.
positional: defaults
options:
  _input:
    description:
      - Options of M(pyfleet.python.venv), one dictionary for each environment. C(services) names services of systemd to
        be restarted when the environment was rebuilt.
      - Instead of such a dictionary, one with the options in C(environment), and perhaps C(name) and C(manager) of its
        C(service) and the path of its C(service_record).
    type: list
    elements: dict
    required: true
  defaults:
    description: Options that all of them share, unless they say otherwise. Those that are empty are left out.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: List the environments
  ansible.builtin.copy:
    content: "{{ [{'path': '/opt/web/venv', 'services': ['web.service']}] | pyfleet.python.rebuild_list }}"
    dest: /etc/pyfleet/environments.json
    owner: root
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The list, as JSON.
  type: str
"""

import json
from typing import Any, Callable, Iterable, Mapping, Optional

from ansible.errors import AnsibleFilterError

from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    holds_credentials,
    split_userinfo,
    strip_text,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.rebuild_list import (
    OPTIONS,
    SCHEMA,
)

_URLS = ("extra_index_urls", "find_links")


def rebuild_list(
    environments: Iterable[Mapping[str, Any]],
    defaults: Optional[Mapping[str, Any]] = None,
) -> str:
    """Return the text of the list."""
    shared = {
        key: value
        for key, value in (defaults or {}).items()
        if value not in (None, "", [])
    }
    rows = [_entry({**shared, **_options(row)}) for row in environments]
    return (
        json.dumps({"schema": SCHEMA, "environments": rows}, indent=1, sort_keys=True)
        + "\n"
    )


def _options(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of an entry in one dictionary."""
    options = dict(row.get("environment", row))
    service = row.get("service") or {}
    if service.get("name") and service.get("manager", "auto") in ("auto", "systemd"):
        options["services"] = [service["name"]]
        options["service_record"] = row.get("service_record") or None
    return _without_none(options)


def _without_none(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if value is not None}


def _entry(options: Mapping[str, Any]) -> dict[str, Any]:
    if not options.get("path"):
        raise AnsibleFilterError("an environment has no path")
    row = {
        key: value
        for key, value in options.items()
        if key in (*OPTIONS, "services", "service_record")
    }
    if "index_url" in row:
        row["index_url"] = split_userinfo(row["index_url"])[0]
    for key in (key for key in _URLS if key in row):
        row[key] = [split_userinfo(url)[0] for url in row[key]]
    if "packages" in row:
        row["packages"] = [strip_text(text)[0] for text in row["packages"]]
    if row.get("health_check"):
        row["health_check"] = _health_check(row["path"], row["health_check"])
    if "links" in row:
        row["links"] = [_without_none(link) for link in row["links"]]
    return row


def _health_check(path: str, check: Mapping[str, Any]) -> dict[str, Any]:
    """Return the health check of an environment without empty options; raise AnsibleFilterError if it holds a credential."""
    options = _without_none(check)
    if holds_credentials(options):
        raise AnsibleFilterError(
            "the health check of %s holds a credential, which the list of environments must not:"
            " let its command read it from a file" % path
        )
    return options


class FilterModule:
    """Where Ansible looks for the filters of this file."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"rebuild_list": rebuild_list}
