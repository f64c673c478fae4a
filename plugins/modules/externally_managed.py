#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: externally_managed
short_description: Restore the EXTERNALLY-MANAGED files of Python (PEP 668)
version_added: 1.0.0
description:
  - Puts the C(EXTERNALLY-MANAGED) files of a host back as the distribution ships them, after somebody deleted, edited,
    renamed or diverted one, or configured the package manager to leave it out.
  - The method depends on the cause. A missing or edited file is restored by reinstalling its package, at the
    installed version. A diversion is removed. A rule that leaves the file out gets an exception.
    Afterwards the file is read again, because package managers report success even if they restored nothing.
  - Packages come from the repositories, or without a network from the cache of the package manager.
  - Where the vendor ships no such file (Fedora, RHEL), the module can write one with a site-specific text.
  - The module never removes a file that a vendor ships, and there is no V(state=absent). To install with pip, see
    M(pyfleet.python.venv) and M(pyfleet.python.pipx_app).
author:
  - pyfleet contributors (@pyfleet)
options:
  state:
    description:
      - Only V(present).
    type: str
    default: present
  pythons:
    description:
      - The executables of the Pythons to manage. If left out, every Python whose package manager ships the file.
    type: list
    elements: path
    default: []
  diversions:
    description:
      - What to do with a diversion by the administrator (C(dpkg-divert)), which Debian documents as the way to switch
        the protection off on purpose. V(keep) leaves it and reports it in RV(markers[].kept); V(remove) removes it.
    type: str
    choices: [keep, remove]
    default: keep
  site_marker:
    description:
      - Whether the O(pythons) have a site-specific file. It is for Pythons whose vendor ships none.
      - V(absent) removes only a file that this module wrote.
      - If left out, V(present) with O(error_message), otherwise V(keep).
    type: str
    choices: [keep, present, absent]
  error_message:
    description:
      - What pip and uv print when they refuse to install, with O(site_marker=present).
    type: str
  localized_error_messages:
    description:
      - The same in other languages, by code such as V(de) or V(pt_BR).
    type: dict
    default: {}
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details: Whether a package can be downloaded is known only when it is.
  diff_mode:
    support: full
seealso:
  - module: pyfleet.python.audit
  - module: pyfleet.python.pip_config
  - name: PEP 668
    description: Marking Python base environments as externally managed.
    link: https://peps.python.org/pep-0668/
"""

EXAMPLES = r"""
- name: Restore what somebody deleted to make an error go away
  pyfleet.python.externally_managed:

- name: Restore it in spite of a diversion
  pyfleet.python.externally_managed:
    diversions: remove

- name: Protect the Python of Fedora, whose vendor ships no such file
  pyfleet.python.externally_managed:
    pythons: [/usr/bin/python3]
    error_message: |
      This Python belongs to the system. Install libraries with dnf, applications with pipx,
      and anything else into a virtual environment.
    localized_error_messages:
      de: Dieses Python gehört dem System.

- name: Remove that file again
  pyfleet.python.externally_managed:
    pythons: [/usr/bin/python3]
    site_marker: absent
"""

RETURN = r"""
markers:
  description: Each place of a file.
  returned: always
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      returned: always
      type: str
      sample: /usr/lib/python3.13/EXTERNALLY-MANAGED
    pythons:
      description: The interpreters that it is for.
      returned: always
      type: list
      elements: str
      sample: [/usr/bin/python3.13]
    before:
      description:
        - V(intact), V(modified), V(missing), V(diverted), V(excluded), V(unexpected) (there, but no vendor ships it),
          V(not_expected) (not there, and no vendor ships it) or V(unknown).
      returned: always
      type: str
      sample: missing
    state:
      description: The same afterwards; in check mode, what it would be.
      returned: always
      type: str
      sample: intact
    because:
      description: Why it was judged so before.
      returned: always
      type: str
      sample: dpkg libpython3.13-stdlib ships it, and the file does not exist
    package:
      description: The package that ships it; empty if none.
      returned: always
      type: str
      sample: libpython3.13-stdlib
    manager:
      description: Its package manager.
      returned: always
      type: str
      sample: dpkg
    actions:
      description:
        - What was done, of C(remove-obstacle), C(remove-diversion), C(include-path), C(allow-extraction), C(reinstall),
          C(write-file) and C(remove-file).
      returned: always
      type: list
      elements: str
      sample: [reinstall]
    kept:
      description: Why something was left; empty if nothing.
      returned: always
      type: str
      sample: ""
    changed:
      description: Whether something was changed, or in check mode would be.
      returned: always
      type: bool
      sample: true
    problem:
      description: What went wrong, with the output of the package manager.
      returned: if it failed
      type: dict
      sample: {code: immutable-system, message: the system is immutable, hint: Deploy an image., output: ""}
"""

from ..module_utils._ansible.credentials_module import Module
from ..module_utils._ansible.externally_managed_module import (
    EXTERNALLY_MANAGED_ARGUMENTS,
    run,
)


def main() -> None:
    """Restore the files."""
    run(Module(argument_spec=EXTERNALLY_MANAGED_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
