# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose PATH it is: the process's, a login's, sudo's; each profile's text is what that distribution ships."""

from __future__ import annotations

import os
import shutil
import string
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import User
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.search_path import (
    find_activated,
    find_search_paths,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.shell_profile import (
    parse_profile,
)

from ...fixtures.trees import Link, Mode, tree

ROOT = User("root", 0, 0, "/root", "/bin/bash")
ALICE = User("alice", 1000, 1000, "/home/alice", "/bin/bash")

LOGIN_DEFS = """\
ENV_SUPATH PATH=/overruled
ENV_PATH /overruled
#ENV_PATH /no
ENV_SUPATH\tPATH=/usr/local/sbin:/usr/sbin:/usr/bin
ENV_PATH\tPATH=/usr/local/bin:/usr/bin
"""
DEBIAN = """\
if [ "$(id -u)" -eq 0 ]; then
  PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
else
  PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
fi
export PATH
if [ "${PS1-}" ]; then
  if [ "${BASH-}" ] && [ "$BASH" != "/bin/sh" ]; then
    PS1='\\h:\\w\\$ '
  else
    if [ "$(id -u)" -eq 0 ]; then
      PS1='# '
    else
      PS1='$ '
    fi
  fi
fi
"""
FEDORA = """\
pathmunge () {
    case ":${PATH}:" in
        *:"$1":*)
            ;;
        *)
            if [ "$2" = "after" ] ; then
                PATH=$PATH:$1
            else
                PATH=$1:$PATH
            fi
    esac
}
if [ "$EUID" = "0" ]; then
    pathmunge /usr/sbin
    pathmunge /usr/local/sbin
else
    pathmunge /usr/local/sbin after
    pathmunge /usr/sbin after
fi
"""
ARCH = """\
append_path () {
    case ":$PATH:" in
        *:"$1":*)
            ;;
        *)
            PATH="${PATH:+$PATH:}$1"
    esac
}
append_path '/usr/local/sbin'
append_path '/usr/local/bin'
append_path '/usr/bin'
export PATH
unset -f append_path
"""


def found(host, *users):  # type: ignore[no-untyped-def]
    return {path.name: path for path in find_search_paths(host, users)}


@pytest.mark.parametrize(
    ("text", "uid", "before"),
    [
        (DEBIAN, 0, "/x"),
        (DEBIAN, 1000, "/x"),
        (FEDORA, 0, "/usr/bin:/bin"),
        (FEDORA, 1000, "/usr/bin:/usr/sbin"),
        (ARCH, 0, ""),
        (ARCH, 1000, "/usr/bin"),
        ('PYENV_ROOT=/opt/pyenv\nexport PATH="$PYENV_ROOT/shims:$PATH"\n', 0, "/bin"),
        ("export PATH=$PATH:/opt/x/bin # PATH=/no\n", 0, "/bin"),
        ("PATH='/with space':$PATH; export PATH\n", 0, "/bin"),
        ("D='$HOME'\nPATH=$D:$PATH\n", 0, "/bin"),
        ("a=1 b=2 PATH=$PATH:/$a/$b\n", 0, "/bin"),
        ("if [ -d /tmp ]; then PATH=/tmp:$PATH; fi\n", 0, "/bin"),
        ('case ":$PATH:" in\n  *:/a:*) ;;\n  *) PATH="/a:$PATH" ;;\nesac\n', 0, "/bin"),
        (
            'if [ "$(id -u)" != 0 ]; then\n PATH=/user\nelse\n PATH=/super\nfi\n',
            0,
            "/bin",
        ),
        (
            'if [ "$(id -u)" != 0 ]; then\n PATH=/user\nelse\n PATH=/super\nfi\n',
            1000,
            "/bin",
        ),
        ("unused() {\n PATH=/never\n}\nPATH=$PATH:/a\n", 0, "/bin"),
    ],
)
def test_profile_as_a_shell_does(text: str, uid: int, before: str) -> None:
    """Each profile is also given to a real shell, whose `id -u` and EUID are set to the uid."""
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash to compare with")
    parsed = parse_profile(text, before, "/home/me", superuser=uid == 0)
    script = 'id() { echo %d; }\n%s\nprintf %%s "$PATH"' % (
        uid,
        text.replace("$EUID", str(uid)),
    )
    env = {"PATH": before, "HOME": "/home/me"}
    real = subprocess.run(
        [shell, "--norc", "-c", script],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert parsed == real


def test_a_guarded_assignment_that_replaces_is_not_believed() -> None:
    assert (
        parse_profile("if [ -f /etc/x ]; then\n  PATH=/only\nfi\n", "/bin", "", True)
        == "/bin"
    )
    assert parse_profile("PATH=$(some command)\n", "/bin", "", True) == "/bin"


@given(st.text(alphabet=string.printable, max_size=300))
def test_profile_never_raises(text: str) -> None:
    assert isinstance(parse_profile(text, "/bin", "/root", True), str)


def test_profile_is_linear() -> None:
    parse_profile(
        "PATH=" + "\"'" * 50_000 + "\n" + "if " * 50_000 + "\n" + "a" * 100_000,
        "/bin",
        "",
        True,
    )
    doubling = "A=$PATH$PATH\nPATH=$A$A\n" * 100
    assert len(parse_profile(doubling, "/bin" * 100, "", True)) <= 65536


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        (0, ("/usr/local/sbin", "/usr/sbin", "/usr/bin")),
        (1000, ("/usr/local/bin", "/usr/bin")),
    ],
)
def test_login_defs(tmp_path: Path, uid: int, expected: tuple) -> None:
    host = tree(tmp_path, {"etc/login.defs": LOGIN_DEFS}, uid=uid)
    login = found(host, ROOT, ALICE)["login"]
    assert (login.directories, login.source) == (expected, "/etc/login.defs")


