# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record which tasks change which hosts: in a check-mode run as predicted, in the real run after it as done."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: predicted_changes
type: aggregate
short_description: records what changed, so that check mode can be held to its word
description:
  - Writes C(predicted.json) after a check-mode run of C(converge.yml), and C(done.json) after the real run after it.
    A second real run (the one that tests idempotence) leaves them alone.
options:
  directory:
    description: Where the two files go; nothing is recorded without it.
    type: path
    env:
      - name: PREDICTED_CHANGES_DIRECTORY
"""

# What these would do cannot be known without doing it. In check mode a `debug`, which itself changes nothing, says it
# for them.
UNPREDICTABLE = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "ansible.builtin.")
    for name in ("command", "debug", "shell", "raw", "script")
)


class CallbackModule(CallbackBase):
    """Collects one row for each task, host and loop item that changed."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "predicted_changes"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        """Start with nothing recorded."""
        super().__init__()
        self.rows = []
        self.check_mode = False
        self.recording = False

    def v2_playbook_on_start(self, playbook):
        """Record a converge only; what prepares, verifies or cleans up promises nothing."""
        self.recording = os.path.basename(playbook._file_name) == "converge.yml"

    def v2_playbook_on_play_start(self, play):
        """Note in which mode the run is."""
        self.check_mode = bool(play.check_mode) or bool(
            play._variable_manager._options_vars.get("ansible_check_mode")
        )

    def v2_runner_on_ok(self, result):
        """Record a task that changed its host; loops are recorded item by item."""
        if not result.task.loop:
            self.record(result)

    def v2_runner_item_on_ok(self, result):
        """Record one item of a loop."""
        self.record(result)

    def record(self, result):
        """Add a row when the task changed something that check mode can predict."""
        answer = result.result
        if answer.get("changed") and result.task.action not in UNPREDICTABLE:
            item = answer.get("_ansible_item_label", answer.get("item", ""))
            self.rows.append(
                [
                    result.task.get_path(),
                    result.task.get_name(),
                    result.host.get_name(),
                    str(item),
                ]
            )

    def v2_playbook_on_stats(self, stats):
        """Write the rows: a new prediction replaces the old record of what was done."""
        directory = self.get_option("directory")
        if not self.recording or not directory:
            return
        predicted, done = (
            Path(directory, "predicted.json"),
            Path(directory, "done.json"),
        )
        predicted.parent.mkdir(parents=True, exist_ok=True)
        if self.check_mode:
            done.unlink(missing_ok=True)
            predicted.write_text(json.dumps(sorted(self.rows)))
        elif predicted.exists() and not done.exists():
            done.write_text(json.dumps(sorted(self.rows)))
