#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: python_facts
short_description: Find every Python on a host, whose it is, and whether pip may write there
version_added: 1.0.0
description:
  - Finds the Pythons of a host and the environments made from them, and tells of each who put it there, which package
    owns it, and whether pip and uv are in fact stopped from writing into it (PEP 668).
  - By default it reads files only and starts no process at all, so that a Python that a user can alter is not run.
  - What is true, what is false and what is not known are three answers. Where a value is V(null), it is not known, and
    a value beside it says why.
  - Needs nothing on the host but the Python that Ansible itself uses.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
  - pyfleet.python._attributes.read_only
  - pyfleet.python._scan
attributes:
  facts:
    description: Action returns an C(ansible_facts) dictionary that will update existing host facts.
    support: full
options:
  gather_subset:
    description:
      - What to gather.
      - V(installations) are the Pythons, V(environments) the environments made from them, V(pip_config) what
        configuration files and variables tell pip and uv.
      - V(packages) are the distributions in each of them, and where they came from. This takes longer.
    type: list
    elements: str
    choices: [installations, environments, packages, pip_config]
    default: [installations, environments, pip_config]
seealso:
  - module: pyfleet.python.audit
  - plugin: pyfleet.python.externally_managed
    plugin_type: test
  - plugin: pyfleet.python.installation
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Find every Python
  pyfleet.python.python_facts:

- name: Say whose the Pythons are
  ansible.builtin.debug:
    msg: "{{ item.path }} {{ item.version }} is of {{ item.provider }}"
  loop: "{{ ansible_facts.pyfleet_python.installations }}"
  loop_control:
    label: "{{ item.path }}"

- name: Install with pip only where nothing keeps pip from it
  ansible.builtin.pip:
    name: requests
    executable: /opt/python/bin/pip3
  when: >-
    ansible_facts.pyfleet_python | pyfleet.python.installation('/opt/python/bin/python3')
    is not pyfleet.python.externally_managed

- name: Find the environments that do not work any more
  ansible.builtin.debug:
    msg: "{{ environments | selectattr('health', 'eq', 'broken') | map(attribute='path') }}"
  vars:
    environments: "{{ ansible_facts.pyfleet_python.environments }}"

- name: Look into an image that is mounted
  pyfleet.python.python_facts:
    root: /mnt/image
    gather_subset: [installations, packages]
