#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: venv
short_description: Manage Python virtual environments with atomic releases
version_added: 1.0.0
description:
  - Manages one or more virtual environments of a host in one call.
  - With O(strategy=atomic), each change is built as a new release beside the current one, checked, and switched in by
    one rename. If a step fails or the process is killed, the current release stays in use, and the next run cleans up.
  - If nothing has to change, the module only reads files and starts no process.
  - Rebuilds an environment whose interpreter is gone, or whose creation was interrupted, with the requested packages,
    and reports why in RV(environments[].rebuilt).
  - All work in an environment is done as its owner. If root runs the module for another owner, a child process drops
    root privileges permanently and does the work.
  - The host needs a Python that can create environments (on Debian and Ubuntu C(python3-venv)), or uv.
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - Predicts which distributions would change with a dry run of pip (22.2 or newer) or uv. The dry run may download
        and build in a temporary directory, as the owner.
      - If no prediction is possible (an older pip, an index that does not respond), RV(environments[].changed=true) and
        RV(environments[].unresolved) contains the reason.
      - A local project whose files have changed counts as changed, even if the built distribution is the same.
      - Only a real run detects that a source distribution cannot be built, that with uv a file does not have the
        requested hash, or that a script in O(links) is missing if distributions have to be installed first.
  diff_mode:
    support: full
