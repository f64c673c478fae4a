#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pipx_app
short_description: Command-line tools by pipx, for everyone or for one user
version_added: 1.0.0
description:
  - Installs, upgrades, repairs and removes applications with pipx, each in an environment of its own.
  - Works with every pipx from 1.0 on. On one without C(--global), applications for everyone are made by way of
    C(PIPX_HOME), C(PIPX_BIN_DIR) and C(PIPX_MAN_DIR).
  - Where all is as it is wanted, no process is started. What pipx recorded is read instead.
  - An application that no longer starts, as its interpreter is gone or has moved to another version, is made anew from
    what it was installed from, with what was injected into it. If that fails, what was there is put back.
  - The index is told to pip by its environment, so pipx records none of it. A C(pipx upgrade) by hand asks the index of
    C(pip.conf).
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - Reads files only. With O(state=latest) pip is asked, as the owner, whether there is a newer release; with O(pin)
        or O(backend=uv), and something to do, pipx is asked for its version.
      - Of what only the index knows, a diff says C((newest allowed)).
      - Whether an application with the backend V(uv) can be upgraded is not foreseen, see RV(unresolved).
  diff_mode:
    support: full
options:
  name:
    description:
      - A project's name, a specification such as V(black[d]>=24), a URL, or the absolute path of a project on the host.
      - With a URL that follows a branch, or a path, what was once installed from it is what is wanted. Write
        V(name @ URL) where the name is known.
    type: str
  version:
    description:
      - The version, such as V(24.1.0) or V(24.*), or a specifier such as V(>=24,<25).
      - Refused together with a specification in O(name).
    type: str
  state:
    description:
      - V(present) keeps a version that fits, V(latest) upgrades, V(absent) removes it with every link to its commands.
      - V(latest) leaves an application alone that is pinned, unless O(pin=false).
    type: str
    choices: [present, latest, absent]
    default: present
  inject:
    description:
      - All the packages that are to be in the environment besides, as specifications. Others that were injected are
        taken out; V([]) takes out all. If left out, they are left as they are.
      - pipx older than 1.2.0 can take out nothing. There the environment is made anew, at the same version.
    type: list
    elements: str
  inject_apps:
    description:
      - Whether commands of the injected packages are exposed as well. If left out, they are not, or left as they are.
    type: bool
  python:
    description:
      - The Python to run it with, the path of an interpreter or a version such as V("3.12"). If it runs with another,
        it is made anew. If left out, pipx's own choice, or what is there.
    type: str
  scope:
    description:
      - V(global) installs for everyone, below C(/opt/pipx) with commands in C(/usr/local/bin), V(user) for one user.
      - If left out, V(global) for root unless O(user) is set, else V(user).
      - Directories set by C(PIPX_GLOBAL_HOME), C(PIPX_GLOBAL_BIN_DIR), C(PIPX_GLOBAL_MAN_DIR), and for the user who
        runs the task by C(PIPX_HOME), C(PIPX_BIN_DIR), C(PIPX_MAN_DIR), in the environment of the task are obeyed.
    type: str
    choices: [global, user]
  user:
    description:
      - The user to install it for, whose rights and home are used, never root's. Only root can name another.
    type: str
  suffix:
    description:
      - What the names of the environment and of its commands end in, so that two versions can be there.
    type: str
    default: ""
  system_site_packages:
    description:
      - Whether it sees the packages of the Python that it runs with. If left out, no, or left as it is.
    type: bool
  include_dependencies:
    description:
      - Whether commands of its dependencies are exposed as well. If left out, no, or left as it is.
    type: bool
  pin:
    description:
      - Whether C(pipx upgrade) leaves it alone. Needs pipx 1.6.0 or newer, and fails with an older one.
      - If left out, it is left as it is.
    type: bool
  backend:
    description:
      - What new environments are made with. V(uv) needs pipx 1.12.0 or newer. V(auto) leaves it to pipx, which takes uv
        as soon as there is one. An environment that is there keeps its own, also when it is made anew.
    type: str
    choices: [pip, uv, auto]
    default: pip
  executable:
    description:
      - The pipx to use. If left out, that of the system, and for a user without one, the user's own.
      - If root runs it, nobody but root may be able to alter it.
    type: path
  lock_timeout:
    description:
      - Seconds to wait for another run of this module on the same home of pipx.
    type: float
    default: 300
  index_url:
    description:
      - The package index. A username and password in it are taken out, and handed over in a private file.
    type: str
  extra_index_urls:
    description:
      - Further package indexes.
    type: list
    elements: str
    default: []
  index_credentials:
    description:
      - Credentials for indexes. They are in no command line, result or log.
    type: list
    elements: dict
    default: []
    suboptions:
      host:
        description: The host of the index.
        type: str
        required: true
      username:
        description: The username.
        type: str
        required: true
      password:
        description: The password.
        type: str
        default: ""
  find_links:
    description:
      - Directories or pages that hold distributions.
    type: list
    elements: str
    default: []
  no_index:
    description:
      - Use O(find_links) only.
    type: bool
    default: false
  ca_bundle:
    description:
      - A file with the certificates to trust.
    type: path
  timeout:
    description:
      - Seconds that pip waits for an index. V(0) leaves it to pip.
    type: float
    default: 0.0
  apps:
    description:
      - Many applications in one call, each with the options above, for which those of the module are defaults.
      - All are attempted. If any fails, the module fails with every result.
    type: list
    elements: dict
