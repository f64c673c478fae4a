# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that every module that scans a host takes; the pair of module_utils/_scan/scan_request.py."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of a scan."""

    DOCUMENTATION = r"""
options:
  root:
    description:
      - The root directory of the host to scan, such as the mount point of a container image.
      - With a root other than V(/), no command runs, and the environment of the process is ignored. Symbolic links are
        resolved inside the root and never lead out of it.
    type: path
    default: /
  paths:
    description:
      - Additional directories or executables to search for Pythons, as absolute paths.
    type: list
    elements: path
    default: []
  environment_roots:
    description:
      - Directories to search for environments, as absolute paths, instead of the default ones.
      - If omitted, these are V(/opt), V(/srv), V(/var/www), V(/var/lib), V(/var/opt), V(/usr/local),
        V(/usr/share/python), V(/usr/src/app), V(/app), V(/code), V(/data), V(/workspace), and the home directories of
        the scanned users. The known directories of pipx, uv, conda, virtualenvwrapper and other tools are always
        searched.
    type: list
    elements: path
    default: []
  depth:
    description:
      - The depth of the search below each environment root. V(0) searches only the roots themselves.
    type: int
    default: 4
  users:
    description:
      - The local accounts whose home directories are scanned. Unknown names are listed in C(incomplete).
      - If omitted, the account that the module runs as. If that is root, every local account whose home directory is on
        a local file system. Home directories on network and FUSE mounts are skipped and listed.
    type: list
    elements: str
  execute:
    description:
      - What the module may run to answer what files cannot.
      - V(never) runs nothing. All answers are read from files; others are unknown, with the reason.
      - V(package_managers) runs one call of a package manager that only root can alter, if its database cannot be read
        reliably as files.
      - V(trusted) also runs interpreters that only root or the calling user can alter, isolated, to confirm what was
        read.
    type: str
    choices: [never, package_managers, trusted]
    default: never
  time_limit:
    description:
      - Seconds after which the scan ends and returns what it has found. What was not scanned is listed. V(0) sets no
        limit.
    type: float
    default: 60.0
"""