options:
  path:
    description:
      - The path of the environment. With O(strategy=atomic) it becomes a symbolic link to the current release. The
        releases are beside it, in C(.NAME.releases).
      - Required, unless O(environments) is set.
    type: path
  state:
    description:
      - V(present) installs what is missing or does not match, and keeps other distributions.
      - V(latest) also upgrades the packages and their dependencies to the newest allowed versions. This queries the
        index on every run.
      - V(absent) removes the environment, its releases and its links.
    type: str
    choices: [present, latest, absent]
    default: present
  python:
    description:
      - The interpreter, as a path, a version such as V(3.12), or a quoted specifier such as V(>=3.11,<3.14).
      - A version or specifier is resolved among the Pythons that M(pyfleet.python.python_facts) finds. The operating
        system's own Python is preferred if it matches, otherwise the newest match. Shims of version managers are
        ignored.
      - V(3.13t) requests the free-threaded build, and V(3.13) any other. Unlike uv, which for C(3.14) takes a
        free-threaded build where it finds no other, this module takes one only for a version with a C(t).
      - If omitted, a new environment uses the Python that Ansible uses on the host, and an existing environment keeps
        its Python.
      - An environment that uses another Python is rebuilt.
    type: str
  python_source:
    description:
      - With V(installed), O(python) is resolved among the installed Pythons.
      - With V(uv), O(python) is a version such as V("3.13") or V("3.13.5") and means a Python of uv, which is installed
        if it is missing, as by M(pyfleet.python.uv_python), by the user who runs the task. Its directory is
        C(/opt/uv/python) for root, also with O(owner), and C(~/.local/share/uv/python) for another user.
      - For another directory, a mirror or a list of downloads, set the variables of uv for the task,
        E(UV_PYTHON_INSTALL_DIR), E(UV_PYTHON_INSTALL_MIRROR) or E(UV_PYTHON_DOWNLOADS_JSON_URL), each time.
      - If that Python is missing, check mode reports a change with the reason in RV(environments[].unresolved).
    type: str
    choices: [installed, uv]
    default: installed
  packages:
    description:
      - The requirements to install, as in PEP 508, such as V(requests>=2.31) or V(name @
        https://example.com/name.whl), or the absolute path of a local project, wheel or archive.
    type: list
    elements: str
    default: []
  requirements:
    description:
      - Requirements files on the host. Files that they include with C(-r) and C(-c) are read as well.
      - They are read with the rights of O(owner).
    type: list
    elements: path
    default: []
  chdir:
    description:
      - The directory that relative paths of projects start from, in O(packages) and in requirements files, as in
        C(ansible.builtin.pip).
      - By default, a relative path in a file starts at the directory of that file. If no project or archive is there,
        it starts at the nearest of the two directories above that has it, as for C(-e .) in C(requirements/dev.txt) of
        a project; a directory that other users can write is never chosen. O(packages) cannot contain relative paths.
    type: path
  lock:
    description:
      - A lock file on the host that lists the complete environment. Either a C(pylock.toml) (PEP 751; needs uv, or pip
        26.1 in the environment), or a requirements file in which every requirement has hashes.
      - Implies O(exact=true).
    type: path
  constraints:
    description:
      - Constraints files on the host.
    type: list
    elements: path
    default: []
  exact:
    description:
      - Whether to remove distributions that no requirement needs.
      - With pip, this needs pip 22.2 or newer in the environment.
    type: bool
    default: false
  packages_absent:
    description:
      - Names of distributions to remove, such as V(requests). All others stay, and need not be listed.
      - A distribution is removed even if another one needs it, as C(pip uninstall) does. To remove whatever no
        requirement needs, use O(exact).
      - A name must not be in O(packages) as well.
    type: list
    elements: str
    default: []
  no_deps:
    description:
      - Whether to install only the requested distributions, without their dependencies. A file with the output of
        C(pip freeze) is an example of a complete list.
    type: bool
    default: false
  require_hashes:
    description:
      - Whether every requirement must have a hash.
    type: bool
    default: false
  only_binary:
    description:
      - Projects to install only from wheels, or V(:all:).
    type: list
    elements: str
    default: []
  no_binary:
    description:
      - Projects to install only from source, or V(:all:).
    type: list
    elements: str
    default: []
  system_site_packages:
    description:
      - Whether the environment can import the distributions of its base Python.
    type: bool
    default: false
  pip:
    description:
      - Whether the environment has its own pip.
    type: bool
    default: true
  installer:
    description:
      - The tool that installs. V(uv) needs a uv on the host that only root, or the owner, can alter.
      - V(auto) keeps the installer that created the environment. For a new environment it selects uv if there is one
        and if pip's own configuration sets no index, proxy or certificate, because uv does not read that configuration.
      - uv queries extra indexes first and takes a project from the first index that has it. pip takes the best version
        from all indexes.
    type: str
    choices: [auto, pip, uv]
    default: auto
  index_url:
    description:
      - The URL of the package index. A username and password in it are removed and passed in a way that other users
        cannot see.
    type: str
  extra_index_urls:
    description:
      - URLs of additional package indexes.
    type: list
    elements: str
    default: []
  index_credentials:
    description:
      - Credentials for indexes and download servers, by host.
    type: list
    elements: dict
    default: []
    suboptions:
      host:
        description: The host name, as in the URL; for git with the port, where the URL has one.
        type: str
        required: true
      username:
        description: The username, or a token that is used without a password.
        type: str
        required: true
      password:
        description: The password.
        type: str
        default: ''
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
      - Seconds to wait for a server. V(0) uses the installer's default.
    type: float
    default: 0
  owner:
    description:
      - The user who builds and owns the files; by default the user that the module runs as. Another user needs root.
      - Root must not run programs that the user of a service can write. If root uses the scripts of an environment,
        make root its owner.
    type: str
  group:
    description:
      - The group of the files; by default the owner's group.
    type: str
  mode:
    description:
      - The mode of the environment's directory, as quoted octal digits, such as V('0750').
    type: raw
  strategy:
    description:
      - V(atomic) builds each change as a new release and switches to it. An existing plain environment is adopted if
        the file system can exchange it with a link in one step.
      - V(in_place) installs into the existing directory. If it fails, it may leave a broken environment.
    type: str
    choices: [atomic, in_place]
    default: atomic
  keep:
    description:
      - The number of old releases to keep. Others are removed after a switch to a new release.
    type: int
    default: 2
  release:
    description:
      - The id of a kept release to switch to, as returned in RV(release) or RV(previous) by an earlier run.
    type: str
  links:
    description:
      - Console scripts to link into other directories. A file or link that does not belong to this environment is never
        replaced.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name of the script in the environment's C(bin).
        type: str
        required: true
      directory:
        description: The directory of the link.
        type: path
        default: /usr/local/bin
      as:
        description: The name of the link; by default the name of the script.
        type: str
  build_environment:
    description:
      - Environment variables for pip, uv and builds from source, such as C(CFLAGS), and for C(${NAME}) in requirements.
      - Of the environment of the task, proxies, certificates, indexes and caches count, and without O(owner) also the
        variables that requirements name. Others that would change what is installed, such as C(PIP_CONSTRAINT), are an
        error.
    type: dict
    default: {}
  verify:
    description:
      - How to detect drift. V(quick) compares the set of distributions, their RECORD files, the scripts and the
        interpreter with the last run. V(full) also compares every file that has a recorded hash, and rebuilds the
        environment if a file is missing or altered.
    type: str
    choices: [quick, full]
    default: quick
  lock_timeout:
    description:
      - Seconds to wait for another run on the same path.
    type: float
    default: 300
  health_check:
    description:
      - A command that must succeed in a new release before the switch. If it fails or exceeds its timeout, the new
        release is removed, the current release stays in use, and the environment fails with the command's output.
      - The command runs with C(/) as its working directory, and with the C(bin) of the new release first on C(PATH).
      - It does not run in check mode, when nothing changes, or with O(release), so that a rollback is always possible.
      - Needs O(strategy=atomic).
    type: dict
    suboptions:
      command:
        description:
          - The command and its arguments. A name without a slash is searched in the release first.
        type: list
        elements: str
        required: true
      user:
        description:
          - The user who runs it; by default the owner. Any user other than the module's own needs root. For a service,
            use the user that the service runs as.
        type: str
      timeout:
        description: The time limit in seconds.
        type: float
        default: 60
      environment:
        description: Environment variables for the command.
        type: dict
        default: {}
  extra_args:
    description:
      - Not supported, and rejected. Check mode could not predict the effect of arbitrary options of pip or uv, and the
        next run could not detect it. Use the options of this module.
    type: raw
  environments:
    description:
      - The environments to manage in one call, each a dictionary of the options above. The module's own options are
        their defaults. The module attempts all of them, and fails at the end if one failed.
    type: list
    elements: dict
notes:
  - A Python process that is started through O(path) stays on the release that was current when it started, including
    later imports and worker processes. The exception is a switch between the start of the process and the reading of
    its site-packages.
  - The module logs its progress to the system log.
seealso:
  - module: pyfleet.python.python_facts
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: Install an application that its own user owns
  pyfleet.python.venv:
    path: /srv/shop/venv
    packages: [shop==4.2, gunicorn]
    owner: shop
  register: shop

- name: Restart the application if it changed
  ansible.builtin.service:
    name: shop
    state: restarted
  when: shop is changed

- name: Roll back to the previous release
  pyfleet.python.venv:
    path: /srv/shop/venv
    release: "{{ shop.previous }}"

- name: Install from a lock file with hashes, for a Python version, with a command for all users
  pyfleet.python.venv:
    path: /opt/report/venv
    python: ">=3.11"
    lock: /opt/report/requirements.lock
    links:
      - name: report

- name: Install all applications of a host in one call
  pyfleet.python.venv:
    environments:
      - path: /srv/shop/venv
        packages: [shop==4.2]
        owner: shop
      - path: /srv/blog/venv
        requirements: [/srv/blog/requirements.txt]
        owner: blog
    index_url: https://pypi.example.com/simple
    index_credentials:
      - host: pypi.example.com
        username: deploy
        password: "{{ vault_index_password }}"

- name: Switch to a new release only if the application can import its settings
  pyfleet.python.venv:
    path: /srv/shop/venv
    packages: [shop==4.3]
    health_check:
      command: [python, -m, shop, check]
      user: shop
      environment:
        SHOP_SETTINGS: /etc/shop/settings.toml

- name: Show what an upgrade would change
  pyfleet.python.venv:
    path: /srv/shop/venv
    packages: [shop]
    state: latest
  check_mode: true
  diff: true
"""

RETURN = r"""
environments:
  description:
    - The result for each environment, in the order of the request. For a single environment, the same keys are at the
      top level.
  returned: always, unless an option is invalid
  type: list
  elements: dict
  sample:
    - path: /srv/shop/venv
      changed: true
      python: /usr/bin/python3.13
      version: 3.13.5
      release: 20261125T120000-4f2a9c
      previous: 20261101T080000-0b77d1
      installer: pip
      added: []
      removed: []
      upgraded: [{name: shop, before: '4.1', after: '4.2'}]
      downgraded: []
      reinstalled: []
      rebuilt: []
      done: []
      unresolved: ''
      duration: 1.84
  contains:
    path:
      description: The path of the environment.
      returned: always
      type: str
      sample: /srv/shop/venv
    changed:
      description: Whether something changed, or would change in check mode.
      returned: always
      type: bool
      sample: true
    python:
      description: The base interpreter of the environment.
      returned: always
      type: str
      sample: /usr/bin/python3.13
    version:
      description: The version of the base interpreter.
      returned: always
      type: str
      sample: 3.13.5
    release:
      description: The id of the current release; empty with O(strategy=in_place).
      returned: always
      type: str
      sample: 20261125T120000-4f2a9c
    previous:
      description: The id of the previous release, for a rollback with O(release); empty if there is none.
      returned: always
      type: str
      sample: 20261101T080000-0b77d1
    installer:
      description: The installer, V(pip) or V(uv).
      returned: always
      type: str
      sample: pip
    added:
      description: Distributions that were installed.
      returned: always
      type: list
      elements: dict
      sample: [{name: six, before: '', after: 1.17.0}]
    removed:
      description: Distributions that were removed.
      returned: always
      type: list
      elements: dict
      sample: [{name: six, before: 1.17.0, after: ''}]
    upgraded:
      description: Distributions that were replaced by a newer version.
      returned: always
      type: list
      elements: dict
      sample: [{name: shop, before: '4.1', after: '4.2'}]
    downgraded:
      description: Distributions that were replaced by an older version.
      returned: always
      type: list
      elements: dict
      sample: [{name: six, before: 1.17.0, after: 1.16.0}]
    reinstalled:
      description: Distributions that were reinstalled at the same version, such as a local project with edited files.
      returned: always
      type: list
      elements: dict
      sample: [{name: shop, before: '4.2', after: '4.2'}]
    rebuilt:
      description: The reasons why the environment was rebuilt; empty if it was not.
      returned: always
      type: list
      elements: str
      sample: ['Its interpreter is gone: bin/python points to /usr/bin/python3.11, which does not exist.']
    done:
      description:
        - Other changes. V(created), V(adopted), V(settings) (mode, or access to the base's distributions),
          V(owner), V(links), V(switched), V(removed).
      returned: always
      type: list
      elements: str
      sample: [created, links]
    unresolved:
      description: In check mode, the reason why the changes cannot be predicted; otherwise empty.
      returned: always
      type: str
      sample: ''
    duration:
      description: The duration in seconds.
      returned: always
      type: float
      sample: 1.84
    msg:
      description: The error and how to fix it.
      returned: on failure
      type: str
      sample: no release matches shop==9. Request one of the versions that exist for this Python.
    problem:
      description: The error for programs, with the output of the failed tool in C(output).
      returned: on failure
      type: dict
      sample: {code: no-matching-version, message: no release matches shop==9,
        hint: Request one of the versions that exist for this Python., output: ''}
problem:
  description: The error of the first environment that failed, as in RV(environments).
  returned: on failure
  type: dict
  sample: {code: no-such-project, message: no release of shop was found, hint: Check its name., output: ''}
path:
  description: As in RV(environments).
  returned: for a single environment
  type: str
  sample: /srv/shop/venv
python:
  description: As in RV(environments).
  returned: for a single environment
  type: str
  sample: /usr/bin/python3.13
version:
  description: As in RV(environments).
  returned: for a single environment
  type: str
  sample: 3.13.5
release:
  description: As in RV(environments).
  returned: for a single environment
  type: str
  sample: 20261125T120000-4f2a9c
previous:
  description: As in RV(environments).
  returned: for a single environment
  type: str
  sample: 20261101T080000-0b77d1
installer:
  description: As in RV(environments).
  returned: for a single environment
  type: str
  sample: pip
added:
  description: As in RV(environments).
  returned: for a single environment
  type: list
  elements: dict
  sample: [{name: six, before: '', after: 1.17.0}]
removed:
  description: As in RV(environments).
  returned: for a single environment
  type: list
  elements: dict
  sample: []
upgraded:
  description: As in RV(environments).
  returned: for a single environment
  type: list
  elements: dict
  sample: []
downgraded:
  description: As in RV(environments).
  returned: for a single environment
  type: list
  elements: dict
  sample: []
reinstalled:
  description: As in RV(environments).
  returned: for a single environment
  type: list
  elements: dict
  sample: []
rebuilt:
  description: As in RV(environments).
  returned: for a single environment
  type: list
  elements: str
  sample: []
done:
  description: As in RV(environments).
  returned: for a single environment
  type: list
  elements: str
  sample: [created]
unresolved:
  description: As in RV(environments).
  returned: for a single environment
  type: str
  sample: ''
duration:
  description: As in RV(environments).
  returned: for a single environment
  type: float
  sample: 1.84
"""

from ..module_utils._ansible.peer_options import ANSIBLE_PIP
from ..module_utils._ansible.venv_module import VENV_ARGUMENTS, Module, converge


def main() -> None:
    """Converge."""
    converge(
        Module(
            peer=ANSIBLE_PIP,
            argument_spec=VENV_ARGUMENTS,
            supports_check_mode=True,
            required_one_of=[("path", "environments")],
        )
    )


if __name__ == "__main__":
    main()