def test_login_order(tmp_path: Path) -> None:
    """pam_env's /etc/environment goes over login.defs, and the shell's profile over both; fragments by name."""
    files = {
        "etc/login.defs": LOGIN_DEFS,
        "etc/environment": 'LANG=C\nPATH="/usr/bin:/snap/bin"\n',
    }
    assert found(tree(tmp_path / "1", files, uid=0))["login"].directories == (
        "/usr/bin",
        "/snap/bin",
    )
    files["etc/profile"] = DEBIAN
    files["etc/profile.d/b.sh"] = 'PATH="$PATH:/b"'
    files["etc/profile.d/a.sh"] = 'PATH="$PATH:$HOME/a"'
    files["etc/profile.d/c.csh"] = 'PATH="/no"'
    login = found(tree(tmp_path / "2", files, uid=1000), ROOT, ALICE)["login"]
    assert login.directories[-3:] == ("/usr/games", "/home/alice/a", "/b")
    assert login.source == "/etc/profile.d/b.sh"


def test_macos(tmp_path: Path) -> None:
    files = {
        "System/Library/": None,
        "etc/paths": "/usr/local/bin\n/usr/bin\n",
        "etc/paths.d/10-x": "/opt/x\n",
        "etc/paths.d/homebrew": "/opt/homebrew/bin\n",
        "etc/environment": "PATH=/not/read/on/macos\n",
    }
    login = found(tree(tmp_path, files))["login"]
    assert login.directories == (
        "/usr/local/bin",
        "/usr/bin",
        "/opt/x",
        "/opt/homebrew/bin",
    )


def test_process_only_where_asked_for(tmp_path: Path) -> None:
    assert "process" not in found(tree(tmp_path, {}))
    host = tree(tmp_path, {}, env={"PATH": "/a:./b::/c/../d:/a:../e"})
    assert found(host)["process"].directories == ("/a", "/d")
    assert [(note.path, note.code) for note in host.notes] == [
        ("environment", "relative-path-entry")
    ]


SUDOERS = 'Defaults\tenv_reset\nDefaults\tsecure_path="/usr/sbin:/usr/bin"\nroot ALL=(ALL:ALL) ALL\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"etc/sudoers": SUDOERS}, ("/usr/sbin", "/usr/bin")),
        ({"etc/sudoers": "Defaults    secure_path = /sbin:/bin\n"}, ("/sbin", "/bin")),
        ({"etc/sudoers": "Defaults env_reset, \\\n  secure_path=/a\n"}, ("/a",)),
        (
            {
                "etc/sudoers": "# Defaults secure_path=/no\nDefaults:bob secure_path=/no\n"
            },
            None,
        ),
        ({"etc/sudoers": "Defaults !secure_path\n"}, None),
        ({"usr/etc/sudoers": SUDOERS}, ("/usr/sbin", "/usr/bin")),
        ({}, None),
        (
            {
                "etc/sudoers": SUDOERS + "@includedir /etc/sudoers.d\n",
                "etc/sudoers.d/z": "Defaults secure_path=/z\n",
                "etc/sudoers.d/a": "Defaults secure_path=/a\n",
                "etc/sudoers.d/zz.rpmsave": "Defaults secure_path=/no\n",
                "etc/sudoers.d/zz~": "Defaults secure_path=/no\n",
            },
            ("/z",),
        ),
        (
            {  # an included file is read in its place, and each once
                "etc/sudoers": "Defaults secure_path=/first\n#include other\n",
                "etc/other": "Defaults secure_path=/last\n@include /etc/sudoers\n",
            },
            ("/last",),
        ),
        (
            {
                "etc/sudoers": "@include other\nDefaults secure_path=/after\n",
                "etc/other": "Defaults secure_path=/before\n",
            },
            ("/after",),
        ),
    ],
)
def test_sudo(tmp_path: Path, files: dict, expected: object) -> None:
    sudo = found(tree(tmp_path, files, uid=0)).get("sudo")
    assert (sudo.directories if sudo else None) == expected


def test_sudoers_that_may_not_be_read_are_noted(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        host = tree(
            tmp_path, {"etc/sudoers": Link("sudoers"), "etc/x": "x"}
        )  # root reads all; a loop it can't
    else:
        host = tree(tmp_path, {"etc/sudoers": Mode(SUDOERS, 0)})
    assert "sudo" not in found(host)
    assert [note.path for note in host.notes] == ["/etc/sudoers"]


@pytest.mark.parametrize(
    ("env", "activated"),
    [
        ({}, ()),
        ({"VIRTUAL_ENV": "/srv/app/"}, ("/srv/app",)),
        ({"VIRTUAL_ENV": "", "CONDA_PREFIX": "/opt/conda"}, ("/opt/conda",)),
        ({"VIRTUAL_ENV": "app", "CONDA_PREFIX": "~/conda"}, ()),
    ],
)
def test_the_environments_that_are_active(
    tmp_path: Path, env: dict[str, str], activated: tuple[str, ...]
) -> None:
    assert find_activated(tree(tmp_path, {}, env=env)) == activated
