#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: distro_package_info
short_description: Find the distribution's packages of Python projects
version_added: 1.0.0
description:
  - Returns the packages of the distribution that contain projects of PyPI, with versions, whether they
    are installed or available, and whether they satisfy a specifier. Changes nothing.
  - All names are looked up together, with one or two queries of the package manager.
  - On Fedora, RHEL, openSUSE and Alpine, packages declare which projects they contain. On Arch Linux, the file lists
    show it, if C(pacman -Fy) has fetched them.
  - On Debian, Ubuntu and derivatives packages are named after modules. The package comes from the metadata of what is
    installed, from the file lists that apt-file has cached, or from a table that the collection has for Debian 11,
    12 and 13 and Ubuntu 22.04, 24.04 and 26.04. The last resort is C(python3-NAME), which is a guess.
  - Homebrew packages hardly any Python libraries. There, every project is reported as missing, with the alternative.
  - Package lists are used as they are on the host; dnf refreshes its own when they have expired.
author:
  - pyfleet contributors (@pyfleet)
options:
  names:
    description:
      - Names of projects, each with an optional specifier, such as V(requests>=2.31,<3).
      - Extras, markers and URLs are errors, since packages of distributions have none.
    type: list
    elements: str
    default: []
  search:
    description:
      - A part of a name. Packages of Python projects whose name contains it are returned in RV(matches).
    type: str
  python:
    description:
      - The minor version of the distribution's Python that the packages are for, such as V(3.12).
      - Only Fedora, RHEL, openSUSE and their derivatives have libraries for more than one.
      - If left out, the Python that the distribution calls C(python3).
    type: str
  package_manager:
    description:
      - The package manager to query. V(auto) selects that of the distribution.
    type: str
    choices: [auto, apk, apt, dnf, homebrew, pacman, zypper]
    default: auto
  packages_by_release:
    description:
      - The packages of Debian by normalized name and release. The module sets it on the controller, from the table
        of the collection.
    type: dict
    default: {}
  table_dates:
    description:
      - The releases that O(packages_by_release) is complete for, and the day of each. The module sets it on the
        controller as well.
    type: dict
    default: {}
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
seealso:
  - module: pyfleet.python.venv
"""

EXAMPLES = r"""
- name: Find out which package has PyYAML, and whether it is recent enough
  pyfleet.python.distro_package_info:
    names: [PyYAML>=6, requests]
  register: found

- name: Install what is missing
  ansible.builtin.package:
    name: "{{ found.install }}"
  become: true
  when: found.install | length > 0

- name: Search for libraries of YAML
  pyfleet.python.distro_package_info:
    search: yaml

- name: Find packages for the Python 3.12 of RHEL 9
  pyfleet.python.distro_package_info:
    names: [requests]
    python: "3.12"
"""

RETURN = r"""
package_manager:
  description: The package manager; empty if there is none that the module knows.
  returned: success
  type: str
  sample: apt
python:
  description: The minor version of Python that the packages are for; empty if unknown.
  returned: success
  type: str
  sample: "3.11"
projects:
  description: Each project of O(names), in this order.
  returned: success
  type: list
  elements: dict
  contains:
    requested:
      description: The name as requested, with its specifier.
      returned: always
      type: str
      sample: PyYAML>=6
    name:
      description: The normalized name.
      returned: always
      type: str
      sample: pyyaml
    specifier:
      description: The specifier; empty if every version is acceptable.
      returned: always
      type: str
      sample: ">=6"
    package:
      description: The package; empty if there is none.
      returned: always
      type: str
      sample: python3-yaml
    source:
      description:
        - What the name of the package is known from. V(provides) is the package itself, V(installed-metadata) what
          is installed,
          V(contents) the file lists of the archive, V(table) the collection's table, V(naive) the rule for names.
        - Empty if there is no package.
      returned: always
      type: str
      sample: table
    guess:
      description:
        - Whether the package may be another one. True for V(naive), and for V(table) on a release that has no table,
          such as Ubuntu 25.10.
      returned: always
      type: bool
      sample: false
    table_release:
      description: The release whose table names the package; empty with another RV(projects[].source).
      returned: always
      type: str
      sample: debian-12
    table_date:
      description: The day on which that table was made.
      returned: always
      type: str
      sample: "2026-11-28"
    installed:
      description: Whether the package is installed.
      returned: always
      type: bool
      sample: false
    verified:
      description: Whether the installed package is known to contain the project, by metadata or by what it provides.
      returned: always
      type: bool
      sample: false
    installed_version:
      description: The project's own version that is installed; empty if none.
      returned: always
      type: str
      sample: ""
    installed_package_version:
      description: The same as the package manager writes it.
      returned: always
      type: str
      sample: ""
    available:
      description: Whether the package can be installed; null if the host has no package lists.
      returned: always
      type: bool
      sample: true
    candidate_version:
      description: The project's own version that can be installed; empty if none.
      returned: always
      type: str
      sample: "6.0"
    candidate_package_version:
      description: The same as the package manager writes it.
      returned: always
      type: str
      sample: 6.0-3+b2
    satisfied:
      description: Whether an acceptable version is installed or available; null if unknown.
      returned: always
      type: bool
      sample: true
    status:
      description:
        - V(installed) if an acceptable version is installed; V(install) or V(upgrade) if one is available;
          V(unsuitable) if the distribution has other versions only; V(missing) if it has no package; V(unknown) without
          package lists.
      returned: always
      type: str
      sample: install
    because:
      description: Why the project cannot be installed; empty if it can.
      returned: always
      type: str
      sample: ""
install:
  description: The packages to install or upgrade, so that all that can be satisfied is.
  returned: success
  type: list
  elements: str
  sample: [python3-yaml]
missing:
  description: What the distribution does not have, or not in an acceptable version, as requested.
  returned: success
  type: list
  elements: str
  sample: [litellm]
matches:
  description: What O(search) found.
  returned: success
  type: list
  elements: dict
  contains:
    package:
      description: The package.
      returned: always
      type: str
      sample: python3-yaml
    name:
      description: The normalized name of the project; empty if it is not known.
      returned: always
      type: str
      sample: pyyaml
    installed:
      description: Whether it is installed.
      returned: always
      type: bool
      sample: false
    candidate_version:
      description: The project's own version that can be installed; empty if none.
      returned: always
      type: str
      sample: "6.0"
msg:
  description: A summary for a person, with the reasons why something cannot be installed, and the alternative.
  returned: always
  type: str
  sample: "apt: 1 installed, 1 to install"
problem:
  description: What is wrong with an option, for programs.
  returned: failure
  type: dict
  sample: {code: bad-option, option: names, message: "'requests[socks]' has extras", hint: Name what it adds.}
"""

from ..module_utils._ansible.credentials_module import Module
from ..module_utils._ansible.distro_package_module import DISTRO_PACKAGE_ARGUMENTS, run


def main() -> None:
    """Return the packages."""
    run(Module(argument_spec=DISTRO_PACKAGE_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
