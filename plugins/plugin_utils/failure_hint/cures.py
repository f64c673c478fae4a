# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cure of a problem for a host, as far as the facts of the host tell its distribution."""

from __future__ import annotations

import re
from typing import Any, Mapping, NamedTuple

from .problems import Problem

#: Families of distributions, as the facts of Ansible name them, whose venv is a package of its own.
_SPLITS_VENV = "Debian"
_ALIASES = {"OS X": "Darwin", "MacOSX": "Darwin"}
#: Libraries that modules of Ansible import on hosts.
_MODULE_LIBRARIES = frozenset(
    "boto3 botocore docker jmespath kubernetes mysqlclient openshift passlib pexpect psycopg2 psycopg2-binary "
    "pymysql".split()
)


class System(NamedTuple):
    """The operating system of a host: ``Debian 12``, its family, and the version of its Python; empty for unknown."""

    name: str = ""
    family: str = ""
    python: str = ""


def read_system(facts: Mapping[str, Any]) -> System:
    """Return the system from facts, with or without the prefix ``ansible_``."""

    def fact(name: str) -> Any:
        return facts.get(name, facts.get("ansible_" + name))

    name = " ".join(
        str(part)
        for part in (fact("distribution"), fact("distribution_version"))
        if part
    )
    family = str(fact("os_family") or "")
    python = ".".join(str(fact("python_version") or "").split(".")[:2])
    return System(name, _ALIASES.get(family, family), python)


def describe_cure(problem: Problem, system: System) -> list[str]:
    """Return the lines of a hint: what is wrong, and what to write instead."""
    writers = {
        "externally-managed": _externally_managed,
        "ensurepip-missing": _venv_support,
        "venv-missing": _venv_support,
        "packaging-missing": _packaging_missing,
        "pip-missing": _pip_missing,
    }
    return writers[problem.kind](problem, system)


def _externally_managed(problem: Problem, system: System) -> list[str]:
    owner = (
        "Homebrew" if system.family == "Darwin" else system.name or "the distribution"
    )
    lines = [
        f"pip may not write into the Python of {owner}: it is externally managed (PEP 668).",
        "For an application, or libraries of your own:",
        *(f"  {line}" for line in _venv_task(problem)),
        f"For a command-line tool: pyfleet.python.pipx_app with `name: {_example(problem, 'NAME')}`.",
    ]
    if system.family == "Darwin":
        return [*lines, "Homebrew packages no libraries: use an environment."]
    names = ", ".join(_project(name) for name in problem.packages) or "NAME"
    lines.append(
        f"For a library that the system's Python has to import: the role pyfleet.python.distro_packages "
        f"with `distro_packages_names: [{names}]`."
    )
    if problem.packages and all(_is_module_library(name) for name in problem.packages):
        lines.append(
            "If a module of Ansible needs it on this host, the distribution's package is the right cure, or "
            "`ansible_python_interpreter` of an environment."
        )
    return lines


def _venv_support(problem: Problem, system: System) -> list[str]:
    lines = []
    if system.family == _SPLITS_VENV:
        version = system.python or "3"
        lines.append(
            f"{system.name} ships venv apart, in python{version}-venv, and it is not installed."
        )
    else:
        where = f" on {system.name}" if system.name else ""
        lines.append(f"python3 cannot create complete virtual environments{where}.")
    lines.append(
        "The role pyfleet.python.venv_support installs what is missing, and tests it (with `become: true`)."
    )
    if problem.kind == "ensurepip-missing":
        lines.append(
            "The attempt left an environment without pip behind: pyfleet.python.venv repairs it, "
            "ansible.builtin.pip does not."
        )
    else:
        lines.append(
            "pyfleet.python.venv needs no virtualenv: it uses Python's own venv, or uv."
        )
    return lines


def _packaging_missing(problem: Problem, system: System) -> list[str]:
    host = f" of {system.name}" if system.name else ""
    return [
        f"ansible.builtin.pip needs a library that the Python{host} does not have. pyfleet.python.venv needs none:",
        *(f"  {line}" for line in _venv_task(problem)),
    ]


def _pip_missing(problem: Problem, system: System) -> list[str]:
    host = f" of {system.name}" if system.name else ""
    return [
        f"The Python{host} has no pip, and needs none: install into an environment, which gets its own.",
        *(f"  {line}" for line in _venv_task(problem)),
        "The role pyfleet.python.venv_support makes environments work, and installs pip with `venv_support_pip: true`.",
    ]


def _venv_task(problem: Problem) -> list[str]:
    if problem.requirements:
        content = f"requirements: [{problem.requirements}]"
    else:
        content = f"packages: [{', '.join(map(_as_yaml, problem.packages)) or 'NAME'}]"
    return ["- pyfleet.python.venv:", "    path: /opt/NAME/venv", f"    {content}"]


def _as_yaml(requirement: str) -> str:
    """Return a requirement as an entry of a list in brackets."""
    return (
        f'"{requirement}"' if re.search(r"[\[\]{},:#@]", requirement) else requirement
    )


def _example(problem: Problem, default: str) -> str:
    return problem.packages[0] if problem.packages else default


def _project(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;@]", requirement)[0] or requirement


def _is_module_library(requirement: str) -> bool:
    """Return whether modules of Ansible are known to import this library on hosts."""
    return _project(requirement).lower() in _MODULE_LIBRARIES
