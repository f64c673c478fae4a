# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in a child: what it brings back, how it ends, what it leaves behind, and that root is given up for good."""

from __future__ import annotations

import os
import pwd
import resource
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.accounts import (
    Account,
    find_account,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.environment import (
    clean_environment,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.privilege_drop import (
    run_in_child,
)

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="root is needed, to be given up")
PROC = os.path.isdir("/proc/self/fd")
OPEN_FILES = min(
    os.sysconf("SC_OPEN_MAX"), 65536
)  # that this process can have; pytest and other tests open many
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "ONLY": "this"}


def child(work: Callable[[], Any], **more: Any) -> Any:
    return run_in_child(
        lambda say: work(),
        more.pop("account", None),
        more.pop("environment", ENVIRONMENT),
        **more,
    )


def failure(work: Callable[[], Any], **more: Any) -> OperationError:
    with pytest.raises(OperationError) as failed:
        child(work, **more)
    return failed.value


def is_gone(pid: int, seconds: float = 10) -> bool:
    """Return whether a process ends within that time; a zombie has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if (
                PROC
                and Path("/proc/%d/stat" % pid)
                .read_text()
                .rpartition(")")[2]
                .split()[0]
                == "Z"
            ):
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_the_answer_comes_back_with_every_byte_of_a_name() -> None:
    answer = {"name": os.fsdecode(b"\xff\n"), "list": [1, None, "€"]}
    assert child(lambda: answer) == answer


def test_lines_are_told_while_it_works() -> None:
    told: list[str] = []
    assert (
        run_in_child(
            lambda say: [say("one"), say("two\nlines")] and "done",
            None,
            {},
            report=told.append,
        )
        == "done"
    )
    assert told == ["one", "two\nlines"]


def test_a_failure_travels_with_all_it_says() -> None:
    def work() -> None:
        raise OperationError(
            "no-space", "it is full", "Make room.", "last words \udcff"
        )

    failed = failure(work)
    assert (failed.code, failed.message, failed.hint, failed.output) == (
        "no-space",
        "it is full",
        "Make room.",
        "last words \udcff",
    )


def test_any_other_exception_is_a_failure() -> None:
    assert failure(lambda: "".index("x")).message == "ValueError: substring not found"
    assert (
        failure(lambda: os.stat("/no/such")).message
        == "/no/such: No such file or directory"
    )


def test_an_end_without_an_answer_is_told() -> None:
    assert "signal 9" in failure(lambda: os.kill(os.getpid(), signal.SIGKILL)).message
    assert "status 7" in failure(lambda: os._exit(7)).message


@pytest.fixture
def many_open_files() -> Iterator[int]:
    """Open more files than select(2) takes; yield how many."""
    count = 1100
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + 400  # some are open already
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip("this user may open %d files only" % hard)
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _number in range(count)]
    yield count
    for fd in files:
        os.close(fd)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_answer_arrives_and_a_limit_holds_where_many_files_are_open(
    many_open_files: int,
) -> None:
    assert child(lambda: many_open_files) == many_open_files
    assert child(lambda: many_open_files, seconds=30) == many_open_files
    assert (
        child(lambda: "done", seconds=1e9) == "done"
    )  # more milliseconds than poll(2) takes
    assert failure(lambda: time.sleep(60), seconds=0.2).code == "time-out"


def test_an_answer_without_end_is_refused() -> None:
    assert failure(lambda: "x" * (40 * 1024 * 1024)).code == "child-answer"


def test_it_starts_with_a_clean_slate(tmp_path: Path) -> None:
    def look() -> dict[str, Any]:
        (tmp_path / "file").write_text("")
        return {
            "environment": dict(os.environ),
            "cwd": os.getcwd(),
            "leads": os.getsid(0) == os.getpid(),
            "files": [fd for fd in range(3, OPEN_FILES) if is_open(fd)],
            "input": os.read(0, 10).decode(),
            "term": signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,
        }

    def is_open(fd: int) -> bool:
        try:
            os.fstat(fd)
        except OSError:
            return False
        return True

    kept = [os.open("/", os.O_RDONLY) for _number in range(5)]
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    umask = os.umask(0)
    try:
        found = child(look)
    finally:
        os.umask(umask)
        signal.signal(signal.SIGTERM, before)
        for fd in kept:
            os.close(fd)
    assert found["environment"] == ENVIRONMENT
    assert (found["cwd"], found["leads"], found["input"], found["term"]) == (
        "/",
        True,
        "",
        True,
    )
    assert len(found["files"]) == 1  # the answer
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


@pytest.mark.skipif(not PROC, reason="needs /proc")
def test_commands_inherit_nothing() -> None:
    def look() -> str:
        done = subprocess.run(
            ["ls", "/proc/self/fd"],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            close_fds=False,
        )
        return done.stdout

    assert child(look).split() == [
        "0",
        "1",
        "2",
        "3",
    ]  # 3 is how ls reads the directory


def test_time_is_up_for_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    def work() -> None:
        process = subprocess.Popen(["sleep", "60"])
        pids.write_text("%d %d" % (os.getpid(), process.pid))
        process.wait()

    started = time.monotonic()
    assert failure(work, seconds=1).code == "time-out"
    assert time.monotonic() - started < 20
    assert all(is_gone(int(pid)) for pid in pids.read_text().split())


def test_what_is_left_running_ends_with_the_work() -> None:
    pid = child(lambda: subprocess.Popen(["sleep", "60"]).pid)
    assert is_gone(pid)


@pytest.mark.parametrize("who", ["parent", "leader"])
def test_no_command_outlives_the_module_or_its_child(tmp_path: Path, who: str) -> None:
    pids = tmp_path / "pids"

    def work() -> None:
        process = subprocess.Popen(["sleep", "60"])
        draft = tmp_path / "draft"
        draft.write_text("%d %d" % (os.getpid(), process.pid))
        draft.rename(pids)
        process.wait()

    parent = os.fork()
    if parent == 0:
        try:
            child(work)
        finally:
            os._exit(0)
    while not pids.exists():
        time.sleep(0.01)
    leader, command = map(int, pids.read_text().split())
    os.kill(parent if who == "parent" else leader, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert is_gone(leader)
    assert is_gone(command)


def test_accounts_are_found_by_name_and_number() -> None:
    me = pwd.getpwuid(os.getuid())
    account = find_account(me.pw_name)
    assert account == find_account(str(me.pw_uid))
    assert (account.uid, account.gid, account.home) == (me.pw_uid, me.pw_gid, me.pw_dir)
    assert account.gid in account.groups
    assert find_account(me.pw_name, "12345")[2] == 12345


@pytest.mark.parametrize(
    "name", ["no such", "3999999999", "99999999999999999999", "a\0", "²"]
)
def test_who_is_not_there_is_named(name: str) -> None:
    with pytest.raises(OperationError) as failed:
        find_account(name)
    assert failed.value.code == "no-such-user"
    with pytest.raises(OperationError) as failed:
        find_account(str(os.getuid()), "no such")
    assert failed.value.code == "no-such-group"


def test_only_what_is_listed_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PIP_INDEX_URL": "https://u:p@h/simple",
        "PIP_EXTRA_INDEX_URL": "https://h/a https://v:q@i/b",
        "https_proxy": "http://x:y@proxy:3128",
        "PIP_PROXY": "http://z:w@proxy:3128",
        "PIP_TARGET": "/tmp/x",
        "PYTHONPATH": "/tmp/x",
        "LD_PRELOAD": "/tmp/x",
        "SECRET": "x",
    }.items():
        monkeypatch.setenv(name, value)
    found, credentials = clean_environment(None, {"MORE": "1"})
    assert found["PIP_INDEX_URL"] == "https://h/simple"
    assert found["PIP_EXTRA_INDEX_URL"] == "https://h/a https://i/b"
    assert {(each.host, each.username, each.password) for each in credentials} == {
        ("h", "u", "p"),
        ("i", "v", "q"),
    }
    assert (
        found["https_proxy"] == "http://z:w@proxy:3128"
    )  # as pip itself would have it
    assert found["MORE"] == "1"
    assert not {"PIP_PROXY", "PIP_TARGET", "PYTHONPATH", "LD_PRELOAD", "SECRET"} & set(
        found
    )
    assert found["USER"] == pwd.getpwuid(os.geteuid()).pw_name


def test_a_home_that_is_not_there_is_not_named() -> None:
    account = Account("app", 12345, 12345, (12345,), "/no/such/home")
    found, _credentials = clean_environment(account, {})
    assert "HOME" not in found
    assert (found["USER"], found["LOGNAME"]) == ("app", "app")


@needs_root
def test_root_is_given_up_for_good(tmp_path: Path) -> None:
    account = find_account("nobody")._replace(groups=(account_group(), 4242))
    tmp_path.chmod(0o700)
    secret = tmp_path / "secret"
    secret.write_text("root's")
    secret.chmod(0o600)

    def attempt() -> dict[str, Any]:
        refused = []
        for act in (
            lambda: os.setuid(0),
            lambda: os.seteuid(0),
            lambda: os.setresuid(0, 0, 0),
            lambda: os.setgid(0),
            lambda: os.setgroups([0]),
            lambda: os.chown("/tmp", 0, 0),
            secret.read_text,
            lambda: os.kill(os.getppid(), 0),
        ):
            try:
                act()
                refused.append(False)
            except OSError:
                refused.append(True)
        return {
            "ids": [*os.getresuid(), *os.getresgid()],
            "groups": sorted(os.getgroups()),
            "refused": refused,
        }

    found = child(attempt, account=account)
    assert found["ids"] == [account.uid] * 3 + [account.gid] * 3
    assert found["groups"] == sorted(account.groups)
    assert all(found["refused"])


def account_group() -> int:
    return find_account("nobody").gid


@needs_root
def test_it_ends_with_the_module_also_as_another_user(tmp_path: Path) -> None:
    """The change of user clears the death signal: it has to be asked for afterwards."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    parent = os.fork()
    if parent == 0:
        try:
            run_in_child(
                lambda say: [say(str(os.getpid())), time.sleep(60)],
                find_account("nobody"),
                {},
                report=lambda line: os.write(writing, line.encode()),
            )
        finally:
            os._exit(0)
    os.close(writing)
    leader = int(os.read(reading, 20))
    os.close(reading)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert is_gone(leader)


@pytest.mark.skipif(ROOT, reason="root may take any group")
def test_a_group_that_only_root_can_work_for_is_refused_by_name() -> None:
    account = find_account(str(os.getuid()))._replace(gid=0)
    assert failure(lambda: None, account=account).code == "not-root"
