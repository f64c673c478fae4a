# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door to the machine: what it lets through, and above all what it does not."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Host,
    Limits,
    Missing,
    Unreadable,
)

from ..fixtures.trees import Fifo, Link, Mode, Sparse, tree

SECRET = b"only root may see this"
is_root = os.geteuid() == 0
needs_root = pytest.mark.skipif(
    not is_root, reason="makes files of two users, which only root can"
)


def codes(host: Host) -> set[str]:
    return {note.code for note in host.notes}


# ------------------------------------------------------------------ resolution


@pytest.mark.parametrize(
    "path, real",
    [
        ("/usr/lib/a", "/usr/lib/a"),
        ("/lib/a", "/usr/lib/a"),
        ("/lib/../lib/./a", "/usr/lib/a"),
        ("/chain/a", "/usr/lib/a"),
        ("/up/usr/lib/a", "/usr/lib/a"),
        ("/beyond", "/etc/passwd"),
        ("/../../etc/passwd", "/etc/passwd"),
        ("/usr/lib/", "/usr/lib"),
        ("/", "/"),
        ("/loop", None),
        ("/dangling", None),
        ("/usr/lib/a/b", None),
        ("/nothing", None),
    ],
)
def test_links_resolve_inside_the_root(
    tmp_path: Path, path: str, real: str | None
) -> None:
    with tree(
        tmp_path,
        {
            "usr/lib/a": "x",
            "etc/passwd": "",
            "lib": Link("usr/lib"),
            "chain": Link("/lib"),
            "up": Link("../../../../.."),
            "beyond": Link("../../../../../../etc/passwd"),
            "loop": Link("loop"),
            "dangling": Link("/not/there"),
        },
    ) as host:
        assert host.real(path) == real


