# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables: the same as the programs read them that read those files, and where they are looked for."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read import (
    variables as files,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.installer_config import (
    language_of,
    read_settings,
)

from ...fixtures.trees import Fifo, tree

NAME = "PIP_BREAK_SYSTEM_PACKAGES"
PASSWD = "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"


@given(st.booleans(), st.text(max_size=200))
def test_the_parser_is_total(shell: bool, text: str) -> None:
    files.parse_assignments(text.replace("~", "export PIP_USER="), shell)


SCRIPTS = {
    "export A": "export %s=1" % NAME,
    "quoted": "export %s='1'" % NAME,
    "assigned, then exported": "%s=1\nexport %s" % (NAME, NAME),
    "exported, then assigned": "export %s\n%s=1" % (NAME, NAME),
    "on one line": "%s=1; export %s" % (NAME, NAME),
    "two at once": 'export X=2 %s="1" # why' % NAME,
    "declare": "declare -x %s=1" % NAME,
    "not exported": "%s=1" % NAME,
    "for one command": "%s=1 true" % NAME,
    "comment": "# export %s=1" % NAME,
    "after a comment": "true # ; export %s=1" % NAME,
    "echo": "echo export %s=1" % NAME,
    "in a string": "echo 'export %s=1'" % NAME,
    "over two lines": "export \\\n  %s=1" % NAME,
    "twice": "export %s=0\nexport %s=1" % (NAME, NAME),
    "after if": "if false; then\n  :\nfi\nexport %s=1" % NAME,
    "after a case": "case x in\n  x) : ;;\nesac\nexport %s=1" % NAME,
    "after a function": "f() {\n  :\n}\nexport %s=1" % NAME,
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is the reference")
@pytest.mark.parametrize("name", SCRIPTS)
def test_shell_forms_are_what_bash_makes_of_them(name: str) -> None:
    script = SCRIPTS[name] + "\nenv -0"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        env={"PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        check=True,
    )
    real = [row for row in done.stdout.decode().split("\0") if row.startswith("PIP_")]
    ours = files.parse_assignments(SCRIPTS[name], True)
    assert ["%s=%s" % row[:2] for row in ours] == real
    assert not any(row[2] for row in ours)


@pytest.mark.parametrize(
    "script",
    [
        'if [ -n "$X" ]; then\n  export %s=1\nfi' % NAME,
        "[ -d /x ] && export %s=1" % NAME,
        "true || export %s=1" % NAME,
        "f() {\n  export %s=1\n}" % NAME,
        "for i in 1; do export %s=1; done" % NAME,
        "export %s=$(id -u)" % NAME,
        "export %s=1\nunset %s" % (NAME, NAME),
        "case $X in\n  a) export %s=1 ;;\nesac" % NAME,
        "cat <<EOF\nexport %s=1\nEOF" % NAME,
    ],
)
def test_what_a_shell_decides_is_in_doubt(script: str) -> None:
    found = files.parse_assignments(script, True)
    assert [row[0] for row in found] == [NAME]
    assert found[0][2]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1", None),
        ("%s=1" % NAME, "1"),
        ('%s="1"' % NAME, "1"),
        ("export %s=yes" % NAME, "yes"),
        ("# %s=1" % NAME, None),
        ("  %s=1  " % NAME, "1"),
        ("%s='a b' # c" % NAME, "a b"),
        ("%s" % NAME, None),
    ],
)
def test_environment_files(text: str, value: str | None) -> None:
    assert [row[1] for row in files.parse_assignments(text)] == (
        [] if value is None else [value]
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[Service]\nEnvironment=%s=1\n" % NAME, ["1"]),
        ('[Service]\nEnvironment="A=b c" "%s=1" PIP_USER=0\n' % NAME, ["1", "0"]),
        ("[Service]\nEnvironment=%s=1\nEnvironment=\n" % NAME, []),
        ("[Manager]\nDefaultEnvironment=%s=1\n" % NAME, ["1"]),
        ("[Service]\nEnvironment=A=1 \\\n  %s=2\n" % NAME, ["2"]),
        (
            "[Service]\n#Environment=%s=1\nExecStart=/bin/env %s=1 x\n" % (NAME, NAME),
            [],
        ),
    ],
)
def test_systemd_units(text: str, values: list[str]) -> None:
    assert [row[1] for row in files.parse_assignments(text)] == values


def test_crontabs() -> None:
    text = (
        '%s = "1"\nPIP_USER=0\n* * * * * root PIP_TARGET=/x pip install y\n#PIP_ROOT=/\n'
        % NAME
    )
    assert files.parse_assignments(text) == [(NAME, "1", ""), ("PIP_USER", "0", "")]


@pytest.mark.parametrize(
    "name",
    [
        "PIP_break_system_packages",
        "PIP_Break-System-Packages",
        "PIP_CONFIG_FILE",
        "UV_NO_CONFIG",
    ],
)
def test_names_that_matter(name: str) -> None:
    assert files.matters(name)


