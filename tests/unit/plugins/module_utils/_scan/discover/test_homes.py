# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose homes are looked into, and what is never touched."""

from __future__ import annotations

import os

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Host,
    Mount,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.homes import (
    Borders,
    choose_users,
    covers_everyone,
    is_remote,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Request

from ...fixtures.trees import Link, tree

# The accounts of Debian's base-passwd, two people, one without a home, and Fedora's operator, who shares root's.
PASSWD = """\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
systemd-network:x:998:998::/:/usr/sbin/nologin
operator:x:11:0:operator:/root:/sbin/nologin
alice:x:1000:1000::/home/alice:/bin/bash
bob:x:1001:1001::/home/bob/:/bin/bash
gone:x:1002:1002::/home/gone:/bin/bash
"""
FILES = {
    "etc/passwd": PASSWD,
    "root/": None,
    "home/alice/": None,
    "home/bob/": None,
    "var/www/": None,
    "bin/": None,
}


def names(users):
    return [user.name for user in users]


def mounted(host, *mounts):
    host.mounts = lambda: tuple(mounts)
    return host


def test_in_a_tree_every_user_with_a_home_of_their_own(tmp_path):
    host = tree(tmp_path, FILES, uid=1000)
    assert names(choose_users(host, Request())) == ["root", "www-data", "alice", "bob"]
    assert host.notes == []


def test_of_two_with_one_home_the_owner_is_taken(tmp_path):
    files = {
        "etc/passwd": "toor:x:77777:0::/root:/bin/sh\nroot:x:%d:0::/root:/bin/sh\n"
        % os.getuid(),
        "root/": None,
    }
    assert names(choose_users(tree(tmp_path, files), Request())) == ["root"]


def test_users_by_name_come_in_passwd_order_and_unknown_ones_are_noted(tmp_path):
    host = tree(tmp_path, FILES)
    assert names(
        choose_users(host, Request(users=("bob", "alice", "mallory", "gone")))
    ) == ["alice", "bob"]
    assert [(note.path, note.code) for note in host.notes] == [
        ("mallory", "no-such-user"),
        ("/home/gone", "no-home"),
    ]


def test_nobody_is_an_answer(tmp_path):
    assert choose_users(tree(tmp_path, FILES), Request(users=())) == ()


def test_a_broken_passwd_gives_nobody(tmp_path):
    assert (
        choose_users(
            tree(
                tmp_path, {"etc/passwd": b"\xff\0:::\nroot:x:zero:0::/root:/bin/sh\n"}
            ),
            Request(),
        )
        == ()
    )


class Live(Host):
    """A host over a tree that takes itself for a live one."""

    def __init__(self, root, **options):
        super().__init__(root=str(root), **options)
        self.live = True


def test_live_the_caller_alone_unless_root(tmp_path):
    tree(tmp_path, FILES)
    assert names(choose_users(Live(tmp_path, uid=1000, env={}), Request())) == ["alice"]
    assert names(choose_users(Live(tmp_path, uid=0, env={}), Request())) == [
        "root",
        "www-data",
        "alice",
        "bob",
    ]
    assert not covers_everyone(Live(tmp_path, uid=1000), Request())
    assert covers_everyone(Live(tmp_path, uid=0), Request())
    assert not covers_everyone(Live(tmp_path, uid=0), Request(users=("alice",)))


def test_a_caller_whom_passwd_does_not_know_is_taken_by_a_home_that_is_theirs(tmp_path):
    tree(tmp_path, dict(FILES, **{"etc/passwd": ""}))
    uid = os.getuid() or 4242
    os.chown(str(tmp_path / "home/alice"), uid, -1)
    mine = Live(tmp_path, uid=uid, env={"HOME": "/home/alice", "USER": "ldap"})
    assert names(choose_users(mine, Request())) == ["ldap"]
    other = Live(tmp_path, uid=uid + 1, env={"HOME": "/home/alice", "USER": "ldap"})
    assert choose_users(other, Request()) == ()


def test_remote_homes_are_left_out_untouched_and_noted(tmp_path, monkeypatch):
    files = dict(
        FILES,
        **{
            "etc/passwd": PASSWD.replace("/home/bob/", "/people/bob"),
            "people": Link("/net/people"),
        },
    )
    del files["home/bob/"]
    host = mounted(
        tree(tmp_path, files),
        Mount("/home", "nfs4"),
        Mount("/net", "autofs"),
        Mount("/", "ext4"),
    )
    touched = []
    for name in ("lstat", "readlink", "open", "stat"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os,
            name,
            lambda path, *a, real=real, **k: (
                touched.append(path),
                real(path, *a, **k),
            )[1],
        )
    assert names(choose_users(host, Request())) == ["root", "www-data"]
    assert "passwd" in touched
    assert not {"home", "alice", "net", "bob"} & {
        os.path.basename(str(path)) for path in touched
    }
    assert {(note.path, note.code) for note in host.notes} == {
        ("/home/alice", "remote-home"),
        ("/people/bob", "remote-home"),
        ("/home/gone", "remote-home"),
    }


def test_a_remote_home_that_is_asked_for_is_taken(tmp_path):
    host = mounted(tree(tmp_path, FILES), Mount("/home", "nfs"), Mount("/", "ext4"))
    assert names(choose_users(host, Request(users=("alice",)))) == ["alice"]


def test_what_an_automount_has_mounted_counts(tmp_path):
    # systemd's x-systemd.automount: two lines of mountinfo for one path, the later on top.
    host = mounted(
        tree(tmp_path, FILES),
        Mount("/home", "autofs"),
        Mount("/home", "ext4"),
        Mount("/", "ext4"),
    )
    assert "alice" in names(choose_users(host, Request()))


@pytest.mark.parametrize(
    ("fstype", "remote"),
    [
        ("nfs", True),
        ("nfs4", True),
        ("cifs", True),
        ("9p", True),
        ("fuse.sshfs", True),
        ("fuse", True),
        ("ext4", False),
        ("xfs", False),
        ("btrfs", False),
        ("zfs", False),
        ("overlay", False),
        ("tmpfs", False),
    ],
)
def test_kinds_of_file_systems(fstype, remote):
    assert is_remote(Mount("/x", fstype)) is remote
    # gVisor and Kata have their whole root on 9p: there is nothing else to look at.
    assert is_remote(Mount("/", fstype)) is False


def test_borders_follow_links_by_hand(tmp_path):
    files = {
        "a/b/": None,
        "a/up": Link("../far/x"),
        "a/loop": Link("loop"),
        "ok": Link("a/b"),
    }
    borders = Borders(
        mounted(tree(tmp_path, files), Mount("/far", "nfs"), Mount("/", "xfs"))
    )
    assert borders.beyond("/a/up/y") == Mount("/far", "nfs")
    assert borders.beyond("/far") == Mount("/far", "nfs")
    assert borders.beyond("/farther/x") is None
    assert borders.beyond("/ok/../up") is not None
    assert borders.beyond("/a/loop/x") is None
    assert borders.beyond("/") is None


def test_the_caller_of_this_very_process():
    with Host(env={"HOME": os.path.expanduser("~")}) as host:
        if host.uid != 0:
            assert [user.uid for user in choose_users(host, Request())] == [
                os.geteuid()
            ]
        else:
            assert 0 in [user.uid for user in choose_users(host, Request())]
