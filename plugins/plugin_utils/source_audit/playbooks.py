# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge playbooks, task files, files of variables and requirements of roles."""

from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple

from .collector import Collector
from .commands_judge import MARKER, has_override_setting
from .invocations import read_pip_call
from .model import Finding
from .shell_events import make_command
from .shell_judge import describe_variable
from .shell_state import OVERRIDE_VARIABLES, ShellState, is_true
from .yaml_nodes import (
    first_line,
    is_mapping,
    items,
    last_line,
    mask_jinja,
    pairs,
    read_script,
    scalar,
    walk,
)

_PREFIXES = ("ansible.builtin.", "ansible.legacy.")
_SHELL_MODULES = ("command", "shell", "raw")
_BLOCKS = ("block", "rescue", "always")
_TASK_LISTS = ("pre_tasks", "tasks", "post_tasks", "handlers")
_OVERRIDE = "--break-system-packages"
_ELSEWHERE = re.compile(r"(^|\s)(--target|-t|--prefix|--root)\b")
_SYSTEM_PIP = re.compile(r"(/usr/bin/|/bin/)?pip-?[\d.]*$")
#: Roles of others that delete the marker of every host they run on, whatever their variables say.
_REMOVING_ROLES = {"geerlingguy.pip": "deletes EXTERNALLY-MANAGED on every host"}
_REMOVING_MODULES = {
    "file": "absent",
    "community.general.dpkg_divert": "present",
    "dpkg_divert": "present",
}


class _Inherited(NamedTuple):
    """What tasks inherit from their plays and blocks."""

    has_virtualenv: bool = False
    own_interpreter: bool = False
    environment_overrides: bool = False


