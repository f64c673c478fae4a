# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installer is handed: private, the same from anywhere, and without credentials."""

from __future__ import annotations

import netrc
import os

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.requirements.write import write_installer_inputs
from ansible_collections.pyfleet.python.plugins.module_utils._install.spec import Index, InstallSpec
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import OperationError
from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import Credential


@pytest.fixture
def work(tmp_path):
    path = tmp_path / "work"
    path.mkdir()
    return str(path)


def asked(work):
    with open(os.path.join(work, "asked.txt"), encoding="utf-8") as file:
        return file.read().splitlines()


def test_nothing_but_its_path_is_on_the_command_line(work):
    index = Index("https://u:canary@h/simple", ("https://u:canary@h/more",), ("/srv/my wheels",), True)
    inputs = write_installer_inputs(
        work, InstallSpec(("alpha", "/srv/my app[dev]"), sources=index, only_binary=("x",)), (), {}
    )
    path = os.path.join(work, "asked.txt")
    assert inputs.arguments == ("-r", path, "--only-binary", "x")
    assert asked(work) == [
        "--no-index",
        "--index-url https://h/simple",
        "--extra-index-url https://h/more",
        "--find-links file:///srv/my%20wheels",
        "alpha",
        "file:///srv/my%20app[dev]",
    ]
    assert netrc.netrc(inputs.environment["NETRC"]).authenticators("h")[::2] == ("u", "canary")
    assert inputs.secrets == ("canary",)
    assert {os.stat(os.path.join(work, name)).st_mode & 0o777 for name in os.listdir(work)} == {0o600}


def test_files_are_mirrored(work, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.txt").write_text("-r sub/more.txt\n-e ./app[dev]\n--find-links wheels\n")
    (tmp_path / "sub" / "more.txt").write_text("-c ../main.txt\n./near\nx @ https://t0ken-canary@h/x.whl\n")
    write_installer_inputs(work, InstallSpec(requirements=(str(tmp_path / "main.txt"),)), (), {})
    texts = {}
    for name in os.listdir(work):
        with open(os.path.join(work, name), encoding="utf-8") as file:
            texts[name] = file.read().splitlines()
    assert texts["asked.txt"] == ["-r file-0.txt"]
    assert texts["file-0.txt"] == ["-r file-1.txt", "-e %s/app[dev]" % tmp_path, "--find-links %s/wheels" % tmp_path]
    assert texts["file-1.txt"] == ["-c file-0.txt", "%s/sub/near" % tmp_path, "x @ https://h/x.whl"]


def test_variables_get_their_values_before_the_installer_sees_them(work):
    index = Index("https://${WHO}:${WORD}@h/simple", ("https://${UNSET}@other/simple",))
    inputs = write_installer_inputs(work, InstallSpec(sources=index), (), {"WHO": "me", "WORD": "canary"})
    assert asked(work) == ["--index-url https://h/simple", "--extra-index-url https://${UNSET}@other/simple"]
    assert inputs.secrets == ("canary",)


def test_one_host_has_one_credential(work):
    install_spec = InstallSpec(sources=Index("https://u:one@h/a", ("https://u:two@h/b",)))
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(work, install_spec, (), {})
    assert raised.value.code == "credentials-conflict" and "one" not in raised.value.message.replace("credentials", "")
    inputs = write_installer_inputs(work, install_spec, [Credential("h", "u", "three")], {})
    assert netrc.netrc(inputs.environment["NETRC"]).authenticators("h")[2] == "three"


def test_a_lock_stands_alone(work, tmp_path):
    lock = tmp_path / "pylock.toml"
    lock.write_text("")
    inputs = write_installer_inputs(
        work, InstallSpec(lock=str(lock), sources=Index("https://u:canary@h/simple")), (), {}
    )
    assert inputs.arguments == ("-r", str(lock))
    assert inputs.environment["UV_DEFAULT_INDEX"] == inputs.environment["PIP_INDEX_URL"] == "https://h/simple"
    hashed = tmp_path / "lock.txt"
    hashed.write_text("alpha==1 --hash=sha256:0\n")
    assert write_installer_inputs(work, InstallSpec(lock=str(hashed)), (), {}).arguments[0] == "--require-hashes"


def test_a_file_that_is_missing_is_named(work):
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(work, InstallSpec(requirements=("/nowhere/req.txt",)), (), {})
    assert raised.value.code == "no-such-file" and "/nowhere/req.txt" in raised.value.message
