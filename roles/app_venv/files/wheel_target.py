# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print, as JSON, what decides which wheels a host can use. Run on the host, by its own Python.

A script and no module: it has to run in the Python that wheels are fetched for, and Ansible may use another one.
"""

import glob
import json
import os
import platform
import subprocess
import sys
import sysconfig


def libc():
    """Return the name and version of the C library: glibc and the loader of musl report it; of macOS, its version."""
    if sys.platform == "darwin":
        return ["macos", platform.mac_ver()[0]]
    try:
        name, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
        return [name, version]
    except (ValueError, OSError):
        pass
    for loader in sorted(glob.glob("/lib/ld-musl-*.so.1")):
        done = subprocess.run(
            [loader], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for line in done.stdout.decode("ascii", "replace").splitlines():
            if line.startswith("Version "):
                return ["musl", line.split()[1]]
    return ["", ""]


def main():
    """Print the properties of this host."""
    found = {
        "version": platform.python_version(),
        "platform": sysconfig.get_platform(),
        "libc": libc(),
        "markers": {
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "sys_platform": sys.platform,
        },
    }
    sys.stdout.write(json.dumps(found) + "\n")


main()
