# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cheap reading of _sysconfigdata equals what Python itself gets by importing it."""

from __future__ import annotations

import os
import pprint
import sys
import sysconfig
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.python_version import (
    WANTED,
    choose_sysconfig_data,
    parse_sysconfig_data,
)

VALUES = st.one_of(
    st.integers(-5, 99), st.text(max_size=200), st.text("ab '\"\\,\n}{:", max_size=300)
)


def pretty(values: Dict[str, Any]) -> str:
    """Write a module as sysconfig._generate_posix_vars does; with a thousand keys it never is a single line."""
    text = pprint.pformat({**values, "_": "x" * 80})
    return (
        "# system configuration generated and used by the sysconfig module\nbuild_time_vars = %s\n"
        % text
    )


@given(
    st.dictionaries(
        st.one_of(st.sampled_from(WANTED), st.text("ABC_", min_size=1, max_size=5)),
        VALUES,
        min_size=1,
    )
)
def test_equals_the_evaluated_dictionary(values: Dict[str, Any]) -> None:
    assert parse_sysconfig_data(pretty(values)) == {
        key: str(values[key]) for key in WANTED if key in values
    }


@pytest.mark.skipif(
    sys.implementation.name != "cpython" or os.name != "posix",
    reason="CPython on POSIX has such a file",
)
def test_the_running_python() -> None:
    stdlib = sysconfig.get_path("stdlib")
    names = os.listdir(stdlib)
    name = choose_sysconfig_data(names, getattr(sys, "abiflags", ""))
    assert name == sysconfig._get_sysconfigdata_name() + ".py"
    with open(os.path.join(stdlib, name), encoding="utf-8") as stream:
        found = parse_sysconfig_data(stream.read())
    module = __import__(name[:-3]).build_time_vars
    assert found == {key: str(module[key]) for key in WANTED if key in module}
    assert found["VERSION"] == "%d.%d" % sys.version_info[:2]


def test_the_form_that_uv_writes() -> None:
    text = 'build_time_vars = {\n    "ABIFLAGS": "",\n    "prefix": "/home/a/python",\n    "Py_DEBUG": 0\n}\n'
    assert parse_sysconfig_data(text, ("prefix", "Py_DEBUG")) == {
        "prefix": "/home/a/python",
        "Py_DEBUG": "0",
    }


@pytest.mark.parametrize(
    "text",
    ["", "x", "build_time_vars", "build_time_vars = {", "build_time_vars = {'prefix':", "build_time_vars = f()\n",
     "build_time_vars = {\n 'prefix': __import__('os').system('true'),\n}\n", "build_time_vars = " + "{" * 5000,
     "build_time_vars = {\n 'prefix': " + "(" * 5000 + ",\n"],
)  # fmt: skip
def test_what_is_no_literal_is_left_out(text: str) -> None:
    assert parse_sysconfig_data(text) == {}


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 5000])
def test_an_absurd_number(number: str) -> None:
    """Newer Pythons refuse to convert more than 4300 digits (sys.set_int_max_str_digits)."""
    found = parse_sysconfig_data(
        "build_time_vars = {\n 'prefix': %s,\n 'VERSION': '3.9',\n}\n" % number
    )
    assert found["VERSION"] == "3.9"


@given(st.text(max_size=300))
def test_garbage(text: str) -> None:
    parse_sysconfig_data("build_time_vars = {\n 'prefix': " + text)


def test_conda_and_debian_have_several() -> None:
    conda = [
        "_sysconfigdata_x86_64_conda_cos6_linux_gnu.py",
        "_sysconfigdata__linux_x86_64-linux-gnu.py",
    ]
    assert choose_sysconfig_data(conda) == conda[1]
    debian = [
        "_sysconfigdata__linux_x86_64-linux-gnu.py",
        "_sysconfigdata__x86_64-linux-gnu.py",
    ]
    assert choose_sysconfig_data(list(reversed(debian))) == debian[0]
    dbg = ["_sysconfigdata_d_linux_x86_64-linux-gnu.py", *debian]
    assert choose_sysconfig_data(dbg) == debian[0]
    assert choose_sysconfig_data(dbg, "d") == dbg[0]
    assert choose_sysconfig_data(["os.py", "_sysconfigdata.pyc"]) == ""
