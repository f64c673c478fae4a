# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links to scripts of an environment: what a killed run leaves, and what is not its own."""

from __future__ import annotations

import os
from pathlib import Path

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._venv.parent_directory import (
    PrivilegedFileAccess,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.script_links import (
    update_links,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
    Link,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.state import (
    read_environment_state,
)


def link_shop(environment: Path, directory: Path) -> bool:
    link = Link(name="shop", directory=str(directory))
    spec = EnvironmentSpec(str(environment), links=(link,))
    with Host() as host:
        before = read_environment_state(host, spec.path)
    files = PrivilegedFileAccess("owner", None, print)
    return update_links(spec, before=before, files=files)


def test_a_run_that_was_killed_leaves_no_draft_behind(tmp_path: Path) -> None:
    environment, directory = tmp_path / "venv", tmp_path / "bin"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin/shop").touch(0o755)
    directory.mkdir()
    (directory / "shop.0123abcd").symlink_to("/elsewhere/bin/shop")  # somebody else's
    child = os.fork()
    if child == 0:
        os.rename = lambda *_names: os._exit(9)  # type: ignore[assignment]
        link_shop(environment, directory)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WEXITSTATUS(status) == 9
    assert len(list(directory.iterdir())) == 2
    assert link_shop(environment, directory)
    assert {each.name for each in directory.iterdir()} == {"shop", "shop.0123abcd"}
    assert not link_shop(environment, directory)
