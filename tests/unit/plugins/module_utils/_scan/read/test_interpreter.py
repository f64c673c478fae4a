# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From names to installations: landmarks, other names of the same one, environments, and what is broken."""

from __future__ import annotations

import os
import platform
import site
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Candidate,
    Request,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.interpreter import (
    Interpreters,
    read_interpreters,
)

from ...fixtures.elf_builder import Elf
from ...fixtures.trees import Executable, Fifo, Link, tree

DEBIAN = {
    "usr/bin/python3": Link("python3.13"),
    "usr/bin/python3.13": Elf("3.13.5", ("libc.so.6",)),
    "bin": Link("usr/bin"),
    "usr/lib/python3.13/os.py": "",
    "usr/lib/python3.13/site.py": 'sitepackages.append(os.path.join(prefix, "lib", "python3", "dist-packages"))\n',
    "usr/lib/python3.13/EXTERNALLY-MANAGED": "[externally-managed]\nError=x\n",
    "usr/local/lib/python3.13/dist-packages/": None,
}


def read(root: Path, files: Any, *paths: str, **host: Any) -> Interpreters:
    machine = tree(root, files, **host)  # left open: the reader goes on answering
    return read_interpreters(
        machine, [Candidate(path, "test") for path in paths], (), Request()
    )


def places(found: Interpreters) -> Sequence[Any]:
    return [(each.path, each.prefix, each.stdlib) for each in found.readings]


