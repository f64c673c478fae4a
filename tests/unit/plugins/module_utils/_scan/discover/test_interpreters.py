# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where interpreters are looked for, in which order, and where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Limits,
    Mount,
    User,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.interpreters import (
    find_interpreters,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Request,
    SearchPath,
)

from ...fixtures.trees import Link, Mode, tree

ALICE = User("alice", 1000, 1000, "/home/alice", "/bin/sh")
BOB = User("bob", 1001, 1001, "/home/bob", "/bin/sh")


def candidates(host: Any, *directories: str, users: Any = (), **request: Any) -> dict:
    search_paths = (
        (SearchPath("process", directories, "environment"),) if directories else ()
    )
    return dict(find_interpreters(host, Request(**request), search_paths, users))


def test_names(tmp_path: Path) -> None:
    yes = "python python2 python2.7 python3 python3.13 python3.13t python3.13td python3.6m python3.7dm pypy pypy3"
    yes += " python3.11-dbg pypy3.11 graalpy platform-python3.6 python3.14"
    no = "python3-config python3.13-config pythonw3 python-argcomplete-check-easy-install-script pypyclean py"
    no += " python3.13.bak python3-pbr ipython3 pydoc3"
    host = tree(tmp_path, {"a/" + name: "" for name in (yes + " " + no).split()})
    assert set(candidates(host, "/a")) == {"/a/" + name for name in yes.split()}


def test_each_directory_once_and_by_its_first_name(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {"usr/bin/python3": "", "bin": Link("usr/bin"), "usr/sbin": Link("bin")},
    )
    listed = []
    list_directory = host.list
    host.list = lambda path, *rest: listed.append(path) or list_directory(path, *rest)
    assert candidates(host, "/bin", "/usr/sbin", "/usr/bin") == {"/bin/python3": "PATH"}
    assert listed.count("/usr/bin") == 1


def test_every_search_path_is_named(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {"usr/bin/python3": "", "opt/x/python3": "", "usr/local/bin/python3": ""},
    )
    search_paths = (
        SearchPath("process", ("/opt/x", "/usr/bin"), ""),
        SearchPath("login", ("/usr/local/bin", "/usr/bin"), ""),
        SearchPath("sudo", ("/usr/bin",), ""),
    )
    found = find_interpreters(host, Request(), search_paths, ())
    assert [tuple(candidate) for candidate in found] == [
        ("/opt/x/python3", "PATH"),
        ("/usr/bin/python3", "PATH, login PATH, sudo PATH"),
        ("/usr/local/bin/python3", "login PATH"),
    ]


def test_paths_option(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {
            "srv/py/bin/python3.12": "",
            "srv/bins/python3": "",
            "srv/renamed": "",
            "srv/bins/other": "",
        },
    )
    found = candidates(
        host,
        paths=("/srv/py", "/srv/bins/", "/srv/renamed", "/srv/nothing", "relative"),
    )
    assert found == dict.fromkeys(
        ("/srv/py/bin/python3.12", "/srv/bins/python3", "/srv/renamed"), "paths option"
    )
    assert {(note.path, note.code) for note in host.notes} >= {
        ("/srv/nothing", "path-not-searched"),
        ("relative", "path-not-searched"),
    }


def test_links_to_versions_come_after_the_versions(tmp_path: Path) -> None:
    root = "home/alice/.local/share/mise/installs/python/"
    files = {
        root + "3.13.5/bin/python3": "",
        root + "3": Link("3.13.5"),
        root + "latest": Link("./3.13.5"),
    }
    assert list(candidates(tree(tmp_path, files), users=(ALICE,))) == [
        "/" + root + "3.13.5/bin/python3"
    ]


def test_variables_are_the_callers_and_defaults_everybodys(tmp_path: Path) -> None:
    files = {
        "srv/pyenv/versions/3.9.1/bin/python3": "",
        "home/alice/.pyenv/versions/3.9.2/bin/python3": "",
        "home/bob/.pyenv/versions/3.9.3/bin/python3": "",
    }
    host = tree(
        tmp_path, files, env={"PYENV_ROOT": "/srv/pyenv", "ASDF_DATA_DIR": "relative"}
    )
    assert set(candidates(host, users=(ALICE, BOB))) == {"/" + name for name in files}
    assert set(candidates(tree(tmp_path, {}), users=(BOB,))) == {
        "/home/bob/.pyenv/versions/3.9.3/bin/python3"
    }


def test_a_home_is_no_pattern(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {
            "home/x/.pyenv/versions/1/bin/python3": "",
            "home/*/.pyenv/versions/2/bin/python3": "",
        },
    )
    star = ALICE._replace(home="/home/*")
    assert list(candidates(host, users=(star,))) == [
        "/home/*/.pyenv/versions/2/bin/python3"
    ]


@pytest.mark.parametrize(
    "fstype", ["9p", "drvfs", "nfs4", "cifs", "fuse.sshfs", "autofs"]
)
def test_other_machines_are_not_entered(tmp_path: Path, fstype: str) -> None:
    """Not one system call goes below the mount: on a dead NFS server it would never return."""
    host = tree(
        tmp_path,
        {
            "mnt/c/Python/python3": "",
            "usr/bin/python3": "",
            "opt/link": Link("/mnt/c/Python"),
        },
    )
    host.mounts = lambda: (Mount("/mnt/c", fstype), Mount("/", "ext4"))
    looked = []
    resolve = host._resolve
    host._resolve = lambda path, *rest: looked.append(path) or resolve(path, *rest)
    assert set(candidates(host, "/mnt/c/Python", "/usr/bin")) == {"/usr/bin/python3"}
    assert not [path for path in looked if path.startswith("/mnt/c")]
    assert [(note.path, note.code) for note in host.notes] == [
        ("/mnt/c", "remote-file-system")
    ]
    assert "/opt/link/python3" not in candidates(host, "/opt/link")


@pytest.mark.parametrize(("path", "fstype"), [("/", "9p"), ("/usr", "overlay")])
def test_a_container_on_such_a_root_is_searched(
    tmp_path: Path, path: str, fstype: str
) -> None:
    host = tree(tmp_path, {"usr/bin/python3": ""})
    host.mounts = lambda: (Mount(path, fstype),)
    assert candidates(host, "/usr/bin") == {"/usr/bin/python3": "PATH"}


def test_time_limit_is_noted(tmp_path: Path) -> None:
    host = tree(tmp_path, {"usr/bin/python3": ""}, limits=Limits(seconds=1e-9))
    assert candidates(host, "/usr/bin") == {}
    assert {note.code for note in host.notes} == {"time-limit"}


@pytest.mark.parametrize(
    ("mode", "uid", "noted"),
    [(0o700, 4242, True), (0o711, 4242, False), (0o700, 0, False)],
)
def test_a_closed_home_is_noted_once(
    tmp_path: Path, mode: int, uid: int, noted: bool
) -> None:
    host = tree(tmp_path, {"home/alice/": Mode(None, mode)}, uid=uid)
    candidates(host, users=(ALICE,))
    assert [(note.path, note.code) for note in host.notes] == [
        ("/home/alice", "permission")
    ] * noted


def test_loops_end(tmp_path: Path) -> None:
    files = {
        "usr/bin/python3": Link("python3"),
        "opt/a": Link("b"),
        "opt/b": Link("a"),
        "opt/c/bin": Link("../c/bin"),
    }
    assert candidates(tree(tmp_path, files), "/usr/bin", "/opt/a") == {
        "/usr/bin/python3": "PATH"
    }
