# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are replaced in one step, with the mode, owner and group that they had."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path
from typing import Callable

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.accounts import (
    find_account,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.managed_files import (
    ManagedFiles,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.privilege_drop import (
    run_in_child,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.write_file import (
    replace_file,
    write_file,
)


def test_mode_stays_and_no_draft_is_left(tmp_path: Path) -> None:
    path = tmp_path / "below" / "file"
    write_file(str(path), "one\n")
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o600)
    write_file(str(path), "two\n")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("two\n", 0o600)
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "write",
    [
        write_file,
        lambda path, text: replace_file(path, text, 0o600),
        lambda path, text: ManagedFiles(check=False).write(path, text),
    ],
    ids=["write_file", "replace_file", "ManagedFiles"],
)
def test_a_failure_names_the_file_and_leaves_no_draft(
    write: Callable[[str, str], None], tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises((OperationError, OSError)) as failure:
        write(str(place), "text\n")
    words = str(failure.value)
    assert str(place) in words and "directory" in words
    assert words.count(str(tmp_path)) == 1 and ".place." not in words
    assert [entry.name for entry in tmp_path.iterdir()] == ["place"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes links of others")
def test_no_link_of_another_user_leads_to_the_directory(tmp_path: Path) -> None:
    (tmp_path / "real" / "below").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to("real")
    replace_file(str(link / "below" / "file"), "one\n", 0o600)
    os.lchown(link, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(
        OSError, match="link is a symbolic link that belongs to another user"
    ):
        replace_file(str(link / "below" / "file"), "two\n", 0o600)
    assert (tmp_path / "real" / "below" / "file").read_text() == "one\n"
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        replace_file(str(tmp_path / "loop" / "file"), "two\n", 0o600)


def test_drafts_of_killed_runs_do_not_stay(tmp_path: Path) -> None:
    path = tmp_path / "result.json"

    def killed(_descriptor: int) -> None:
        os._exit(9)

    pid = os.fork()
    if pid == 0:
        os.fchmod = lambda descriptor, _mode: killed(descriptor)  # type: ignore[assignment]
        replace_file(str(path), "text\n", 0o600)
    os.waitpid(pid, 0)
    (draft,) = tmp_path.iterdir()
    (tmp_path / ".result.jsonl").touch()
    replace_file(str(path), "text\n", 0o600)
    assert draft.exists()  # it may be that of a run that is at it
    for old in tmp_path.iterdir():
        os.utime(old, (0, 0))
    replace_file(str(path), "text\n", 0o600)
    names = {entry.name for entry in tmp_path.iterdir()}
    assert names == {"result.json", ".result.jsonl"}


def test_a_name_may_be_as_long_as_names_are(tmp_path: Path) -> None:
    path = tmp_path / ("\u00e4" * 125)
    write_file(str(path), "text\n")
    replace_file(str(path), "other\n", 0o600)
    assert path.read_text() == "other\n"


def test_directories_are_for_everybody_whatever_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0o077)
    try:
        write_file(str(tmp_path / "one/two/file"), "text\n")
    finally:
        os.umask(umask)
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("one", "one/two")]
    assert modes == [0o755, 0o755]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("one\n")
    with pytest.raises(OperationError):
        write_file(str(tmp_path / "file/below"), "two\n")
    assert (tmp_path / "file").read_text() == "one\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of others")
def test_a_group_that_the_user_is_not_in_is_no_failure() -> None:
    user = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(prefix="pyfleet-") as directory:
        Path(directory).chmod(0o755)
        _replace_as(user, Path(directory, "home"))


def _replace_as(user: pwd.struct_passwd, home: Path) -> None:
    home.mkdir()
    path = home / "file"
    path.write_text("one\n")
    os.chown(home, user.pw_uid, user.pw_gid)
    os.chown(path, user.pw_uid, 0)
    run_in_child(
        lambda _report: write_file(str(path), "two\n"),
        find_account("nobody"),
        dict(os.environ),
    )
    assert path.read_text() == "two\n" and path.stat().st_uid == user.pw_uid
    write_file(str(path), "three\n")
    assert path.stat().st_uid == user.pw_uid