def test_debian(tmp_path: Path) -> None:
    found = read(
        tmp_path, DEBIAN, "/bin/python3", "/usr/bin/python3", "/usr/bin/python3.13"
    )
    (reading,) = found.readings
    assert places(found) == [("/usr/bin/python3.13", "/usr", "/usr/lib/python3.13")]
    assert [name.path for name in reading.names] == [
        "/bin/python3",
        "/usr/bin/python3",
        "/usr/bin/python3.13",
    ]
    assert (reading.implementation, reading.language, reading.layout) == (
        "cpython",
        "3.13",
        "debian",
    )
    assert reading.versions == (("3.13.5", "symbol"),)
    assert reading.marker.kind == "file"
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("files", "path", "prefix", "stdlib"),
    [
        # Fedora: the library in lib64; /usr/lib/python3.13 holds only site-packages
        ({"usr/bin/python3": Elf("3.13.5"), "usr/lib64/python3.13/os.py": "",
          "usr/lib/python3.13/site-packages/": None}, "/usr/bin/python3", "/usr", "/usr/lib64/python3.13"),
        # both libraries there, as with a 32-bit Python beside: the 64-bit program takes its own
        ({"usr/bin/python3": Elf("3.13.5"), "usr/lib64/python3.13/os.py": "", "usr/lib/python3.13/os.py": ""},
         "/usr/bin/python3", "/usr", "/usr/lib64/python3.13"),
        ({"usr/bin/python3": Elf("3.13.5", bits=32), "usr/lib64/python3.13/os.py": "", "usr/lib/python3.13/os.py": ""},
         "/usr/bin/python3", "/usr", "/usr/lib/python3.13"),
        # Arch: lib64 is a link to lib
        ({"usr/bin/python3.13": Elf("3.13.5"), "usr/lib/python3.13/os.py": "", "usr/lib64": Link("lib")},
         "/usr/bin/python3.13", "/usr", "/usr/lib/python3.13"),
        # RHEL 8
        ({"usr/libexec/platform-python3.6": Elf("", ("libpython3.6m.so.1.0",)), "usr/lib64/libpython3.6m.so.1.0": Elf(),
          "usr/lib64/python3.6/os.py": ""}, "/usr/libexec/platform-python3.6", "/usr", "/usr/lib64/python3.6"),
        # Software Collections
        ({"opt/rh/rh-python38/root/usr/bin/python3.8": Elf(), "opt/rh/rh-python38/root/usr/lib64/python3.8/os.py": ""},
         "/opt/rh/rh-python38/root/usr/bin/python3.8", "/opt/rh/rh-python38/root/usr",
         "/opt/rh/rh-python38/root/usr/lib64/python3.8"),
        # nothing in the name, one library: it is that one
        ({"opt/py/bin/python": Elf(), "opt/py/lib/python3.9/os.py": ""}, "/opt/py/bin/python", "/opt/py",
         "/opt/py/lib/python3.9"),
        # free-threaded
        ({"opt/py/bin/python3.13t": Elf("3.13.5"), "opt/py/lib/python3.13t/os.py": ""}, "/opt/py/bin/python3.13t",
         "/opt/py", "/opt/py/lib/python3.13t"),
        # the standard library in an archive
        ({"opt/py/bin/python3.12": Elf("3.12.1"), "opt/py/lib/python312.zip": ""}, "/opt/py/bin/python3.12", "/opt/py",
         "/opt/py/lib/python3.12"),
        # the copy of a program, its library at the prefix it was built for
        ({"srv/copy/python3.12": Elf("3.12.1"), "usr/local/lib/python3.12/os.py": ""}, "/srv/copy/python3.12",
         "/usr/local", "/usr/local/lib/python3.12"),
        # PyPy, of Debian 13 and of Debian 11 (whose sysconfig names a directory that is not there)
        ({"usr/bin/pypy3.11": Elf("", ("libpypy3.11-c.so",)), "usr/lib/x86_64-linux-gnu/libpypy3.11-c.so": Elf(),
          "usr/lib/pypy3.11/os.py": ""}, "/usr/bin/pypy3.11", "/usr", "/usr/lib/pypy3.11"),
        ({"usr/lib/pypy3/bin/pypy3-c": Elf("", ("libpypy3-c.so",), "$ORIGIN"), "usr/lib/pypy3/bin/libpypy3-c.so": Elf(),
          "usr/lib/pypy3/lib-python/3/os.py": "", "usr/lib/pypy3/lib_pypy/_x.pypy37-pp73-x86_64-linux-gnu.so": ""},
         "/usr/lib/pypy3/bin/pypy3-c", "/usr/lib/pypy3", "/usr/lib/pypy3/lib-python/3.7"),
    ],
)  # fmt: skip
def test_landmarks(
    tmp_path: Path, files: Any, path: str, prefix: str, stdlib: str
) -> None:
    assert places(read(tmp_path, files, path)) == [(path, prefix, stdlib)]


def test_a_directory_without_os_py_is_no_standard_library(tmp_path: Path) -> None:
    """Debian leaves /usr/local/lib/python3.X/dist-packages where no Python is."""
    found = read(
        tmp_path,
        {**DEBIAN, "usr/local/bin/python3": Elf("3.13.5")},
        "/usr/local/bin/python3",
    )
    assert places(found) == [("/usr/local/bin/python3", "/usr", "/usr/lib/python3.13")]


def test_two_installations_of_one_minor_stay_apart(tmp_path: Path) -> None:
    docker = {
        "usr/local/bin/python3.13": Elf("3.13.9"),
        "usr/local/lib/python3.13/os.py": "",
    }
    found = read(
        tmp_path, {**DEBIAN, **docker}, "/usr/local/bin/python3.13", "/usr/bin/python3"
    )
    assert [row[2] for row in places(found)] == [
        "/usr/local/lib/python3.13",
        "/usr/lib/python3.13",
    ]
    assert [row.versions[0].version for row in found.readings] == ["3.13.9", "3.13.5"]


def test_copies_that_share_a_library_are_one(tmp_path: Path) -> None:
    files = {
        "opt/py/bin/python": Elf("3.13.5"),
        "opt/py/bin/python3.13": Elf("3.13.5"),
        "opt/py/lib/python3.13/os.py": "",
    }
    found = read(tmp_path, files, "/opt/py/bin/python", "/opt/py/bin/python3.13")
    assert [row.path for row in found.readings] == ["/opt/py/bin/python3.13"]
    assert len(found.readings[0].names) == 2