"""

RETURN = r"""
ansible_facts:
  description: Facts to add to ansible_facts.
  returned: always
  type: dict
  contains:
    pyfleet_python:
      description: The Pythons of the host.
      returned: always
      type: dict
      contains:
        installations:
          description: The Pythons, each once, however many names it has.
          returned: when O(gather_subset) holds V(installations)
          type: list
          elements: dict
          contains:
            path:
              description: The canonical path of the executable.
              returned: success
              type: str
              sample: /usr/bin/python3.13
            names:
              description: The names that it may be started by.
              returned: success
              type: list
              elements: dict
              sample: [{path: /usr/bin/python3, via: PATH}]
              contains:
                path:
                  description: The name, as it was met.
                  returned: success
                  type: str
                  sample: /usr/bin/python3
                via:
                  description: Where it was met.
                  returned: success
                  type: str
                  sample: sudo PATH
            version:
              description: V(x.y.z) where it can be known, else V(x.y).
              returned: success
              type: str
              sample: 3.13.5
            version_source:
              description: What says so.
              returned: success
              type: str
              sample: symbol
            implementation:
              description: V(cpython), V(pypy) or V(graalpy); empty if not known.
              returned: success
              type: str
              sample: cpython
            provider:
              description: Who put it there, such as V(debian), V(pyenv) or V(unknown).
              returned: success
              type: str
              sample: debian
            provider_because:
              description: What tells the provider.
              returned: success
              type: str
              sample: the package libpython3.13-minimal of Debian owns it
            system:
              description: Whether the operating system's own tools use it.
              returned: success
              type: bool
              sample: true
            prefix:
              description: Its C(sys.prefix).
              returned: success
              type: str
              sample: /usr
            stdlib:
              description: The directory of its standard library.
              returned: success
              type: str
              sample: /usr/lib/python3.13
            site_packages:
              description: The directories of distributions, in the order of C(sys.path).
              returned: success
              type: list
              elements: str
              sample: [/usr/local/lib/python3.13/dist-packages, /usr/lib/python3/dist-packages]
            package:
              description: The package that owns the executable.
              returned: success
              type: dict
              contains:
                name:
                  description: Its name; empty if none owns it, or none could be told.
                  returned: success
                  type: str
                  sample: python3.13-minimal
                version:
                  description: The version of the package.
                  returned: success
                  type: str
                  sample: 3.13.5-2
                manager:
                  description: The package manager that says so.
                  returned: success
                  type: str
                  sample: dpkg
                known:
                  description: Whether that is known. If so and the name is empty, no package owns it.
                  returned: success
                  type: bool
                  sample: true
                because:
                  description: Why it is not known.
                  returned: success
                  type: str
                  sample: ""
            externally_managed:
              description: The C(EXTERNALLY-MANAGED) file, and whether it has its effect.
              returned: success
              type: dict
              contains:
                marker:
                  description: Where the file is, or would be.
                  returned: success
                  type: str
                  sample: /usr/lib/python3.13/EXTERNALLY-MANAGED
                state:
                  description:
                    - V(intact) if it is as it was shipped, V(modified) if it is not, V(missing) if it was shipped and
                      is gone, V(diverted) if C(dpkg-divert) keeps it away, V(excluded) if the package manager is told
                      to leave it out, V(unexpected) if it is there and no one ships it, V(not_expected) if it is not
                      there and rightly, V(unknown) if it can't be told.
                  returned: success
                  type: str
                  sample: intact
                because:
                  description: What tells the state.
                  returned: success
                  type: str
                  sample: as libpython3.13-stdlib ships it
                effective:
                  description: Whether each tool is in fact stopped.
                  returned: success
                  type: dict
                  contains:
                    pip:
                      description: Whether pip is; V(null) if not known.
                      returned: success
                      type: bool
                      sample: true
                    uv:
                      description: Whether uv is; V(null) if not known.
                      returned: success
                      type: bool
                      sample: true
                    because:
                      description: The reasons, by tool.
                      returned: success
                      type: dict
                      sample: {pip: the file is there, uv: the file is there}
                message:
                  description: What pip prints when it refuses.
                  returned: success
                  type: str
                  sample: To install Python packages system-wide, try apt install
                neutralised_by:
                  description: What takes the effect of the file away, for anybody.
                  returned: success
                  type: list
                  elements: dict
                  sample:
                    - {tool: pip, source: /etc/pip.conf, what: break-system-packages = true, user: "", silent: false}
                  contains:
                    tool:
                      description: The tool that is let through.
                      returned: success
                      type: str
                      sample: pip
                    source:
                      description: The file, V(environment), or the directory of an old pip.
                      returned: success
                      type: str
                      sample: /etc/pip.conf
                    what:
                      description: The setting.
                      returned: success
                      type: str
                      sample: break-system-packages = true
                    user:
                      description: For whom; empty for everybody.
                      returned: success
                      type: str
                      sample: ""
                    silent:
                      description: Whether it leads around the file, as C(target) does.
                      returned: success
                      type: bool
                      sample: false
            venv:
              description: Whether C(python -m venv) works.
              returned: success
              type: dict
              contains:
                usable:
                  description: Whether it works; V(null) if not known.
                  returned: success
                  type: bool
                  sample: false
                ensurepip:
                  description: Whether pip can be put into a new environment.
                  returned: success
                  type: bool
                  sample: false
                missing_package:
                  description: The distribution's package that is missing; empty if none is known.
                  returned: success
                  type: str
                  sample: python3.13-venv
                because:
                  description: Why it does not work, or why that is not known.
                  returned: success
                  type: str
                  sample: ensurepip, which puts pip into an environment, is not there
            pip:
              description: The pip that it would run; empty values if there is none.
              returned: success
              type: dict
              contains:
                version:
                  description: The version of pip.
                  returned: success
                  type: str
                  sample: 25.1.1
                path:
                  description: Its metadata directory.
                  returned: success
                  type: str
                  sample: /usr/lib/python3/dist-packages/pip-25.1.1.dist-info
            trusted:
              description:
                - Whether none but root, or the account that the module ran as, could have altered it.
                - V(null) if not known.
              returned: success
              type: bool
              sample: true
            trusted_because:
              description: Each path that somebody else can write.
              returned: success
              type: list
              elements: str
              sample: []
            problems:
              description: Why something about it is not known.
              returned: success
              type: list
              elements: str
              sample: []
            packages:
              description: The distributions that it imports.
              returned: when O(gather_subset) holds V(packages)
              type: list
              elements: dict
              contains: &package
                name:
                  description: The name of the distribution.
                  returned: success
                  type: str
                  sample: requests
                version:
                  description: Its version.
                  returned: success
                  type: str
                  sample: 2.32.3
                location:
                  description: Its metadata directory, or file.
                  returned: success
                  type: str
                  sample: /usr/lib/python3/dist-packages/requests-2.32.3.dist-info
                installer:
                  description: What says to have installed it; no proof.
                  returned: success
                  type: str
                  sample: debian
                origin:
                  description: V(distribution), V(pip), V(uv), V(conda), V(editable) or V(unknown).
                  returned: success
                  type: str
                  sample: distribution
                owner:
                  description: The package that owns it; empty if none does.
                  returned: success
                  type: str
                  sample: python3-requests
                overwrites:
                  description: The package whose files it lies over; empty if none.
                  returned: success
                  type: str
                  sample: ""
        commands:
          description: What C(python), C(python3), C(pip), C(pip3) and C(pipx) mean on each search path.
          returned: when O(gather_subset) holds V(installations)
          type: list
          elements: dict
          sample:
            - name: python3
              search_path: login
              path: /usr/bin/python3
              kind: interpreter
              target: /usr/bin/python3.13
          contains:
            name:
              description: The bare name.
              returned: success
              type: str
              sample: python3
            search_path:
              description: V(process) (the module's own), V(login) or V(sudo).
              returned: success
              type: str
              sample: login
            path:
              description: The first match.
              returned: success
              type: str
              sample: /usr/bin/python3
            kind:
              description: V(interpreter), V(environment), V(script) (a shim or a wrapper) or V(other).
              returned: success
              type: str
              sample: interpreter
            target:
              description: The executable or environment; empty if it is neither.
              returned: success
              type: str
              sample: /usr/bin/python3.13
        environments:
          description: The environments.
          returned: when O(gather_subset) holds V(environments)
          type: list
          elements: dict
          contains:
            path:
              description: The directory.
              returned: success
              type: str
              sample: /opt/app
            kind:
              description: V(venv), V(virtualenv), V(uv), V(conda) or V(pipx).
              returned: success
              type: str
              sample: venv
            python:
              description: Its Python; empty if there is none.
              returned: success
              type: str
              sample: /opt/app/bin/python
            version:
              description: The version of that Python.
              returned: success
              type: str
              sample: 3.13.5
            base:
              description: The executable that it was made from; empty if not known.
              returned: success
              type: str
              sample: /usr/bin/python3.13
            base_provider:
              description: Who put that there.
              returned: success
              type: str
              sample: debian
            user:
              description: In whose home it lies; empty if in none.
              returned: success
              type: str
              sample: ""
            system_site_packages:
              description: Whether it sees the packages of its base.
              returned: success
              type: bool
              sample: false
            health:
              description: V(sound), V(broken) or V(unknown).
              returned: success
              type: str
              sample: sound
            problems:
              description: What is wrong with it.
              returned: success
              type: list
              elements: dict
              sample: []
              contains:
                code:
                  description: A name for programs.
                  returned: success
                  type: str
                  sample: interpreter-missing
                message:
                  description: What is wrong.
                  returned: success
                  type: str
                  sample: bin/python leads nowhere
                hint:
                  description: What to do.
                  returned: success
                  type: str
                  sample: make the environment anew
            application:
              description: What pipx recorded.
              returned: for applications of pipx
              type: dict
              sample:
                name: black
                version: 25.1.0
                suffix: ""
                commands: [black, blackd]
                injected: []
                python: /usr/bin/python3.13
                pinned: false
                backend: pip
                home: /opt/pipx
                error: ""
              contains:
                name:
                  description: The main package.
                  returned: success
                  type: str
                  sample: black
                version:
                  description: Its version.
                  returned: success
                  type: str
                  sample: 25.1.0
                suffix:
                  description: What its commands' names end in.
                  returned: success
                  type: str
                  sample: ""
                commands:
                  description: Its commands.
                  returned: success
                  type: list
                  elements: str
                  sample: [black, blackd]
                injected:
                  description: Packages put into its environment.
                  returned: success
                  type: list
                  elements: str
                  sample: []
                python:
                  description: The interpreter that it was made with.
                  returned: success
                  type: str
                  sample: /usr/bin/python3.13
                pinned:
                  description: Whether it is kept at its version.
                  returned: success
                  type: bool
                  sample: false
                backend:
                  description: V(pip) or V(uv).
                  returned: success
                  type: str
                  sample: pip
                home:
                  description: The home of pipx.
                  returned: success
                  type: str
                  sample: /opt/pipx
                error:
                  description: Why the record could not be read.
                  returned: success
                  type: str
                  sample: ""
            packages:
              description: The distributions in it.
              returned: when O(gather_subset) holds V(packages)
              type: list
              elements: dict
              contains: *package
        pip_config:
          description: What pip and uv are told. Credentials are taken out.
          returned: when O(gather_subset) holds V(pip_config)
          type: dict
          contains:
            files:
              description: The configuration files of pip.
              returned: success
              type: list
              elements: dict
              sample:
                - path: /etc/pip.conf
                  scope: global
                  user: ""
                  settings: [{section: global, option: break-system-packages, value: "true"}]
                  error: ""
              contains:
                path:
                  description: The file.
                  returned: success
                  type: str
                  sample: /etc/pip.conf
                scope:
                  description: V(global), V(user), V(site) or V(env).
                  returned: success
                  type: str
                  sample: global
                user:
                  description: For whom; empty for everybody.
                  returned: success
                  type: str
                  sample: ""
                settings:
                  description: What it sets, in order.
                  returned: success
                  type: list
                  elements: dict
                  sample: [{section: global, option: break-system-packages, value: "true"}]
                error:
                  description: Why every command of pip fails with it.
                  returned: success
                  type: str
                  sample: ""
            uv_files:
              description: The configuration files of uv.
              returned: success
              type: list
              elements: dict
              sample: [{path: /etc/uv/uv.toml, scope: system, user: "", break_system_packages: true, error: ""}]
              contains:
                path:
                  description: The file.
                  returned: success
                  type: str
                  sample: /etc/uv/uv.toml
                scope:
                  description: V(system) or V(user).
                  returned: success
                  type: str
                  sample: system
                user:
                  description: For whom; empty for everybody.
                  returned: success
                  type: str
                  sample: ""
                break_system_packages:
                  description: What it says of it; V(null) if nothing.
                  returned: success
                  type: bool
                  sample: true
                error:
                  description: Why it can't be read.
                  returned: success
                  type: str
                  sample: ""
            variables:
              description: Environment variables for pip or uv.
              returned: success
              type: list
              elements: dict
              sample: [{name: PIP_BREAK_SYSTEM_PACKAGES, value: "1", source: /etc/environment, scope: login, user: ""}]
              contains:
                name:
                  description: The variable.
                  returned: success
                  type: str
                  sample: PIP_BREAK_SYSTEM_PACKAGES
                value:
                  description: Its value.
                  returned: success
                  type: str
                  sample: "1"
                source:
                  description: The file, or V(environment) for the module's own environment.
                  returned: success
                  type: str
                  sample: /etc/environment
                scope:
                  description: V(process), V(login) or V(service).
                  returned: success
                  type: str
                  sample: login
                user:
                  description: For whom; empty for everybody.
                  returned: success
                  type: str
                  sample: ""
        context:
          description: What kind of place the host is.
          returned: always
          type: dict
          contains:
            container:
              description: The kind of container; empty if it is none.
              returned: success
              type: str
              sample: podman
            wsl:
              description: V(wsl1) or V(wsl2); empty if it is neither.
              returned: success
              type: str
              sample: ""
            ci:
              description: The CI system; empty if it is no runner.
              returned: success
              type: str
              sample: ""
            immutable:
              description: What keeps the system from being changed in place; empty if nothing does.
              returned: success
              type: str
              sample: ""
            throwaway:
              description: Whether it is thrown away after use, as CI runners are.
              returned: success
              type: bool
              sample: false
            signs:
              description: What tells all that.
              returned: success
              type: list
              elements: dict
              sample: [{kind: container, what: podman, evidence: /run/.containerenv, strength: strong}]
              contains:
                kind:
                  description: V(container), V(wsl), V(ci) or V(immutable).
                  returned: success
                  type: str
                  sample: container
                what:
                  description: Which one.
                  returned: success
                  type: str
                  sample: podman
                evidence:
                  description: What was seen.
                  returned: success
                  type: str
                  sample: /run/.containerenv
                strength:
                  description: V(strong) or V(weak).
                  returned: success
                  type: str
                  sample: strong
            system:
              description: The operating system.
              returned: success
              type: dict
              sample: {id: debian, version: "13", name: Debian GNU/Linux 13 (trixie), kernel: linux}
        incomplete:
          description: Each thing that could not be read or was left out.
          returned: always
          type: list
          elements: dict
          sample: [{path: /root, code: permission, reason: permission denied}]
          contains:
            path:
              description: Where.
              returned: success
              type: str
              sample: /root
            code:
              description: A name for programs.
              returned: success
              type: str
              sample: permission
            reason:
              description: Why.
              returned: success
              type: str
              sample: permission denied
        scan:
          description: How the scan went.
          returned: always
          type: dict
          contains:
            duration:
              description: Seconds.
              returned: success
              type: float
              sample: 0.0312
            root:
              description: The root.
              returned: success
              type: str
              sample: /
            subset:
              description: What was gathered.
              returned: success
              type: list
              elements: str
              sample: [environments, installations, pip_config]
            execute:
              description: What might be run.
              returned: success
              type: str
              sample: never
            users:
              description: The accounts whose homes were looked at.
              returned: success
              type: list
              elements: str
              sample: [root, alice]
            search_paths:
              description: The search paths.
              returned: success
              type: list
              elements: dict
              sample: [{name: sudo, source: /etc/sudoers, directories: [/usr/sbin, /usr/bin]}]
              contains:
                name:
                  description: V(process), V(login) or V(sudo).
                  returned: success
                  type: str
                  sample: sudo
                source:
                  description: What says so.
                  returned: success
                  type: str
                  sample: /etc/sudoers
                directories:
                  description: The directories, in order.
                  returned: success
                  type: list
                  elements: str
                  sample: [/usr/sbin, /usr/bin]
            counts:
              description: How many there are, with what was cut.
              returned: success
              type: dict
              sample: {installations: 2, environments: 5, incomplete: 0}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.open_host import open_host
from ..module_utils._ansible.scan_options import SCAN_ARGUMENTS, read_request
from ..module_utils._scan.pipeline import scan
from ..module_utils._scan.serialize.facts_result import serialize_facts

SUBSETS = ["installations", "environments", "packages", "pip_config"]


def main() -> None:
    """Scan, and tell it as facts."""
    subset = {"type": "list", "elements": "str", "choices": SUBSETS, "default": [s for s in SUBSETS if s != "packages"]}
    module = AnsibleModule(argument_spec={**SCAN_ARGUMENTS, "gather_subset": subset}, supports_check_mode=True)
    request = read_request(module, module.params["gather_subset"])
    with open_host(module) as host:
        facts = serialize_facts(scan(host, request), request, host.root)
    module.exit_json(ansible_facts={"pyfleet_python": facts})


if __name__ == "__main__":
    main()