@pytest.mark.parametrize(
    "name",
    [
        "PIP_config_file",
        "pip_user",
        "PIP_INDEX_URL",
        "UV_INDEX",
        "PIP_OVERRIDE_EXTERNALLY_MANAGED",
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert not files.matters(name)


def test_places_scopes_and_users(tmp_path: Path) -> None:
    line = "export %s=1\n" % NAME
    planted = {
        "/etc/environment": ("login", "", line),
        "/etc/environment.d/90-x.conf": ("login", "", line),
        "/etc/profile": ("login", "", line),
        "/etc/profile.d/pip.sh": ("login", "", line),
        "/etc/bash.bashrc": ("login", "", line),
        "/etc/zsh/zshenv": ("login", "", line),
        "/root/.bashrc": ("login", "root", line),
        "/home/alice/.profile": ("login", "alice", line),
        "/home/alice/.config/environment.d/x.conf": ("login", "alice", line),
        "/etc/systemd/system.conf.d/x.conf": (
            "service",
            "",
            "[Manager]\nDefaultEnvironment=%s=1\n" % NAME,
        ),
        "/etc/systemd/system/x.service.d/y.conf": (
            "service",
            "",
            "[Service]\nEnvironment=%s=1\n" % NAME,
        ),
        "/etc/systemd/system/x.service": (
            "service",
            "",
            "[Service]\nEnvironment=%s=1\n" % NAME,
        ),
        "/etc/crontab": ("service", "", "%s=1\n" % NAME),
        "/etc/cron.d/job": ("service", "", "%s=1\n" % NAME),
        "/var/spool/cron/crontabs/alice": ("service", "alice", "%s=1\n" % NAME),
    }
    files_ = {path: row[2] for path, row in planted.items()}
    strangers = {
        "/etc/profile.d/pip.csh": line,
        "/home/bob/.profile": line,
        "/etc/profile.d/pipe.sh": Fifo(),
        "/etc/passwd": PASSWD,
    }
    host = tree(tmp_path, {**files_, **strangers}, uid=0)
    alice = next(user for user in host.users() if user.name == "alice")
    settings = read_settings(host, [alice], [])
    assert {row.source: (row.scope, row.user) for row in settings.variables} == {
        path: row[:2] for path, row in planted.items()
    }
    assert all(
        (row.name, row.value, row.doubt) == (NAME, "1", "")
        for row in settings.variables
    )
    assert (settings.caller, host.notes) == ("root", [])


def test_the_callers_own_environment(tmp_path: Path) -> None:
    env = {
        NAME: "1",
        "PATH": "/bin",
        "HOME": "/elsewhere",
        "XDG_CONFIG_HOME": "/conf",
        "LANG": "de_DE.UTF-8",
    }
    host = tree(
        tmp_path,
        {
            "etc/passwd": PASSWD,
            "conf/pip/pip.conf": "[global]\nuser = 1\n",
            "elsewhere/.pip/pip.conf": "",
        },
        env=env,
        uid=0,
    )
    settings = read_settings(host, host.users(), [])
    assert [(row.name, row.scope, row.user) for row in settings.variables] == [
        (NAME, "process", "root")
    ]
    assert [(row.path, row.user) for row in settings.pip_files] == [
        ("/elsewhere/.pip/pip.conf", "root"),
        ("/conf/pip/pip.conf", "root"),
    ]
    assert settings.language == "de_DE"


def test_another_account_with_the_callers_number_is_another_user(
    tmp_path: Path,
) -> None:
    passwd = PASSWD + "toor:x:0:0::/toor:/bin/sh\n"
    host = tree(
        tmp_path,
        {"etc/passwd": passwd, "toor/.pip/pip.conf": "[global]\nuser = 1\n"},
        uid=0,
    )
    settings = read_settings(host, host.users(), [])
    assert [(row.path, row.user) for row in settings.pip_files] == [
        ("/toor/.pip/pip.conf", "toor")
    ]


def test_a_caller_who_is_no_local_account(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {"home/far/.pip/pip.conf": "[global]\nuser = 1\n"},
        env={"HOME": "/home/far"},
        uid=4711,
    )
    settings = read_settings(host, (), [])
    assert (settings.caller, [row.user for row in settings.pip_files]) == (
        "#4711",
        ["#4711"],
    )


@pytest.mark.parametrize(
    ("env", "language"),
    [
        ({}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "de_AT.UTF-8@euro"}, "de_AT"),
        ({"LANG": "fr_FR", "LC_ALL": "C"}, ""),
        ({"LANG": "fr_FR", "LC_MESSAGES": "it_IT.utf8"}, "it_IT"),
        ({"LANGUAGE": "de"}, ""),
    ],
)
def test_language(env: dict[str, str], language: str) -> None:
    assert language_of(env) == language
