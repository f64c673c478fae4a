# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the results of `make audit` as JSON, and say on the way what is being done; no part of the collection."""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase
from ansible.release import __version__

DOCUMENTATION = """
name: keep_results
type: stdout
short_description: Keep results as JSON
description:
  - Writes the result of each task, by the short name of its module, to the file that E(PYFLEET_RESULT) names.
"""


class CallbackModule(CallbackBase):
    """One JSON object: module name to result, and when, where and with what it ran."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "keep_results"

    def __init__(self):
        super().__init__()
        self.results = {
            "ansible_core": __version__,
            "host": os.uname().nodename,
            "user_id": os.getuid(),
        }

    def v2_playbook_on_task_start(self, task, is_conditional):
        """Print what begins."""
        self._display.display(f"{task.get_name()} ...")

    def keep(self, outcome, failed):
        """Keep the module's own keys, without Ansible's bookkeeping and the arguments."""
        # 2.19 renamed _result, and keeps the old name for a while.
        result = outcome.result if hasattr(outcome, "result") else outcome._result
        kept = {
            key: value
            for key, value in result.items()
            if not key.startswith("_") and key != "invocation"
        }
        if failed:
            kept["failed"] = True
        name = outcome.task.action if hasattr(outcome, "task") else outcome._task.action
        self.results[name.rpartition(".")[2]] = kept
        for warning in kept.get("warnings", ()):
            self._display.warning(str(warning))

    def v2_runner_on_ok(self, result):
        """Keep a success."""
        self.keep(result, failed=False)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        """Keep a failure: its findings are results all the same."""
        self.keep(result, failed=True)

    def v2_runner_on_unreachable(self, result):
        """Keep what is said of a connection that failed."""
        self.keep(result, failed=True)

    def v2_playbook_on_stats(self, stats):
        """Write the file, whole or not at all."""
        self.results["finished"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        path = os.environ["PYFLEET_RESULT"]
        with open(path + ".new", "w", encoding="utf-8") as stream:
            json.dump(self.results, stream, indent=2, sort_keys=True, default=str)
            stream.write("\n")
        os.replace(path + ".new", path)