seealso:
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: Install tools for everyone
  pyfleet.python.pipx_app:
    apps:
      - name: httpie
      - name: black
        version: "24.*"
      - name: ansible-core
        inject: [jmespath, netaddr]
  become: true

- name: Install a tool for one user
  pyfleet.python.pipx_app:
    name: poetry
    user: alice
  become: true

- name: Keep a tool at the newest release, from an index of our own
  pyfleet.python.pipx_app:
    name: ours
    state: latest
    index_url: https://pypi.example.org/simple
    index_credentials:
      - host: pypi.example.org
        username: deploy
        password: "{{ vault_index_password }}"

- name: Remove a tool
  pyfleet.python.pipx_app:
    name: httpie
    state: absent
"""

RETURN = r"""
name: &name
  description: The name of the project.
  returned: always, at the top level for a single application
  type: str
  sample: black
suffix: &suffix
  description: What its commands' names end in.
  returned: always, at the top level for a single application
  type: str
  sample: ""
scope: &scope
  description: V(global) or V(user).
  returned: always, at the top level for a single application
  type: str
  sample: global
version: &version
  description: The version that is there now. In check mode, the one before.
  returned: always, at the top level for a single application
  type: str
  sample: 24.1.0
python: &python
  description: The interpreter that it runs with; empty if there is none.
  returned: always, at the top level for a single application
  type: str
  sample: /usr/bin/python3.13
location: &location
  description: Its environment; empty if there is none.
  returned: always, at the top level for a single application
  type: str
  sample: /opt/pipx/venvs/black
commands: &commands
  description: Its commands.
  returned: always, at the top level for a single application
  type: list
  elements: str
  sample: [black, blackd]
injected: &injected
  description: The packages that were put into its environment besides.
  returned: always, at the top level for a single application
  type: list
  elements: dict
  sample: [{name: jmespath, version: 1.0.1}]
  contains:
    name:
      description: The name.
      returned: always
      type: str
      sample: jmespath
    version:
      description: The version.
      returned: always
      type: str
      sample: 1.0.1
pinned: &pinned
  description: Whether it is pinned.
  returned: always, at the top level for a single application
  type: bool
  sample: false
repaired: &repaired
  description: Why it was made anew or linked again, as it did not work; empty if it worked.
  returned: always, at the top level for a single application
  type: str
  sample: "Its interpreter is gone: bin/python leads to /usr/bin/python3.11, which is not there."
unresolved: &unresolved
  description: What check mode could not tell.
  returned: always, at the top level for a single application
  type: str
  sample: ""
msg: &msg
  description: What went wrong, in one sentence, and what to do.
  returned: when it failed
  type: str
  sample: "nope: no release of nope was found. Check its name."
output: &output
  description: The last words of pipx.
  returned: when it failed
  type: str
  sample: "ERROR: No matching distribution found for nope"
problem: &problem
  description: What went wrong, for programs.
  returned: when it failed
  type: dict
  sample: {code: no-such-project, message: no release of nope was found, hint: Check its name.}
diff: &diff
  description: Name and version before and after, with what was injected.
  returned: with C(--diff)
  type: dict
  sample: {before: "", after: "black 24.1.0\n"}
apps:
  description: Each application, in the order asked. What a single one has is at the top level as well.
  returned: always
  type: list
  elements: dict
  contains:
    name: *name
    suffix: *suffix
    scope: *scope
    version: *version
    python: *python
    location: *location
    commands: *commands
    injected: *injected
    pinned: *pinned
    changed:
      description: Whether something was changed, or in check mode would be.
      returned: always
      type: bool
      sample: true
    repaired: *repaired
    unresolved: *unresolved
    failed:
      description: Whether it failed.
      returned: always
      type: bool
      sample: false
    msg: *msg
    output: *output
    problem: *problem
    diff: *diff
"""

from ..module_utils._ansible.pipx_app_module import PIPX_ARGUMENTS, Module, converge


def main() -> None:
    """Converge."""
    converge(
        Module(
            argument_spec=PIPX_ARGUMENTS,
            supports_check_mode=True,
            required_one_of=[("name", "apps")],
            mutually_exclusive=[("name", "apps")],
        )
    )


if __name__ == "__main__":
    main()
