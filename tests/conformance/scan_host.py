# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the core alone, without Ansible, over a root directory, and prints its static answers as JSON.

They are ``installations`` and ``environments``, each by path.

Arguments: the directory that holds ``module_utils``, and the root. For Python 3.8 and newer, as on any target.
"""

from __future__ import annotations

import json
import sys

sys.path.insert(0, sys.argv[1])

from module_utils._host.host import Host
from module_utils._scan.model import Request
from module_utils._scan.pipeline import scan


def tell(judged):
    """Return the cells of one installation; None for unknown."""
    row = judged.installation
    reading = row.reading
    user = [site.path for site in reading.site_directories if site.role == "user"]
    return {
        "version": row.version or None,
        "implementation": reading.implementation or None,
        "prefix": reading.prefix or None,
        "stdlib": reading.stdlib or None,
        "site_directories": [
            site.path for site in reading.site_directories if site.role != "user"
        ],
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


def tell_environment(judged, prefixes):
    """Return the cells of one environment; None for unknown."""
    row = judged.environment
    its = row.reading
    codes = [problem.code for problem in judged.problems]
    reasons = [problem.message for problem in judged.problems]
    return {
        "kind": row.kind,
        "version": row.version or None,
        "prefix": its.path,
        "base": row.base,
        "base_prefix": prefixes.get(row.base),
        "site_packages": [path for path in its.site_packages if host.is_dir(path)],
        "pip": its.has_pip,
        "runs": not {
            "interpreter-missing",
            "interpreter-not-executable",
            "base-missing",
        }.intersection(codes),
        "sound": {"sound": True, "broken": False}.get(judged.health),
        "problems": codes,
        "pipx": its.pipx and its.pipx._asdict(),
        "because": "; ".join(reasons)
        if row.base in prefixes
        else "its base is no installation that was found",
    }


host = Host(root=sys.argv[2])
judged = scan(host, Request()).judged
installations = {row.installation.reading.path: row for row in judged.installations}
prefixes = {
    path: row.installation.reading.prefix for path, row in installations.items()
}
answers = {
    "installations": {path: tell(row) for path, row in installations.items()},
    "environments": {
        row.environment.reading.path: tell_environment(row, prefixes)
        for row in judged.environments
    },
}
print(json.dumps(answers))