class _Playbook:
    """One file, with the names of variables that hold the path of a marker."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.marker_names: set[str] = set()

    def add(self, rule: str, node: Any, message: str, line: int = 0) -> None:
        """Keep a finding for a task, at its first line or at ``line``."""
        first = line or first_line(node)
        self.collector.add(
            Finding(
                rule=rule,
                path=self.collector.path,
                line=first,
                end_line=max(first, last_line(node)),
                message=message,
                evidence=self.collector.lines[first - 1].strip()[:200],
                place="playbook",
            ),
            waived_from=first_line(node),
        )

    def entries(self, node: Any, inherited: _Inherited) -> None:
        """Judge a list of plays, blocks, tasks or roles."""
        for entry in items(node):
            keys = pairs(entry)
            inner = self.read_keywords(entry, keys, inherited)
            for name in (*_TASK_LISTS, *_BLOCKS):
                self.entries(keys.get(name), inner)
            self.roles(keys.get("roles"))
            self.role(entry, keys)
            if not any(name in keys for name in _BLOCKS) and "hosts" not in keys:
                self.task(entry, keys, inner)

    def read_keywords(
        self, node: Any, keys: dict[str, Any], inherited: _Inherited
    ) -> _Inherited:
        """Return what a play, block or task adds; report the override in its environment and variables."""
        for key, value in walk(keys["vars"]) if "vars" in keys else ():
            self.variable(key, value)
        inherited = self.read_environment(node, keys.get("environment"), inherited)
        interpreter = scalar(pairs(keys.get("vars")).get("ansible_python_interpreter"))
        if interpreter and not re.match(r"(/usr|/bin|auto)", interpreter):
            inherited = inherited._replace(own_interpreter=True)
        for name, value in pairs(keys.get("module_defaults")).items():
            if _short(name) == "pip":
                options = pairs(value)
                self.override_option(node, options)
                inherited = inherited._replace(
                    has_virtualenv=inherited.has_virtualenv or "virtualenv" in options
                )
        return inherited

    def read_environment(
        self, node: Any, environment: Any, inherited: _Inherited
    ) -> _Inherited:
        """Return what variables of the environment add; report the override among them."""
        for name, value in _environment(environment):
            if name in OVERRIDE_VARIABLES and is_true(scalar(value)):
                self.add(
                    "break-system-packages-setting",
                    node,
                    describe_variable(name),
                    first_line(value),
                )
                inherited = inherited._replace(environment_overrides=True)
            elif name == "PATH" and re.search(r"v?env|conda|pyenv", scalar(value)):
                inherited = inherited._replace(has_virtualenv=True)
        return inherited

    def variable(self, name: str, node: Any) -> None:
        """Report a variable that holds the override; remember one that holds the path of a marker."""
        text = scalar(node)
        if MARKER in text:
            self.marker_names.add(name)
        if _OVERRIDE in text and (
            text.strip().startswith("-") or read_pip_call(text.split())
        ):
            self.add(
                "break-system-packages", node, f"The variable {name} holds {_OVERRIDE}."
            )

    def roles(self, node: Any) -> None:
        for entry in items(node):
            self.removing_role(entry, scalar(entry))
            if is_mapping(entry):
                self.role(entry, pairs(entry))

    def role(self, node: Any, keys: dict[str, Any]) -> None:
        """Report a role that deletes the marker, in roles:, import_role or a file of requirements."""
        for name, value in keys.items():
            if name in ("role", "src") or (name == "name" and not self.is_task(keys)):
                self.removing_role(node, scalar(value))
            elif _short(name) in ("include_role", "import_role"):
                self.removing_role(node, scalar(pairs(value).get("name")))

    def is_task(self, keys: dict[str, Any]) -> bool:
        return not set(keys) <= {"name", "src", "version", "scm", "source", "type"}

    def removing_role(self, node: Any, name: str) -> None:
        if name in _REMOVING_ROLES:
            self.add(
                "marker-removed", node, f"The role {name} {_REMOVING_ROLES[name]}."
            )

    def task(self, node: Any, keys: dict[str, Any], inherited: _Inherited) -> None:
        """Judge one task by the module that it runs."""
        text = "\n".join(self.collector.lines[first_line(node) - 1 : last_line(node)])
        if "register" in keys and MARKER in text:
            self.marker_names.add(scalar(keys["register"]))
        for name, value in keys.items():
            module = _short(name)
            options = {**_options(value), **pairs(keys.get("args"))}
            if module == "pip":
                self.pip(node, options, inherited)
            elif module in _SHELL_MODULES:
                self.command(node, value, options, inherited)
            elif module in _REMOVING_MODULES:
                self.removal(node, module, options, text)
            elif module == "set_fact":
                for key, fact in options.items():
                    self.variable(key, fact)
            elif "." in name or module in (
                "copy",
                "lineinfile",
                "blockinfile",
                "ini_file",
            ):
                self.setting(node, options)

    def pip(self, node: Any, options: dict[str, Any], inherited: _Inherited) -> None:
        """Judge a task with the module pip."""
        extra = scalar(options.get("extra_args"))
        if (
            self.override_option(node, options)
            or inherited.environment_overrides
            or _ELSEWHERE.search(extra)
        ):
            return
        executable = scalar(options.get("executable"))
        outside = not executable or _SYSTEM_PIP.match(executable)
        if (
            "virtualenv" in options
            or inherited.has_virtualenv
            or inherited.own_interpreter
            or not outside
        ):
            return
        self.add(
            "pip-without-virtualenv",
            node,
            "The module pip has no virtualenv: it installs for the system's Python.",
        )

    def override_option(self, node: Any, options: dict[str, Any]) -> bool:
        """Report the override in the options of the module pip; return whether it is there."""
        switch = scalar(options.get("break_system_packages"))
        in_extra = any(
            len(word) > 3 and _OVERRIDE.startswith(word)
            for word in scalar(options.get("extra_args")).split()
        )
        if not in_extra and not is_true(switch):
            return False
        name = "extra_args" if in_extra else "break_system_packages"
        self.add(
            "break-system-packages",
            node,
            f"The module pip overrides PEP 668 with {name}.",
        )
        return True

    def command(
        self, node: Any, value: Any, options: dict[str, Any], inherited: _Inherited
    ) -> None:
        """Judge what a task with command, shell or raw runs."""
        state = ShellState(
            "playbook",
            active=inherited.has_virtualenv,
            overridden=inherited.environment_overrides,
        )
        argv = [self.mask(scalar(word)) for word in items(options.get("argv"))]
        if argv:
            self.collector.command(make_command(argv, 0), state, first_line(node))
        source = value if scalar(value) else options.get("cmd")
        if source is not None and scalar(source):
            script = read_script(source, self.collector.lines, self.mask)
            self.collector.script(
                script.text, state, script.line_of, waived_from=first_line(node)
            )

    def mask(self, text: str) -> str:
        """Return a command with Jinja masked; an expression with a marker's variable stands for the marker."""
        for name in self.marker_names:
            text = re.sub(
                rf"\{{\{{[^}}]*\b{re.escape(name)}\b[^}}]*\}}\}}", MARKER, text
            )
        return mask_jinja(text)

    def removal(
        self, node: Any, module: str, options: dict[str, Any], text: str
    ) -> None:
        """Report a task that deletes or diverts a marker."""
        state = scalar(options.get("state")) or (
            "present" if "divert" in module else "file"
        )
        named = MARKER in text or any(
            re.search(rf"\b{re.escape(name)}\b", text) for name in self.marker_names
        )
        if named and state == _REMOVING_MODULES[module]:
            done = "diverts" if "divert" in module else "deletes"
            self.add("marker-removed", node, f"The task {done} {MARKER}.")

    def setting(self, node: Any, options: dict[str, Any]) -> None:
        """Report a task that writes the override to a file."""
        names = (
            scalar(options.get(key)).replace("_", "-") for key in ("option", "key")
        )
        by_key = "break-system-packages" in names and is_true(
            scalar(options.get("value"))
        )
        by_text = any(
            has_override_setting(scalar(options.get(key)))
            for key in ("content", "line", "block", "replace", "insert")
        )
        if (by_key or by_text) and scalar(options.get("state")) != "absent":
            self.add(
                "break-system-packages-setting",
                node,
                "The task writes the override of PEP 668 to a file.",
            )


