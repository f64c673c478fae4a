# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where root works on environments of conda."""

from __future__ import annotations

import os
import pwd
import tempfile

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._conda.find_tool import (
    require_trusted_directory,
)
from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root could be led to what is another's"
)
def test_root_follows_no_link_of_another_user() -> None:
    with tempfile.TemporaryDirectory(prefix="pyfleet-", dir="/root") as top:
        os.makedirs(top + "/envs/e")
        os.mkdir(top + "/home")
        os.symlink(top + "/envs", top + "/link")
        os.symlink(top + "/envs", top + "/home/link")
        os.chown(top + "/home", pwd.getpwnam("nobody").pw_uid, -1)
        with Host() as host:
            require_trusted_directory(host, top + "/link/e")
            for place in ("/home/link/e", "/home/new"):
                with pytest.raises(OperationError) as caught:
                    require_trusted_directory(host, top + place)
                assert caught.value.code == "untrusted-directory"
