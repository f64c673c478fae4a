# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root writes itself only where nobody else can lead it elsewhere; else the owner of the directory does."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path
from typing import Iterator

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.writing_account import (
    find_writing_account,
    work_as,
)

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root writes for other users"
)
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def top() -> Iterator[Path]:
    """Yield a directory of root with one of nobody in it, whose way is root's."""
    with tempfile.TemporaryDirectory(prefix="pyfleet-", dir="/root") as directory:
        path = Path(directory)
        for name, uid in (("root", 0), ("theirs", NOBODY.pw_uid)):
            (path / name).mkdir()
            os.chown(path / name, uid, -1)
        yield path


def give_away(link: Path, target: Path) -> Path:
    link.symlink_to(target)
    os.lchown(link, NOBODY.pw_uid, -1)
    return link


def writer(path: Path) -> str:
    with Host() as host:
        account = find_writing_account(host, str(path))
    return account.name if account else ""


def test_root_writes_where_only_root_can(top: Path) -> None:
    assert writer(top / "root") == ""
    assert writer(top / "root" / "missing" / "below") == ""


def test_the_owner_of_a_directory_writes_in_it(top: Path) -> None:
    assert writer(top / "theirs") == "nobody"
    assert writer(top / "theirs" / "missing") == "nobody"
    (top / "link").symlink_to(top / "theirs")
    assert writer(top / "link") == "nobody"


def test_no_link_of_another_leads_root(top: Path) -> None:
    link = give_away(top / "theirs" / "link", top / "root")
    (top / "hop").symlink_to(link)
    (top / "second").symlink_to(top / "hop")
    for path in (link, top / "hop", top / "second", link / "missing"):
        with pytest.raises(
            OperationError, match="others can change a parent directory of"
        ):
            writer(path)


def test_a_directory_of_root_below_one_of_another_is_nobodys(top: Path) -> None:
    (top / "theirs" / "root").mkdir()
    with pytest.raises(OperationError, match="belongs to nobody"):
        writer(top / "theirs" / "root")
    (top / "root").chmod(0o777)
    with pytest.raises(OperationError, match="others can change"):
        writer(top / "root")


def test_work_is_done_with_the_rights_of_the_account(top: Path) -> None:
    top.chmod(0o755)
    with Host() as host:
        account = find_writing_account(host, str(top / "theirs"))
    work_as(None, (top / "root" / "file").touch)
    assert (top / "root" / "file").stat().st_uid == 0
    with pytest.raises(OperationError):
        work_as(account, (top / "root" / "other").touch)
    assert not (top / "root" / "other").exists()
