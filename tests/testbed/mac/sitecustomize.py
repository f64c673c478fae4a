# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make this host's Python say Darwin where Ansible's facts ask it; the kernel below stays Linux."""

import os
import platform
import sys

# Homebrew's own file does the like, for its opt prefix: environments are to name a base that can be found again. A
# framework finds its prefix through its library, this Python through the directory of its executable.
sys._base_executable = os.path.realpath(sys._base_executable)
platform._uname_cache = platform.uname_result(
    "Darwin", "macos-like", "24.5.0", "Darwin Kernel Version 24.5.0", "arm64"
)
platform.mac_ver = lambda *_, **__: ("15.5", ("", "", ""), "arm64")
