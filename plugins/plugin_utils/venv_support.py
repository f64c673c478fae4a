# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role venv_support has to install on a host, from the facts that python_facts gathers."""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, NamedTuple, Sequence

_MINOR = re.compile(r"3\.\d+")


class VenvSupportOptions(NamedTuple):
    """The variables of the role that decide what is installed."""

    versions: Sequence[str]  # minor versions, such as 3.12; none for all
    pip: bool
    virtualenv: bool
    #: By package manager: `default`, the package with what venv lacks for the system's Python, `pip` and `virtualenv`.
    packages: Mapping[str, Mapping[str, str]]

    @property
    def requested(self) -> list[str]:
        """Return the tools to install besides venv itself."""
        tools = (("pip", self.pip), ("virtualenv", self.virtualenv))
        return [name for name, wanted in tools if wanted]


class VenvSupportPlan(NamedTuple):
    """What was found on a host, and what follows of it."""

    system: Mapping[
        str, Any
    ]  # the installation that /usr/bin/python3 starts; empty for none
    pythons: list[Mapping[str, Any]]  # the installations that the role has to support
    broken: list[Mapping[str, Any]]  # those for which venv does not work
    missing: list[str]  # packages to install
    errors: list[str]


def plan_venv_support(
    facts: Mapping[str, Any], options: VenvSupportOptions
) -> VenvSupportPlan:
    """Return the packages to install, and one sentence for each reason why that would not help.

    :param facts: `ansible_facts.pyfleet_python`, with packages where tools are requested.
    """
    installed = [row for row in facts["installations"] if _is_supported(row, options)]
    minors = [_minor(row) for row in installed]
    versions = options.versions or minors
    pythons = [
        row
        for row in installed
        if _minor(row) in versions or row["version"] in versions
    ]
    broken = [row for row in pythons if row["venv"]["usable"] is False]
    system = _find_system_python(facts, installed)
    return VenvSupportPlan(
        system=system,
        pythons=pythons,
        broken=broken,
        missing=[
            *_missing_parts(broken, system, options),
            *_missing_tools(system, options),
        ],
        errors=[
            *_validate_installed(installed, options),
            *_validate_versions(installed, minors, options),
            *_validate_broken(broken),
            *_validate_tools(system, options),
        ],
    )


def _is_supported(row: Mapping[str, Any], options: VenvSupportOptions) -> bool:
    manager = (row.get("package") or {}).get("manager")
    return manager in options.packages and bool(_MINOR.match(row["version"] or ""))


def _minor(row: Mapping[str, Any]) -> str:
    found = _MINOR.match(row["version"])
    return found.group() if found else ""


def _find_system_python(
    facts: Mapping[str, Any], installed: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return the installation that /usr/bin/python3 starts; the first one where none does, as with Homebrew."""
    started = {
        row["target"] for row in facts["commands"] if row["path"] == "/usr/bin/python3"
    }
    for row in installed:
        if row["path"] in started:
            return row
    return installed[0] if installed else {}


def _package_names(
    system: Mapping[str, Any], options: VenvSupportOptions
) -> Mapping[str, str]:
    manager = (system.get("package") or {}).get("manager", "")
    return options.packages.get(manager, {})


def _missing_parts(
    broken: Sequence[Mapping[str, Any]],
    system: Mapping[str, Any],
    options: VenvSupportOptions,
) -> Iterator[str]:
    """Yield the packages with the parts that venv lacks, the system's own first."""
    default = _package_names(system, options).get("default")
    for row in sorted(broken, key=lambda each: each is not system):
        package = row["venv"]["missing_package"]
        if package and row is system and default:
            # The name without a version stays right after an upgrade of the system.
            yield default
        elif package:
            yield package


def _missing_tools(
    system: Mapping[str, Any], options: VenvSupportOptions
) -> Iterator[str]:
    names = _package_names(system, options)
    present = {package["name"] for package in system.get("packages") or ()}
    for tool in options.requested:
        if tool not in present and tool in names:
            yield names[tool]


def _validate_installed(
    installed: Sequence[Mapping[str, Any]], options: VenvSupportOptions
) -> Iterator[str]:
    if not installed:
        yield (
            f"No package manager that this role supports ({', '.join(options.packages)}) has installed a Python on this"
            " host: install one first, with pyfleet.python.python_bootstrap."
        )


def _validate_versions(
    installed: Sequence[Mapping[str, Any]],
    minors: Sequence[str],
    options: VenvSupportOptions,
) -> Iterator[str]:
    unknown = [version for version in options.versions if version not in minors]
    if installed and unknown:
        yield (
            f"No package manager has installed Python {' and '.join(unknown)} on this host, which has"
            f" {' and '.join(minors)}: install it first, or remove it from venv_support_versions."
        )


def _validate_broken(broken: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in broken:
        reason = row["venv"]["because"]
        damaged = " is installed: reinstall it" in reason
        if damaged or not row["venv"]["missing_package"]:
            yield f"`{row['path']} -m venv` fails, and no package that is missing would repair it: {reason}."


def _validate_tools(
    system: Mapping[str, Any], options: VenvSupportOptions
) -> Iterator[str]:
    names = _package_names(system, options)
    if system and options.virtualenv and "virtualenv" not in names:
        manager = system["package"]["manager"]
        yield f"This role has no package of virtualenv for {manager}: remove venv_support_virtualenv."


def describe_missing(plan: VenvSupportPlan) -> str:
    """Return in one sentence which environments cannot be created, and for which packages."""
    failing = "".join(f"`{row['path']} -m venv` fails: " for row in plan.broken)
    return f"{failing}{' and '.join(plan.missing)} is not installed."


def find_untrusted(plan: VenvSupportPlan) -> Iterator[str]:
    """Yield the Pythons that somebody else than root, or the user who would run them, can alter."""
    for row in plan.pythons:
        if not row["trusted"]:
            yield f"{row['path']} is not run, as others can alter it: {', '.join(row['trusted_because'])}."
