# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a spec names are read with the rights of the environment's owner, and within bounds."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
import time
from pathlib import Path
from typing import Iterator

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._install import contents
from ansible_collections.pyfleet.python.plugins.module_utils._venv.inputs import (
    Inputs,
    read_inputs,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
)

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="root is needed, to work for another owner"
)
USER = "nobody"


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the other user can reach, with a file of root's that they cannot read."""
    directory = Path(tempfile.mkdtemp(prefix="pyfleet-inputs-"))
    directory.chmod(0o755)
    (directory / "secret").write_text("six\n-e ./project\n")
    (directory / "secret").chmod(0o600)
    (directory / "theirs").mkdir()
    yield directory
    shutil.rmtree(directory)


def give_to_user(*paths: Path) -> None:
    user = pwd.getpwnam(USER)
    for path in paths:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def read(owner: str, *requirements: Path) -> Inputs:
    spec = EnvironmentSpec(
        "/srv/venv", requirements=tuple(str(path) for path in requirements), owner=owner
    )
    with Host() as host:
        return read_inputs(host, spec)


@needs_root
@pytest.mark.parametrize("how", ["link", "include", "directly"])
def test_root_reads_no_file_for_an_owner_who_cannot_read_it(
    home: Path, how: str
) -> None:
    requirements = home / "theirs" / "requirements.txt"
    if how == "link":
        requirements.symlink_to(home / "secret")
    else:
        requirements.write_text("-r %s\n" % (home / "secret"))
    give_to_user(home / "theirs", requirements)
    named = home / "secret" if how == "directly" else requirements
    inputs = read(USER, named)
    read_files = [
        path
        for path in inputs.files
        if Path(path).read_text() == (home / "secret").read_text()
    ]
    assert read_files == [] and inputs.local == ()
    assert [why for _path, why in inputs.missing] == ["permission denied"]
    assert os.geteuid() == 0 and os.getegid() == 0


@needs_root
def test_root_hashes_no_project_of_others_for_an_owner(home: Path) -> None:
    archive, requirements = (
        home / "app-1.0.tar.gz",
        home / "theirs" / "requirements.txt",
    )
    archive.write_bytes(b"one")
    archive.chmod(0o600)
    requirements.write_text("%s\n" % archive)
    give_to_user(home / "theirs", requirements)
    before = read(USER, requirements).digest
    archive.write_bytes(b"two")
    assert read(USER, requirements).digest == before
    archive.chmod(0o644)
    assert read(USER, requirements).digest != before


@needs_root
@pytest.mark.parametrize("kind", ["fifo", "device", "huge", "sparse-project"])
def test_what_an_owner_names_costs_the_run_no_time(home: Path, kind: str) -> None:
    requirements = home / "theirs" / "requirements.txt"
    other = home / "theirs" / "other-1.0.tar.gz"
    requirements.write_text(
        "-r other-1.0.tar.gz\n" if kind != "sparse-project" else "./other-1.0.tar.gz\n"
    )
    if kind == "fifo":
        os.mkfifo(other)
    elif kind == "device":
        other.symlink_to("/dev/zero")
    else:
        other.touch()
        os.truncate(other, 1 << 42)
    give_to_user(home / "theirs", requirements, other)
    start = time.monotonic()
    inputs = read(USER, requirements)
    assert time.monotonic() - start < 2
    if kind == "sparse-project":
        assert inputs.moving == ("a local project is too large to compare",)
    else:
        assert [path for path, _why in inputs.missing] == [str(other)]


def test_a_project_is_compared_up_to_a_number_of_bytes(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_bytes(b"1234")
    with Host() as host:
        assert contents.digest_tree(host, [str(tmp_path)], size=4)
        assert not contents.digest_tree(host, [str(tmp_path)], size=3)
        assert not contents.digest_tree(host, [str(tmp_path)], entries=1)
