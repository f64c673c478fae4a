# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may change names above an environment, and with which rights files are created there."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Iterator

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.parent_directory import (
    PrivilegedFileAccess,
    find_writer,
)

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="root is needed, to make files of another user"
)


@pytest.fixture
def area() -> Iterator[Path]:
    """Yield a directory below which only root, or the caller, can write."""
    top = Path("/var/lib" if os.geteuid() == 0 else os.path.expanduser("~")) / (
        "pyfleet-test-%d" % os.getpid()
    )
    top.mkdir(mode=0o755)
    yield top
    shutil.rmtree(top)


def judge(path: Path, uid: int) -> str:
    with Host() as host:
        return find_writer(str(path), uid, host)


@needs_root
def test_root_switches_where_only_root_can_write_and_the_owner_elsewhere(
    area: Path,
) -> None:
    assert judge(area / "venv", 0) == "root"
    assert judge(area / "venv", 65534) == "root"
    assert judge(area / "not" / "there" / "venv", 65534) == "root"
    home = area / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    assert judge(home / "venv", 65534) == "owner"
    for uid in (0, 12345):
        with pytest.raises(OperationError) as failed:
            judge(home / "venv", uid)
        assert failed.value.code == "unsafe-place"
        assert str(home) in failed.value.message


@needs_root
@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_a_directory_that_everybody_can_write_is_refused(area: Path, mode: int) -> None:
    area.chmod(mode)
    for uid in (0, 65534):
        with pytest.raises(OperationError):
            judge(area / "venv", uid)


@needs_root
def test_releases_that_somebody_else_could_swap_are_refused(area: Path) -> None:
    """The directory above was the user's once, and what lies in it still is."""
    kept = area / ".venv.releases"
    kept.mkdir()
    assert judge(area / "venv", 65534) == "root"
    os.chown(kept, 65534, 65534)
    with pytest.raises(OperationError) as failed:
        judge(area / "venv", 65534)
    assert failed.value.code == "unsafe-place"
    kept.rmdir()
    kept.symlink_to("/tmp")
    with pytest.raises(OperationError):
        judge(area / "venv", 65534)


def test_a_path_below_a_plain_file_is_refused(area: Path) -> None:
    (area / "file").write_text("")
    for path in (area / "file" / "venv", area / "file" / "deeper" / "venv"):
        with pytest.raises(OperationError) as failed:
            judge(path, os.geteuid())
        assert failed.value.code == "no-such-directory"
        assert str(area / "file") in failed.value.message


@pytest.mark.parametrize("umask", [0o077, 0o027, 0o000])
def test_directories_get_their_modes_whatever_the_umask_of_the_caller(
    tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        files = PrivilegedFileAccess("root", None, lambda line: None)
        files.make_directory(str(tmp_path / "above" / "venv"))
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    for path in (tmp_path / "above", tmp_path / "above" / "venv"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
