# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy is as good as its original: scripts, bytecode, records; shown on real environments."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._venv.relocate import (
    copy_release,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.state import RECORD

ONE, TWO = "20260101T000000-000001", "20260102T000000-000002"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real environment with a real pip."""
    prefix = tmp_path_factory.mktemp("original") / ".venv.releases" / ONE
    subprocess.run(
        [sys.executable, "-m", "venv", str(prefix)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (prefix / RECORD).write_text("{}")
    return prefix


def wrong_rows(prefix: Path) -> list[str]:
    """Return the files whose bytes are not those of their row in a RECORD."""
    wrong = []
    for record in prefix.glob("lib/*/site-packages/*.dist-info/RECORD"):
        with open(record, newline="") as file:
            for name, digest, size in csv.reader(file):
                if digest:
                    data = (record.parents[1] / name).read_bytes()
                    found = (
                        base64.urlsafe_b64encode(hashlib.sha256(data).digest())
                        .rstrip(b"=")
                        .decode()
                    )
                    wrong += (
                        []
                        if (digest, size) == ("sha256=" + found, str(len(data)))
                        else [name]
                    )
    return wrong


def holding(prefix: Path, text: str) -> list[str]:
    files = [
        each for each in prefix.rglob("*") if each.is_file() and not each.is_symlink()
    ]
    return [str(each) for each in files if text.encode() in each.read_bytes()]


def pip_of(prefix: Path) -> list[str]:
    """Run pip by its script, under which it names the place that it is in."""
    done = subprocess.run(
        [str(prefix / "bin" / "pip"), "--version"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_copy_of_a_release_is_the_same_with_another_name(original: Path) -> None:
    copy = original.with_name(TWO)
    assert wrong_rows(original) == []
    copy_release(str(original), str(copy))
    assert holding(original, ONE), "nothing names the place: the test shows nothing"
    assert holding(copy, ONE) == []
    assert wrong_rows(copy) == []
    assert pip_of(copy)[3].startswith(str(copy))
    names = {str(each.relative_to(original)) for each in original.rglob("*")} - {RECORD}
    assert {str(each.relative_to(copy)) for each in copy.rglob("*")} == names
    for name in names:
        before, after = (original / name).lstat(), (copy / name).lstat()
        assert before.st_mode == after.st_mode
        if not (copy / name).is_symlink():
            assert before.st_mtime_ns == after.st_mtime_ns or (copy / name).is_dir()


def test_bytecode_stays_good_and_names_the_new_place(original: Path) -> None:
    copy = original.with_name("20260103T000000-000003")
    copy_release(str(original), str(copy))
    code = "import pip._internal.cli.main as m; print(m.__cached__); print(m.main.__code__.co_filename)"
    done = subprocess.run(
        [str(copy / "bin" / "python"), "-v", "-B", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    cached, filename = done.stdout.split()[:2]
    assert filename.startswith(str(copy))
    assert "code object from '%s'" % cached in done.stderr
    assert "bytecode is stale" not in done.stderr


def test_an_environment_from_elsewhere_works_as_a_release(
    original: Path, tmp_path: Path
) -> None:
    target = tmp_path / ".venv.releases" / TWO
    target.mkdir(parents=True)
    copy_release(str(original), str(target))
    gone = original.rename(original.with_name("gone"))
    try:
        assert pip_of(target)[3].startswith(str(target))
        assert wrong_rows(target) == []
        activate = 'source "%s/bin/activate" && which python' % target
        done = subprocess.run(
            ["bash", "-c", activate], check=True, stdout=subprocess.PIPE, text=True
        )
        assert done.stdout.strip() == str(target / "bin" / "python")
    finally:
        gone.rename(original)


def test_a_script_in_a_long_place_still_starts(tmp_path: Path) -> None:
    """The kernel reads only so much of a first line."""
    plain = tmp_path / "venv"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(plain)], check=True
    )
    script = plain / "bin" / "tool"
    script.write_text(
        "#!%s/bin/python -I\nimport sys\nprint(sys.prefix, *sys.argv[1:])\n" % plain
    )
    script.chmod(0o755)
    target = tmp_path / ("long" * 40) / ONE
    target.parent.mkdir()
    copy_release(str(plain), str(target))
    done = subprocess.run(
        [str(target / "bin" / "tool"), "a b"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == "%s a b\n" % target


def test_odd_things_in_an_environment(tmp_path: Path) -> None:
    source, target = tmp_path / ONE, tmp_path / TWO
    site = source / "lib" / "python3" / "site-packages"
    (site / "locked").mkdir(parents=True)
    (site / "locked" / "file").write_bytes(b"\0binary " + ONE.encode() + b"\0")
    (site / "locked").chmod(0o555)
    (site / "mode").write_text("x")
    (site / "mode").chmod(0o640)
    os.mkfifo(source / "pipe")
    (source / "absolute").symlink_to(source / "lib")
    (source / "away").symlink_to("/etc")
    (source / "dangling").symlink_to("gone")
    (source / RECORD).write_text("{}")
    info = site / "odd-1.dist-info"
    info.mkdir()
    (info / "RECORD").write_bytes(
        b'mode,,\r\n"a, b",sha256=x,1\r\n\xff,sha256=x,1\r\nlocked/file,sha256=y,2\r\n'
    )
    try:
        copy_release(str(source), str(target))
        copied = target / site.relative_to(source)
        assert (
            copied / "locked" / "file"
        ).read_bytes() == b"\0binary " + TWO.encode() + b"\0"
        assert (copied / "locked").stat().st_mode & 0o777 == 0o555
        assert (copied / "mode").stat().st_mode & 0o777 == 0o640
        assert os.readlink(target / "absolute") == str(target / "lib")
        assert os.readlink(target / "away") == "/etc"
        assert os.readlink(target / "dangling") == "gone"
        assert not (target / "pipe").exists()
        assert not (
            target / RECORD
        ).exists()  # a half copied release must not pass for a finished one
        rows = (copied / "odd-1.dist-info" / "RECORD").read_bytes().split(b"\r\n")
        assert rows[:3] == [b"mode,,", b'"a, b",sha256=x,1', b"\xff,sha256=x,1"]
        assert rows[3].startswith(b"locked/file,sha256=")
        assert rows[3].endswith(b",%d" % (len(b"\0binary \0") + len(TWO)))
    finally:
        for prefix in (source, target):
            (prefix / "lib" / "python3" / "site-packages" / "locked").chmod(0o755)
