# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The full version: each source, their order, and the traps of searching a program for it."""

from __future__ import annotations

import io
import json
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Candidate,
    Request,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.interpreter import (
    read_interpreters,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.python_version import (
    parse_build_details,
    parse_patchlevel,
    search_version,
)

from ...fixtures.elf_builder import Elf
from ...fixtures.trees import Executable, Link, tree

EVERYTHING = ((0, 1 << 40),)
PLIST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>CFBundleVersion</key>'
    "<string>3.13.5</string></dict></plist>"
)
DETAILS = {"language": {"version": "3.14", "version_info": {
    "major": 3, "minor": 14, "micro": 0, "releaselevel": "candidate", "serial": 3}}}  # fmt: skip


def claims(root: Path, files: Any, path: str) -> Any:
    with tree(root, files) as host:
        (reading,) = read_interpreters(
            host, [Candidate(path, "test")], (), Request()
        ).readings
        return reading.versions


def test_the_symbol_comes_before_what_people_wrote(tmp_path: Path) -> None:
    home = "opt/python-3.13.1/"
    files = {home + "bin/python3.13": Elf("3.13.5"), home + "lib/python3.13/os.py": "",
             home + "include/python3.13/patchlevel.h": '#define PY_VERSION "3.13.4"\n'}  # fmt: skip
    assert claims(tmp_path, files, "/opt/python-3.13.1/bin/python3.13") == (
        ("3.13.5", "symbol"),
    )


@pytest.mark.parametrize(
    ("files", "claim"),
    [
        (
            {"opt/p/lib/python3.14/build-details.json": json.dumps(DETAILS)},
            ("3.14.0rc3", "build-details"),
        ),
        (
            {
                "opt/p/lib/python3.14/build-details..x86_64-linux-gnu.json": json.dumps(
                    DETAILS
                )
            },
            ("3.14.0rc3", "build-details"),
        ),
        (
            {
                "opt/p/conda-meta/python-3.14.2-h1_0_cp314.json": "{}",
                "opt/p/conda-meta/history": "",
            },
            ("3.14.2", "conda-meta"),
        ),
        (
            {
                "opt/p/include/python3.14/patchlevel.h": '#define PY_VERSION      "3.14.1+"\n'
            },
            ("3.14.1", "patchlevel.h"),
        ),
        (
            {
                "opt/p/include/python3.14/patchlevel.h": '#define PY_VERSION      "3.13.1"\n'
            },
            None,
        ),
        ({}, None),
    ],
)
def test_sources(tmp_path: Path, files: Any, claim: Any) -> None:
    base = {"opt/p/bin/python3.14": Elf(), "opt/p/lib/python3.14/os.py": ""}
    assert claims(tmp_path, {**base, **files}, "/opt/p/bin/python3.14") == (
        (claim,) if claim else ()
    )


@pytest.mark.parametrize(
    ("home", "version"),
    [
        ("home/alice/.pyenv/versions/3.9.18", "3.9.18"),
        ("root/.local/share/uv/python/cpython-3.9.18-linux-x86_64-gnu", "3.9.18"),
        ("opt/hostedtoolcache/Python/3.9.18/x64", "3.9.18"),
        ("home/linuxbrew/.linuxbrew/Cellar/python@3.9/3.9.18_1", "3.9.18"),
        ("home/alice/.pyenv/versions/3.9-dev", ""),
        ("opt/release-3.8.1", ""),
    ],
)
def test_directories_named_after_it(tmp_path: Path, home: str, version: str) -> None:
    files = {home + "/bin/python3.9": Elf(), home + "/lib/python3.9/os.py": ""}
    found = claims(tmp_path, files, "/%s/bin/python3.9" % home)
    assert found == (((version, "directory"),) if version else ())


def test_a_frameworks_info_plist(tmp_path: Path) -> None:
    home = "Library/Frameworks/Python.framework/Versions/3.13/"
    files = {home + "bin/python3.13": Executable(b"\xcf\xfa\xed\xfe" + bytes(28)), home + "lib/python3.13/os.py": "",
             home + "Resources/Info.plist": PLIST,
             "usr/local/bin/python3": Link("/" + home + "bin/python3.13")}  # fmt: skip
    assert claims(tmp_path, files, "/usr/local/bin/python3") == (
        ("3.13.5", "Info.plist"),
    )


def test_a_program_of_before_the_symbol(tmp_path: Path) -> None:
    files = {
        "usr/bin/python3.9": Elf(text=b"3.50.4\0003.9.2\0x"),
        "usr/lib/python3.9/os.py": "",
    }
    assert claims(tmp_path, files, "/usr/bin/python3.9") == (("3.9.2", "string"),)


@pytest.mark.parametrize(
    ("data", "version"),
    [
        (b"\0003.9.18\0", "3.9.18"),
        (
            b"/home/alice/.pyenv/versions/3.9.18\0",
            "3.9.18",
        ),  # merged by the linker into the longer text
        (b"/opt/python-3.9.1\0 x \0003.9.18\0", "3.9.18"),
        (b"/opt/python-3.9.1\0/opt/3.9.2\0", ""),
        (b"\0003.9.0rc1+\0", "3.9.0rc1"),
        (b"x3.9.18 (main)\0", ""),
        (b"13.9.18\0", ""),
        (b"1.3.9.18\0", ""),
        (b"\0003.10.2\0", ""),
        (b"3.9.18", ""),
    ],
)
def test_search(data: bytes, version: str) -> None:
    assert search_version(io.BytesIO(b"#" + data), "3.9", EVERYTHING) == version


@settings(max_examples=settings.default.max_examples // 5)
@given(st.integers((1 << 20) - 80, (1 << 20) + 80))
def test_a_version_across_two_pieces(at: int) -> None:
    data = bytes(at) + b"13.9.1\0" + bytes(40) + b"\0003.9.18\0"
    assert search_version(io.BytesIO(data), "3.9", EVERYTHING) == "3.9.18"


def test_pypy_keeps_all_of_it() -> None:
    data = b"\0003.9.1\0003.9.16 (7.3.11+dfsg-2+deb12u3, Dec 30 2024, 22:36:23)\n[PyPy 7.3.11 with GCC 12.2.0]\0"
    assert search_version(io.BytesIO(data), "3.9", EVERYTHING, pypy=True) == "3.9.16"


def test_the_running_pythons_header() -> None:
    header = Path(sysconfig.get_paths()["include"], "patchlevel.h")
    if not header.exists():
        pytest.skip("this Python has no headers")
    assert parse_patchlevel(header.read_text()) == sys.version.split()[0].rstrip("+")


def test_an_absurd_number() -> None:
    """Newer Pythons refuse to convert more than 4300 digits (sys.set_int_max_str_digits)."""
    parse_build_details(
        b'{"language": {"version_info": {"major": %s, "minor": 1, "micro": 1}}}'
        % (b"9" * 5000)
    )
    search_version(io.BytesIO(b"\0003.9." + b"9" * 5000 + b"\0"), "3.9", EVERYTHING)


@given(st.binary(max_size=300))
def test_garbage(data: bytes) -> None:
    parse_build_details(data)
    parse_patchlevel(data.decode("latin-1"))
    search_version(io.BytesIO(data), "3.9", EVERYTHING)


@given(st.recursive(st.one_of(st.none(), st.integers(), st.text()), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["language", "version_info", "major", "minor", "micro", "releaselevel"]), inner)))  # fmt: skip
def test_build_details_of_another_shape(value: Any) -> None:
    parse_build_details(json.dumps(value).encode())
    parse_build_details(json.dumps({"language": {"version_info": value}}).encode())
