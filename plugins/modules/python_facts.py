#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: python_facts
short_description: Gather facts about the Pythons and virtual environments of a host
version_added: 1.0.0
description:
  - Finds the Python installations and environments of a host. For each it reports the provider, the package that owns
    it, and whether pip and uv are stopped from writing to it (PEP 668).
  - By default the module only reads files and starts no process, so it never runs a Python that a user can alter.
  - True, false and unknown are three answers. V(null) means unknown, and a value beside it gives the reason.
  - The host needs nothing but the Python that Ansible uses.
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
      - The facts to gather.
      - V(installations) are the Pythons, V(environments) their virtual environments, V(pip_config) the configuration
        files and variables of pip and uv.
      - V(packages) are the distributions in each of them, and their origin. This takes longer.
    type: list
    elements: str
    choices: [installations, environments, packages, pip_config]
    default: [installations, environments, pip_config]
  set_facts:
    description:
      - Whether to set the fact C(pyfleet_python) of the host, in place of what an earlier task gathered.
      - If V(false), the facts of the host stay as they are, and the result has RV(pyfleet_python) instead.
    type: bool
    default: true
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

- name: Show the provider of each Python
  ansible.builtin.debug:
    msg: "{{ item.path }} {{ item.version }} is provided by {{ item.provider }}"
  loop: "{{ ansible_facts.pyfleet_python.installations }}"
  loop_control:
    label: "{{ item.path }}"

- name: Install with pip only if the Python is not externally managed
  ansible.builtin.pip:
    name: requests
    executable: /opt/python/bin/pip3
  when: >-
    ansible_facts.pyfleet_python | pyfleet.python.installation('/opt/python/bin/python3')
    is not pyfleet.python.externally_managed

- name: Show the broken environments
  ansible.builtin.debug:
    msg: "{{ environments | selectattr('health', 'eq', 'broken') | map(attribute='path') }}"
  vars:
    environments: "{{ ansible_facts.pyfleet_python.environments }}"

- name: Scan a mounted image, and keep the facts of the host
  pyfleet.python.python_facts:
    root: /mnt/image
    gather_subset: [installations, packages]
    set_facts: false
  register: image

