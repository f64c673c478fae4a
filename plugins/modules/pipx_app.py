#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pipx_app
short_description: Manage pipx applications for all users or for one user
version_added: 1.0.0
description:
  - Installs, upgrades, repairs and removes applications with pipx, each in a virtual environment of its own.
  - Works with every pipx from 1.0. If pipx has no C(--global), the module installs applications for all users with
    C(PIPX_HOME), C(PIPX_BIN_DIR) and C(PIPX_MAN_DIR).
  - If nothing has to change, the module only reads files, including the metadata that pipx recorded, and starts no
    process.
  - Rebuilds an application that no longer starts because its interpreter is gone or has another version, from the
    source that it was installed from and with its injected packages. If the rebuild fails, the module restores the old
    environment.
  - If root runs it for all users, only root may be able to alter the home of pipx, the environment and its Python. The
    module fails otherwise, also in check mode.
  - The module passes the index to pip in environment variables, so pipx does not record it. A C(pipx upgrade) by hand
    uses the index in C(pip.conf).
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - Reads files only, with two exceptions. With O(state=latest) it runs pip, as the owner, to look for a newer
        release. With O(pin), O(editable) or O(backend=uv), if something has to change, it runs pipx to get its version.
      - If only the index knows the new version, a diff shows C((newest allowed)).
      - If no installed Python matches O(python), or root runs the task and O(user) does not exist, check mode assumes
        that an earlier task takes care of that, see RV(unresolved).
      - Check mode does not predict whether an application with the backend V(uv) can be upgraded, see RV(unresolved).
  diff_mode:
    support: full
options:
  name:
    description:
      - The name of a project, a requirement such as V(black[d]>=24), a URL, or the absolute path of a project on the
        host.
      - With a URL that follows a branch, or with a path, an application that was installed from it is up to date. Use
        V(name @ URL) if the name is known.
    type: str
  version:
    description:
      - The version, such as V(24.1.0) or V(24.*), or a specifier such as V(>=24,<25).
      - Cannot be combined with a requirement that has a specifier in O(name).
    type: str
  state:
    description:
      - V(present) keeps a version that matches, V(latest) upgrades, V(absent) removes the application and every link to
        its commands.
      - V(latest) does not upgrade a pinned application, unless O(pin=false).
      - V(latest) with a specifier in O(name) or O(version), such as V(24.*), upgrades to the newest version that
        matches. It cannot be combined with an exact version.
      - V(latest) upgrades injected packages as well, unless one of them was requested with a specifier or a URL.
    type: str
    choices: [present, latest, absent]
    default: present
  inject:
    description:
      - The complete list of packages to inject into the environment, as requirements. Other injected packages are
        removed; V([]) removes all. If omitted, injected packages are kept.
      - pipx older than 1.2.0 cannot remove an injected package. With such a pipx the environment is rebuilt, at the
        same version.
    type: list
    elements: str
  inject_apps:
    description:
      - Whether to expose the commands of the injected packages; packages without commands are injected all the same.
        If omitted, commands of new packages are not exposed, and other packages keep their setting.
    type: bool
  python:
    description:
      - The Python of the environment, as the path of an interpreter, a version such as V("3"), V("3.12"), V("3.13.5")
        or V("3.13t") for a free-threaded Python, or a specifier such as V(>=3.11). An application that uses another
        Python is rebuilt. If omitted, pipx selects one for a new application, and an existing one keeps its Python.
      - A version or specifier selects the operating system's own Python if it matches, otherwise the newest that does.
      - If root runs it, only root may be able to alter it.
    type: str
  python_source:
    description:
      - With V(installed), a version in O(python) selects one of the installed Pythons.
      - With V(uv), O(python) is a version such as V("3.13"), and an application that is installed or rebuilt gets a
        Python of uv. It is installed if it is missing, as by M(pyfleet.python.uv_python), by the user who runs the task
        (in C(/opt/uv/python) for root, also for O(user)). An application whose Python is of that version already is
        kept.
      - For another directory, a mirror or a list of downloads, set the variables of uv for the task,
        E(UV_PYTHON_INSTALL_DIR), E(UV_PYTHON_INSTALL_MIRROR) or E(UV_PYTHON_DOWNLOADS_JSON_URL).
    type: str
    choices: [installed, uv]
    default: installed
  editable:
    description:
      - Whether to install the project at the path in O(name) in editable mode. If omitted, no for a new application; an
        existing one is kept. Needs pipx 1.2.1 or newer, and fails with an older one.
    type: bool
  reinstall:
    description:
      - Whether to rebuild the environment, at the same version and with its injected packages, even if nothing requires
        it. The task is then always changed.
    type: bool
    default: false
  scope:
    description:
      - V(global) installs for all users, in C(/opt/pipx) with commands in C(/usr/local/bin). V(user) installs for one
        user.
      - If omitted, V(global) for root unless O(user) is set, otherwise V(user).
      - The module respects C(PIPX_GLOBAL_HOME), C(PIPX_GLOBAL_BIN_DIR) and C(PIPX_GLOBAL_MAN_DIR) in the environment of
        the task, and for the user who runs the task C(PIPX_HOME), C(PIPX_BIN_DIR) and C(PIPX_MAN_DIR).
    type: str
    choices: [global, user]
  user:
    description:
      - The user to install for, with that user's privileges and in that user's home directory. Only root can select
        another user.
    type: str
  suffix:
    description:
      - A suffix for the names of the environment and its commands, to install more than one version.
    type: str
    default: ""
  system_site_packages:
    description:
      - Whether the environment can import the packages of its base Python. If omitted, no for a new application; an
        existing one is kept.
    type: bool
  include_dependencies:
    description:
      - Whether to expose the commands of dependencies. If omitted, no for a new application; an existing one is kept.
    type: bool
  pin:
    description:
      - Whether C(pipx upgrade) skips the application. Needs pipx 1.6.0 or newer, and fails with an older one.
      - If omitted, the present state is kept.
    type: bool
  backend:
    description:
      - The tool that creates new environments. V(uv) needs pipx 1.12.0 or newer. With V(auto), pipx selects uv as soon
        as there is one. An existing environment keeps its backend, also when it is rebuilt.
    type: str
    choices: [pip, uv, auto]
    default: pip
  executable:
    description:
      - The pipx to use. If omitted, the system's pipx, and for a user without one, the user's own.
      - If root runs it, only root may be able to alter it.
    type: path
  lock_timeout:
    description:
      - Seconds to wait for another run of this module on the same pipx home.
    type: float
    default: 300
  index_url:
    description:
      - The URL of the package index. A username and password in it are removed and passed in a private file.
    type: str
  extra_index_urls:
    description:
      - URLs of additional package indexes.
    type: list
    elements: str
    default: []
  index_credentials:
    description:
      - Credentials for indexes. They appear in no command line, result or log.
    type: list
    elements: dict
    default: []
    suboptions:
      host:
        description: The host name of the index.
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
      - Directories, or URLs of pages, that contain distributions.
    type: list
    elements: str
    default: []
  no_index:
    description:
      - Whether to ignore the index and use only O(find_links).
    type: bool
    default: false
  ca_bundle:
    description:
      - A file with the CA certificates to verify servers.
    type: path
  timeout:
    description:
      - Seconds that pip waits for an index. V(0) uses pip's default.
    type: float
    default: 0.0
  apps:
    description:
      - The applications to manage in one call, each a dictionary of the options above. The module's own options are
        their defaults.
      - The module attempts all of them. If one fails, the module fails and returns every result.
    type: list
    elements: dict
