# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private repository installs in `venv` and in `pipx_app` alike, and its password is nowhere to be seen."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Iterator, Mapping

import pytest
from testbed.containers import BUILD
from testbed.payload import build

from convergence.area import Area, need
from convergence.git_server import GitServer, backend, commit_all
from convergence.module import Answer
from convergence.packages import write_project
from convergence.test_credentials import CANARY, Watch, holding

WHEELS = BUILD / "wheelhouse"
LOGIN = f"me:{CANARY}'/x"
PASTED = LOGIN  # as people paste it
ENCODED = LOGIN.replace("'", "%27").replace("/", "%2F")


@pytest.fixture(scope="module")
def server(area: Area) -> Iterator[GitServer]:
    need(backend(), "git with its http-backend")
    project = write_project(
        area.root / "repositories" / "tool",
        "tool",
        text="def main():\n    print('it works')\n",
    )
    metadata = project / "src" / "tool-1.0.dist-info"
    metadata.mkdir()
    (metadata / "entry_points.txt").write_text("[console_scripts]\ntool = tool:main\n")
    commit_all(project)
    with GitServer(project.parent, LOGIN) as server:
        yield server


@pytest.fixture(scope="module")
def pipx(area: Area) -> str:
    place = area.root / "pipx-for-git"
    uv = [area.root / "bin/uv", "--quiet", "--no-config"]
    subprocess.run([*uv, "venv", f"--python={area.python}", place], check=True)
    install = [
        *uv,
        "pip",
        "install",
        f"--python={place}",
        "--no-index",
        f"--find-links={WHEELS}",
    ]
    subprocess.run([*install, "pipx==1.18.4"], check=True)
    return str(place / "bin/pipx")


def run(
    area: Area, root: Path, module: str, options: Mapping[str, Any], **variables: str
) -> Answer:
    (root / "tmp").mkdir(parents=True, exist_ok=True)
    internal = {"_ansible_check_mode": False, "_ansible_diff": True, "_ansible_verbosity": 4,
                "_ansible_remote_tmp": "/nonexistent"}  # fmt: skip
    program = build(
        f"pyfleet.python.{module}", {**options, "no_index": True, **internal}
    )
    environment = {
        "TMPDIR": str(root / "tmp"),
        "PIP_CACHE_DIR": str(root / "cache"),
        **variables,
    }
    with Watch(root / "tmp") as watch:
        answer = area.runner.run({}, program=program, environment=environment)
    assert watch.found == []
    assert CANARY not in answer.output + answer.errors
    assert holding(root) == [], "left on disk"
    return answer


def name(server: GitServer, userinfo: str) -> str:
    return f"tool @ git+http://{userinfo + '@' if userinfo else ''}127.0.0.1:{server.port}/tool/.git"


@pytest.mark.parametrize("installer", ["pip", "uv"])
@pytest.mark.parametrize("userinfo", [PASTED, ENCODED], ids=["pasted", "encoded"])
def test_venv(area: Area, server: GitServer, installer: str, userinfo: str) -> None:
    root = area.root / f"git-{installer}-{userinfo == PASTED}"
    options = {
        "path": str(root / "venv"),
        "packages": [name(server, userinfo)],
        "installer": installer,
    }
    before = server.let_in
    answer = run(area, root, "venv", options, UV_CACHE_DIR=str(root / "uv"))
    assert not answer.result.get("failed"), str(answer).replace(CANARY, "CANARY")
    assert server.let_in > before
    done = subprocess.run(
        [root / "venv/bin/tool"], check=True, capture_output=True, text=True
    )
    assert done.stdout == "it works\n"


@pytest.mark.parametrize("way", ["pasted", "encoded", "credentials"])
def test_pipx_app(area: Area, server: GitServer, pipx: str, way: str) -> None:
    root = area.root / f"git-pipx-{way}"
    options: dict[str, Any] = {
        "name": name(server, PASTED if way == "pasted" else ENCODED)
    }
    if way == "credentials":
        username, _colon, password = LOGIN.partition(":")
        row = {
            "host": f"127.0.0.1:{server.port}",
            "username": username,
            "password": password,
        }
        options = {"name": name(server, ""), "index_credentials": [row]}
    options |= {"scope": "global", "executable": pipx, "find_links": [str(WHEELS)]}
    places = {
        "PIPX_GLOBAL_HOME": str(root / "pipx"),
        "PIPX_GLOBAL_BIN_DIR": str(root / "bin"),
    }
    places["PIPX_GLOBAL_MAN_DIR"] = str(root / "man")
    answer = run(area, root, "pipx_app", options, **places)
    assert not answer.result.get("failed"), str(answer).replace(CANARY, "CANARY")
    done = subprocess.run(
        [root / "bin/tool"], check=True, capture_output=True, text=True
    )
    assert done.stdout == "it works\n"
    assert run(area, root, "pipx_app", options, **places).result["changed"] is False


def test_a_wrong_password_is_said(area: Area, server: GitServer) -> None:
    root = area.root / "git-wrong"
    options = {
        "path": str(root / "venv"),
        "packages": [name(server, f"me:wrong{CANARY}")],
        "installer": "pip",
    }
    answer = run(area, root, "venv", options)
    assert (
        answer.result["failed"] and answer.result["problem"]["code"] == "unauthorised"
    ), str(answer)
