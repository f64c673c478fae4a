# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Startup code: what `site` runs, who recorded it, and what tools write without a record."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.data.known_startup_hooks import (
    KNOWN_HOOKS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Readings
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.startup_hooks import (
    code_lines,
    find_recorded,
    read_startup_hooks,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv import releases

from ...fixtures import factories as make
from ...fixtures.package_databases import Package, conda, dpkg
from ...fixtures.trees import Link, tree

SITE = "/opt/app/lib/python3.13/site-packages"
CODE = "import os; os.getpid()\n"


def hooks(tmp_path: Path, files: Any, site: str = SITE) -> List[Any]:
    environment = make.environment_reading(path="/opt/app", site_packages=(site,))
    host = tree(tmp_path, {site.strip("/"): None, **files})
    found = read_startup_hooks(host, Readings(environments=(environment,)))
    assert host.notes == []
    return list(found)


def digest(text: str) -> str:
    return (
        base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
        .rstrip(b"=")
        .decode()
    )


def test_an_import_line_that_nothing_recorded_is_found(tmp_path: Path) -> None:
    (hook,) = hooks(tmp_path, {SITE + "/litellm_init.pth": "/opt/more\n" + CODE})
    assert (hook.path, hook.kind, hook.used_by) == (
        SITE + "/litellm_init.pth",
        "pth",
        "/opt/app",
    )
    assert hook.lines == (CODE.strip(),)
    assert (hook.record, hook.unknown) == ("", "")


@pytest.mark.parametrize(
    "files",
    [
        {"more.pth": "/opt/more\n# import os\n imports\n"},
        {"a.pth": CODE, "a-1.dist-info/RECORD": "a/__init__.py,sha256=x,1\na.pth,,\n"},
        {
            "a.pth": CODE,
            "a-1.dist-info/RECORD": "a.pth,sha256=%s,23\r\n" % digest(CODE),
        },
        {
            "distutils-precedence.pth": CODE,
            "setuptools-80.dist-info/RECORD": "distutils-precedence.pth,,",
        },
        {
            "b.pth": CODE,
            "a-1.dist-info/RECORD": "",
            "zz-1.dist-info/RECORD": "b.pth,,\n",
        },
        {
            "old.pth": CODE,
            "old-1.egg-info/installed-files.txt": "../old.pth\n../old.py\n",
        },
        {"sitecustomize.py": "", "site-1.dist-info/RECORD": "sitecustomize.py,,\n"},
        {"_virtualenv.pth": "import _virtualenv"},
        {"_pyfleet_pin.pth": releases._PIN_LINE},
        {"easy-install.pth": "import sys; sys.__plen = len(sys.path)\n./six.egg\n"},
        {"a.start": "# nothing\n\n"},
        {"sitecustomize.txt": "", "sitecustomized.py": "", "sitecustomize": None},
    ],
)
def test_what_somebody_recorded_and_what_runs_nothing_is_not_reported(
    tmp_path: Path, files: Any
) -> None:
    assert (
        hooks(tmp_path, {"%s/%s" % (SITE, name): text for name, text in files.items()})
        == []
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sitecustomize.py", "sitecustomize"),
        ("usercustomize.pyc", "usercustomize"),
        ("sitecustomize.cpython-313-x86_64-linux-gnu.so", "sitecustomize"),
        ("sitecustomize/__init__.py", "sitecustomize"),
        ("a.start", "start"),
        (".hidden.pth", "pth"),
    ],
)
def test_every_way_to_run_code_at_startup(tmp_path: Path, name: str, kind: str) -> None:
    (hook,) = hooks(
        tmp_path,
        {"%s/%s" % (SITE, name): CODE, SITE + "/a-1.dist-info/RECORD": "other.pth,,\n"},
    )
    assert (hook.path, hook.kind) == ("%s/%s" % (SITE, name), kind)


@pytest.mark.parametrize("name", sorted(KNOWN_HOOKS))
def test_a_known_name_with_other_code_is_reported(tmp_path: Path, name: str) -> None:
    (hook,) = hooks(tmp_path, {"%s/%s" % (SITE, name): KNOWN_HOOKS[name] + "\n" + CODE})
    assert CODE.strip() in hook.lines


def test_a_file_that_differs_from_its_record_is_reported_with_the_record(
    tmp_path: Path,
) -> None:
    record = "a.pth,sha256=%s,23\n" % digest("import a\n")
    (hook,) = hooks(
        tmp_path, {SITE + "/a.pth": CODE, SITE + "/a-1.dist-info/RECORD": record}
    )
    assert hook.record == SITE + "/a-1.dist-info/RECORD"


def test_what_a_package_manager_owns_is_not_reported(tmp_path: Path) -> None:
    stdlib = "/usr/lib/python3.13"
    package = Package(
        "libpython3.13-minimal",
        "3.13.5-2",
        (stdlib + "/sitecustomize.py", stdlib + "/os.py"),
        {},
    )
    files = {
        **dpkg(package),
        stdlib + "/sitecustomize.py": Link("/etc/python3.13/sitecustomize.py"),
    }
    files["/etc/python3.13/sitecustomize.py"] = "# Empty\n"
    reading = make.reading(site_directories=(), stdlib=stdlib)
    assert (
        read_startup_hooks(
            tree(tmp_path / "owned", files), Readings(interpreters=(reading,))
        )
        == ()
    )
    del files["var/lib/dpkg/info/libpython3.13-minimal.list"]
    (hook,) = read_startup_hooks(
        tree(tmp_path / "unowned", files), Readings(interpreters=(reading,))
    )
    assert hook.path == stdlib + "/sitecustomize.py"


def test_what_conda_records_is_not_reported(tmp_path: Path) -> None:
    package = Package("tool", "1", (SITE + "/tool.pth",), {})
    files = {**conda("/opt/app", package), SITE + "/tool.pth": CODE}
    assert hooks(tmp_path, files) == []


def test_the_lines_are_those_that_site_runs(tmp_path: Path) -> None:
    lines = [
        "import a1",
        " import a2",
        "import\ta3",
        "#import a4",
        "imports a5",
        "import a6\r",
    ]
    text = "\n".join(lines) + "\n"
    site = tmp_path / "site"
    site.mkdir()
    (site / "x.pth").write_bytes(text.encode())
    for number in range(1, 7):
        (site / ("a%d.py" % number)).write_text("print(%d)" % number)
    program = "import site, sys; sys.path.insert(0, %r); site.addsitedir(%r)" % (
        str(site),
        str(site),
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        check=True,
        capture_output=True,
        text=True,
    )
    ran = [
        "import%sa%s" % ("\t" if number == "3" else " ", number)
        for number in done.stdout.split()
    ]
    assert code_lines(text.encode(), "pth") == tuple(ran)


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (b"a.pth,sha256=xy,3\n", "sha256=xy"),
        (b"b\na.pth,,\n", ""),
        (b"a.pth", ""),
        (b"x/a.pth,sha256=xy,3\n", None),
        (b"a.pth.bak,sha256=xy,3\na.pthx\n", None),
        (b"", None),
    ],
)
def test_a_line_of_a_record(record: bytes, found: object) -> None:
    assert find_recorded(record, {b"a.pth"}).get(b"a.pth") == found
