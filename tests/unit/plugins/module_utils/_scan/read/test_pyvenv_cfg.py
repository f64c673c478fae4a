# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small files of an environment, held against CPython's own readers of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.pyvenv_cfg import (
    parse_activate,
    parse_pyvenv_cfg,
    parse_shebang,
)


def as_site_py(path):
    """Read a pyvenv.cfg as site.venv() of CPython 3.8 to 3.14 does."""
    found = {}
    with open(path, encoding="utf-8", errors="surrogateescape") as stream:
        for line in stream:
            if "=" in line:
                key, _sign, value = line.partition("=")
                found[key.strip().lower()] = value.strip()
    return found


PARTS = [
    "home",
    "HOME",
    " = ",
    "=",
    "\n",
    "\r\n",
    "\r",
    "\x0b",
    "\x85",
    "\u2028",
    "a b",
    "\xff",
    "#",
    "[s]",
]


@given(st.lists(st.sampled_from(PARTS)))
def test_reads_as_site_py_does(tmp_path_factory, parts):
    path = tmp_path_factory.getbasetemp() / "pyvenv.cfg"
    data = "".join(parts).encode("utf-8")
    path.write_bytes(data)
    assert parse_pyvenv_cfg(data) == as_site_py(str(path))


@given(st.binary())
def test_total(data):
    parse_pyvenv_cfg(data)
    assert parse_shebang(data) == "" or parse_shebang(data).startswith("/")
    assert parse_activate(data) == "" or parse_activate(data).startswith("/")


def test_a_flood_of_keys_is_cut():
    assert (
        len(parse_pyvenv_cfg(b"".join(b"k%d = v\n" % number for number in range(5000))))
        == 200
    )


# virtualenv 20.4 on Debian 11; uv 0.13; venv of 3.14 with --prompt.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "home = /usr\nversion_info = 3.9.2.final.0\nvirtualenv = 20.4.0\n",
            ("/usr", "3.9.2.final.0"),
        ),
        (
            "home = /usr/bin\nuv = 0.13.9\nversion_info = 3.14.10\nseed = true\n",
            ("/usr/bin", "3.14.10"),
        ),
        (
            "home = /usr/bin\nversion = 3.14.0\nprompt = 'hi'\nexecutable = /usr/bin/python3.14\n",
            ("/usr/bin", None),
        ),
    ],
)
def test_keys_by_creator(text, expected):
    config = parse_pyvenv_cfg(text.encode())
    assert (config["home"], config.get("version_info")) == expected


@pytest.mark.parametrize(
    ("head", "interpreter"),
    [
        (b"#!/srv/a/bin/python3\nimport sys\n", "/srv/a/bin/python3"),
        (b"#!/srv/a/bin/python3 -I\n", "/srv/a/bin/python3"),
        (b"#! /srv/a/bin/python\r\n", "/srv/a/bin/python"),
        (
            b"#!/bin/sh\n'''exec' \"/a b/bin/python\" \"$0\" \"$@\"\n' '''\n",
            "/a b/bin/python",
        ),
        (
            b"#!/bin/sh\n'''exec' '/a b/bin/python' \"$0\" \"$@\"\n' '''\n",
            "/a b/bin/python",
        ),
        (
            b"#!/bin/sh\n'''exec' /long/bin/python \"$0\" \"$@\"\n' '''\n",
            "/long/bin/python",
        ),
        (
            b"#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n' '''\n",
            "",
        ),
        (b"#!/usr/bin/env python3\n", ""),
        (b"#!/bin/sh\nexec python\n", "/bin/sh"),
        (b"\x7fELF", ""),
        (b"", ""),
        (b"#!python\n", ""),
    ],
)
def test_shebang(head, interpreter):
    assert parse_shebang(head) == interpreter


@pytest.mark.parametrize("name", ["plain", "with space", "l" * 150])
def test_scripts_and_activation_as_this_python_writes_them(tmp_path, name):
    where = tmp_path / name
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(where)], check=True
    )
    real = os.path.realpath(str(where))
    assert parse_activate((where / "bin/activate").read_bytes()) in (real, str(where))
    # distlib, as pip carries it, writes the console scripts.
    scripts = pytest.importorskip("pip._vendor.distlib.scripts")
    maker = scripts.ScriptMaker(None, str(where / "bin"))
    maker.executable = scripts.enquote_executable(str(where / "bin/python"))
    maker.variants = {""}
    (script,) = maker.make("tool = tool:main")
    with open(script, "rb") as stream:
        assert parse_shebang(stream.read()) == str(where / "bin/python")


@pytest.mark.parametrize(
    ("text", "directory"),
    [
        ('VIRTUAL_ENV="/srv/a"\nexport VIRTUAL_ENV\n', "/srv/a"),  # venv of 3.6 to 3.11
        (
            '        VIRTUAL_ENV=$(cygpath "/srv/a")\n        export VIRTUAL_ENV="/srv/a"\n',
            "/srv/a",
        ),  # 3.12, 3.13
        ("VIRTUAL_ENV='/srv/a b'\n", "/srv/a b"),  # virtualenv and uv
        ("VIRTUAL_ENV=/srv/a\n", "/srv/a"),
        ('VIRTUAL_ENV="$CURRENT_ENV"\n', ""),
        ("VIRTUAL_ENV=''\\''/srv'\n", ""),
        ("VIRTUAL_ENV=relative\n", ""),
    ],
)
def test_activation(text, directory):
    assert parse_activate(text.encode()) == directory
