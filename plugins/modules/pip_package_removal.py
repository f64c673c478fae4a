#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pip_package_removal
short_description: Remove what pip installed into the directories of the distribution
version_added: 1.0.0
description:
  - Finds distributions that C(pip) or C(uv) installed into the directories of a package manager, removes their files by
    pip's own record (C(RECORD)), and reinstalls the packages whose files they overwrote.
  - A file is removed only if no package manager owns its path. If the owner of a path is not known, the distribution
    stays, with the reason in RV(kept).
  - Packages are reinstalled first, at the version that is installed. If one cannot be downloaded, nothing is removed.
  - Files are removed by their names, and no symbolic link is followed. Files outside of the prefix of the Python are
    never removed. A distribution stays if its C(RECORD) names a file beside the site directory, such as a command, that
    is not as pip installed it.
  - Programs that need a removed distribution no longer start. Install them before with M(pyfleet.python.venv) or
    M(pyfleet.python.pipx_app). M(pyfleet.python.audit) lists what would be removed
    (rules V(pip-in-system-packages) and V(shadows-system-package)), and so does check mode.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details: Whether a package can be downloaded is known only when it is.
  diff_mode:
    support: full
options:
  names:
    description:
      - The projects to remove. If left out, all that are found.
    type: list
    elements: str
    default: []
  keep:
    description:
      - Projects that stay.
    type: list
    elements: str
    default: []
  shadowing:
    description:
      - Whether distributions below C(/usr/local) are removed as well, if the operating system has a package of the same
        project, which they hide from its own programs. On Debian and Fedora, C(sudo pip install) writes there.
    type: bool
    default: false
seealso:
  - module: pyfleet.python.audit
  - module: pyfleet.python.externally_managed
  - name: Recording installed projects
    description: What a RECORD is.
    link: https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

EXAMPLES = r"""
- name: Remove what pip installed into the directories of the distribution
  pyfleet.python.pip_package_removal:

- name: Remove two projects, also below /usr/local
  pyfleet.python.pip_package_removal:
    names: [requests, urllib3]
    shadowing: true

- name: Remove all but one
  pyfleet.python.pip_package_removal:
    keep: [vendor-agent]
"""

RETURN = r"""
removed:
  description: The distributions that were removed, or in check mode would be.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The project.
      returned: always
      type: str
      sample: requests
    version:
      description: The version that pip installed.
      returned: always
      type: str
      sample: 2.32.5
    location:
      description: Its metadata directory.
      returned: always
      type: str
      sample: /usr/lib/python3/dist-packages/requests-2.32.5.dist-info
    overwrites:
      description: The package of the same project; empty if there is none.
      returned: always
      type: str
      sample: python3-requests
    files:
      description: The number of files that no package owns, and that were removed.
      returned: always
      type: int
      sample: 23
reinstalled:
  description: The packages that were reinstalled, since some of their files were overwritten.
  returned: always
  type: list
  elements: dict
  contains:
    manager:
      description: The package manager.
      returned: always
      type: str
      sample: dpkg
    package:
      description: The package.
      returned: always
      type: str
      sample: python3-requests
    version:
      description: Its version.
      returned: always
      type: str
      sample: 2.32.3+dfsg-5
kept:
  description: The distributions that could not be removed safely.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The project.
      returned: always
      type: str
      sample: vendor-agent
    location:
      description: Its metadata directory.
      returned: always
      type: str
      sample: /usr/lib/python3/dist-packages/vendor_agent.egg-info
    reason:
      description: Why it stays.
      returned: always
      type: str
      sample: it has no RECORD that could be read
problem:
  description: What went wrong, with the output of the package manager.
  returned: if it failed
  type: dict
  sample: {code: reinstall-failed, message: dpkg could not restore six.py of the package python3-six 1.16.0-4,
    hint: Its output is in output., output: ""}
"""

from ..module_utils._ansible.credentials_module import Module
from ..module_utils._ansible.pip_package_removal_module import (
    PIP_PACKAGE_REMOVAL_ARGUMENTS,
    run,
)


def main() -> None:
    """Remove the distributions."""
    run(Module(argument_spec=PIP_PACKAGE_REMOVAL_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