def judge_ansible(root: Any, collector: Collector, holds_variables: bool) -> None:
    """Judge a YAML file that is no CI file. ``holds_variables``: it lies in group_vars, defaults or the like."""
    playbook = _Playbook(collector)
    if not is_mapping(root):
        playbook.entries(root, _Inherited())
        return
    playbook.entries(pairs(root).get("roles"), _Inherited())
    for key, node in walk(root):
        if key in OVERRIDE_VARIABLES and is_true(scalar(node)):
            playbook.add("break-system-packages-setting", node, describe_variable(key))
        elif any(
            scalar(node).startswith(name + "=") for name in OVERRIDE_VARIABLES
        ) and has_override_setting(scalar(node)):
            playbook.add(
                "break-system-packages-setting",
                node,
                describe_variable(scalar(node).partition("=")[0]),
            )
        elif holds_variables:
            playbook.variable(key, node)


def _short(name: str) -> str:
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def _environment(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield the variables of ``environment``, which is a mapping or a list of them."""
    for mapping in items(node) or [node]:
        yield from pairs(mapping).items()


class _Text:
    """A scalar that an argument of the form ``name=value`` stands for."""

    id = "scalar"

    def __init__(self, value: str) -> None:
        self.value = value


def _options(node: Any) -> dict[str, Any]:
    """Return the options of a module, also of the old form ``name=value other=value``."""
    if is_mapping(node):
        return pairs(node)
    found = re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\{\{.*?\}\}\S*|\S+)", scalar(node))
    return {name: _Text(value.strip("\"'")) for name, value in found}
