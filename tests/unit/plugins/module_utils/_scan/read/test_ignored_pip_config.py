# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration that pip does not read, and that it does; the Molecule scenario audit asks pip itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import User
from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.option_values import (
    OPTIONS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.pip_options import (
    KEYS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Readings
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ignored_pip_config import (
    read_ignored_pip_configs,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.installer_config import (
    read_settings,
)

from ...fixtures.trees import Link, tree

USERS = (
    User("root", 0, 0, "/root", "/bin/sh"),
    User("alice", 1000, 1000, "/home/alice", "/bin/sh"),
)
PASSWD = "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
INDEX = "[global]\nindex-url = https://pypi.example.com/simple\n"


def ignored(tmp_path: Path, files: Any, **options: Any) -> List[Any]:
    host = tree(tmp_path, {"etc/passwd": PASSWD, **files}, uid=0, **options)
    settings = read_settings(host, USERS, ["/usr"])
    return list(
        read_ignored_pip_configs(
            host, Readings(settings=settings, users=USERS, caller=USERS[0])
        )
    )


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("/etc/pip/pip.conf", "/etc/pip.conf"),
        ("/etc/pip.conf.d/index.conf", "/etc/pip.conf"),
        ("/home/alice/.pip.conf", "/home/alice/.config/pip/pip.conf"),
        ("/home/alice/.config/pip.conf", "/home/alice/.config/pip/pip.conf"),
        ("/root/pip/pip.ini", "/root/.config/pip/pip.conf"),
    ],
)
def test_a_file_where_pip_does_not_look(
    tmp_path: Path, path: str, instead: str
) -> None:
    (row,) = ignored(tmp_path, {path: INDEX})
    assert (row.path, row.what, row.instead) == (path, "place", instead)


@pytest.mark.parametrize(
    "files",
    [
        {
            "etc/pip.conf": INDEX,
            "etc/xdg/pip/pip.conf": INDEX,
            "home/alice/.pip/pip.conf": INDEX,
        },
        {
            "etc/pip.conf": "[global]\n[install]\nuser = no\n[:env:]\nx = 1\n[list]\nformat=columns\n"
        },
        {"etc/pip.conf": "[DEFAULT]\ntimeout = 3\n[global]\n"},
        {"etc/pip.conf": "[global]\nINDEX_URL = x\n--timeout = 3\n"},
        {"etc/pip/pip.conf": "# nothing yet\n[global]\n"},
        {"etc/pip/pip.conf": INDEX, "etc/pip.conf": Link("/etc/pip/pip.conf")},
        {
            "home/alice/.pip.conf": INDEX,
            "home/alice/.config/pip/pip.conf": Link("/home/alice/.pip.conf"),
        },
        {"etc/pip.conf": ""},
    ],
)
def test_what_pip_reads_is_not_reported(tmp_path: Path, files: Any) -> None:
    assert ignored(tmp_path, files) == []


@pytest.mark.parametrize(
    ("text", "what", "name", "instead"),
    [
        ("[globl]\ntimeout = 3\n", "section", "globl", "global"),
        ("[pip]\ntimeout = 3\n", "section", "pip", "global"),
        ("[GLOBAL]\ntimeout = 3\n", "section", "GLOBAL", "global"),
        ("[Install]\nuser = no\n", "section", "Install", "install"),
        ("[DEFAULT]\ntimeout = 3\n", "section", "DEFAULT", "global"),
        ("[global]\nindex_urls = x\n", "key", "global.index-urls", "index-url"),
        ("[global]\nxyzzy = x\n", "key", "global.xyzzy", ""),
    ],
)
def test_a_section_and_a_key_that_pip_ignores(
    tmp_path: Path, text: str, what: str, name: str, instead: str
) -> None:
    (row,) = ignored(tmp_path, {"etc/pip.conf": text})
    assert (row.path, row.what, row.name, row.instead) == (
        "/etc/pip.conf",
        what,
        name,
        instead,
    )


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_byte_order_mark_is_named(tmp_path: Path, mark: bytes) -> None:
    (row,) = ignored(tmp_path, {"etc/pip.conf": mark + INDEX.encode()})
    assert (row.what, row.reason) == (
        "file",
        "it begins with a byte order mark: every pip command fails",
    )


def test_a_file_that_a_variable_names_is_read(tmp_path: Path) -> None:
    files = {
        "etc/pip/pip.conf": INDEX,
        "etc/environment": "PIP_CONFIG_FILE=/etc/pip/pip.conf\n",
    }
    assert ignored(tmp_path, files) == []


def test_every_option_that_can_be_set_is_known() -> None:
    assert set(OPTIONS) <= KEYS
