# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe a host for a Python that Ansible can use; needs nothing on the host but a POSIX shell."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Mapping, Optional

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.release import __version__

from ansible_collections.pyfleet.python.plugins.plugin_utils.python_bootstrap import (
    Distributions,
    Probe,
    describe_unusable,
    find_commands,
    find_configured_interpreter,
    find_packages,
    find_supported,
    find_usable,
    parse_probe,
    validate_host,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.role_variables import (
    find_unknown_variables,
)

_SCRIPT = Path(__file__).resolve().parents[2] / "roles/python_bootstrap/files/probe.sh"
_OPTIONS = {
    "cores": {"type": "dict", "required": True},
    "interpreter": {"type": "str"},
    "managers": {"type": "dict", "required": True},
    "packages": {"type": "list", "elements": "str", "default": []},
    "require": {"type": "bool", "default": False},
    "shipped": {"type": "dict", "required": True},
}


class ActionModule(ActionBase):
    """Sends files/probe.sh of the role to the host, as the module `raw` does, and validates its output."""

    TRANSFERS_FILES = False

    def run(
        self, tmp: Any = None, task_vars: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Return the Python to use, or the commands that install one; fail with a sentence for each error."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, options = self.validate_argument_spec(_OPTIONS)
        unknown = list(find_unknown_variables(self._task, variables))
        if unknown:
            raise AnsibleActionFail("\n".join(unknown))
        supported = find_supported(
            options["cores"], ".".join(__version__.split(".")[:2])
        )
        distributions = Distributions(
            managers=options["managers"], shipped=options["shipped"]
        )
        configured = find_configured_interpreter(options["interpreter"])
        probe = self._probe(
            supported.oldest, configured, list(distributions.managers), variables
        )
        usable = find_usable(probe, configured)
        if usable is None and options["require"]:
            raise AnsibleActionFail(describe_unusable(probe))
        if usable is None:
            errors = list(
                validate_host(
                    probe, distributions, supported, configured, options["packages"]
                )
            )
            if errors:
                raise AnsibleActionFail(errors[0])
        packages = find_packages(options["packages"], probe, distributions, supported)
        found = usable._asdict() if usable else {}
        return {
            **result,
            "changed": False,
            "usable": usable is not None,
            "python": {
                "path": found.get("path", ""),
                "version": found.get("version", ""),
                "discovered": probe.host.get("discovered", found.get("path", "")),
                "pinned": configured != "",
            },
            "manager": probe.host.get("manager", ""),
            "packages": packages,
            **find_commands(packages, probe, distributions),
        }

    def _probe(
        self,
        oldest: str,
        configured: str,
        managers: list[str],
        variables: Mapping[str, Any],
    ) -> Probe:
        names = constants.config.get_config_value(
            "INTERPRETER_PYTHON_FALLBACK", variables=dict(variables)
        )
        settings = {
            "minimum": oldest,
            "configured": configured,
            "names": " ".join(names),
            "managers": " ".join(managers),
        }
        assignments = "".join(
            f"{key}={shlex.quote(value)}\n" for key, value in settings.items()
        )
        answer = self._low_level_execute_command(
            assignments + _SCRIPT.read_text(encoding="utf-8"), executable="/bin/sh"
        )
        return parse_probe(answer["stdout"], answer["stderr"])
