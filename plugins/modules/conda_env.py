#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: conda_env
short_description: Manage environments of conda, mamba or micromamba
version_added: 1.0.0
description:
  - Creates, changes and removes environments of conda, one or many in one call, from lists of packages or from
    C(environment.yml).
  - What is installed is read from the directory C(conda-meta) of an environment. If that satisfies the request,
    conda is not started.
  - Packages come from conda-forge unless O(channels) says otherwise. Channels of configuration files are not used, so
    that C(defaults), which the terms of service of Anaconda, Inc. cover, is never used unless requested.
  - The base environment, which holds conda itself, is not changed unless O(allow_base=true).
author:
  - pyfleet contributors (@pyfleet)
options:
  name:
    description:
      - The name of the environment. It is in C(envs) of the O(root_prefix), or in C(~/.conda/envs) of the O(owner) if
        the owner cannot write there. One that exists in either is used.
      - Set O(prefix) for any other place. If neither is set, the name in the file is used.
    type: str
  prefix:
    description:
      - The path of the environment.
    type: path
  state:
    description:
      - V(present) creates the environment, and installs what does not satisfy the request. V(latest) also updates
        all its packages, within the limits of what was requested for it. V(absent) removes the whole environment, for
        which no conda is needed.
    type: str
    choices: [present, latest, absent]
    default: present
  packages:
    description:
      - The packages, as match specs of conda. V(numpy=1.26) is 1.26 and its patch releases, V(numpy==1.26.4) is exact,
        and V(numpy>=1.26,<2), builds (V(numpy=1.26.4=py312*)) and channels (V(conda-forge::numpy)) are understood.
    type: list
    elements: str
    default: []
  channels:
    description:
      - The channels, as names or URLs, the one with the highest priority first. If left out, those of the file, or
        otherwise V(conda-forge).
      - Credentials and tokens (V(https://host/t/TOKEN/channel)) are kept out of results, logs and command lines.
    type: list
    elements: str
    default: []
  file:
    description:
      - The path of an C(environment.yml) on the host. Its C(channels) and C(dependencies) are used.
      - A list for C(pip) in it is rejected, because conda would not know of these packages. Install them into a virtual
        environment with M(pyfleet.python.venv).
    type: path
  content:
    description:
      - The content of an C(environment.yml), as a mapping or as text.
    type: raw
  exact:
    description:
      - Whether to remove packages that no requested package needs.
    type: bool
    default: false
  tool:
    description:
      - The program to use. V(auto) takes the first of conda, mamba and micromamba that is found.
    type: str
    choices: [auto, conda, mamba, micromamba]
    default: auto
  executable:
    description:
      - The path of the program. If left out, it is searched in the O(root_prefix), the usual directories below C(/opt),
        C(/usr/local), C(/usr) and those in the home of the O(owner).
    type: path
  root_prefix:
    description:
      - The prefix of the installation of conda, or of micromamba's files. If left out, the prefix that contains the
        program.
    type: path
  channel_priority:
    description:
      - Whether a package from a channel of lower priority may be used if a channel of higher priority has the
        package. With V(strict), which conda-forge recommends, it is not used.
    type: str
    choices: [strict, flexible, disabled]
    default: strict
  offline:
    description:
      - Whether to use only packages in the package cache.
    type: bool
    default: false
  owner:
    description:
      - The user who does the work and owns the files. Any user other than the caller needs root.
      - If left out, the owner of the existing environment, or otherwise the user that the module runs as.
    type: str
  allow_base:
    description:
      - Whether to allow changes to the base environment.
    type: bool
    default: false
  lock_timeout:
    description:
      - How long to wait for another run on the same environment, in seconds.
    type: float
    default: 300.0
  environments:
    description:
      - Many environments in one call, a list of mappings with the options of this module. The options of the module are
        defaults for what an entry leaves out, except O(name) and O(prefix).
      - All are attempted. If any failed, the module fails with every result.
    type: list
    elements: dict
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - The program solves in a dry run. Where several steps depend on each other, RV(unresolved) says what is not known.
  diff_mode:
    support: full
notes:
  - As root the module runs only a conda that no other user can alter, and works as the O(owner) where that is another
    user.
  - A frozen environment, with a file C(conda-meta/frozen) (CEP 22), is not changed.
  - A package that was installed as a dependency satisfies a request.
seealso:
  - name: Match specs
    description: How packages are named.
    link: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
  - module: pyfleet.python.venv
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: Give an application a Python of its own, from conda-forge
  pyfleet.python.conda_env:
    prefix: /srv/app/env
    owner: app
    packages:
      - python=3.12
      - numpy>=1.26,<2

- name: Hold an environment to its file, and remove what is not in it
  pyfleet.python.conda_env:
    name: science
    file: /srv/science/environment.yml
    exact: true

- name: Create several environments from a channel of our own
  pyfleet.python.conda_env:
    channels:
      - "https://deploy:{{ channel_token }}@conda.example.com/main"
    environments:
      - name: web
        packages: [python=3.13, gunicorn]
      - name: jobs
        content:
          dependencies: [python=3.13, celery]

- name: Update everything in an environment
  pyfleet.python.conda_env:
    name: science
    packages: [python=3.12]
    state: latest

- name: Remove an environment
  pyfleet.python.conda_env:
    prefix: /srv/app/env
    state: absent
"""

RETURN = r"""
prefix:
  description: The path of the environment. With O(environments), see RV(environments).
  returned: success, without O(environments)
  type: str
  sample: /opt/conda/envs/science
name:
  description: The name in the options.
  returned: success, without O(environments)
  type: str
  sample: science
steps:
  description: What was done, in this order; empty if no conda was started.
  returned: success, without O(environments)
  type: list
  elements: str
  sample: [install, remove]
added:
  description: The packages that were added.
  returned: success, without O(environments)
  type: list
  elements: dict
  sample: [{name: numpy, version: 1.26.4, build: py312h1103770_0}]
removed:
  description: The packages that were removed.
  returned: success, without O(environments)
  type: list
  elements: dict
  sample: []
updated:
  description: The packages with another version or build than before.
  returned: success, without O(environments)
  type: list
  elements: dict
  sample: [{name: openssl, version: 3.5.1, build: h7b32b05_0, before: 3.5.0}]
unresolved:
  description: What check mode cannot know yet; empty if nothing.
  returned: success, without O(environments)
  type: str
  sample: ""
environments:
  description: Each environment, with the values above, and what went wrong with it.
  returned: always
  type: list
  elements: dict
  contains:
    prefix:
      description: The path.
      returned: always
      type: str
      sample: /opt/conda/envs/science
    changed:
      description: Whether it changed.
      returned: always
      type: bool
      sample: true
    msg:
      description: What went wrong.
      returned: failure
      type: str
      sample: /opt/conda is the base environment, which holds conda itself.
    problem:
      description: What went wrong, for programs.
      returned: failure
      type: dict
      sample: {code: base-environment, message: /opt/conda is the base environment, hint: Create another., output: ""}
problem:
  description: What went wrong first, for programs.
  returned: failure
  type: dict
  sample: {code: unsatisfiable, message: conda failed, hint: Check the names and versions., output: ""}
"""

from ..module_utils._ansible.conda_env_module import CONDA_ENV_ARGUMENTS, run
from ..module_utils._ansible.credentials_module import Module


def main() -> None:
    """Manage the environments."""
    run(Module(argument_spec=CONDA_ENV_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
