# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module as Ansible sends it to a target: for its size, and to run it by hand under a tracer.

    python tests/testbed/payload.py pyfleet.python.audit '{"output": "summary"}' > AnsiballZ_audit.py

Needs ansible-core on the Python that runs this, and the collections on ANSIBLE_COLLECTIONS_PATH.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from typing import Any, Mapping


@functools.lru_cache(maxsize=None)
def _set_up_loader() -> None:
    """Set up Ansible's plugin loader, which can be done only once in a process."""
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()


def build(name: str, arguments: Mapping[str, Any]) -> bytes:
    """Return the program that carries module ``name`` with ``arguments``; LookupError: there is no such module."""
    from ansible.executor.module_common import modify_module
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.loader import module_loader
    from ansible.template import Templar

    _set_up_loader()
    path = module_loader.find_plugin(name)
    if path is None:
        raise LookupError("no module %s" % name)
    built = modify_module(
        module_name=name,
        module_path=path,
        module_args=dict(arguments),
        templar=Templar(loader=DataLoader()),
        module_compression="ZIP_DEFLATED",  # as the default of DEFAULT_MODULE_COMPRESSION
        task_vars={"ansible_python_interpreter": "/usr/bin/python3"},
    )
    data = getattr(
        built, "b_module_data", None
    )  # a record since ansible-core 2.19, a tuple before
    return bytes(data if data is not None else built[0])


def build_apart(name: str, arguments: Mapping[str, Any]) -> bytes:
    """Do the same in a process of its own, for callers that must not import Ansible."""
    command = [sys.executable, __file__, name, json.dumps(dict(arguments))]
    return subprocess.run(command, check=True, capture_output=True).stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(
        build(sys.argv[1], json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}"))
    )
