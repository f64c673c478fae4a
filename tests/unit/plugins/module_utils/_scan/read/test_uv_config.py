# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uv.toml without tomllib: the same as tomllib, wherever that is."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import User
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    VariableSetting,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.installer_config import (
    parse_uv_config,
    read_uv_files,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.toml import (
    TomlError,
    scan_toml,
)

from ...fixtures.trees import tree

ON = "[pip]\nbreak-system-packages = true\n"


@given(st.binary(max_size=300))
def test_parse_is_total(data: bytes) -> None:
    parse_uv_config(data)


@given(st.text(max_size=200))
def test_scan_raises_nothing_of_its_own(text: str) -> None:
    with contextlib.suppress(ValueError):
        scan_toml(text)


#: What a text is put together from, between bars.
PIECES = (
    r"""[pip]|[[pip]]|[a.b]|[a]|[[a]]|[ 'pip' ]|["p\u0069p"]|break-system-packages|a|a.b|'a'|"b"|pip|=|.|,|{|}|[|]"""
    r"""|true|false|""|'x'|'''|"a\nb"|"\x"|1|1_0|01|0x1f|1e5|-inf|1979-05-27|1979-05-27 07:32:00Z|07:32:00| """
    "|\n|\n\n|\r\n|# c\n|pip.break-system-packages = true\n|pip = { break-system-packages = true }\n|a = 1\n"
    "|b = [1, 2]\n|c = [{a = true}]\n|break-system-packages = false\n|y = '''a''''\n|[a.b.c]\n|b.c = 1\n"
    '|x = """\n[pip]\nbreak-system-packages = true\n"""\n|"""'
).split("|")


KEYS = st.sampled_from(
    [
        "pip",
        "a",
        "b",
        "1",
        "a.b",
        "pip.prefix",
        "pip . target",
        "x-y",
        "break-system-packages",
        "tool",
    ]
) | st.sampled_from(
    [
        "'pip'",
        '"p\\u0069p"',
        '"break-system-packages"',
        '"x y"',
        "''",
        "'.'",
        '"="',
        '"\\U00000070ip"',
    ]
)
SCALARS = (
    st.sampled_from(
        [
            "true",
            "false",
            "1",
            "-1.5",
            "+0.5e-3",
            "inf",
            "-nan",
            "0x1F",
            "1979-05-27",
            "1979-05-27 07:32:00",
            "07:32:00",
        ]
    )
    | st.sampled_from(
        [
            '"x"',
            '"#[]{}=,"',
            "'\\'",
            '"\\""',
            '""',
            '"""a""""',
            '"""\\""""',
            '"""x\\\n  y"""',
            "'''\n[pip]\nx=1'''",
        ]
    )
    | st.sampled_from(['"""\n[pip]\nbreak-system-packages = true\n"""'])
)
VALUES = st.recursive(
    SCALARS,
    lambda value: (
        st.lists(value, max_size=3).map(lambda row: "[%s]" % " , \n # c ]\n".join(row))
        | st.dictionaries(KEYS, value, max_size=3).map(
            lambda row: "{ %s }" % ", ".join(map(" = ".join, row.items()))
        )
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda pair: "%s = %s # c" % pair),
    st.sampled_from(
        [
            "[pip]",
            "break-system-packages = true",
            "break-system-packages = false",
            "# x = 'y",
            "",
        ]
    ),
    KEYS.map("[ {} ]".format),
    KEYS.map("[[{}]] # [".format),
)


def claimed(document: Dict[str, Any]) -> Tuple[Any, ...]:
    """Return how uv reads a valid document: whether it fails, the switch, and what else bypasses the marker."""
    pip = document.get("pip", {})
    if {"break-system-packages", "tool"} & set(document) or not isinstance(pip, dict):
        return (True,)
    switch = pip.get("break-system-packages")
    redirects = [name for name in ("target", "prefix") if name in pip]
    if "break_system_packages" in pip or not isinstance(switch, (bool, type(None))):
        return (True,)
    if not all(isinstance(pip[name], str) for name in redirects):
        return (True,)
    return False, switch, redirects[-1] if redirects else ""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib is the reference")
@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
    | st.builds(str.join, st.sampled_from(["\n", "\r\n"]), st.lists(LINES, max_size=7))
)
@example("a.b = 1\n[a.c]\n")
@example("[a.b.c]\n[a]\nb.x = 1\n")
@example("[[a]]\nx = 1\n[a.b]\n[[a]]\n[a.b]\nz = true\n")
@example("[[a]]\nx = 1\n[a.b]\ny=1\n[[a]]\nx = 2\n[a.b]\ny = true\n")
@example("x = [{pip.a = 1}]\n[pip]\na = true\n")
@example("[pip.a]\n[pip]\nbreak-system-packages = true\n")
@example("[pip]\na.b = 1\na.c = {d = 1}\nbreak-system-packages = true\n[pip.b]\n")
@example("a = 1_000\nb = 1e5\nc = +inf\nd = 1979-05-27T00:32:00.999-07:00\n")
def test_equals_tomllib(text: str) -> None:
    """Whatever tomllib takes is told the same, or said not to be known; what it refuses: see the next test."""
    tomllib = pytest.importorskip("tomllib")
    try:
        expected = claimed(tomllib.loads(text))
    except ValueError:
        return
    ours = parse_uv_config(text.encode())
    if not ours.unread:
        told = ours.break_system_packages, ours.redirect.partition(" ")[0]
        assert ((True,) if ours.error else (False, *told)) == expected
    else:
        assert "\\U" in text, ours.unread


