#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: uv_python
short_description: Install, upgrade and remove Pythons with uv
version_added: 1.0.0
description:
  - Installs CPython in one directory with one owner, beside the Python of the operating system.
  - Never creates links in a directory on E(PATH), and never makes a Python the default one
    (C(uv python install --no-bin)). Environments name the Python that they use.
  - Does nothing, and starts no process, if all versions are installed. With O(state=latest), uv lists its downloads.
  - Each archive is verified by uv with the SHA-256 checksum on its list of downloads. If it differs, nothing of that
    archive is installed.
  - Each newly installed Python is started once, as its owner, in isolated mode.
  - Environments that were created with RV(pythons[].python) of a minor version use its newest patch release after an
    upgrade, without being rebuilt.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - If a user, uv or the list of downloads does not exist yet, the result is RV(ignore:changed=true), with the reason
        in RV(unresolved).
      - Whether an archive can be downloaded is known only when it is.
  diff_mode:
    support: full
requirements:
  - uv 0.8 or newer on the host. The role P(pyfleet.python.uv#role) installs it.
options:
  versions:
    description:
      - The versions, such as V("3.13") for any patch release or V("3.13.5") for one. A V(t) at the end means the
        free-threaded build.
      - Quote them, as V(3.10) without quotes is a number in YAML, 3.1.
    type: list
    elements: str
    required: true
  state:
    description:
      - With V(present), a minor version is met by any of its patch releases.
      - With V(latest), the newest patch release that uv can download is installed beside those that are there, and the
        link of the minor version points to it.
      - With V(absent), a minor version means all its patch releases. Environments that use them no longer start.
    type: str
    choices: [present, latest, absent]
    default: present
  owner:
    description:
      - The user who owns the directory, and as whom uv runs. Only root can select another user.
      - If not set, the user who runs the task.
    type: str
  executable:
    description:
      - The uv to run. Root runs only a uv that no other user can alter.
      - If not set, the first such uv on E(PATH), in the usual directories or in the home of the owner.
    type: path
  install_dir:
    description:
      - The directory of the Pythons. All Pythons in it belong to one owner.
      - If not set, C(/opt/uv/python) for root, which all users can read, and C(~/.local/share/uv/python) of another
        owner.
    type: path
  mirror:
    description:
      - The URL that replaces C(https://github.com/astral-sh/python-build-standalone/releases/download) in the URLs of
        downloads. It can be a C(file://) URL.
      - Cannot be combined with O(python_downloads_json_url).
    type: str
  python_downloads_json_url:
    description:
      - A list of downloads that replaces uv's own, with URLs and checksums. A URL, or the absolute path of a file on the
        host.
      - With C(file://) URLs in the list, nothing is downloaded from a network.
    type: str
seealso:
  - module: pyfleet.python.venv
  - module: pyfleet.python.python_facts
  - name: Python versions
    description: How uv manages Pythons.
    link: https://docs.astral.sh/uv/concepts/python-versions/
"""

EXAMPLES = r"""
- name: Install two versions of Python for all users
  pyfleet.python.uv_python:
    versions: ["3.12", "3.13"]
  become: true

- name: Upgrade Python 3.13 to its newest patch release
  pyfleet.python.uv_python:
    versions: ["3.13"]
    state: latest
  become: true

- name: Install on a host without internet, from a list on the host
  pyfleet.python.uv_python:
    versions: ["3.13"]
    python_downloads_json_url: /srv/pythons/downloads.json
  become: true

- name: Install for one user
  pyfleet.python.uv_python:
    versions: ["3.13"]
    owner: alice
  become: true
"""

RETURN = r"""
install_dir:
  description: The canonical path of the directory of the Pythons.
  returned: always
  type: str
  sample: /opt/uv/python
executable:
  description: The uv that was run for a change; empty if there was none.
  returned: always
  type: str
  sample: /usr/local/bin/uv
pythons:
  description: One entry for each of O(versions), in their order.
  returned: always
  type: list
  elements: dict
  contains:
    requested:
      description: The version as it was requested.
      returned: always
      type: str
      sample: "3.13"
    action:
      description:
        - What was done, or in check mode would be. V(installed), V(upgraded), V(repaired) (its interpreter was gone),
          V(linked) (the link of the minor version pointed elsewhere), V(removed), or empty.
      returned: always
      type: str
      sample: upgraded
    version:
      description: The full version that serves the request now; empty if there is none.
      returned: always
      type: str
      sample: 3.13.18
    previous:
      description: The newest version that served the request before; empty if there was none.
      returned: always
      type: str
      sample: 3.13.17
    python:
      description:
        - The interpreter, for the option O(pyfleet.python.venv#module:python). Of a minor version, its path contains the
          link that outlives patch releases.
      returned: always
      type: str
      sample: /opt/uv/python/cpython-3.13-linux-x86_64-gnu/bin/python3.13
unresolved:
  description: In check mode, why the changes cannot be predicted; otherwise empty.
  returned: always
  type: str
  sample: no uv was found that root or the owner alone can alter
problem:
  description: What went wrong, with the output of uv.
  returned: if it failed
  type: dict
  sample: {code: no-such-version, message: uv has no download of Python 3.99 for this host,
    hint: "Use a version that `uv python list` shows: a newer uv knows newer ones.", output: ""}
"""

from ..module_utils._ansible.credentials_module import Module
from ..module_utils._ansible.uv_python_module import UV_PYTHON_ARGUMENTS, run


def main() -> None:
    """Bring the Pythons of uv to the requested state."""
    run(Module(argument_spec=UV_PYTHON_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
