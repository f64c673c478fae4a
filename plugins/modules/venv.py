#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: venv
short_description: Converge virtual environments, switch them atomically, and heal them
version_added: 1.0.0
description:
  - Makes virtual environments that hold what is asked for, one or many of a host in one call.
  - With O(strategy=atomic), each change is built beside the environment as a release, tried, and switched in by one
    rename. Whatever fails or is killed on the way, the old release goes on serving, and the next run heals what was
    left.
  - Where nothing is to be done this is told by reading files, and no process is started.
  - An environment whose interpreter is gone, or that was left half-made, is made anew with the packages that are asked
    for, and the result says why.
  - All work in an environment is done as its owner. Run by root for another owner, a child gives up root for good
    first.
  - Needs nothing on the host but a Python that environments can be made with (on Debian and Ubuntu C(python3-venv),
    or uv).
author:
  - pyfleet contributors (@pyfleet)
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
    details:
      - Tells which distributions would change, by asking pip (22.2 or newer) or uv for a dry run. It may download and
        build in a temporary directory, as the owner.
      - Where that cannot be told (an older pip, an index that does not answer), RV(environments[].changed=true) and
        RV(environments[].unresolved) says why.
      - A local project whose files changed counts as changed, even if what would be built of it is the same.
      - Whether a source can be built, and with uv whether a file has the hash that is asked for, only the real run
        finds out; so it is with a script in O(links) where something is to be installed first.
  diff_mode:
    support: full