@pytest.mark.parametrize(
    "text",
    [
        "[pip",
        "[pip]]",
        "a",
        "a =",
        "= 1",
        "a = 1 b = 2",
        "a = 1\na = 2",
        "[pip]\n[pip]",
        "pip.a = 1\n[pip]",
        "pip = {a = 1}\n[pip]",
        "pip = 1\n[pip]",
        "[pip]\na = 1\na = 2",
        "a = 'x",
        'a = """x',
        "a = [1",
        "a = {b = 1",
        "a = tru",
    ],
)
def test_refuses_what_tomllib_refuses(text: str) -> None:
    if sys.version_info >= (3, 11):
        with pytest.raises(ValueError):
            pytest.importorskip("tomllib").loads(text)
    with pytest.raises(TomlError):
        scan_toml(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{b=" * 90_000,
        ".".join(["a"] * 120_000) + " = 1",
        "[" * 200_000,
    ],
    ids=["arrays", "tables", "dotted", "headers"],
)
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(ValueError):
        scan_toml(text)


@pytest.mark.parametrize(
    ("text", "answer", "redirect", "fails"),
    [
        (ON, True, "", False),
        (ON.replace("true", "false"), False, "", False),
        ("", None, "", False),
        ("pip.break-system-packages = true", True, "", False),
        ("pip = { break-system-packages = true }", True, "", False),
        ("[pip]\nprefix = '/x'", None, "prefix = '/x'", False),
        ("[pip]\ntarget = ''\n", None, "target = ''", False),
        ("break-system-packages = true", None, "", True),
        ("[pip]\nbreak-system-packages = 'true'", None, "", True),
        ("[pip]\nbreak_system_packages = true", None, "", True),
        ("pip = 1", None, "", True),
        ("[[pip]]\nbreak-system-packages = true", None, "", True),
        ("[tool.uv.pip]\nbreak-system-packages = true", None, "", True),
    ],
)
def test_what_uv_makes_of_it(
    text: str, answer: bool | None, redirect: str, fails: bool
) -> None:
    found = parse_uv_config(text.encode())
    assert (found.break_system_packages, found.redirect, bool(found.error)) == (
        answer,
        redirect,
        fails,
    )


def test_the_first_system_file_each_users_and_the_named_one(tmp_path: Path) -> None:
    names = [
        "/second/uv/uv.toml",
        "/etc/uv/uv.toml",
        "/home/alice/.config/uv/uv.toml",
        "/srv/uv.toml",
    ]
    host = tree(
        tmp_path, dict.fromkeys(names, ON), env={"XDG_CONFIG_DIRS": "/first:/second"}
    )
    named = [
        VariableSetting("UV_CONFIG_FILE", value, "x", "login")
        for value in ("/srv/uv.toml", "/srv/none.toml")
    ]
    alice = User("alice", 1000, 1000, "/home/alice", "")
    found = read_uv_files(host, [(alice, "/home/alice", "/home/alice/.config")], named)
    assert [(row.path, row.scope, row.user) for row in found] == [
        ("/second/uv/uv.toml", "system", ""),
        ("/home/alice/.config/uv/uv.toml", "user", "alice"),
        ("/srv/uv.toml", "env", ""),
        ("/srv/none.toml", "env", ""),
    ]
    assert [bool(row.error) for row in found] == [False, False, False, True]
