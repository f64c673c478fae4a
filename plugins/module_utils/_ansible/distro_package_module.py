# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module `distro_package_info`, and its results."""

from __future__ import annotations

import os
from typing import Any, Dict, List, NoReturn, Sequence

from .._distro_package.package_records import DistroState
from .._distro_package.plan import DistroPackagePlan, ProjectResult, plan_packages
from .._distro_package.spec import (
    OPTION_TABLE,
    DistroPackageSpec,
    make_spec,
    validate_options,
)
from .._distro_package.state import gather_state
from .._host.host import MIB, Host, Unreadable
from .._process.run_process import run_command
from .._scan.pep440 import from_distribution
from .._scan.serialize.text import safe_text
from .credentials_module import Module
from .refusal import refuse

#: What a package manager may answer: real answers have some hundred KiB, and lines of them become records.
_ANSWER_LIMIT = 16 * MIB
DISTRO_PACKAGE_ARGUMENTS: Dict[str, Any] = dict(OPTION_TABLE)


def run(module: Module) -> NoReturn:
    """Return the packages of the projects, and end the module."""
    for problem in validate_options(module.params):
        refuse(module, problem.option, problem.message, problem.hint)
    spec = make_spec(module.params)
    try:
        with _open_host(module) as host:
            state = gather_state(host, spec)
    except Unreadable as exc:
        module.fail_json(
            msg="the package manager of the host cannot be queried: %s"
            % safe_text(exc.reason)
        )
    module.exit_json(
        changed=False, **serialize_packages(spec, plan_packages(spec, state), state)
    )
    raise AssertionError("exit_json came back")  # for the type checker: it does not


def _open_host(module: Module) -> Host:
    """Return this host, with commands run in a clean environment: messages in English, and the caller's home."""

    def run(argv: Sequence[str], seconds: float) -> tuple[int, bytes, bytes]:
        environment = {
            "HOME": os.path.expanduser("~"),
            "LC_ALL": "C.UTF-8",
            "LANGUAGE": "C",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        return run_command(argv, environment, "/", seconds, limit=_ANSWER_LIMIT)

    return Host(run=run)


def serialize_packages(
    spec: DistroPackageSpec, plan: DistroPackagePlan, state: DistroState
) -> Dict[str, Any]:
    """Return what the module returns."""
    return {
        "package_manager": state.manager,
        "python": state.python,
        "projects": [_serialize_result(row, spec) for row in plan.results],
        "install": [safe_text(package) for package in plan.install],
        "missing": [safe_text(text) for text in plan.missing],
        "matches": _serialize_matches(state),
        "msg": safe_text(plan.message, 4000),
    }


def _serialize_result(row: ProjectResult, spec: DistroPackageSpec) -> Dict[str, Any]:
    return {
        "requested": safe_text(row.request.requested),
        "name": row.request.name,
        "specifier": row.request.specifier,
        "package": safe_text(row.candidate.package),
        "source": row.candidate.source,
        "guess": row.candidate.guess,
        "table_release": row.candidate.release,
        "table_date": spec.table_dates.get(row.candidate.release, ""),
        "installed": bool(row.versions.installed),
        "verified": row.verified,
        "installed_version": safe_text(row.installed_upstream),
        "installed_package_version": safe_text(row.versions.installed),
        "available": row.available,
        "candidate_version": safe_text(row.candidate_upstream),
        "candidate_package_version": safe_text(row.versions.candidate),
        "satisfied": row.satisfied,
        "status": row.status,
        "because": safe_text(row.because, 1000),
    }


def _serialize_matches(state: DistroState) -> List[Dict[str, Any]]:
    rows = []
    for match in state.matches:
        versions = state.versions.get(match.package)
        rows.append(
            {
                "package": safe_text(match.package),
                "name": safe_text(match.name),
                "installed": bool(versions and versions.installed),
                "candidate_version": from_distribution(versions.candidate)
                if versions
                else "",
            }
        )
    return rows
