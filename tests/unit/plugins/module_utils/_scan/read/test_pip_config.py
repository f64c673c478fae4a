# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pip.conf: parsed as pip parses it, found where pip finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import User
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    VariableSetting,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pep440 import (
    at_least,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.installer_config import (
    encoding_of,
    parse_pip_config,
    read_pip_files,
)

from ...fixtures.trees import Fifo, Link, tree

ON = "[global]\nbreak-system-packages = true\n"
ALICE = User("alice", 1000, 1000, "/home/alice", "")


@given(
    st.binary(max_size=400), st.sampled_from(["utf-8", "latin-1", "ascii", "no-such"])
)
def test_parse_is_total(data: bytes, encoding: str) -> None:
    text = parse_pip_config(data, encoding)
    assert not (text.error and text.settings) or text.error_from


#: Lines as people and vandals write them.
LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "[global]",
                "[install]",
                "[GLOBAL]",
                "[DEFAULT]",
                "[]",
                "[a",
                "]",
                "",
                "  ",
                "\t",
                "# x",
                "; x",
            ]
        ),
        st.sampled_from(
            [
                "break-system-packages = true",
                "break_system_packages: no",
                "BREAK-SYSTEM-PACKAGES=1",
            ]
        ),
        st.sampled_from(
            [
                "--user = 1",
                "  continued",
                "key",
                "= value",
                ": x",
                "a = b = c",
                "a : b = c",
                "x =",
                "--=1",
            ]
        ),
        st.text(alphabet="ab-_=:[]#; \t\"'%\x0b\x0c\x1c\x85é", max_size=12),
    ),
    max_size=9,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n", "\r"]))
@example(
    lines=["[global]", "break-system-packages = true", "break_system_packages = false"],
    end="\n",
)
@example(lines=["[DEFAULT]", "a_b = 1", "[global]", "a-b = 2"], end="\n")
def test_equals_pips_own_configuration(
    tmp_path: Path, lines: list[str], end: str
) -> None:
    """Against pip._internal.configuration of the pip beside these tests, whichever it is."""
    configuration: Any = pytest.importorskip("pip._internal.configuration")
    version = pytest.importorskip("pip").__version__
    path = tmp_path / "pip.conf"
    path.write_bytes(end.join(lines).encode("utf-8"))
    pytest.importorskip("pip._internal.utils._log").init_logging()
    failure = pytest.importorskip("pip._internal.exceptions").ConfigurationError
    theirs = configuration.Configuration(isolated=False)
    kind = getattr(configuration, "kinds", None) or configuration.Kind
    try:
        theirs._load_file(kind.USER, str(path))
        expected = theirs._config[kind.USER]
        expected = (
            expected.get(str(path), {})
            if str(path) in expected or not expected
            else expected
        )
    except failure as exc:
        expected = str(exc)
    ours = parse_pip_config(path.read_bytes())
    fails = bool(ours.error) and (
        not ours.error_from or bool(at_least(version, ours.error_from))
    )
    if isinstance(expected, str):
        assert fails, expected
    else:
        assert not fails, ours.error
        assert {"%s.%s" % row[:2]: row[2] for row in ours.settings} == expected


@pytest.mark.parametrize(
    ("env", "encoding"),
    [
        ({}, "utf-8"),
        ({"LANG": "C"}, "utf-8"),
        ({"LANG": "de_DE.ISO-8859-1"}, "iso8859-1"),
        ({"LANG": "de_DE.ISO-8859-15@euro", "LC_ALL": ""}, "iso8859-15"),
        ({"LANG": "de_DE.ISO-8859-1", "LC_ALL": "C.UTF-8"}, "utf-8"),
        ({"LANG": "de_DE.ISO-8859-1", "PYTHONUTF8": "1"}, "utf-8"),
        ({"LANG": "x.nonsense"}, "utf-8"),
    ],
)
def test_encoding_of_a_locale(env: dict[str, str], encoding: str) -> None:
    assert encoding_of(env) == encoding


def test_long_runs_of_blanks_cost_nothing() -> None:
    assert parse_pip_config(b"[global]\na" + b" " * 200_000 + b"b\n").error


