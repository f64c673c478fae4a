# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installer is handed: private, the same from anywhere, and without credentials."""

from __future__ import annotations

import netrc
import os

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.requirements.write import (
    write_installer_inputs,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.spec import (
    Index,
    InstallSpec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    Credential,
)


@pytest.fixture
def work(tmp_path):
    path = tmp_path / "work"
    path.mkdir()
    return str(path)


def asked(work):
    with open(os.path.join(work, "asked.txt"), encoding="utf-8") as file:
        return file.read().splitlines()


def test_nothing_but_its_path_is_on_the_command_line(work):
    index = Index(
        "https://u:canary@h/simple",
        ("https://u:canary@h/more",),
        ("/srv/my wheels",),
        True,
    )
    inputs = write_installer_inputs(
        work,
        InstallSpec(("alpha", "/srv/my app[dev]"), sources=index, only_binary=("x",)),
        (),
        {},
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
    assert netrc.netrc(inputs.environment["NETRC"]).authenticators("h")[::2] == (
        "u",
        "canary",
    )
    assert inputs.secrets == ("canary",)
    assert {
        os.stat(os.path.join(work, name)).st_mode & 0o777 for name in os.listdir(work)
    } == {0o600}


def test_files_are_mirrored(work, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.txt").write_text(
        "-r sub/more.txt\n-e ./app[dev]\n--find-links wheels\n"
    )
    (tmp_path / "sub" / "more.txt").write_text(
        "-c ../main.txt\n./near\nx @ https://t0ken-canary@h/x.whl\n"
    )
    write_installer_inputs(
        work, InstallSpec(requirements=(str(tmp_path / "main.txt"),)), (), {}
    )
    texts = {}
    for name in os.listdir(work):
        with open(os.path.join(work, name), encoding="utf-8") as file:
            texts[name] = file.read().splitlines()
    assert texts["asked.txt"] == ["-r file-0.txt"]
    assert texts["file-0.txt"] == [
        "-r file-1.txt",
        "-e %s/app[dev]" % tmp_path,
        "--find-links %s/wheels" % tmp_path,
    ]
    assert texts["file-1.txt"] == [
        "-c file-0.txt",
        "%s/sub/near" % tmp_path,
        "x @ https://h/x.whl",
    ]


def test_variables_get_their_values_before_the_installer_sees_them(work):
    index = Index("https://${WHO}:${WORD}@h/simple", ("https://${UNSET}@other/simple",))
    inputs = write_installer_inputs(
        work, InstallSpec(sources=index), (), {"WHO": "me", "WORD": "canary"}
    )
    assert asked(work) == [
        "--index-url https://h/simple",
        "--extra-index-url https://${UNSET}@other/simple",
    ]
    assert inputs.secrets == ("canary",)


def test_one_host_has_one_credential(work):
    install_spec = InstallSpec(
        sources=Index("https://u:one@h/a", ("https://u:two@h/b",))
    )
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(work, install_spec, (), {})
    assert (
        raised.value.code == "credentials-conflict"
        and "one" not in raised.value.message.replace("credentials", "")
    )
    inputs = write_installer_inputs(
        work, install_spec, [Credential("h", "u", "three")], {}
    )
    assert netrc.netrc(inputs.environment["NETRC"]).authenticators("h")[2] == "three"


def test_a_lock_stands_alone(work, tmp_path):
    lock = tmp_path / "pylock.toml"
    lock.write_text("")
    inputs = write_installer_inputs(
        work,
        InstallSpec(lock=str(lock), sources=Index("https://u:canary@h/simple")),
        (),
        {},
    )
    assert inputs.arguments == ("-r", str(lock))
    assert (
        inputs.environment["UV_DEFAULT_INDEX"]
        == inputs.environment["PIP_INDEX_URL"]
        == "https://h/simple"
    )
    hashed = tmp_path / "lock.txt"
    hashed.write_text("alpha==1 --hash=sha256:0\n")
    assert (
        write_installer_inputs(work, InstallSpec(lock=str(hashed)), (), {}).arguments[0]
        == "--require-hashes"
    )


def test_a_file_that_is_missing_is_named(work):
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(
            work, InstallSpec(requirements=("/nowhere/req.txt",)), (), {}
        )
    assert (
        raised.value.code == "no-such-file"
        and "/nowhere/req.txt" in raised.value.message
    )


def test_relative_file_urls_start_from_their_file(work, tmp_path):
    (tmp_path / "r.txt").write_text(
        "demo @ file:../proj\n-e file:proj\nfile:./x y\n-e .\n"
    )
    write_installer_inputs(
        work, InstallSpec(requirements=(str(tmp_path / "r.txt"),)), (), {}
    )
    with open(os.path.join(work, "file-0.txt"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    parent = os.path.dirname(str(tmp_path))
    assert lines == [
        "demo @ file://%s/proj" % parent,
        "-e file://%s/proj" % tmp_path,
        "file://%s/x%%20y" % tmp_path,
        "-e %s" % tmp_path,
    ]


def test_a_directory_is_where_relative_paths_start(work, tmp_path):
    (tmp_path / "r.txt").write_text("-e ./proj\n")
    install_spec = InstallSpec(
        ("./x", "d @ file:y"),
        requirements=(str(tmp_path / "r.txt"),),
        directory="/srv/app",
    )
    write_installer_inputs(work, install_spec, (), {})
    assert asked(work) == ["-r file-0.txt", "/srv/app/x", "d @ file:///srv/app/y"]
    with open(os.path.join(work, "file-0.txt"), encoding="utf-8") as file:
        assert file.read() == "-e /srv/app/proj\n"


@pytest.mark.parametrize("package", ["./x", "x/y", "demo @ file:../proj", "file:proj"])
def test_a_relative_path_among_packages_starts_from_nowhere(work, package):
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(work, InstallSpec((package,)), (), {})
    assert raised.value.code == "relative-path"


@pytest.mark.parametrize(
    "name",
    [
        "pyproject.toml",
        "uv.lock",
        "Pipfile.lock",
        "poetry.lock",
        "environment.yml",
        "environment.yaml",
    ],
)
@pytest.mark.parametrize("option", ["requirements", "lock"])
def test_files_of_other_tools_are_named_with_their_export(work, name, option):
    value = "/srv/" + name
    install_spec = InstallSpec(
        **{option: (value,) if option == "requirements" else value}
    )
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(work, install_spec, (), {})
    assert (
        raised.value.code == "foreign-file"
        and value in raised.value.message
        and raised.value.hint
    )


@pytest.mark.parametrize(
    ("package", "meant"), [("cowsay=6.1", "cowsay==6.1?"), ("x[dev] = 1", "x[dev]==1?")]
)
def test_one_equals_sign(work, package, meant):
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(work, InstallSpec((package,)), (), {})
    assert "did you mean " + meant in raised.value.message


def test_names_that_are_requested_without_a_condition(work, tmp_path):
    (tmp_path / "r.txt").write_text(
        "alpha[x]==1 --hash=sha256:0\nbeta; python_version < '3'\n-e ./c\ngamma @ https://h/g\n"
    )
    (tmp_path / "more.txt").write_text("epsilon\n")
    (tmp_path / "c.txt").write_text("constrained==1\n")
    with open(tmp_path / "r.txt", "a", encoding="utf-8") as file:
        file.write("-r more.txt\n-c c.txt\n")
    install_spec = InstallSpec(
        ("Delta>=1,<2",), requirements=(str(tmp_path / "r.txt"),)
    )
    inputs = write_installer_inputs(work, install_spec, (), {})
    assert set(inputs.requested) == {"alpha", "gamma", "Delta", "epsilon"}


@pytest.mark.parametrize(
    "password", ["'", '"', "<", "/", "?", "#", " ", ";", "$", "%27"]
)
def test_passwords_pasted_as_they_are(work, password):
    secret = "CANARY%stail" % password
    index = Index(
        "https://user:%s@h/simple" % secret, ("https://user:%s@h/more" % secret,)
    )
    inputs = write_installer_inputs(work, InstallSpec(sources=index), (), {})
    assert asked(work) == [
        "--index-url https://h/simple",
        "--extra-index-url https://h/more",
    ]
    assert "CANARY" not in repr(inputs.arguments) and len(inputs.secrets) == 1


def test_a_secret_in_a_query_is_rejected(work):
    with pytest.raises(OperationError) as raised:
        write_installer_inputs(
            work, InstallSpec(("x @ https://h/x.whl?token=canary",)), (), {}
        )
    assert (
        raised.value.code == "secret-in-query" and "canary" not in raised.value.message
    )
