# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what is installed with what is requested: whether a release may stay, and what changes."""

from __future__ import annotations

import os
from typing import Dict, List, Mapping, Tuple

from .._host.host import Host
from .._install.contents import Contents, read_contents
from .._install.spec import Change, Prediction
from .._scan.read.pyvenv_cfg import parse_pyvenv_cfg
from .build_task import BuildTask, Installer, requested_installation
from .git_references import find_moved, find_unmoved_names, is_as_recorded
from .plan import compare, is_empty


def read_installed(prefix: str) -> Contents:
    """Return what is installed in an environment; nothing where ``prefix`` is empty."""
    if not prefix:
        return Contents({}, {}, "", True)
    with Host() as host:
        return read_contents(host, prefix)


def find_commits(task: BuildTask, installer: Installer) -> Mapping[str, str]:
    """Return the commits that requirements from version control lead to now; asks their servers."""
    references = [each.text for each in task.inputs.references if each.name]
    prefix = task.current.prefix or task.target
    if not references or not prefix:
        return {}
    return installer.find_commits(prefix, requested_installation(task), references)


def with_references(task: BuildTask, commits: Mapping[str, str]) -> BuildTask:
    """Return a task with what has moved in version control since the last run, and what has not."""
    references, record = task.inputs.references, task.current.record
    return task._replace(
        unmoved=find_unmoved_names(references, commits, record),
        moved=find_moved(references, commits, record),
    )


def is_as_last_run_left_it(
    task: BuildTask, commits: Mapping[str, str], before: Contents
) -> bool:
    """Return whether the current release is what the last run of the same request left, with the newest commits."""
    is_present = task.spec.state == "present" and has_requested_settings(task)
    return is_present and is_as_recorded(
        task.inputs, commits, task.current.record, before.digest
    )


def may_be_kept(task: BuildTask) -> bool:
    """Return whether the current release may be kept if nothing has to be installed."""
    is_copy = task.plan.base == "copy" and not task.plan.adopt
    return is_copy and has_requested_settings(task) and is_owned(task)


def equals_current(task: BuildTask, before: Contents, after: Contents) -> bool:
    """Return whether the build equals the current release, which then stays in use."""
    if task.target == task.current.prefix or not may_be_kept(task):
        return False
    has_same_versions = is_empty(compare(before.packages, after.packages))
    has_same_builds = set(before.builds) == set(after.builds)
    is_reinstalled = bool(reinstalled_names(before, after, task))
    return has_same_versions and has_same_builds and not is_reinstalled


def has_requested_settings(task: BuildTask) -> bool:
    """Return whether the mode and the access to the base's packages are as requested."""
    if task.spec.mode and int(task.spec.mode, 8) != task.current.mode:
        return False
    config = _read_config(task.current.prefix)
    allowed = config.get("include-system-site-packages", "false").lower()
    return allowed == ("true" if task.spec.system_site_packages else "false")


def is_owned(task: BuildTask) -> bool:
    """Return whether the current release belongs to the user and group that this process works for."""
    has_group = not task.spec.group or task.current.gid == os.getegid()
    return task.current.uid == os.geteuid() and has_group


def _read_config(prefix: str) -> Mapping[str, str]:
    with Host() as host:
        return parse_pyvenv_cfg(host.content(prefix + "/pyvenv.cfg") or b"")


def apply_prediction(
    packages: Dict[str, str], prediction: Prediction, task: BuildTask
) -> Tuple[str, ...]:
    """Apply a prediction to ``packages``; return the names that are installed again at the same version."""
    reinstalled: List[str] = []
    for change in prediction.changes:
        if change.before == change.after:
            if _is_reinstalled(change, task):
                reinstalled.append(change.name)
        elif change.after:
            packages[change.name] = change.after
        else:
            packages.pop(change.name, None)
    return tuple(reinstalled)


def changed_names(
    packages: Dict[str, str], prediction: Prediction, task: BuildTask
) -> Tuple[str, ...]:
    """Return the names of all distributions that a prediction changes or installs again."""
    reinstalled = apply_prediction(packages, prediction, task)
    changed = [
        change.name for change in prediction.changes if change.before != change.after
    ]
    return (*changed, *reinstalled)


def _is_reinstalled(change: Change, task: BuildTask) -> bool:
    """Return whether a distribution that keeps its version counts as installed again.

    pip installs a local project again each time, even if its files are those of the last run.
    """
    if change.name in task.unmoved:
        return False
    is_same_request = task.current.record.get("inputs") == task.inputs.digest
    return not (task.inputs.local and is_same_request and change.name)


def reinstalled_names(before: Contents, after: Contents, task: BuildTask) -> List[str]:
    """Return the names of what a build installed again at the same version; of a new environment, none."""
    if task.plan.base != "copy":
        return []
    kept = [
        name
        for name in after.builds
        if name in before.builds and name not in task.unmoved
    ]
    return [name for name in kept if after.builds[name] != before.builds[name]]