seealso:
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: Install applications for all users
  pyfleet.python.pipx_app:
    apps:
      - name: httpie
      - name: black
        version: "24.*"
      - name: ansible-core
        inject: [jmespath, netaddr]
  become: true

- name: Install an application for one user
  pyfleet.python.pipx_app:
    name: poetry
    user: alice
  become: true

- name: Keep an application at the newest release, from a private index
  pyfleet.python.pipx_app:
    name: internal-tool
    state: latest
    index_url: https://pypi.example.org/simple
    index_credentials:
      - host: pypi.example.org
        username: deploy
        password: "{{ vault_index_password }}"

- name: Remove an application
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
  description: The suffix of the environment and its commands.
  returned: always, at the top level for a single application
  type: str
  sample: ""
scope: &scope
  description: The scope, V(global) or V(user).
  returned: always, at the top level for a single application
  type: str
  sample: global
version: &version
  description: The installed version. In check mode, the version before the change.
  returned: always, at the top level for a single application
  type: str
  sample: 24.1.0
python: &python
  description: The base interpreter of the environment; empty if there is none.
  returned: always, at the top level for a single application
  type: str
  sample: /usr/bin/python3.13
location: &location
  description: The path of the environment; empty if there is none.
  returned: always, at the top level for a single application
  type: str
  sample: /opt/pipx/venvs/black
commands: &commands
  description: The commands of the application.
  returned: always, at the top level for a single application
  type: list
  elements: str
  sample: [black, blackd]
injected: &injected
  description: The injected packages.
  returned: always, at the top level for a single application
  type: list
  elements: dict
  sample: [{name: jmespath, version: 1.0.1}]
  contains:
    name:
      description: The name of the package.
      returned: always
      type: str
      sample: jmespath
    version:
      description: The version of the package.
      returned: always
      type: str
      sample: 1.0.1
pinned: &pinned
  description: Whether the application is pinned.
  returned: always, at the top level for a single application
  type: bool
  sample: false
repaired: &repaired
  description: The reason why the application was rebuilt or linked again; empty if it worked.
  returned: always, at the top level for a single application
  type: str
  sample: "Its interpreter is gone: bin/python points to /usr/bin/python3.11, which does not exist."
unresolved: &unresolved
  description: In check mode, what cannot be predicted and why; otherwise empty.
  returned: always, at the top level for a single application
  type: str
  sample: ""
msg: &msg
  description: The error and how to fix it.
  returned: on failure
  type: str
  sample: "nope: no release of nope was found. Check its name."
output: &output
  description: The last lines of pipx's output.
  returned: on failure
  type: str
  sample: "ERROR: No matching distribution found for nope"
problem: &problem
  description: The error for programs.
  returned: on failure
  type: dict
  sample: {code: no-such-project, message: no release of nope was found, hint: Check its name.}
diff: &diff
  description: The name, version and injected packages before and after.
  returned: with C(--diff)
  type: dict
  sample: {before: "", after: "black 24.1.0\n"}
apps:
  description:
    - The result for each application, in the order of the request. For a single application, the same keys are at the
      top level.
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
      description: Whether something changed, or would change in check mode.
      returned: always
      type: bool
      sample: true
    repaired: *repaired
    unresolved: *unresolved
    failed:
      description: Whether the application failed.
      returned: always
      type: bool
      sample: false
    msg: *msg
    output: *output
    problem: *problem
    diff: *diff
"""

from ..module_utils._ansible.peer_options import COMMUNITY_PIPX
from ..module_utils._ansible.pipx_app_module import PIPX_ARGUMENTS, Module, converge


def main() -> None:
    """Converge."""
    converge(
        Module(
            peer=COMMUNITY_PIPX,
            argument_spec=PIPX_ARGUMENTS,
            supports_check_mode=True,
            required_one_of=[("name", "apps")],
            mutually_exclusive=[("name", "apps")],
        )
    )


if __name__ == "__main__":
    main()
