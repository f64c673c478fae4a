# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run pip as if it ran on another host: pip_for_target.py MARKERS ARGUMENT ...

pip has options for the platform and version of the files that it chooses, but evaluates the markers of dependencies,
such as `foo; python_version < "3.11"`, for its own Python. MARKERS is the JSON of those of the other host.
"""

from __future__ import annotations

import json
import runpy
import sys

from pip._vendor.packaging import markers


def main() -> None:
    """Replace the markers of this host, and run pip with the remaining arguments."""
    own = markers.default_environment
    target = json.loads(sys.argv[1])
    markers.default_environment = lambda: {**own(), **target}
    sys.argv[:2] = ["pip"]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
