#!/usr/bin/python
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pyenv_python
short_description: Manage the Pythons of pyenv
version_added: 1.0.0
description:
  - Builds and removes versions of Python with pyenv, and sets the global versions of a root.
  - A root is the directory that C(PYENV_ROOT) names, C(~/.pyenv) of a user, or one that users share, such as C(/opt/pyenv).
  - The module reads the files of the root. Without a change it starts no process.
  - The module works as the owner of the pyenv root, even if the root user runs the task. If the root user owns it,
    nobody else may be able to change it.
  - If a build fails, the previous state is kept. A build that was killed is undone by the next run.
  - pyenv itself must be installed, in the root or system-wide. The role P(pyfleet.python.pyenv#role) installs it.
author:
  - pyfleet contributors (@pyfleet)
options:
  root:
    description:
      - The root, with the directory C(versions).
    type: path
    default: ~/.pyenv
  pyenv:
    description:
      - The executable of pyenv. If left out, C(bin/pyenv) of the root, otherwise the one in C(/usr/bin), C(/usr/local/bin)
        or the prefix of Homebrew.
    type: path
  versions:
    description:
      - Versions as pyenv names them, such as V(3.13), V(3.13.5), V(3.13t), V(3.15.0b4) or V(pypy3.11-7.3.20).
      - V(3.13) is the newest release of it. With O(state=present) an installed one is enough, otherwise the newest
        that the definitions of this pyenv have.
      - Write them in quotes. YAML reads C(3.10) as C(3.1), and the module refuses numbers.
    type: list
    elements: raw
    default: []
  state:
    description:
      - V(present) builds what is not installed. V(latest) also builds the newest release of V(3.13) where an older one is
        installed, which stays. V(absent) removes the version; V(3.13) means every release of it.
    type: str
    choices: [present, latest, absent]
    default: present
  global:
    description:
      - The versions that are active unless another one is selected, as C(pyenv global) sets them, in this order.
        V(system) is the Python of the system.
      - V(3.13) is the newest installed release of it. It is compared on every run.
      - An empty list removes the setting. If left out, it stays as it is, without the versions that are removed.
    type: list
    elements: raw
  rebuild:
    description:
      - Whether to rebuild an installed version if this module built it with other build options. The version cannot
        be used during the rebuild.
    type: str
    choices: [never, changed]
    default: never
  configure_options:
    description:
      - Options of C(configure), such as V(--enable-optimizations), V(--with-lto) or V(--enable-shared).
    type: list
    elements: str
    default: []
  make_options:
    description:
      - Options of C(make).
    type: list
    elements: str
    default: []
  cflags:
    description:
      - Flags of the C compiler.
    type: str
    default: ""
  jobs:
    description:
      - How many processes C(make) starts at a time. V(0) is one for each processor.
    type: int
    default: 0
  build_environment:
    description:
      - Further variables for the build, such as C(LDFLAGS).
    type: dict
    default: {}
  build_directory:
    description:
      - Where a private directory for the build is created, which needs up to 1 GB and must be able to hold programs. If
        left out, the directory for temporary files.
    type: path
  required_extensions:
    description:
      - Parts of the standard library without which a build fails. pyenv itself only warns of most of them.
      - On Linux, the module looks for their headers before it starts the build. It does not where O(cflags) or
        O(build_environment) tell the compiler of other directories.
      - Of C(bz2), C(ctypes), C(curses), C(lzma), C(readline), C(sqlite3), C(ssl), C(tkinter), C(zlib).
    type: list
    elements: str
    default: [bz2, ctypes, lzma, sqlite3, ssl, zlib]
  cache:
    description:
      - A directory of archives under the names of the definitions, such as C(Python-3.13.5.tar.xz). Downloads are kept there,
        if the owner of the root can write to it. pyenv verifies the checksum of each.
      - If left out, C(cache) in the root where that exists.
    type: path
  offline:
    description:
      - Download nothing. An archive that is not in the cache, or has another checksum, is a failure before the build.
    type: bool
    default: false
  mirror_url:
    description:
      - A mirror of the archives. pyenv verifies what it gets.
    type: str
  mirror_layout:
    description:
      - How files are named on the mirror. V(checksum) by their SHA-256, as on the mirror of pyenv, V(python.org) as
        on python.org.
    type: str
    choices: [checksum, python.org]
    default: checksum
  lock_timeout:
    description:
      - Seconds to wait for another run on the same root.
    type: float
    default: 1800.0
extends_documentation_fragment:
  - pyfleet.python._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A build takes minutes. Its log is C(build-logs/VERSION.log) in the root from the beginning, and can be followed with
    C(tail -f). Use C(async) where connections break sooner.
  - Build options affect versions that are built. An installed version is built again only with O(rebuild=changed).
  - In check mode, the module does not look for libraries, since a task before it may install them.
seealso:
  - module: pyfleet.python.venv
  - name: pyenv
    description: The documentation of pyenv.
    link: https://github.com/pyenv/pyenv
"""

EXAMPLES = r"""
- name: Two Pythons for all users, of which 3.13 is the default
  pyfleet.python.pyenv_python:
    root: /opt/pyenv
    versions: ["3.13", "3.12"]
    global: ["3.13"]

- name: The newest patch release, optimized, for one user
  pyfleet.python.pyenv_python:
    root: /home/deploy/.pyenv
    versions: ["3.13"]
    state: latest
    configure_options: [--enable-optimizations, --with-lto]

- name: Build from archives that are on the host
  pyfleet.python.pyenv_python:
    root: /opt/pyenv
    versions: ["3.13.5"]
    cache: /srv/python-archives
    offline: true

- name: Remove all of a minor version
  pyfleet.python.pyenv_python:
    root: /opt/pyenv
    versions: ["3.8"]
    state: absent
"""

RETURN = r"""
root:
  description: The root.
  returned: success
  type: str
  sample: /opt/pyenv
versions:
  description: Each version, in the order requested. With O(state=absent), a request can be several.
  returned: success
  type: list
  elements: dict
  contains:
    request:
      description: What was requested.
      returned: always
      type: str
      sample: "3.13"
    version:
      description: The version that it means.
      returned: always
      type: str
      sample: 3.13.5
    action:
      description: What was done, V(built), V(rebuilt), V(removed) or V(none).
      returned: always
      type: str
      sample: built
    path:
      description: The prefix of the version.
      returned: always
      type: str
      sample: /opt/pyenv/versions/3.13.5
    python:
      description: Its interpreter.
      returned: always
      type: str
      sample: /opt/pyenv/versions/3.13.5/bin/python
    log:
      description: The log of its build; empty where it was not built.
      returned: always
      type: str
      sample: /opt/pyenv/build-logs/3.13.5.log
    seconds:
      description: How long the build took; 0 where it was not built, and in check mode.
      returned: always
      type: float
      sample: 142.7
    missing_extensions:
      description: Parts of the standard library that were not compiled, and that O(required_extensions) does not name.
      returned: always
      type: list
      elements: dict
      contains:
        extension:
          description: The module of the standard library.
          returned: always
          type: str
          sample: tkinter
        library:
          description: The library that it needs.
          returned: always
          type: str
          sample: Tk
        package:
          description: The package with its headers on this host; empty where that is not known.
          returned: always
          type: str
          sample: tk-dev
installed:
  description: The installed versions, after the run.
  returned: success
  type: list
  elements: str
  sample: [3.12.11, 3.13.5]
global:
  description: The global versions, after the run; empty where none are set.
  returned: success
  type: list
  elements: str
  sample: [3.13.5]
unresolved:
  description: What check mode cannot know yet; empty if nothing.
  returned: success
  type: str
  sample: ""
msg:
  description: What was done, in one line; after a failure, what went wrong and what to do.
  returned: always
  type: str
  sample: built 3.13.5; global is 3.13.5
problem:
  description: What went wrong, for programs. RV(ignore:problem.output) has the end of the build's log.
  returned: failure
  type: dict
  sample:
    code: missing-library
    message: "Python 3.13.5 would lack parts that required_extensions names: bz2 (bzip2)"
    hint: "Install with apt: libbz2-dev."
    output: ""
"""

from ..module_utils._ansible.credentials_module import Module
from ..module_utils._ansible.pyenv_python_module import PYENV_PYTHON_ARGUMENTS, run


def main() -> None:
    """Manage the versions."""
    run(Module(argument_spec=PYENV_PYTHON_ARGUMENTS, supports_check_mode=True))


if __name__ == "__main__":
    main()