def test_a_debug_build_is_another(tmp_path: Path) -> None:
    files = {
        **DEBIAN,
        "usr/bin/python3.13d": Elf("3.13.5"),
        "usr/bin/python3.13-dbg": Link("python3.13d"),
    }
    found = read(tmp_path, files, "/usr/bin/python3", "/usr/bin/python3.13-dbg")
    assert [(row.path, row.variant) for row in found.readings] == [
        ("/usr/bin/python3.13", ""),
        ("/usr/bin/python3.13d", "d"),
    ]


def test_an_environments_python_leads_to_its_base(tmp_path: Path) -> None:
    files = {
        **DEBIAN,
        "srv/app/bin/python": Link("/usr/bin/python3"),
        "srv/app/pyvenv.cfg": "home = /usr/bin\n",
    }
    found = read(tmp_path, files, "/srv/app/bin/python")
    assert [place.path for place in found.environments] == ["/srv/app"]
    assert [(row.path, row.names[0].via) for row in found.readings] == [
        ("/usr/bin/python3.13", "base of /srv/app")
    ]
    assert found.reader.resolve("/srv/app/bin/python") == ("environment", "/srv/app")


def test_a_copied_environments_python_too(tmp_path: Path) -> None:
    files = {
        **DEBIAN,
        "srv/app/bin/python3": Elf("3.13.4"),
        "srv/app/pyvenv.cfg": "home = /usr/bin\n",
    }
    found = read(tmp_path, files, "/srv/app/bin/python3")
    assert [row.path for row in found.readings] == ["/usr/bin/python3.13"]
    assert found.reader.version_of("/srv/app/bin/python3") == ("3.13", "3.13.4")


def test_environments_that_stand_on_one_another(tmp_path: Path) -> None:
    """PEP 405 has ``home`` lead to the base; what a user wrote there may lead round in a circle, or on and on."""
    files: dict[str, Any] = {}
    for number in range(300):
        files["e%d/bin/python3" % number] = Elf("3.13.5")
        files["e%d/pyvenv.cfg" % number] = "home = /e%d/bin\n" % ((number + 1) % 300)
    found = read(tmp_path, files, "/e0/bin/python3")
    assert (len(found.environments), found.readings) == (300, ())


def test_a_link_to_an_environments_python_is_not_in_it(tmp_path: Path) -> None:
    """CPython looks for pyvenv.cfg beside the name it was started by (getpath.py)."""
    files = {**DEBIAN, "srv/app/bin/python": Link("/usr/bin/python3"), "srv/app/pyvenv.cfg": "home = /usr/bin\n",
             "usr/local/bin/app-python": Link("/srv/app/bin/python")}  # fmt: skip
    assert read(tmp_path, files, "/usr/local/bin/app-python").environments == ()


def test_scripts_are_no_installations(tmp_path: Path) -> None:
    files = {"home/alice/.pyenv/shims/python3": Executable("#!/usr/bin/env bash\nexec pyenv exec\n"), "x/python3": Fifo(),
             "y/python3": Link("nowhere"), "z/python3": Link("python3")}  # fmt: skip
    paths = [
        "/home/alice/.pyenv/shims/python3",
        "/x/python3",
        "/y/python3",
        "/z/python3",
        "/missing/python3",
    ]
    found = read(tmp_path, files, *paths)
    assert (found.readings, found.environments) == ((), ())
    assert found.reader.resolve(paths[0]) == ("script", "")


