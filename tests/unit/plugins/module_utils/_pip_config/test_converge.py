# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are written whole, with their mode and owner, as the user whose they are."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Iterator

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.converge import (
    converge,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.spec import (
    PipConfigSpec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)

from .test_spec import setting, spec


def site(prefix: Path, value: str = "5") -> PipConfigSpec:
    return spec(setting("timeout", value), scope="site", prefix=str(prefix))


def test_check_mode_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    predicted = converge(site(tmp_path), check=True)
    assert not list(tmp_path.iterdir())
    assert converge(site(tmp_path), check=False) == predicted
    assert (tmp_path / "pip.conf").read_text() == "[global]\ntimeout = 5\n"
    assert not converge(site(tmp_path), check=False).plan.changed


def test_the_mode_stays_and_a_new_file_is_for_everybody(tmp_path: Path) -> None:
    converge(site(tmp_path), check=False)
    path = tmp_path / "pip.conf"
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o600)
    converge(site(tmp_path, "6"), check=False)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["pip.conf"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "pip.conf").symlink_to("dotfiles/pip.conf")
    converge(site(tmp_path), check=False)
    assert (tmp_path / "pip.conf").is_symlink()
    assert (tmp_path / "dotfiles/pip.conf").read_text() == "[global]\ntimeout = 5\n"


def test_a_prefix_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="is not a directory"):
        converge(site(tmp_path / "none"), check=True)


def test_a_user_who_is_not_there_yet_is_unresolved_in_check_mode() -> None:
    request = spec(setting("timeout", "5"), scope="user", user="pyfleet-no-such-user")
    result = converge(request, check=True)
    assert "pyfleet-no-such-user" in result.unresolved
    with pytest.raises(OperationError, match="pyfleet-no-such-user"):
        converge(request, check=False)


as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can work for another user"
)


@pytest.fixture
def nobody_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a directory that the user nobody owns and can reach."""
    import tempfile

    user = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(prefix="pyfleet-") as directory:
        os.chmod(directory, 0o755)
        home = Path(directory, "environment")
        home.mkdir()
        os.chown(home, user.pw_uid, user.pw_gid)
        yield home


@as_root
def test_root_works_as_the_owner_of_an_environment(nobody_home: Path) -> None:
    converge(site(nobody_home), check=False)
    info = (nobody_home / "pip.conf").stat()
    assert info.st_uid == pwd.getpwnam("nobody").pw_uid


@as_root
def test_root_is_not_led_out_of_a_directory_of_another_user(
    nobody_home: Path, tmp_path: Path
) -> None:
    target = tmp_path / "roots-own"
    target.write_text("[global]\nretries = 1\n")
    (nobody_home / "pip.conf").symlink_to(target)
    with pytest.raises(OperationError):
        converge(site(nobody_home), check=False)
    assert target.read_text() == "[global]\nretries = 1\n"
