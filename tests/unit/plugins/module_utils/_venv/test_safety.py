# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root runs nothing that others could have changed; check mode may come before users and files exist."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._process.accounts import (
    Account,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.fast_path import (
    find_all_up_to_date,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.safety import (
    find_untrusted_code,
    reject_shared_mode,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    ConvergeRequest,
    EnvironmentSpec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.state import (
    read_environment_state,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.unresolved import (
    predict_unless_missing,
)

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="root is needed, to make files of another user"
)
OTHER = 65534
NOBODY = Account("nobody", OTHER, OTHER, (OTHER,), "/")


@pytest.fixture
def environment() -> Iterator[Path]:
    top = Path("/var/lib/pyfleet-test-safety-%d" % os.getpid())
    top.mkdir(mode=0o755)
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(top / "venv")], check=True
    )
    yield top / "venv"
    shutil.rmtree(top)


def judge(path: Path, strategy: str = "atomic", account: Account | None = None) -> str:
    spec = EnvironmentSpec(str(path), strategy=strategy)
    with Host() as host:
        return find_untrusted_code(
            host, spec, read_environment_state(host, str(path)), account
        )


def site(path: Path) -> Path:
    return next(path.glob("lib/*/site-packages"))


def give_lib(path: Path) -> None:
    os.chown(path / "lib", OTHER, OTHER)


def give_a_file(path: Path) -> None:
    (site(path) / "planted.pth").write_text("")
    os.chown(site(path) / "planted.pth", OTHER, OTHER)


def open_to_a_group(path: Path) -> None:
    os.chown(site(path), 0, OTHER)
    site(path).chmod(0o2775)


def open_to_all(path: Path) -> None:
    (path / "pyvenv.cfg").chmod(0o666)


@needs_root
@pytest.mark.parametrize(
    "change", [give_lib, give_a_file, open_to_a_group, open_to_all]
)
def test_what_others_could_have_changed_is_not_run_by_root(
    environment: Path, change
) -> None:
    assert judge(environment) == ""
    change(environment)
    assert judge(environment).startswith("Others could have changed its files: ")
    assert judge(environment, account=NOBODY) == "", "the owner may run its own"


@needs_root
@pytest.mark.parametrize("mode", [0o2775, 0o777])
def test_an_environment_is_not_rebuilt_in_a_directory_that_others_can_write(
    environment: Path, mode: int
) -> None:
    os.chown(environment, 0, OTHER)
    environment.chmod(mode)
    assert judge(environment)
    with pytest.raises(OperationError) as failed:
        judge(environment, "in_place")
    assert failed.value.code == "unsafe-place"


@needs_root
@pytest.mark.parametrize("mode", ["0777", "2777", "0775", "2775", "0770", "2770"])
def test_root_builds_nothing_with_a_mode_that_lets_others_write(mode: str) -> None:
    group = Account("root", 0, OTHER, (0, OTHER), "/root")
    with pytest.raises(OperationError) as failed:
        reject_shared_mode(EnvironmentSpec("/srv/venv", mode=mode), group)
    assert failed.value.code == "unsafe-mode"
    reject_shared_mode(EnvironmentSpec("/srv/venv", mode=mode), NOBODY)
    reject_shared_mode(EnvironmentSpec("/srv/venv", mode="0750"), group)
    reject_shared_mode(EnvironmentSpec("/srv/venv", mode="0775"), None)


@pytest.mark.parametrize("code", ["no-such-user", "no-such-group", "no-such-file"])
def test_check_mode_before_a_user_or_a_file_exists_is_unresolved(code: str) -> None:
    def work() -> None:
        raise OperationError(code, "there is no such thing yet")

    spec = EnvironmentSpec("/srv/venv")
    outcome = predict_unless_missing(spec, True, work)
    assert outcome is not None
    assert (outcome.changed, outcome.unresolved) == (True, "there is no such thing yet")
    with pytest.raises(OperationError):
        predict_unless_missing(spec, False, work)


def test_check_mode_still_fails_for_anything_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (outcome,) = find_all_up_to_date(
        [ConvergeRequest(EnvironmentSpec(str(tmp_path / "file")))], check=True
    )
    assert outcome is not None and outcome.failed is not None
    assert outcome.failed.code == "not-an-environment"