HOMES = [(ALICE, "/home/alice", "/home/alice/.config")]


def test_places_on_linux_in_pips_order(tmp_path: Path) -> None:
    names = [
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
        "/home/alice/.pip/pip.conf",
        "/home/alice/.config/pip/pip.conf",
    ]
    names += ["/usr/pip.conf", "/srv/named.conf"]
    strangers = [
        "/etc/pip/pip.conf",
        "/home/alice/Library/Application Support/pip/pip.conf",
        "/home/bob/.pip/pip.conf",
    ]
    host = tree(tmp_path, {**dict.fromkeys(names + strangers, ON), "opt/pip.conf": ON})
    named = [
        VariableSetting(
            "PIP_CONFIG_FILE", "/srv/named.conf", "/etc/environment", "login"
        )
    ]
    named += [
        VariableSetting("PIP_CONFIG_FILE", "/dev/null", "x", "login"),
        VariableSetting("PIP_CONFIG_FILE", "rel", "x", "login"),
    ]
    files = read_pip_files(host, HOMES, ["/usr"], named)
    assert [file.path for file in files] == names
    assert [file.scope for file in files] == [
        "global",
        "global",
        "user",
        "user",
        "site",
        "env",
    ]
    assert [file.user for file in files] == ["", "", "alice", "alice", "", ""]
    assert [file.prefix for file in files] == ["", "", "", "", "/usr", ""]


KEG = "/usr/local/Cellar/python@3.12/3.12.1/Frameworks/Python.framework/Versions/3.12"


@pytest.mark.parametrize(
    ("prefix", "keg"),
    [
        (
            "/opt/homebrew/opt/python@3.13/Frameworks/Python.framework/Versions/3.13",
            "/opt/homebrew/share/pip/pip.conf",
        ),
        (KEG, "/usr/local/share/pip/pip.conf"),
        ("/Library/Frameworks/Python.framework/Versions/3.13", ""),
        ("/usr", ""),
    ],
)
@pytest.mark.parametrize(
    ("support", "user"), [(True, "Library/Application Support"), (False, ".config")]
)
def test_places_on_macos(
    tmp_path: Path, prefix: str, keg: str, support: bool, user: str
) -> None:
    names = [
        "/Library/Application Support/pip/pip.conf",
        "/home/alice/%s/pip/pip.conf" % user,
    ]
    files = {
        **dict.fromkeys(
            [*names, "opt/homebrew/share/pip/pip.conf", "usr/local/share/pip/pip.conf"],
            ON,
        ),
        "System/Library": None,
        "etc/pip.conf": ON,
        "home/alice/.config/pip/pip.conf": ON,
    }
    if support:
        files["home/alice/Library/Application Support/pip"] = None
    found = read_pip_files(tree(tmp_path, files), HOMES, [prefix], ())
    assert [(file.path, file.prefix) for file in found] == [(keg, prefix)] * bool(
        keg
    ) + [(name, "") for name in names]


def test_xdg_directories_of_the_caller(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {"a/pip/pip.conf": ON, "b/pip/pip.conf": ON, "etc/xdg/pip/pip.conf": ON},
        env={"XDG_CONFIG_DIRS": "/b:rel::/a/"},
    )
    assert [file.path for file in read_pip_files(host, (), (), ())] == [
        "/b/pip/pip.conf",
        "/a/pip/pip.conf",
    ]


def test_what_is_no_file_is_passed_over_as_pip_does(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {
            "etc/pip.conf": None,
            "usr/pip.conf": Fifo(),
            "home/alice/.pip/pip.conf": Link("pip.conf"),
        },
    )
    found = read_pip_files(host, HOMES, ["/usr"], ())
    assert [(file.path, file.settings, file.error, file.unread) for file in found] == [
        ("/etc/pip.conf", (), "", ""),
        ("/usr/pip.conf", (), "", ""),
    ]
    assert host.notes == []


def test_what_is_too_large_is_not_known(tmp_path: Path) -> None:
    host = tree(tmp_path, {"etc/pip.conf": b"#" * 300_000})
    assert read_pip_files(host, (), (), ())[0].unread
    assert [note.path for note in host.notes] == ["/etc/pip.conf"]
