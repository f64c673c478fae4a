# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single files that would cost a scan its time or its memory: they cost it a note, and the rest is judged."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Dict, Optional

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Host,
    Limits,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Request
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pipeline import scan
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.distributions import (
    find_pip,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import Scan

from ..fixtures.elf_builder import Elf
from ..fixtures.trees import Link, plant, tree

EVERYTHING = Request(subset=("installations", "environments", "packages", "pip_config"))
SECONDS = 10.0  # of a clock on the wall: a busy machine has half of each
PROCESSOR_SECONDS = 10.0
PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
TREE: Dict[str, object] = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    "etc/passwd": PASSWD,
    "usr/bin/python3.11": Elf("3.11.2"),
    "usr/bin/python3": Link("python3.11"),
    "usr/lib/python3.11/os.py": "",
    "home/alice/venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.11.2\n",
    "home/alice/venv/bin/python": Link("/usr/bin/python3"),
    "home/alice/venv/lib/python3.11/site-packages/six.py": "",
}
SITE = "home/alice/venv/lib/python3.11/site-packages/"
CONDA = "home/alice/miniconda3/"


def shorten(value: object) -> Optional[str]:
    """Return the beginning of a text as the name of a parameter."""
    return repr(value[:40]) if isinstance(value, str) else None


