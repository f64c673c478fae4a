# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converging with a stand-in for uv that makes the directories that the real one makes.

The scenario `uv` of extensions/molecule does it with the real one.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Callable, List, Mapping, Sequence, Tuple

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.accounts import (
    find_account,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv import (
    carry_out as carrying_out,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv.converge import (
    Converger,
    UvResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv.program import (
    UV_ERRORS,
    explain_uv_error,
)
from ansible_collections.pyfleet.python.plugins.module_utils._uv.spec import (
    UvPythonSpec,
    parse_request,
)

KEY = "cpython-%s-linux-x86_64-gnu"


class FakeUv:
    """Runs the commands of uv, in the child of the module: what it did is in the directory and in a log.

    The archive of 3.13.13 has another checksum, and that of 3.13.12 is empty.
    """

    def __init__(self, log: Path, offered: Sequence[str]) -> None:
        self.log = log
        self.offered = offered
        log.write_text("")

    def run(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        cwd: str,
        _limit: float,
    ) -> CommandResult:
        with self.log.open("a") as file:
            file.write(" ".join(argv[1:]) + "\n")
        assert cwd == "/"
        if argv[1:3] == ["python", "list"]:
            rows = [{"key": KEY % version} for version in self.offered]
            return CommandResult(0, json.dumps(rows), "")
        directory = environment.get("UV_PYTHON_INSTALL_DIR", "")
        if argv[1:3] == ["python", "install"]:
            assert "--no-bin" in argv
            for version in [word for word in argv if word[0].isdigit()]:
                if version.endswith("13"):
                    return CommandResult(
                        1, "", "Hash mismatch for `%s`" % (KEY % version)
                    )
                if version.endswith("12"):
                    continue
                binaries = os.path.join(directory, KEY % version, "bin")
                os.makedirs(binaries)
                Path(binaries, "python3.13").write_text("")
            Path(directory, ".lock").touch(0o666)
        return CommandResult(0, "", "")

    def calls(self) -> List[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def uv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Tuple[UvResult, List[str]]]:
    """Return a function that converges, and returns the result and the commands of uv."""
    monkeypatch.setattr(carrying_out, "find_uv", lambda *_given: "/usr/bin/uv")
    monkeypatch.setattr(carrying_out, "require_safe_place", lambda *_given: None)

    def converge(
        *versions: str,
        state: str = "present",
        check: bool = False,
        offered: Sequence[str] = (),
    ) -> Tuple[UvResult, List[str]]:
        fake = FakeUv(tmp_path / "log", offered)
        requests = [parse_request(version) for version in versions]
        spec = UvPythonSpec(
            requests=tuple(each for each in requests if each is not None),
            state=state,
            install_dir=str(tmp_path / "pythons"),
        )
        return Converger(fake.run, check).converge(spec), fake.calls()

    return converge


def test_check_mode_predicts_what_the_real_run_does(uv: Any, tmp_path: Path) -> None:
    offered = ["3.13.1", "3.13.2"]
    predicted, _calls = uv("3.13", offered=offered, check=True)
    assert not (tmp_path / "pythons").exists()
    done, calls = uv("3.13", offered=offered)
    assert done.failed is None
    assert (predicted.before, predicted.plan) == (done.before, done.plan)
    assert predicted.after.pythons == done.after.pythons
    assert predicted.after.links == done.after.links
    assert [call.split()[:2] for call in calls[:2]] == [
        ["python", "list"],
        ["python", "install"],
    ]
    assert calls[2] == "-I -S -c import sys"
    assert (tmp_path / "pythons/.lock").stat().st_mode & 0o777 == 0o600


def test_a_second_run_starts_no_process(uv: Any) -> None:
    uv("3.13", offered=["3.13.1"])
    again, calls = uv("3.13", offered=["3.13.2"])
    assert not again.changed
    assert calls == []


def test_a_failure_keeps_what_was_there(uv: Any) -> None:
    uv("3.13", offered=["3.13.1"])
    failed, _calls = uv("3.13", state="latest", offered=["3.13.13"])
    assert failed.failed.code == "hash-mismatch"
    assert not failed.changed


def test_a_success_without_the_python_is_a_failure(uv: Any) -> None:
    failed, _calls = uv("3.13", offered=["3.13.12"])
    assert failed.failed.code == "not-installed"


@pytest.mark.parametrize("check", [True, False])
def test_no_uv(uv: Any, monkeypatch: pytest.MonkeyPatch, check: bool) -> None:
    monkeypatch.setattr(carrying_out, "find_uv", lambda *_given: "")
    found, _calls = uv("3.13", check=check)
    assert (found.unresolved != "", found.failed is None, found.changed) == (
        check,
        check,
        check,
    )


def test_a_version_that_uv_does_not_have(uv: Any) -> None:
    found, _calls = uv("3.99", offered=["3.13.1"])
    assert found.failed.code == "no-such-version"
    assert "3.99" in found.failed.message


@pytest.mark.skipif(os.geteuid() != 0, reason="root would install for others")
def test_root_installs_nothing_where_others_can_write(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(carrying_out.OperationError) as caught:
        carrying_out.require_safe_place(
            str(tmp_path / "open/pythons"),
            carrying_out.UvState(str(tmp_path / "open/pythons")),
            None,
        )
    assert caught.value.code == "unsafe-place"


@pytest.mark.skipif(os.geteuid() != 0, reason="root would create it for others")
def test_a_link_of_the_owner_leads_root_nowhere() -> None:
    nobody = find_account("nobody")
    with tempfile.TemporaryDirectory(prefix="pyfleet-", dir="/root") as top:
        os.chmod(top, 0o755)
        home, target = top + "/home", top + "/target"
        os.mkdir(home)
        os.chown(home, nobody.uid, nobody.gid)
        os.symlink(target, home + "/pythons")
        with pytest.raises(carrying_out.OperationError):
            carrying_out.make_directory(target, home + "/pythons", nobody)
        assert not os.path.exists(target)
        carrying_out.make_directory(target, target, nobody)
        assert os.stat(target).st_uid == nobody.uid


def test_a_directory_of_another_owner() -> None:
    state = carrying_out.UvState("/srv/pythons", uid=4242)
    with pytest.raises(carrying_out.OperationError) as caught:
        carrying_out.require_safe_place("/srv/pythons", state, None)
    assert caught.value.code == "other-owner"


@pytest.mark.parametrize(
    ("output", "code"),
    [
        (
            "error: Failed to install x\n  cause: Hash mismatch for `cpython-3.13.3-linux-x86_64-gnu`\n",
            "hash-mismatch",
        ),
        (
            "error: No download found for request: cpython-3.99-linux-x86_64-gnu",
            "no-such-version",
        ),
        (
            'Python downloads are not allowed (`python-downloads = "never"`). Change to ...',
            "downloads-disabled",
        ),
        (
            "error: failed to open file `/nonexist`: No such file or directory (os error 2)",
            "no-such-file",
        ),
        ("error: unexpected argument '--no-bin' found", "uv-too-old"),
        ("error: failed to write: No space left on device (os error 28)", "disk-full"),
        (
            "  cause: Failed to download `https://user:secret@mirror/a.tar.gz`\n  cause: dns error",
            "unreachable",
        ),
        ("error: something new", "uv-failed"),
    ],
)
def test_errors_of_uv(output: str, code: str) -> None:
    failure = explain_uv_error(CommandResult(1, "", output))
    assert failure.code == code
    assert failure.hint
    assert "secret" not in failure.message + failure.output


def test_every_error_has_a_case() -> None:
    cases = test_errors_of_uv.pytestmark[0].args[1]
    assert {row.code for row in UV_ERRORS} <= {code for _output, code in cases}
