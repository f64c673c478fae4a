# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints, as JSON, what decides which wheels fit this host. Run on the target, by its own Python."""

import glob
import json
import os
import platform
import subprocess
import sys
import sysconfig


def libc():
    """Give the C library and its version: glibc says it itself, musl through its loader; of macOS, its version."""
    if sys.platform == "darwin":
        return ["macos", platform.mac_ver()[0]]
    try:
        name, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
        return [name, version]
    except (ValueError, OSError):
        pass
    for loader in sorted(glob.glob("/lib/ld-musl-*.so.1")):
        done = subprocess.run([loader], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in done.stdout.decode("ascii", "replace").splitlines():
            if line.startswith("Version "):
                return ["musl", line.split()[1]]
    return ["", ""]


def main():
    """Print it."""
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