class TestKindsOfFaults:
    """One file that would cost the scan its time or memory: it is left out or read in time, and the rest is there."""

    def scan(self, root: Path, files: Dict[str, object]) -> Scan:
        """Scan with a time limit; what the system's own Python is must be known all the same."""
        plant(root, {**TREE, **files})
        began = (
            time.process_time()
        )  # a scan never waits, and a busy machine is not its fault
        with Host(root=os.fspath(root), uid=0, limits=Limits(seconds=SECONDS)) as host:
            done = scan(host, EVERYTHING)
        assert time.process_time() - began < PROCESSOR_SECONDS
        stdlibs = [row.installation.reading.stdlib for row in done.judged.installations]
        assert "/usr/lib/python3.11" in stdlibs
        assert "unexpected" not in {note.code for note in done.notes}
        return done

    @pytest.mark.parametrize(
        ("path", "content"),
        [
            (
                "home/alice/.config/pip/pip.conf",
                "[DEFAULT]\n"
                + "".join("a%x=\n" % n for n in range(5000))
                + "".join("[%x]\n" % n for n in range(5000)),
            ),
            ("home/alice/.config/pip/pip.conf", "[a]\n" + "x\n" * 30_000),
            ("home/alice/.config/pip/pip.conf", "[a]\nx" + " " * 60_000 + "y\n"),
            ("home/alice/.config/uv/uv.toml", '"' + '\\"' * 30_000),
            ("home/alice/.config/uv/uv.toml", "a = '''" + "''x" * 20_000),
            ("home/alice/.config/environment.d/a.conf", "PIP_USER=$A\n" * 10_000),
            (SITE + "x-1.dist-info/METADATA", "Name: a" + " " * 65_000 + "b\n"),
            (SITE + "x-1.dist-info/METADATA", "Name: " * 10_000),
            (SITE + "x-1.dist-info/direct_url.json", "[" * 60_000),
            (SITE + "pip/__init__.py", "__version__" + " " * 200_000),
            ("home/alice/venv/pyvenv.cfg", "home = " + "/a" * 30_000),
            (
                "home/alice/.local/share/pipx/venvs/x/pipx_metadata.json",
                '{"a":[' + '{"":0},' * 100_000 + "0]}",
            ),
            (
                "home/alice/.pyenv/versions/3.9.1/bin/python3.9",
                Elf("", ("l" * 5000,) * 60, "$ORIGIN:" * 800),
            ),
            (
                "etc/profile",
                "A=" + "x" * 60_000 + "\nB=" + "$A" * 500 + "\nPATH=$B$B\n",
            ),
            ("etc/profile", "if x\n" * 12_000),
            (
                "etc/profile",
                "".join("append_path /%x\n" % number for number in range(3500)),
            ),
            ("etc/sudoers", "Defaults " + ", " * 100_000),
            ("etc/sudoers", "@include /etc/sudoers\n" * 10_000),
            (
                "etc/passwd",
                PASSWD
                + "".join("u%x:x:1:1::/home/%x:\n" % (n, n) for n in range(60_000)),
            ),
            ("var/lib/dpkg/status", "\nPackage: x" * 400_000),
            ("var/lib/dpkg/diversions", "/a\n/b\n:\n" * 200_000),
            ("etc/dpkg/dpkg.cfg", "path-exclude=" + "*a" * 250 + "\n"),
            (
                "var/db/pkg/dev-lang/python-3.11.2/CONTENTS",
                "sym python" + " -> " * 300_000 + "\n",
            ),
            ("var/db/xbps/.python3-files.plist", "<key>file</key>python" * 50_000),
            (
                "var/lib/pkgtools/packages/python3-3.9.10-x86_64-1",
                "FILE LIST:\n" + "python\n" * 4_000_000,
            ),
            ("lib/apk/db/installed", "F:python\n" + "\n" * 4_000_000),
            ("home/alice/.conda/environments.txt", "/home/alice/venv\n" * 10_000),
        ],
        ids=shorten,
    )
    def test_one_file(self, tmp_path: Path, path: str, content: object) -> None:
        beside: Dict[str, object] = {}
        if path == "var/lib/dpkg/status":
            beside["var/lib/dpkg/info"] = None
        elif "dpkg" in path:
            beside["var/lib/dpkg/status"] = "Package: x\n"
            beside["var/lib/dpkg/info"] = None
        self.scan(tmp_path, {**beside, path: content})

    def test_links_that_lead_through_links(self, tmp_path: Path) -> None:
        far = "/x" * 190
        links: Dict[str, object] = {
            "home/alice/l%d" % n: Link("/home/alice/l%d%s" % (n + 1, far))
            for n in range(1, 7)
        }
        other: Dict[str, object] = {
            "home/alice/other/bin/python": Link("/home/alice/l1" + far)
        }
        done = self.scan(
            tmp_path, {**links, **other, "home/alice/other/pyvenv.cfg": ""}
        )
        assert done.readings.environments

    def test_includes_of_pacman(self, tmp_path: Path) -> None:
        """Each file includes itself eight times, ten files deep; and a pattern over links to the directory itself."""
        files: Dict[str, object] = {"a/%d" % number: Link("/a") for number in range(20)}
        files["var/lib/pacman/local/x-1-1/files"] = ""
        files["etc/pacman.conf"] = (
            "Include = /etc/pacman.conf\n" * 8 + "Include = /a/*/*/*/*/*/*/*/*\n"
        )
        assert "too-many" in {note.code for note in self.scan(tmp_path, files).notes}

    @pytest.mark.parametrize(
        "form", ["NULL", "'text'", "42", "zeroblob(900000000)", "a LIKE '%a%a%a%a%a%b'"]
    )
    def test_columns_that_are_computed(self, tmp_path: Path, form: str) -> None:
        place = tmp_path / "var/lib/rpm"
        place.mkdir(parents=True)
        connection = sqlite3.connect(str(place / "rpmdb.sqlite"))
        if sqlite3.sqlite_version_info < (3, 31):
            pytest.skip("this SQLite has no generated columns")
        connection.executescript(
            "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, a TEXT, blob BLOB AS (%s));"
            "CREATE TABLE Name(key TEXT, hnum INTEGER); CREATE TABLE Basenames(key TEXT, hnum INTEGER);"
            "CREATE TABLE Dirnames(key TEXT, hnum INTEGER); INSERT INTO Packages(hnum, a) VALUES(1, 'aaa');"
            "INSERT INTO Basenames VALUES('os.py', 1); INSERT INTO Dirnames VALUES('/usr/lib/python3.11/', 1);"
            % form
        )
        connection.commit()
        connection.close()
        done = self.scan(tmp_path, {})
        assert [manager for manager, _why in done.readings.ownership.unknown] == ["rpm"]

    def test_a_record_of_conda(self, tmp_path: Path) -> None:
        record = (
            '{"name":"a","version":"1","files":["bin/python3.11"],"x":['
            + '{"":0},' * 1_000_000
            + "0]}"
        )
        files: Dict[str, object] = {
            CONDA + "conda-meta/history": "",
            CONDA + "conda-meta/a-1-0.json": record,
            CONDA + "bin/python3.11": Elf("3.11.2"),
            CONDA + "lib/python3.11/os.py": "",
        }
        self.scan(tmp_path, files)

    def test_a_pip_that_is_renamed_away_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = "/" + SITE.rstrip("/")
        with tree(
            tmp_path, {**TREE, SITE + "pip/__init__.py": "__version__ = '24.0'\n"}
        ) as host:
            monkeypatch.setattr(host, "lkind", lambda _path: "")
            assert find_pip(host, [site]) == (("24.0", site + "/pip"))