def test_an_absolute_link_never_leaves_the_root(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(SECRET)
    with tree(
        tmp_path / "root",
        {"a": Link(str(outside)), "b": Link("../outside"), "d": Link(str(tmp_path))},
    ) as host:
        assert host.content("/a") is None
        assert host.content("/b") is None
        assert host.content("/d/outside") is None
        assert host.list("/d") == []


def test_a_path_with_a_thousand_directories_is_refused_not_a_crash(
    tmp_path: Path,
) -> None:
    with tree(tmp_path, {"a": Link("./" * 1500 + "a")}) as host:
        assert host.real("/" + "x/" * 2000) is None
        assert host.real("/a") is None
        assert codes(host) == {"bad-path"}


@given(st.text(min_size=1))
def test_no_text_taken_for_a_path_crashes(text: str) -> None:
    with Host(uid=0) as host:
        assert host.kind("/proc/self/task/" + text) in (
            "",
            "file",
            "directory",
            "other",
        )
        host.kind(text)


# ----------------------------------------------------------------------- files


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    with tree(
        tmp_path, {"fifo": Fifo(), "dir/": None, "to-fifo": Link("fifo")}
    ) as host:
        started = time.monotonic()
        for name in ("/fifo", "/dir", "/to-fifo"):
            with pytest.raises(Unreadable) as caught:
                host.read(name)
            assert caught.value.code == "not-a-file"
        assert time.monotonic() - started < 5


def test_a_socket_and_a_device_are_not_files(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, Host() as host:
        os.chdir(tmp_path)
        listener.bind("s")
        assert host.content(str(tmp_path / "s")) is None
        assert host.content("/dev/zero") is None


def test_a_file_larger_than_asked_for_is_not_read(tmp_path: Path) -> None:
    with tree(tmp_path, {"huge": Sparse(1 << 30), "fits": b"12345"}) as host:
        assert host.content("/huge") is None
        assert codes(host) == {"too-large"}
        assert host.read("/fits", 5) == b"12345"
        with pytest.raises(Unreadable):
            host.read("/fits", 4)


def test_missing_is_not_unreadable(tmp_path: Path) -> None:
    with tree(tmp_path, {"a": Link("b")}) as host:
        for path in ("/a", "/b", "/c/d"):
            with pytest.raises(Missing):
                host.read(path)
        assert host.content("/a") is None
        assert host.notes == []


def test_what_permissions_forbid_is_named(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o755)
    with tree(tmp_path, {"shut": Mode(b"x", 0o000), "room": Mode(None, 0o000)}) as host:
        if is_root:  # root reads everything, so it stops being root for a moment
            os.seteuid(65534)
        try:
            assert host.content("/shut") is None
            assert host.list("/room") == []
        finally:
            os.seteuid(os.getuid())
        assert {(note.path, note.code) for note in host.notes} == {
            ("/shut", "permission"),
            ("/room", "permission"),
        }


def test_files_of_proc_that_claim_no_size_are_read() -> None:
    if not os.path.exists("/proc/self/status"):
        pytest.skip("no /proc here")
    with Host() as host:
        assert b"Name:" in host.read("/proc/self/status")


# ---------------------------------------------------- links of somebody else


@needs_root
def test_root_reads_nothing_for_a_user_through_a_link(tmp_path: Path) -> None:
    with tree(
        tmp_path,
        {
            "etc/shadow": Mode(SECRET, 0o600),
            "home/u/pip.conf": Link("/etc/shadow"),
            "home/u/dir": Link("/etc"),
            "home/u/own": b"mine",
            "home/u/alias": Link("own"),
        },
        uid=0,
    ) as host:
        for name in ("home/u/pip.conf", "home/u/dir", "home/u/own", "home/u/alias"):
            os.lchown(tmp_path / name, 65534, 65534)
        for name in ("/home/u/pip.conf", "/home/u/dir/shadow"):
            with pytest.raises(Unreadable) as caught:
                host.read(name)
            assert caught.value.code == "foreign-link"
        assert host.read("/home/u/alias") == b"mine"


@needs_root
def test_a_link_of_root_is_followed(tmp_path: Path) -> None:
    with tree(
        tmp_path,
        {"usr/lib/python/M": b"m", "usr/lib/python3.12/M": Link("../python/M")},
        uid=0,
    ) as host:
        os.lchown(tmp_path / "usr/lib/python/M", 65534, 65534)
        assert host.read("/usr/lib/python3.12/M") == b"m"


@needs_root
def test_a_user_who_swaps_a_directory_for_a_link_gains_nothing(tmp_path: Path) -> None:
    """The user flips `venv` between a directory and a link to root's own while root reads through it."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "pyvenv.cfg").write_bytes(SECRET)
    home = tmp_path / "home"
    (home / "real").mkdir(parents=True)
    (home / "real/pyvenv.cfg").write_bytes(b"home = /usr/bin\n")
    (home / "link").symlink_to(secret)
    for path in (home, home / "real", home / "real/pyvenv.cfg", home / "link"):
        os.lchown(path, 65534, 65534)
    stop = threading.Event()

    def flip() -> None:
        while not stop.is_set():
            os.rename(home / "real", home / "venv")
            os.rename(home / "venv", home / "real")
            os.rename(home / "link", home / "venv")
            os.rename(home / "venv", home / "link")

    thread = threading.Thread(target=flip)
    thread.start()
    seen = set()
    try:
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            with Host(uid=0) as host:
                seen.add(host.content(str(home / "venv/pyvenv.cfg")))
    finally:
        stop.set()
        thread.join()
    assert SECRET not in seen
    assert b"home = /usr/bin\n" in seen, "the race was never run"


# ---------------------------------------------------------------- directories


def test_a_huge_directory_is_cut_and_said_so(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / ("f%02d" % number)).touch()
    with Host(root=str(tmp_path), limits=Limits(entries=50)) as host:
        assert len(host.list("/")) == 50
        assert codes(host) == {"too-many"}


def test_names_that_are_not_text_survive(tmp_path: Path) -> None:
    name = b"bad\xff\nname"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as stream:
        stream.write(b"x")
    with Host(root=str(tmp_path)) as host:
        (entry,) = host.list("/")
        assert os.fsencode(entry.name) == name
        assert host.read("/" + entry.name) == b"x"


def test_a_database_tells_unread_from_not_there(tmp_path: Path) -> None:
    """What could not be read must never count as a package that owns nothing."""
    os.chmod(tmp_path, 0o755)
    files = {
        "a/files": "x",
        "b/files": Mode("x", 0o000),
        "c/desc": "",
        "d/files": Link("nowhere"),
        "e": Mode(None, 0o000),
    }
    with tree(tmp_path, files) as host:
        if is_root:
            os.seteuid(65534)
        try:
            found = dict(host.read_all("/", ("",), ("files",)))
        finally:
            os.seteuid(os.getuid())
    assert found == {
        "a": {"files": b"x"},
        "b": {"files": None},
        "c": {},
        "d": {},
        "e": {"files": None},
    }
    assert {(note.path, note.code) for note in host.notes} == {
        ("//b/files", "permission"),
        ("//e/files", "permission"),
    }


def test_more_directories_than_are_kept_open(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / str(number) / "a/b").mkdir(parents=True)
        (tmp_path / str(number) / "a/b/f").write_text(str(number))
    before = len(os.listdir("/dev/fd"))
    with Host(root=str(tmp_path)) as host:
        for _round in range(2):
            assert [host.read("/%d/a/b/f" % n) for n in range(300)] == [
                str(n).encode() for n in range(300)
            ]
        assert len(os.listdir("/dev/fd")) - before < 200


def test_glob_matches_within_one_name(tmp_path: Path) -> None:
    with tree(
        tmp_path, {"v/3.12/bin/python3.12": "", "v/3.13/bin/python3.13": "", "v/x": ""}
    ) as host:
        assert list(host.glob("/v/*/bin/python3.1[0-9]")) == [
            "/v/3.12/bin/python3.12",
            "/v/3.13/bin/python3.13",
        ]
        assert list(host.glob("/v/x")) == ["/v/x"]
        assert list(host.glob("/w/*/bin")) == []


# ---------------------------------------------------- time, ledger, people


def test_the_time_limit_is_said_once(tmp_path: Path) -> None:
    with Host(root=str(tmp_path), limits=Limits(seconds=1e-9)) as host:
        assert host.expired("/a")
        assert host.expired("/a")
        assert [(note.path, note.code) for note in host.notes] == [("/a", "time-limit")]


def test_the_ledger_is_bounded(tmp_path: Path) -> None:
    with Host(root=str(tmp_path)) as host:
        for number in range(600):
            host.note("/%d" % number, "permission", "")
        assert len(host.notes) == 500
        assert host.notes_left_out == 100


def test_accounts_of_the_tree_not_of_the_machine(tmp_path: Path) -> None:
    with tree(
        tmp_path,
        {
            "etc/passwd": "root:x:0:0::/root:/bin/sh\nx:x:²:1::/h:\ny:x:"
            + "9" * 5000
            + ":1::/h:\nbroken\n+nis\nu:x:x:1::/h:\nme:x:1000:1000:,:/home/me/:\n"
        },
    ) as host:
        assert [(user.name, user.uid, user.home) for user in host.users()] == [
            ("root", 0, "/root"),
            ("me", 1000, "/home/me"),
        ]


def test_another_root_has_no_environment_and_runs_nothing(tmp_path: Path) -> None:
    with Host(root=str(tmp_path), run=lambda argv, seconds: (0, b"", b"")) as host:
        assert host.env == {}
        assert not host.can_run()
        with pytest.raises(Unreadable):
            host.run(["/bin/true"])


def test_every_descriptor_is_given_back(tmp_path: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    with tree(tmp_path, {"a/b/c": "x"}) as host:
        host.read("/a/b/c")
        host.list("/a/b")
        with pytest.raises(Missing):
            host.read("/a/b/d")
        with pytest.raises(Unreadable):
            host.read("/a/b/c", 0)
    assert len(os.listdir("/dev/fd")) == before
