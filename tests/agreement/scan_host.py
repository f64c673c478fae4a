# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the core alone, without Ansible, over a root directory, and prints its static answers as JSON.

Arguments: the directory that holds ``_core``, and the root. For Python 3.8 and newer, as on any target.
"""

from __future__ import annotations

import json
import sys

sys.path.insert(0, sys.argv[1])

from _core.host import Host
from _core.model import Request
from _core.pipeline import scan


def tell(judged):
    """Give the cells of one installation; None for unknown."""
    row = judged.installation
    reading = row.reading
    user = [site.path for site in reading.site_directories if site.role == "user"]
    return {
        "version": row.version or None,
        "implementation": reading.implementation or None,
        "prefix": reading.prefix or None,
        "stdlib": reading.stdlib or None,
        "site_directories": [site.path for site in reading.site_directories if site.role != "user"],
        "user_site": user[0] if user else None,
        "marker": [reading.marker.path, reading.marker.kind in ("file", "link")],
        "purelib": reading.purelib or None,
        "build": dict(reading.build),
        "pip": reading.pip.version if reading.pip else "",
        "pip_refuses": judged.managed.pip.stopped,
        "pip_message": judged.managed.message,
        "because": "; ".join((judged.managed.pip.because, *reading.problems)),
        "source": row.version_source,
    }


host = Host(root=sys.argv[2])
result = scan(host, Request(subset=("installations", "pip_config")))
print(json.dumps({row.installation.reading.path: tell(row) for row in result.judged.installations}))
