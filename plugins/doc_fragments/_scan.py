# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that every module that scans a host takes; the pair of module_utils/_ansible/scan_options.py."""

from __future__ import annotations


class ModuleDocFragment:
    """What to look at, and how."""

    DOCUMENTATION = r"""
options:
  root:
    description:
      - The directory that is taken for the root of the host, such as where the image of a container is mounted.
      - With any other than V(/) no command is ever run and the environment of the process is not used. Symbolic links
        are followed inside of it and never lead out of it.
    type: path
    default: /
  paths:
    description:
      - Absolute directories or executables to look for Pythons in, besides all search paths and known places.
    type: list
    elements: path
    default: []
  environment_roots:
    description:
      - Absolute directories to search for environments, in place of the usual ones.
      - If left out, these are V(/opt), V(/srv), V(/var/www), V(/var/lib), V(/var/opt), V(/usr/local),
        V(/usr/share/python), V(/usr/src/app), V(/app), V(/code), V(/data), V(/workspace), and the homes of the users
        that are looked at.
        The known places of pipx, uv, conda, virtualenvwrapper and other tools are looked at in any case.
    type: list
    elements: path
    default: []
  depth:
    description:
      - How many directories below each environment root the search descends. With V(0) only the roots themselves
        are looked at.
    type: int
    default: 4
  users:
    description:
      - Names of the local accounts whose homes are looked at. A name that is not an account of the host is reported
        in what is incomplete.
      - If left out, the account that the module runs as. If that is root, every local account whose home lies on a
        local file system. Homes on network and FUSE mounts are then skipped and listed.
    type: list
    elements: str
  execute:
    description:
      - What may be run to answer what files can't.
      - With V(never), nothing. All answers are read from files, and what can't be read so is unknown, with the reason.
      - With V(package_managers), one call of a package manager that only root can have altered, where its database
        can't be read soundly.
      - With V(trusted) besides, isolated, interpreters that none but root or the calling user could have altered, to
        confirm what was read.
    type: str
    choices: [never, package_managers, trusted]
    default: never
  time_limit:
    description:
      - Seconds after which the scan ends, with all that it has by then. What was left out is listed.
        V(0) sets no limit.
    type: float
    default: 60.0
"""
