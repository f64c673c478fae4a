# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who could have altered what would be run: owners, groups, others, sticky directories, every directory above."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.trust import (
    TrustReader,
    parse_group,
)

from ...fixtures.trees import Link, Mode, tree

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can make files of other users"
)

PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
GROUP = "root:x:0:\nstaff:x:50:\ndev:x:60:alice\n"
BASE = {
    "etc/passwd": PASSWD,
    "etc/group": GROUP,
    "usr/local/bin/python3": Mode("x", 0o755),
}
PYTHON = "/usr/local/bin/python3"


@pytest.fixture
def planted(tmp_path: Path) -> Any:
    os.chmod(tmp_path, 0o755)
    with tree(tmp_path, BASE, uid=0) as host:
        for directory in ("usr", "usr/local", "usr/local/bin"):
            os.chmod(tmp_path / directory, 0o755)
        yield tmp_path, host


def test_all_of_root(planted: Any) -> None:
    _root, host = planted
    assert TrustReader(host).judge([PYTHON]) == (True, ())


@pytest.mark.parametrize(
    "path", ["usr/local/bin/python3", "usr/local/bin", "usr/local", "usr"]
)
def test_another_owner_anywhere_above(planted: Any, path: str) -> None:
    root, host = planted
    os.chown(root / path, 1000, 0)
    assert TrustReader(host).judge([PYTHON]) == (
        False,
        ("/%s belongs to alice" % path,),
    )


def test_the_caller_trusts_their_own(planted: Any) -> None:
    root, _host = planted
    os.chown(root / "usr/local/bin/python3", 1000, 0)
    with tree(root, {}, uid=1000) as host:
        assert TrustReader(host).judge([PYTHON]).trusted is True


@pytest.mark.parametrize(
    ("gid", "trusted"),
    [(0, True), (50, True), (60, False), (1000, False), (4242, False)],
)  # 1000: alice's own group, by /etc/passwd; 4242: in no local file, as a group of LDAP
def test_a_group_without_members_is_harmless(
    planted: Any, gid: int, trusted: bool
) -> None:
    root, host = planted
    os.chown(root / "usr/local/bin", 0, gid)
    os.chmod(root / "usr/local/bin", 0o2775)
    assert TrustReader(host).judge([PYTHON]).trusted is trusted


def test_everybody(planted: Any) -> None:
    root, host = planted
    os.chmod(root / "usr/local", 0o777)
    assert TrustReader(host).judge([PYTHON]) == (
        False,
        ("/usr/local can be written by all users",),
    )


def test_a_sticky_directory_guards_what_lies_in_it_but_takes_new_files(
    planted: Any,
) -> None:
    root, host = planted
    os.chmod(root / "usr/local/bin", 0o1777)
    assert TrustReader(host).judge([PYTHON]).trusted is True
    assert TrustReader(host).judge(["/usr/local/bin"]).trusted is False
    both = TrustReader(host)
    assert [both.judge([PYTHON]).trusted, both.judge(["/usr/local/bin"]).trusted] == [
        True,
        False,
    ]


def test_what_is_not_there_is_unknown(planted: Any) -> None:
    _root, host = planted
    assert TrustReader(host).judge(["/usr/local/bin/python4"]).trusted is None


def test_everything_below(planted: Any) -> None:
    root, host = planted
    assert TrustReader(host).judge_below("/usr/local").trusted is True
    os.chmod(root / "usr/local/bin/python3", 0o666)
    assert TrustReader(host).judge_below("/usr/local").because == (
        "%s can be written by all users" % PYTHON,
    )


@given(st.text("ab:0123456789,²٣\n", max_size=80))
def test_garbage_in_group(text: str) -> None:
    for gid, _names in parse_group(text):
        assert gid >= 0


def test_an_absurd_number_in_group() -> None:
    assert parse_group("a:x:%s:\nb:x:7:x, y\n" % ("9" * 5000)) == (
        (7, frozenset({"x", "y"})),
    )


SITE = "srv/app/venv/lib/python3.13/site-packages"
ENVIRONMENT = {
    "etc/passwd": PASSWD,
    "etc/group": GROUP,
    "usr/bin/python3.13": Mode("x", 0o755),
    "srv/app/venv/pyvenv.cfg": "home = /usr/bin\n",
    "srv/app/venv/bin/python": Link("/usr/bin/python3.13"),
    SITE + "/six.py": "",
    SITE + "/shared.pth": "# a comment\nimport sys\n/opt/shared\n\n../../nowhere\n",
    "opt/shared/pip/__init__.py": "",
}


class TestEnvironment:
    """What root would run and import when it starts an environment's Python."""

    @pytest.fixture
    def environment(self, tmp_path: Path) -> Any:
        with tree(tmp_path, ENVIRONMENT, uid=0) as host:
            for path in [tmp_path, *tmp_path.rglob("*")]:
                if path.is_dir():
                    os.chmod(path, 0o755)
            yield tmp_path, host

    def test_all_of_root(self, environment: Any) -> None:
        _root, host = environment
        assert TrustReader(host).judge_environment("/srv/app/venv") == (True, ())

    @pytest.mark.parametrize(
        "path",
        [
            "srv/app/venv/lib",
            SITE,
            SITE + "/six.py",
            SITE + "/shared.pth",
            "srv/app/venv/pyvenv.cfg",
            "srv/app/venv/bin",
            "srv/app",
            "usr/bin/python3.13",
            "opt/shared",
            "opt/shared/pip",
            "opt/shared/pip/__init__.py",
        ],
    )
    def test_one_part_of_another_user(self, environment: Any, path: str) -> None:
        root, host = environment
        os.chown(root / path, 1000, 1000)
        assert TrustReader(host).judge_environment("/srv/app/venv") == (
            False,
            ("/%s belongs to alice" % path,),
        )

    def test_a_link_in_lib_to_what_another_user_may_write(
        self, environment: Any
    ) -> None:
        root, host = environment
        (root / "tmp/theirs").mkdir(parents=True)
        os.chmod(root / "tmp", 0o755)
        os.chmod(root / "tmp/theirs", 0o777)
        os.symlink("/tmp/theirs", root / SITE / "plugin")
        judged = TrustReader(host).judge_environment("/srv/app/venv")
        assert judged == (False, ("/tmp/theirs can be written by all users",))

    def test_what_is_behind_a_link_in_lib_counts_too(self, environment: Any) -> None:
        root, host = environment
        (root / "opt/linked").mkdir()
        os.chmod(root / "opt/linked", 0o755)
        (root / "opt/linked/module.py").write_text("")
        os.chown(root / "opt/linked/module.py", 1000, 0)
        os.symlink("/opt/linked", root / SITE / "linked")
        judged = TrustReader(host).judge_environment("/srv/app/venv")
        assert judged == (False, ("/opt/linked/module.py belongs to alice",))

    def test_none(self, environment: Any) -> None:
        _root, host = environment
        assert TrustReader(host).judge_environment("/srv/none").trusted is None