def test_no_standard_library_is_a_finding(tmp_path: Path) -> None:
    (reading,) = read(
        tmp_path, {"opt/py/bin/python3.12": Elf("3.12.1")}, "/opt/py/bin/python3.12"
    ).readings
    assert (reading.language, reading.versions[0].version, reading.stdlib) == (
        "3.12",
        "3.12.1",
        "",
    )
    assert reading.problems == (
        "no standard library for 3.12 was found above it or in /usr/local or /usr",
    )


def test_a_missing_library_is_a_finding(tmp_path: Path) -> None:
    files = {
        "opt/py/bin/python3.9": Elf("", ("libpython3.9.so.1.0",)),
        "opt/py/lib/python3.9/os.py": "",
    }
    (reading,) = read(tmp_path, files, "/opt/py/bin/python3.9").readings
    assert reading.problems[0] == "libpython3.9.so.1.0, which it needs, was not found"


def test_no_telling_which_of_several(tmp_path: Path) -> None:
    files = {
        "opt/py/bin/python3": Elf(),
        "opt/py/lib/python3.8/os.py": "",
        "opt/py/lib/python3.9/os.py": "",
    }
    (reading,) = read(tmp_path, files, "/opt/py/bin/python3").readings
    assert reading.problems[0].startswith("several standard libraries fit (3.8, 3.9)")


def test_parts_of_venv(tmp_path: Path) -> None:
    parts = {"usr/lib/python3.13/venv/__init__.py": "", "usr/lib/python3.13/ensurepip/__main__.py": "",
             "usr/share/python-wheels/pip-25.1.1-py3-none-any.whl": ""}  # fmt: skip
    (without,) = read(tmp_path / "a", DEBIAN, "/usr/bin/python3").readings
    (complete,) = read(tmp_path / "b", {**DEBIAN, **parts}, "/usr/bin/python3").readings
    assert without.venv == (False, False, False, "/usr/share/python-wheels")
    assert complete.venv == (True, True, True, "/usr/share/python-wheels")


def test_absurd_trees_do_no_harm(tmp_path: Path) -> None:
    files = {"a/bin/python3.12": Elf("3.12.1"), "a/lib/python3.12/os.py": Fifo(), "a/lib/python3.12/site.py": Fifo(),
             "b/bin/python3.12": b"\x7fELF\x02\x01", "b/lib/python3.12": Link("python3.12"),
             "c/bin/python3.12": Elf("3.12.1"), "c/lib/python3.12/os.py": "", "c/lib/python3.12/site.py/": None,
             "c/lib/python3.12/_sysconfigdata__linux_x.py": b"build_time_vars = {'prefix': " + b"(" * 9000,
             "c/lib/python3.12/build-details.json": b"[" * 9000, "c/pyvenv.cfg/": None}  # fmt: skip
    found = read(
        tmp_path, files, "/a/bin/python3.12", "/b/bin/python3.12", "/c/bin/python3.12"
    )
    assert [row.stdlib for row in found.readings] == ["", "", "/c/lib/python3.12"]


@pytest.mark.skipif(
    platform.system() != "Linux",
    reason="only Linux's layouts are known without running anything else",
)
def test_the_running_python() -> None:
    """The interpreter that runs this test, read from its files, and its own answers."""
    path = os.path.realpath(sys.executable)
    with Host(env={}) as host:
        found = read_interpreters(host, [Candidate(path, "test")], (), Request())
    (reading,) = found.readings
    assert reading.language == "%d.%d" % sys.version_info[:2]
    assert reading.versions[0].version == sys.version.split()[0].rstrip("+")
    assert (reading.prefix, reading.stdlib) == (
        sys.base_prefix,
        sysconfig.get_path("stdlib"),
    )
    told = subprocess.run(
        [path, "-c", "import site; print(*site.getsitepackages(), sep='\\n')"],
        env={}, check=True, stdout=subprocess.PIPE,
    ).stdout.decode().split()  # fmt: skip
    assert [
        each.path for each in reading.site_directories if each.role != "user"
    ] == told
    assert site.ENABLE_USER_SITE is None or reading.site_directories
