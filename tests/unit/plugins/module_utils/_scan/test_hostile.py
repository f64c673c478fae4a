# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile hosts: whatever lies where a scan reads, it ends, soon, with a result that can be carried and printed."""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Host,
    Limits,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Request
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pipeline import scan
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.facts_result import (
    serialize_facts,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import Scan

from ..fixtures.provider_trees import CASES
from ..fixtures.trees import Fifo, Link, Sparse, plant, tree

EVERYTHING = Request(subset=("installations", "environments", "packages", "pip_config"))
SECONDS = 20  # many times what the slowest takes; a hang takes for ever


def scan_all(root: object, **limits: float) -> tuple[Scan, str]:
    """Scan everything below ``root`` as root would, and give the scan and the JSON of its facts."""
    started = time.monotonic()
    with Host(root=os.fspath(root), uid=0, limits=Limits(**limits)) as host:  # type: ignore[arg-type]
        done = scan(host, EVERYTHING)
    text = json.dumps(serialize_facts(done, EVERYTHING, str(root)), ensure_ascii=False)
    assert time.monotonic() - started < SECONDS
    text.encode("utf-8")  # one surrogate would fail a whole task
    return done, text


def replace(path: Path, with_what: str, garbage: bytes) -> None:
    """Put something else in the place of a file."""
    path.unlink()
    if with_what == "garbage":
        path.write_bytes(garbage)
    elif with_what == "nothing":
        path.symlink_to("nowhere")
    elif with_what == "loop":
        path.symlink_to(path.name)
    elif with_what == "pipe":
        os.mkfifo(path)
    elif with_what == "directory":
        path.mkdir()
    elif with_what == "outside":
        path.symlink_to("../" * 40 + "etc/passwd")
    else:
        with path.open("wb") as stream:
            stream.truncate(1 << 30)


@pytest.mark.parametrize("name", sorted(CASES))
@settings(
    max_examples=max(settings.default.max_examples // 20, 1),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 2**32),
    what=st.sampled_from(
        ["garbage", "nothing", "loop", "pipe", "directory", "outside", "sparse"]
    ),
    garbage=st.binary(max_size=300)
    | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    share=st.sampled_from([0.05, 0.3, 1.0]),
)
def test_any_file_of_any_provider_may_be_anything(
    name: str, seed: int, what: str, garbage: bytes, share: float
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        plant(directory, CASES[name].files)
        files = [
            path
            for path in sorted(Path(directory).rglob("*"))
            if path.is_file() and not path.is_symlink()
        ]
        picked = random.Random(seed)
        for path in files:
            if picked.random() < share:
                replace(path, what, garbage)
        scan_all(directory)


@pytest.mark.parametrize("name", sorted(CASES))
@settings(
    max_examples=max(settings.default.max_examples // 33, 1),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_any_byte_of_any_file_may_be_another(name: str, seed: int) -> None:
    picked = random.Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        plant(directory, CASES[name].files)
        for path in sorted(Path(directory).rglob("*")):
            if path.is_file() and not path.is_symlink():
                data = bytearray(path.read_bytes())
                for _change in range(min(len(data), 4)):
                    data[picked.randrange(len(data))] = picked.randrange(256)
                path.write_bytes(
                    bytes(
                        data[: picked.randrange(len(data) + 1)]
                        if picked.random() < 0.3
                        else data
                    )
                )
        scan_all(directory)


def nasty() -> dict[str, object]:
    """Return the most hostile tree: what an attacker who knows the scan would prepare."""
    files: dict[str, object] = dict(CASES["debian-13"].files)
    files = {
        key: value
        for key, value in files.items()
        if not key.endswith("EXTERNALLY-MANAGED")
    }
    files.update(
        {
            "usr/lib/python3.13/EXTERNALLY-MANAGED": Sparse(1 << 30),
            "etc/passwd": "root:x:0:0::/root:/bin/sh\nmallory:x:1000:1000::/home/mallory:/bin/sh\n",
            "home/mallory/app/pyvenv.cfg": Fifo(),
            "home/mallory/app/bin/python": Link("python"),
            "home/mallory/two/pyvenv.cfg": b"home = \xff\xfe\n" + b"x" * 300_000,
            "home/mallory/three/pyvenv.cfg": "home = /usr/bin\nversion = \u202e3.13\x1b[2J\n",
            "home/mallory/three/bin/python": Link(
                "/../../../../../../../usr/bin/python3"
            ),
            "home/mallory/three/bin/activate": "",
            "home/mallory/loop": Link("../mallory"),
            "home/mallory/.config/pip/pip.conf": b"[global]\nindex-url = https://u:hunter2@h/\n"
            + b"\x00\xff" * 50,
            "home/mallory/.config/uv/uv.toml": "[pip]\n"
            + "a.b." * 5000
            + "c = "
            + "[" * 5000,
            "home/mallory/.local/share/pipx/venvs/x/pipx_metadata.json": "[" * 100_000,
            "home/mallory/.local/share/pipx/venvs/y/pipx_metadata.json": '{"a":'
            * 50_000,
            "home/mallory/.conda/environments.txt": "/etc\n/root\n" * 5000 + "\0\n",
            "home/mallory/.pyenv/versions/9/bin/python3.99999999999999999999": b"\x7fELF"
            + b"\xff" * 5000,
            "home/mallory/.pyenv/versions/8/bin/python3.8": b"#!" + b"/" * 70_000,
            "home/mallory/.pyenv/versions/8/lib/python3.8/os.py": "",
            "home/mallory/.pyenv/versions/8/lib/python3.8/_sysconfigdata__x.py": "build_time_vars = "
            + "(" * 60_000,
            "etc/environment": "PIP_BREAK_SYSTEM_PACKAGES=\x00\x01\nPATH="
            + ":".join("/p%d" % n for n in range(9000)),
            "etc/profile": "if " * 20_000,
            "etc/sudoers": "@includedir /etc\n@include /etc/sudoers\n" * 500,
            "etc/os-release": b"ID=\xff\nVERSION_ID=" + b"9" * 10_000,
            "var/lib/dpkg/diversions": "a\n" * 10_001,
        }
    )
    return files


def test_the_nastiest_tree(tmp_path: Path) -> None:
    plant(tmp_path, nasty())
    strange = os.path.join(os.fsencode(tmp_path), b"opt/new\nline\xff\x1b[31m")
    os.makedirs(os.path.join(strange, b"bin"))
    with open(os.path.join(strange, b"pyvenv.cfg"), "wb") as stream:
        stream.write(b"home = /usr/bin\nversion = 3.13.5\n")
    os.symlink(b"/usr/bin/python3.13", os.path.join(strange, b"bin/python"))
    done, text = scan_all(tmp_path)
    said = {(note.path, note.code) for note in done.notes}
    for path, code in (
        ("/home/mallory/app/pyvenv.cfg", "not-a-file"),
        ("/home/mallory/two/pyvenv.cfg", "too-large"),
    ):
        assert (path, code) in said
    (system,) = (
        row
        for row in done.judged.installations
        if row.installation.reading.stdlib == "/usr/lib/python3.13"
    )
    assert system.managed.pip.stopped is True, "a regular file of any size stops pip"
    assert system.managed.state == "modified"
    assert "hunter2" not in text
    for character in "\x1b\u202e\n\x00":
        assert character not in text


def test_a_hundred_thousand_entries(tmp_path: Path) -> None:
    crowd = tmp_path / "opt/crowd"
    crowd.mkdir(parents=True)
    names = [
        tmp_path / ("name%d" % number) for number in range(4)
    ]  # a file bears no more than 65,000 on ext4
    for name in names:
        name.touch()
    for number in range(100_000):
        os.link(names[number % 4], "%s/d%d" % (crowd, number))
    done, _text = scan_all(tmp_path)
    assert [note.path for note in done.notes if note.code == "too-many"] == [
        "/opt/crowd"
    ]


def test_a_deep_tree_and_a_wide_one(tmp_path: Path) -> None:
    deep = tmp_path / "opt" / "/".join(["d"] * 150)
    deep.mkdir(parents=True)
    for first in range(40):
        for second in range(40):
            (tmp_path / ("srv/%d/%d/x" % (first, second))).mkdir(parents=True)
    scan_all(tmp_path)


def test_a_time_limit_ends_a_scan_and_says_what_was_left_out(tmp_path: Path) -> None:
    with tree(
        tmp_path,
        {"srv/app%d/pyvenv.cfg" % number: "home = /usr/bin\n" for number in range(50)},
    ) as _host:
        pass
    done, _text = scan_all(tmp_path, seconds=1e-9)
    assert "time-limit" in {note.code for note in done.notes}


def test_nothing_outside_the_root_is_ever_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every path that leads out, and every open that the scan makes: all are relative to a directory inside."""
    outside = tmp_path / "outside"
    (outside / "bin").mkdir(parents=True)
    (outside / "pyvenv.cfg").write_text("home = /usr/bin\nsecret = 42\n")
    inside = tmp_path / "inside"
    plant(
        inside,
        {
            "srv/a": Link(str(outside)),
            "srv/b/pyvenv.cfg": Link(str(outside / "pyvenv.cfg")),
            "opt": Link("../outside"),
            "usr/bin/python3": Link(
                "../" * 30 + str(outside / "bin/python3").lstrip("/")
            ),
            "home": Link(str(tmp_path)),
        },
    )
    real_open = os.open
    opened = []

    def watched(
        path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None
    ) -> int:
        descriptor = real_open(path, flags, mode, dir_fd=dir_fd)
        if os.path.isdir("/proc/self/fd"):
            opened.append(os.readlink("/proc/self/fd/%d" % descriptor))
        return descriptor

    monkeypatch.setattr(os, "open", watched)
    _done, text = scan_all(inside)
    assert opened or not os.path.isdir("/proc/self/fd")
    ours = "/proc/%d/statm" % os.getpid()  # how much memory this process has
    assert [
        path for path in opened if not path.startswith(str(inside)) and path != ours
    ] == []
    assert "42" not in json.loads(text).get("environments", [])
