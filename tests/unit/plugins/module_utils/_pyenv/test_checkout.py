# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A root gets pyenv from a repository with the real git: the tag has to be the commit, and what else is there stays."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator, Mapping, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.checkout import (
    Checkout,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.program_source import (
    PyenvPlace,
    read_revision,
)

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
AS_SOMEBODY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")


def run(
    argv: Sequence[str], environment: Mapping[str, str], directory: str, seconds: float
) -> CommandResult:
    done = subprocess.run(
        argv, env=dict(environment), cwd=directory, capture_output=True, check=False
    )
    return CommandResult(done.returncode, done.stdout.decode(), done.stderr.decode())


def git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *AS_SOMEBODY, *arguments],
        cwd=str(directory),
        check=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout.decode().strip()


def release(repository: Path, version: str) -> str:
    """Return the commit of a new release."""
    (repository / "libexec").mkdir(exist_ok=True)
    (repository / "libexec/pyenv").write_text(version)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", version)
    git(repository, "tag", "--annotate", "--message", version, "v" + version)
    return git(repository, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "repository"
    path.mkdir()
    git(path, "init", "--quiet")
    return path


def test_a_release_is_checked_out_and_upgraded_beside_what_is_there(
    tmp_path: Path, repository: Path
) -> None:
    first = release(repository, "2.5.0")
    second = release(repository, "2.8.1")
    root = tmp_path / "root"
    (root / "versions/3.13.5").mkdir(parents=True)
    place = PyenvPlace("", "", "/bin/sh", str(root))
    for tag, commit in (("v2.5.0", first), ("v2.8.1", second), ("v2.5.0", first)):
        Checkout(run, str(root)).update("file://%s" % repository, tag, commit)
        assert (root / "libexec/pyenv").read_text() == tag[1:]
        assert read_revision(place) == commit
    assert (root / "versions/3.13.5").is_dir()


def test_a_tag_that_was_moved_changes_no_file(tmp_path: Path, repository: Path) -> None:
    first = release(repository, "2.5.0")
    root = tmp_path / "root"
    checkout = Checkout(run, str(root))
    checkout.update("file://%s" % repository, "v2.5.0", first)
    git(repository, "tag", "--delete", "v2.5.0")
    release(repository, "2.5.0x")
    git(repository, "tag", "v2.5.0")
    with pytest.raises(OperationError) as failed:
        checkout.update("file://%s" % repository, "v2.5.0", first)
    assert failed.value.code == "other-commit"
    assert (root / "libexec/pyenv").read_text() == "2.5.0"


def test_a_repository_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OperationError) as failed:
        Checkout(run, str(tmp_path / "root")).update("file:///nowhere", "v1", "0" * 40)
    assert failed.value.code == "git-failed"
    assert "nowhere" in failed.value.output


def test_a_directory_without_anything_of_pyenv_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    with pytest.raises(OperationError) as failed:
        Checkout(run, str(tmp_path)).remove()
    assert failed.value.code == "not-a-root"
    (tmp_path / "versions").mkdir()
    Checkout(run, str(tmp_path)).remove()
    assert not os.path.exists(str(tmp_path))


@pytest.fixture
def place() -> Iterator[Path]:
    """Yield a directory of root's, whose way is root's."""
    if os.geteuid() != 0:
        pytest.skip("only root runs git where others could lead it elsewhere")
    with tempfile.TemporaryDirectory(prefix="pyfleet-", dir="/root") as directory:
        yield Path(directory)


def test_root_runs_no_program_that_others_name(place: Path, repository: Path) -> None:
    commit = release(repository, "2.5.0")
    root = place / "pyenv"
    root.mkdir()
    git(root, "init", "--quiet")
    git(root, "config", "core.fsmonitor", "touch %s/ran; true" % place)
    (root / ".git/config").chmod(0o666)
    with pytest.raises(OperationError) as caught:
        Checkout(run, str(root)).update(str(repository), "v2.5.0", commit)
    assert caught.value.code == "untrusted-root"
    assert not (place / "ran").exists()


@pytest.mark.parametrize("is_open", [True, False])
def test_root_works_in_no_directory_that_others_can_replace(
    place: Path, is_open: bool
) -> None:
    above = place / "above"
    above.mkdir()
    if is_open:
        above.chmod(0o777)
    else:
        os.chown(above, pwd.getpwnam("nobody").pw_uid, -1)
    (above / "pyenv/versions").mkdir(parents=True)
    checkout = Checkout(run, str(above / "pyenv"))
    for work in (checkout.create_directory, checkout.remove):
        with pytest.raises(OperationError) as caught:
            work()
        assert caught.value.code == "unsafe-place"
    assert (above / "pyenv/versions").is_dir()