options:
  path:
    description:
      - Where the environment is. With O(strategy=atomic) it becomes a symbolic link to the release that serves, and the
        releases lie beside it in C(.NAME.releases).
      - Required, unless O(environments) is given.
    type: path
  state:
    description:
      - V(present) installs what is missing or does not fit, and leaves other distributions as they are.
      - V(latest) also brings packages, and what they depend on, to the newest versions that are allowed. This asks
        the index each time.
      - V(absent) removes the environment, its releases and its links.
    type: str
    choices: [present, latest, absent]
    default: present
  python:
    description:
      - The interpreter, as a path, as a version such as V(3.12), or as a specifier such as V(>=3.11,<3.14), quoted.
      - A version or specifier is looked up among the Pythons that M(pyfleet.python.python_facts) finds; the operating
        system's own is taken where it fits, else the newest. A shim of a version manager is never taken.
      - Where it is left out, a new environment gets the Python that Ansible itself uses on the host, and one that is
        there keeps its own.
      - An environment that stands on another Python than this is made anew.
    type: str
  packages:
    description:
      - What is to be installed, each as in PEP 508, such as V(requests>=2.31) or V(name @
        https://example.com/name.whl); also the absolute path of a local project, a wheel or an archive.
    type: list
    elements: str
    default: []
  requirements:
    description:
      - Requirements files on the host. Files that they name with C(-r) and C(-c) are part of them.
    type: list
    elements: path
    default: []
  lock:
    description:
      - A lock of the whole environment, on the host. Either a C(pylock.toml) (PEP 751; needs uv, or pip 26.1 in the
        environment), or a requirements file in which everything has hashes.
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
      - Whether distributions that nothing asks for are removed.
      - With pip, the environment needs pip 22.2 or newer for it.
    type: bool
    default: false
  require_hashes:
    description:
      - Whether every requirement must come with a hash.
    type: bool
    default: false
  only_binary:
    description:
      - Projects that are only installed from wheels, or V(:all:).
    type: list
    elements: str
    default: []
  no_binary:
    description:
      - Projects that are only built from source, or V(:all:).
    type: list
    elements: str
    default: []
  system_site_packages:
    description:
      - Whether the distributions of the underlying Python are seen from inside.
    type: bool
    default: false
  pip:
    description:
      - Whether the environment has a pip of its own.
    type: bool
    default: true
  installer:
    description:
      - What installs. V(uv) needs a uv on the host that none but root, or the owner, can alter.
      - V(auto) goes on with what made the environment. For a new one it takes uv where there is one and pip is told
        of no index, proxy or certificate in its own configuration, which uv would not know.
      - uv asks extra indexes first, and takes a project from the first index that has it; pip takes the best version
        of all.
    type: str
    choices: [auto, pip, uv]
    default: auto
  index_url:
    description:
      - The package index. A username and password in it are taken out and handed over where other users cannot see
        them.
    type: str
  extra_index_urls:
    description:
      - More package indexes.
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
        description: The name of the host, as in the URL.
        type: str
        required: true
      username:
        description: The username; for a token that stands for both, the token.
        type: str
        required: true
      password:
        description: The password.
        type: str
        default: ''
  find_links:
    description:
      - Directories, or URLs of pages, with archives.
    type: list
    elements: str
    default: []
  no_index:
    description:
      - Whether no index is asked, only O(find_links).
    type: bool
    default: false
  ca_bundle:
    description:
      - A file with the certificates that servers are checked against.
    type: path
  timeout:
    description:
      - Seconds to wait for a server; V(0) leaves this to the installer.
    type: float
    default: 0
  owner:
    description:
      - The user who builds and owns the files; by default the one that the module runs as. Another needs root.
      - What a service's user can write, root must not run. An environment that root's scripts use belongs to root.
    type: str
  group:
    description:
      - The group of the files; by default the owner's.
    type: str
  mode:
    description:
      - The mode of the environment's directory, as octal digits in quotes, such as V('0750').
    type: raw
  strategy:
    description:
      - V(atomic) builds each change as a release of its own and switches to it. A plain environment that is there is
        adopted, where the file system can exchange it with a link in one step.
      - V(in_place) installs into the directory that is there. What fails half-way may leave it broken.
    type: str
    choices: [atomic, in_place]
    default: atomic
  keep:
    description:
      - How many old releases are kept. More are removed when a new one is switched in.
    type: int
    default: 2
  release:
    description:
      - Switch to this kept release, by the id that an earlier run returned as RV(release) or RV(previous).
    type: str
  links:
    description:
      - Console scripts to expose in other directories. A file or link that is not of this environment is never
        replaced.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The script in the environment's C(bin).
        type: str
        required: true
      directory:
        description: The directory that gets the link.
        type: path
        default: /usr/local/bin
      as:
        description: The name of the link; by default that of the script.
        type: str
  build_environment:
    description:
      - Variables for building from source, such as C(CFLAGS).
    type: dict
    default: {}
  verify:
    description:
      - How drift is looked for. V(quick) compares the set of distributions, what each recorded, scripts and interpreter
        with the last converge. V(full) also compares every file that has a recorded hash, and makes the environment
        anew when one is missing or altered.
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
      - A command that a new release must pass before it is switched in. When it fails, or takes too long, the new
        release is removed, the old one goes on serving, and the environment fails with what the command said.
      - It runs with C(/) as its working directory, and with the C(bin) of the new release first on C(PATH).
      - It does not run in check mode, nor where nothing is to be changed, nor with O(release), so that the way back
        is always open.
      - Needs O(strategy=atomic).
    type: dict
    suboptions:
      command:
        description:
          - The command and its arguments. A name without a slash is looked for in the release first.
        type: list
        elements: str
        required: true
      user:
        description:
          - Who runs it; by default the owner. Another than the module's own user needs root. For a service, name the
            user that it runs as.
        type: str
      timeout:
        description: Seconds that it may take.
        type: float
        default: 60
      environment:
        description: Variables for the command.
        type: dict
        default: {}
  extra_args:
    description:
      - Not supported, and refused. What an option of pip or uv would do behind the module's back could not be
        foreseen in check mode, nor seen again in the next run. Each that is needed has an option here.
    type: raw
  environments:
    description:
      - Many environments of the host in one call, each a dictionary of the options above; those given beside it are the
        defaults. All are attempted, and the module fails at the end if one did.
    type: list
    elements: dict
notes:
  - Python started through the path pins itself to the release that served at that moment, so that what it imports
    later, and workers that it starts, are of the same release. What is left is the moment between the start of the
    process and the reading of its site-packages.
  - What is being done is written to the system's log as it happens.
seealso:
  - module: pyfleet.python.python_facts
  - module: pyfleet.python.audit
"""

EXAMPLES = r"""
- name: One application, as its own user's
  pyfleet.python.venv:
    path: /srv/shop/venv
    packages: [shop==4.2, gunicorn]
    owner: shop
  register: shop

- name: Restart it when it is another
  ansible.builtin.service:
    name: shop
    state: restarted
  when: shop is changed

- name: Go back to the release before
  pyfleet.python.venv:
    path: /srv/shop/venv
    release: "{{ shop.previous }}"

- name: From a lock with hashes, on a certain Python, with its command for everyone
  pyfleet.python.venv:
    path: /opt/report/venv
    python: ">=3.11"
    lock: /opt/report/requirements.lock
    links:
      - name: report

- name: All applications of a host in one call
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

- name: A release that cannot import its settings never serves
  pyfleet.python.venv:
    path: /srv/shop/venv
    packages: [shop==4.3]
    health_check:
      command: [python, -m, shop, check]
      user: shop
      environment:
        SHOP_SETTINGS: /etc/shop/settings.toml

- name: See what an update would bring
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
    - What became of each environment, in the order asked. For a single one the same keys are at the top level.
  returned: always, unless an option was refused
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
      description: The path.
      returned: always
      type: str
      sample: /srv/shop/venv
    changed:
      description: Whether something was, or would be, changed.
      returned: always
      type: bool
      sample: true
    python:
      description: The interpreter that it stands on.
      returned: always
      type: str
      sample: /usr/bin/python3.13
    version:
      description: The version of that.
      returned: always
      type: str
      sample: 3.13.5
    release:
      description: The id of the release that serves; empty with O(strategy=in_place).
      returned: always
      type: str
      sample: 20261125T120000-4f2a9c
    previous:
      description: The id of the release that served before, which O(release) leads back to; empty where there is none.
      returned: always
      type: str
      sample: 20261101T080000-0b77d1
    installer:
      description: V(pip) or V(uv).
      returned: always
      type: str
      sample: pip
    added:
      description: Distributions that were not there before.
      returned: always
      type: list
      elements: dict
      sample: [{name: six, before: '', after: 1.17.0}]
    removed:
      description: Distributions that are not there any more.
      returned: always
      type: list
      elements: dict
      sample: [{name: six, before: 1.17.0, after: ''}]
    upgraded:
      description: Distributions of which there is a newer version now.
      returned: always
      type: list
      elements: dict
      sample: [{name: shop, before: '4.1', after: '4.2'}]
    downgraded:
      description: Distributions of which there is an older version now.
      returned: always
      type: list
      elements: dict
      sample: [{name: six, before: 1.17.0, after: 1.16.0}]
    reinstalled:
      description: Distributions of the same version with other files, such as a local project that was edited.
      returned: always
      type: list
      elements: dict
      sample: [{name: shop, before: '4.2', after: '4.2'}]
    rebuilt:
      description: Why it was made anew; empty where it was not.
      returned: always
      type: list
      elements: str
      sample: ['Its interpreter is gone: bin/python leads to /usr/bin/python3.11, which is not there.']
    done:
      description:
        - What else was done. V(created), V(adopted), V(settings) (mode, or access to the base's distributions),
          V(owner), V(links), V(switched), V(removed).
      returned: always
      type: list
      elements: str
      sample: [created, links]
    unresolved:
      description: In check mode, why it can't be told what would change; else empty.
      returned: always
      type: str
      sample: ''
    duration:
      description: Seconds.
      returned: always
      type: float
      sample: 1.84
    msg:
      description: What went wrong, in one sentence, and what to do about it.
      returned: when it failed
      type: str
      sample: no release of shop fits shop==9. See the versions that the index has.
    problem:
      description: The same for programs, with the last words of the tool that failed in C(output).
      returned: when it failed
      type: dict
      sample: {code: no-matching-version, message: no release of shop fits shop==9, hint: '', output: ''}
problem:
  description: That of the first environment that failed, as in RV(environments).
  returned: when it failed
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

from ..module_utils._ansible.venv_module import VENV_ARGUMENTS, Module, converge


def main() -> None:
    """Converge."""
    converge(Module(argument_spec=VENV_ARGUMENTS, supports_check_mode=True, required_one_of=[("path", "environments")]))


if __name__ == "__main__":
    main()
