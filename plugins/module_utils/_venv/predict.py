# SPDX-License-Identifier: GPL-3.0-or-later
"""Predict what a build would change.

Runs in a forked child that may have given up root: nothing here may import when it runs.
"""

from __future__ import annotations

import os
from typing import Any, Dict

from .build_result import Changes, serialize
from .build_task import (
    BuildTask,
    Installer,
    Log,
    make_installer,
    requested_installation,
)
from .comparison import (
    apply_prediction,
    find_commits,
    is_as_last_run_left_it,
    read_installed,
    with_references,
)
from .installed_view import make_view
from .script_links import require_scripts
from .temporary import private_directory


def predict_changes(task: BuildTask, log: Log) -> Dict[str, Any]:
    """Return what a build would change, as `build` returns it; changes nothing that stays."""
    is_copy = task.plan.base == "copy"
    with private_directory() as work:
        installer = make_installer(task, work)
        prefix, before = task.current.prefix, read_installed(task.current.prefix)
        after = dict(before.packages)
        commits = find_commits(task, installer)
        task = with_references(task, commits)
        if is_copy and is_as_last_run_left_it(task, commits, before):
            require_scripts(task.spec, prefix)
            unchanged = Changes(before.packages, before.packages)
            return serialize(task, installer, unchanged)
        if task.plan.base == "fresh":
            prefix = os.path.join(work, "environment")
            _create_temporary(task, installer, prefix, log)
            after = dict(read_installed(prefix).packages)
        view = make_view(prefix, work, installer)
        prediction = installer.predict(view, requested_installation(task))
        reinstalled = apply_prediction(after, prediction, task)
        if is_copy and not prediction.changes and not prediction.unresolved:
            require_scripts(task.spec, prefix)
        changes = Changes(before.packages, after, reinstalled, prediction.unresolved)
        return serialize(task, installer, changes)


def _create_temporary(
    task: BuildTask, installer: Installer, prefix: str, log: Log
) -> None:
    """Create the environment that a new one is predicted in."""
    if installer.name == "pip":
        log("creating a temporary environment for pip")
    else:
        log("running uv")
    installer.create(prefix, task.spec.system_site_packages, task.spec.pip)
