# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes how long each task took, as lines of JSON, to the file that TASK_TIMES names."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_times
type: aggregate
short_description: Writes how long each task took
description: Writes a line of JSON with the name of the task and its seconds to the file that E(TASK_TIMES) names.
"""


class CallbackModule(CallbackBase):
    """Times tasks from their start to each host's answer."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"

    def __init__(self, *args: Any, **options: Any) -> None:
        """Open nothing yet; remember where to write."""
        super().__init__(*args, **options)
        self._started = 0.0
        self._target = os.environ.get("TASK_TIMES", "")

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def v2_runner_on_ok(self, result: Any) -> None:
        """Stop the clock and write the line."""
        seconds = time.perf_counter() - self._started
        task = getattr(result, "task", None) or result._task
        if self._target:
            with open(self._target, "a", encoding="utf-8") as stream:
                stream.write(
                    json.dumps({"task": task.get_name(), "seconds": seconds}) + "\n"
                )