- name: Show the Pythons of the image
  ansible.builtin.debug:
    msg: "{{ image.pyfleet_python.installations | map(attribute='path') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts to add to ansible_facts.
  returned: when O(set_facts=true)
  type: dict
  contains:
    pyfleet_python:
      description: The Pythons of the host.
      returned: always
      type: dict
      contains: &facts
        installations:
          description: The Python installations. One with several names is listed once.
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
              description: The names that start it.
              returned: success
              type: list
              elements: dict
              sample: [{path: /usr/bin/python3, via: PATH}]
              contains:
                path:
                  description: The path of the name.
                  returned: success
                  type: str
                  sample: /usr/bin/python3
                via:
                  description: Where the name was found.
                  returned: success
                  type: str
                  sample: sudo PATH
            version:
              description: V(x.y.z) if known, otherwise V(x.y).
              returned: success
              type: str
              sample: 3.13.5
            version_source:
              description: The source of the value.
              returned: success
              type: str
              sample: symbol
            implementation:
              description: V(cpython), V(pypy) or V(graalpy); empty if unknown.
              returned: success
              type: str
              sample: cpython
            provider:
              description: The provider, such as V(debian), V(pyenv) or V(unknown).
              returned: success
              type: str
              sample: debian
            provider_because:
              description: The evidence for the provider.
              returned: success
              type: str
              sample: dpkg says that it belongs to python3.13-minimal 3.13.5-2; it is /usr/bin/python3.13
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
                  description: The name of the package; empty if no package owns it, or unknown.
                  returned: success
                  type: str
                  sample: python3.13-minimal
                version:
                  description: The version of the package.
                  returned: success
                  type: str
                  sample: 3.13.5-2
                manager:
                  description: The package manager.
                  returned: success
                  type: str
                  sample: dpkg
                known:
                  description: Whether the owner is known. If it is and the name is empty, no package owns it.
                  returned: success
                  type: bool
                  sample: true
                because:
                  description: The reason why it is unknown.
                  returned: success
                  type: str
                  sample: ""
            externally_managed:
              description: The C(EXTERNALLY-MANAGED) file and its effect.
              returned: success
              type: dict
              contains:
                marker:
                  description: The path of the file, or where it would be.
                  returned: success
                  type: str
                  sample: /usr/lib/python3.13/EXTERNALLY-MANAGED
                state:
                  description:
                    - V(intact) if the file is as shipped, V(modified) if it is not, V(missing) if it was shipped and
                      is gone, V(diverted) if C(dpkg-divert) diverts it, V(excluded) if the package manager is
                      configured to exclude it, V(unexpected) if it exists and no package ships it, V(not_expected) if
                      it does not exist and none should, V(unknown) if this cannot be determined.
                  returned: success
                  type: str
                  sample: intact
                because:
                  description: The evidence for the state.
                  returned: success
                  type: str
                  sample: its md5 is the one that dpkg libpython3.13-stdlib records
                effective:
                  description: Whether the file stops each tool.
                  returned: success
                  type: dict
                  contains:
                    pip:
                      description: Whether pip is stopped; V(null) if unknown.
                      returned: success
                      type: bool
                      sample: true
                    uv:
                      description: Whether uv is stopped; V(null) if unknown.
                      returned: success
                      type: bool
                      sample: true
                    because:
                      description: The reasons, by tool.
                      returned: success
                      type: dict
                      sample:
                        pip: externally managed (PEP 668), and pip 25.1.1 obeys
                        uv: externally managed (PEP 668), and uv obeys
                message:
                  description: The message that pip prints.
                  returned: success
                  type: str
                  sample: To install Python packages system-wide, try apt install
                neutralised_by:
                  description: The settings that override the file, for any user.
                  returned: success
                  type: list
                  elements: dict
                  sample:
                    - {tool: pip, source: /etc/pip.conf, what: break-system-packages = true, user: "", silent: false}
                  contains:
                    tool:
                      description: The tool that is not stopped.
                      returned: success
                      type: str
                      sample: pip
                    source:
                      description: The configuration file, V(environment), or the directory of an old pip.
                      returned: success
                      type: str
                      sample: /etc/pip.conf
                    what:
                      description: The setting.
                      returned: success
                      type: str
                      sample: break-system-packages = true
                    user:
                      description: The user it applies to; empty for all users.
                      returned: success
                      type: str
                      sample: ""
                    silent:
                      description: Whether it bypasses the file, as C(target) does.
                      returned: success
                      type: bool
                      sample: false
            venv:
              description: Whether C(python -m venv) works.
              returned: success
              type: dict
              contains:
                usable:
                  description: Whether it works; V(null) if unknown.
                  returned: success
                  type: bool
                  sample: false
                ensurepip:
                  description: Whether pip can be installed into a new environment.
                  returned: success
                  type: bool
                  sample: false
                missing_package:
                  description: The missing package of the distribution; empty if none is known.
                  returned: success
                  type: str
                  sample: python3.13-venv
                because:
                  description: The reason why it does not work, or why this is unknown.
                  returned: success
                  type: str
                  sample: ensurepip, which installs pip into an environment, is missing
            pip:
              description: The pip of this Python; empty values if there is none.
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
                - Whether only root, or the account that the module ran as, can alter it.
                - V(null) if unknown.
              returned: success
              type: bool
              sample: true
            trusted_because:
              description: The paths that another user can write.
              returned: success
              type: list
              elements: str
              sample: []
            problems:
              description: The reasons why values are unknown.
              returned: success
              type: list
              elements: str
              sample: []
            packages:
              description: The distributions that it can import.
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
                  description: The installer that the metadata names, which is no proof.
                  returned: success
                  type: str
                  sample: debian
                origin:
                  description: V(distribution), V(pip), V(uv), V(conda), V(editable) or V(unknown).
                  returned: success
                  type: str
                  sample: distribution
                owner:
                  description: The package that owns it; empty if none.
                  returned: success
                  type: str
                  sample: python3-requests
                overwrites:
                  description: The package whose files it overwrites; empty if none.
                  returned: success
                  type: str
                  sample: ""
        commands:
          description: What C(python), C(python3), C(pip), C(pip3) and C(pipx) run on each search path.
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
              description: The executable or environment; empty if neither.
              returned: success
              type: str
              sample: /usr/bin/python3.13
        environments:
          description: The virtual environments.
          returned: when O(gather_subset) holds V(environments)
          type: list
          elements: dict
          contains:
            path:
              description: The directory of the environment.
              returned: success
              type: str
              sample: /opt/app
            kind:
              description: V(venv), V(virtualenv), V(uv), V(conda) or V(pipx).
              returned: success
              type: str
              sample: venv
            python:
              description: The Python of the environment; empty if there is none.
              returned: success
              type: str
              sample: /opt/app/bin/python
            version:
              description: The version of that Python.
              returned: success
              type: str
              sample: 3.13.5
            base:
              description: The base executable that created it; empty if unknown.
              returned: success
              type: str
              sample: /usr/bin/python3.13
            base_provider:
              description: The provider of the base.
              returned: success
              type: str
              sample: debian
            user:
              description: The user whose home directory contains it; empty if none.
              returned: success
              type: str
              sample: ""
            system_site_packages:
              description: Whether it can import the packages of its base.
              returned: success
              type: bool
              sample: false
            health:
              description: V(sound), V(broken) or V(unknown).
              returned: success
              type: str
              sample: sound
            problems:
              description: The problems of the environment.
              returned: success
              type: list
              elements: dict
              sample: []
              contains:
                code:
                  description: A code for programs.
                  returned: success
                  type: str
                  sample: interpreter-missing
                message:
                  description: The problem.
                  returned: success
                  type: str
                  sample: "Its interpreter is gone: bin/python points to /usr/bin/python3.11, which does not exist."
                hint:
                  description: How to fix it.
                  returned: success
                  type: str
                  sample: /usr/bin/python3.13 -m venv --clear /opt/shop/venv, then install its packages again
            application:
              description: The metadata that pipx recorded.
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
                  description: The suffix of the commands.
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
                  description: The injected packages.
                  returned: success
                  type: list
                  elements: str
                  sample: []
                python:
                  description: The interpreter that created it.
                  returned: success
                  type: str
                  sample: /usr/bin/python3.13
                pinned:
                  description: Whether it is pinned.
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
                  description: The reason why the metadata could not be read.
                  returned: success
                  type: str
                  sample: ""
            packages:
              description: The distributions in the environment.
              returned: when O(gather_subset) holds V(packages)
              type: list
              elements: dict
              contains: *package
        pip_config:
          description: The configuration of pip and uv, without credentials.
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
                  description: The user it applies to; empty for all users.
                  returned: success
                  type: str
                  sample: ""
                settings:
                  description: The settings, in order.
                  returned: success
                  type: list
                  elements: dict
                  sample: [{section: global, option: break-system-packages, value: "true"}]
                error:
                  description: The reason why every pip command fails with this file.
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
                  description: The user it applies to; empty for all users.
                  returned: success
                  type: str
                  sample: ""
                break_system_packages:
                  description: The value of the setting; V(null) if not set.
                  returned: success
                  type: bool
                  sample: true
                error:
                  description: The reason why it cannot be read.
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
                  description: The user it applies to; empty for all users.
                  returned: success
                  type: str
                  sample: ""
        context:
          description: The kind of host.
          returned: always
          type: dict
          contains:
            container:
              description: The kind of container; empty if none.
              returned: success
              type: str
              sample: podman
            wsl:
              description: V(wsl1) or V(wsl2); empty if neither.
              returned: success
              type: str
              sample: ""
            ci:
              description: The CI system; empty if the host is not a runner.
              returned: success
              type: str
              sample: ""
            immutable:
              description: What makes the system immutable; empty if nothing does.
              returned: success
              type: str
              sample: ""
            throwaway:
              description: Whether the host is discarded after use, as CI runners are.
              returned: success
              type: bool
              sample: false
            signs:
              description: The evidence.
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
                  description: The value.
                  returned: success
                  type: str
                  sample: podman
                evidence:
                  description: The file or variable that was found.
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
          description: What could not be read or was skipped.
          returned: always
          type: list
          elements: dict
          sample: [{path: /root, code: permission, reason: permission denied}]
          contains:
            path:
              description: The path.
              returned: success
              type: str
              sample: /root
            code:
              description: A code for programs.
              returned: success
              type: str
              sample: permission
            reason:
              description: The reason.
              returned: success
              type: str
              sample: permission denied
        scan:
          description: Data about the scan.
          returned: always
          type: dict
          contains:
            duration:
              description: The duration in seconds.
              returned: success
              type: float
              sample: 0.0312
            root:
              description: The root directory that was scanned.
              returned: success
              type: str
              sample: /
            subset:
              description: The facts that were gathered.
              returned: success
              type: list
              elements: str
              sample: [environments, installations, pip_config]
            execute:
              description: The value of O(execute).
              returned: success
              type: str
              sample: never
            users:
              description: The accounts whose home directories were scanned.
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
                  description: The source of the value.
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
              description: The numbers of entries, including those that were cut.
              returned: success
              type: dict
              sample: {installations: 2, environments: 5, incomplete: 0}
pyfleet_python:
  description: The same as RV(ansible_facts.pyfleet_python).
  returned: when O(set_facts=false)
  type: dict
  contains: *facts
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._ansible.open_host import open_host
from ..module_utils._ansible.scan_options import read_request
from ..module_utils._scan.pipeline import scan
from ..module_utils._scan.scan_request import SCAN_ARGUMENTS
from ..module_utils._scan.serialize.facts_result import serialize_facts

SUBSETS = ["installations", "environments", "packages", "pip_config"]


def main() -> None:
    """Scan the host, and return its facts."""
    subset = {
        "type": "list",
        "elements": "str",
        "choices": SUBSETS,
        "default": [s for s in SUBSETS if s != "packages"],
    }
    module = AnsibleModule(
        argument_spec={
            **SCAN_ARGUMENTS,
            "gather_subset": subset,
            "set_facts": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    request = read_request(module, module.params["gather_subset"])
    with open_host(module) as host:
        facts = serialize_facts(scan(host, request), request, host.root)
    result = {"pyfleet_python": facts}
    if module.params["set_facts"]:
        module.exit_json(ansible_facts=result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
