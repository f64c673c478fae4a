# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the HTML report of `make audit`: audit_page.py RESULT.JSON DIRECTORY. Prints the path of the page.

The module path must have the collection. The trend of earlier runs is kept in the directory.
"""

from __future__ import annotations

import json
import sys
import tempfile

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.build import (
    ReportRequest,
    build_reports,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.host_result import (
    RunRecord,
    from_module_result,
    write_host_result,
    write_run_record,
)


def write_page(result: str, output: str) -> str:
    """Return the path of the page that shows the results of both modules on one host."""
    with open(result, encoding="utf-8") as stream:
        results = json.load(stream)
    host = str(results.get("host") or "localhost")
    finished = str(results.get("finished") or "")
    facts = (
        results.get("python_facts", {}).get("ansible_facts", {}).get("pyfleet_python")
    )
    record = from_module_result(
        results.get("audit", {}),
        host=host,
        groups=(),
        run=finished,
        time=finished,
        facts=facts,
    )
    with tempfile.TemporaryDirectory(prefix="pyfleet-audit-") as directory:
        write_run_record(
            directory, RunRecord(run=finished, started=finished, expected={host: ()})
        )
        write_host_result(directory, record)
        title = f"Python audit of {host}"
        request = ReportRequest(
            results=directory, output=output, formats=("html",), title=title
        )
        return build_reports(request).files["html"]


if __name__ == "__main__":
    try:
        print(write_page(sys.argv[1], sys.argv[2]))
    except OSError as error:
        sys.exit(f"{error.strerror}: {error.filename}")
