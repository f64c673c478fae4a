# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of the role pipx, run for real, and the option table of `pipx_app`."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.credentials_module import (
    INDEX_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._ansible.pipx_host_modules import (
    CHECK_ARGUMENTS,
    INFO_ARGUMENTS,
    SHELL_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.spec import (
    OPTIONS,
    PipxAppRequest,
    PipxAppSpec,
)
from ansible_collections.pyfleet.python.plugins.modules import (
    pipx_app,
    pipx_check,
    pipx_info,
    pipx_shell_integration,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.test_contract import (
    differences,
)

REPOSITORY = Path(__file__).resolve().parents[4]
ARGUMENTS = (
    (pipx_info, INFO_ARGUMENTS),
    (pipx_check, CHECK_ARGUMENTS),
    (pipx_shell_integration, SHELL_ARGUMENTS),
)


@pytest.fixture
def place() -> Iterator[Dict[str, Any]]:
    # pytest's own directories are private, and root's check has no rights in them.
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)
        directory = Path(home, ".local/bin")
        directory.mkdir(parents=True)
        (directory / "pipx").write_text("#!/bin/sh\necho 1.7.1\n")
        (directory / "pipx").chmod(0o755)
        Path(home, ".bashrc").write_text("export API_TOKEN=hunter2\n")
        yield {
            "user": "",
            "home": home,
            "shell": "/bin/bash",
            "bin_directory": str(directory),
            "executable": str(directory / "pipx"),
        }


def as_documented(module: Any, result: Dict[str, Any]) -> None:
    documented = yaml.safe_load(module.RETURN)
    result = {
        key: value
        for key, value in result.items()
        if key not in ("changed", "invocation")
    }
    missing = "documented, not produced"
    found = [
        line
        for line in differences({"type": "dict", "contains": documented}, [result], "")
        if missing not in line
    ]
    assert found == []
    always = {
        name
        for name, row in documented.items()
        if row["returned"] in ("always", "success")
    }
    assert always <= set(result)


def documented_arguments(options: Any) -> Dict[str, Any]:
    """Return documented options as an argument spec."""
    found = {}
    for name, row in options.items():
        argument = {
            key: value
            for key, value in row.items()
            if key not in ("description", "suboptions")
        }
        if "suboptions" in row:
            argument["options"] = documented_arguments(row["suboptions"])
        found[name] = argument
    return found


@pytest.mark.parametrize(
    ("module", "arguments"), ARGUMENTS, ids=lambda each: getattr(each, "__name__", "")
)
def test_options_are_documented_as_they_are(module: Any, arguments: Any) -> None:
    assert (
        documented_arguments(yaml.safe_load(module.DOCUMENTATION)["options"])
        == arguments
    )


def test_info(capsys: Any) -> None:
    result = run(pipx_info, capsys, {"scope": "user", "source": "environment"})
    as_documented(pipx_info, result)
    assert [row["user"] for row in result["places"]] == [result["user"]]
    rejected = run(pipx_info, capsys, {"minimum_version": "new"})
    assert rejected["problem"]["option"] == "minimum_version"


def test_check(place: Any, capsys: Any) -> None:
    result = run(pipx_check, capsys, {"places": [place]})
    as_documented(pipx_check, result)
    assert (
        result["changed"],
        result["places"][0]["version"],
        result["places"][0]["on_path"],
    ) == (
        False,
        "1.7.1",
        False,
    )


def test_shell_integration(place: Any, capsys: Any) -> None:
    home = Path(place["home"])
    options = {"places": [place], "_ansible_diff": True}
    predicted = run(
        pipx_shell_integration, capsys, {**options, "_ansible_check_mode": True}
    )
    assert sorted(os.listdir(home)) == [".bashrc", ".local"]
    done = run(pipx_shell_integration, capsys, options)
    for result in (predicted, done):
        as_documented(pipx_shell_integration, result)
    assert (predicted["changed"], predicted["files"], predicted["diff"]) == (
        True,
        done["files"],
        done["diff"],
    )
    assert done["files"] == [str(home / ".bashrc"), str(home / ".profile")]
    assert "hunter2" not in str(done)
    assert "BEGIN ANSIBLE MANAGED BLOCK: pipx" in (home / ".bashrc").read_text()
    assert run(pipx_shell_integration, capsys, options)["changed"] is False
    assert run(pipx_check, capsys, {"places": [place]})["places"][0]["on_path"] is True
    removed = run(pipx_shell_integration, capsys, {**options, "state": "absent"})
    assert removed["changed"] is True
    assert (home / ".bashrc").read_text() == "export API_TOKEN=hunter2\n"


def test_an_unknown_user_is_named(place: Any, capsys: Any) -> None:
    result = run(
        pipx_shell_integration, capsys, {"places": [{**place, "user": "no-such-user"}]}
    )
    assert result["failed"] is True
    assert result["problem"]["code"] == "no-such-user"
    assert result["msg"].startswith("no-such-user: there is no user no-such-user.")


def test_the_option_table_names_fields_of_the_records() -> None:
    fields = {row.spec_field for row in OPTIONS if row.spec_field}
    assert fields <= set(PipxAppSpec._fields)
    # One option gives the path of an interpreter, or its version.
    assert set(PipxAppSpec._fields) - fields <= {"python_version"}
    others = {row.name for row in OPTIONS if not row.spec_field}
    assert others - {"user"} <= set(PipxAppRequest._fields)


def test_the_index_options_of_the_role_are_those_of_the_module() -> None:
    text = (REPOSITORY / "roles/pipx/meta/argument_specs.yml").read_text(
        encoding="utf-8"
    )
    options = yaml.safe_load(text)["argument_specs"]["main"]["options"]["pipx_index"][
        "options"
    ]
    assert set(options) == set(INDEX_ARGUMENTS)
    for name, argument in INDEX_ARGUMENTS.items():
        assert options[name]["type"] == argument["type"], name


def test_the_role_documents_which_options_its_applications_lack() -> None:
    text = (REPOSITORY / "roles/pipx/meta/argument_specs.yml").read_text(
        encoding="utf-8"
    )
    (description,) = yaml.safe_load(text)["argument_specs"]["main"]["options"][
        "pipx_apps"
    ]["description"]
    assert [row.name for row in OPTIONS if "C(%s)" % row.name in description] == [
        row.name for row in OPTIONS if not row.role
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works for other users")
def test_check_mode_before_the_user_exists(capsys: Any) -> None:
    options = {
        "name": "black",
        "user": "no-such-user",
        "_ansible_check_mode": True,
        "_ansible_diff": True,
    }
    result = run(pipx_app, capsys, options)
    assert (result["changed"], result["unresolved"]) == (
        True,
        "there is no user no-such-user yet",
    )
    assert result["diff"]["after"] == "black (newest allowed)\n"
    assert run(pipx_app, capsys, {**options, "state": "absent"})["changed"] is False
    assert (
        run(pipx_app, capsys, {**options, "_ansible_check_mode": False})["problem"][
            "option"
        ]
        == "user"
    )


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    "options",
    [
        {"name": "black @ https://h.invalid/black.whl?token=canary"},
        {"name": "black", "inject": ["idna @ https://h.invalid/idna.whl?token=canary"]},
        {"name": "black", "index_url": "https://h.invalid/simple?token=canary"},
        {
            "name": "black",
            "extra_index_urls": ["https://h.invalid/simple?token=canary"],
        },
        {"name": "black", "find_links": ["https://h.invalid/wheels?token=canary"]},
    ],
)
def test_a_secret_in_a_query_is_an_error(
    options: Dict[str, Any],
    check: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    pipx = tmp_path / "pipx"
    pipx.write_text("#!/bin/sh\ntouch %s/was-run\n" % tmp_path)
    pipx.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIPX_HOME", str(tmp_path / "home"))
    options = {
        **options,
        "scope": "user",
        "executable": str(pipx),
        "_ansible_check_mode": check,
    }
    result = run(pipx_app, capsys, options)
    assert result["failed"] and result["problem"]["code"] == "secret-in-query"
    assert "canary" not in json.dumps(result)
    assert os.listdir(str(tmp_path)) == ["pipx"]
    assert (
        run(pipx_app, capsys, {**options, "state": "absent", "inject": None})["changed"]
        is False
    )
