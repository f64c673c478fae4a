# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distributions against importlib.metadata, and the pip that would run."""

from __future__ import annotations

import importlib.metadata
import json
from email.parser import HeaderParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Distribution,
    PipReading,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.distributions import (
    find_pip,
    parse_editable,
    parse_metadata,
    read_distributions,
    read_modules,
)

from ...fixtures.trees import Fifo, Link, Sparse, tree

SITE = "/usr/lib/python3/dist-packages"
HEAD = "Metadata-Version: 2.1\nName: {}\nVersion: {}\nSummary: a package\n\nName: not this\nVersion: 9\n"
FIXTURE = {
    f"{SITE}/six-1.16.0.dist-info/METADATA": HEAD.format("six", "1.16.0"),
    f"{SITE}/six-1.16.0.dist-info/INSTALLER": "debian\n",
    f"{SITE}/ruamel_yaml-0.18.dist-info/METADATA": HEAD.format("ruamel.yaml", "0.18"),
    f"{SITE}/ruamel_yaml-0.18.dist-info/INSTALLER": "uv",
    f"{SITE}/ruamel_yaml-0.18.dist-info/RECORD": "ruamel/yaml/__init__.py,,\n",
    f"{SITE}/PyYAML-5.3.1.egg-info": HEAD.format("PyYAML", "5.3.1"),
    f"{SITE}/distlib-0.3.6.egg-info/PKG-INFO": HEAD.format("distlib", "0.3.6").replace(
        "\n", "\r\n"
    ),
    f"{SITE}/six.py": "",
}


def test_names_and_versions_are_those_of_importlib(tmp_path: Path) -> None:
    found = read_distributions(tree(tmp_path, FIXTURE), [SITE])
    theirs = importlib.metadata.distributions(path=[str(tmp_path) + SITE])
    assert sorted((each.name, each.version) for each in found) == sorted(
        (each.metadata["Name"], each.version) for each in theirs
    )
    assert len(found) == 4


def test_what_lies_beside_the_metadata(tmp_path: Path) -> None:
    found = {
        each.name: each for each in read_distributions(tree(tmp_path, FIXTURE), [SITE])
    }
    assert found["six"] == Distribution(
        "six", "1.16.0", f"{SITE}/six-1.16.0.dist-info", "debian"
    )
    uv_made = found["ruamel.yaml"]
    assert uv_made.installer == "uv"


def test_of_this_very_python() -> None:
    """The real site-packages that the tests run in, and importlib.metadata's answer for it."""
    site = str(Path(pytest.__file__).resolve().parents[1])
    with Host() as host:
        ours = {
            (each.name, each.version, each.installer)
            for each in read_distributions(host, [site])
        }
    theirs = {
        (
            each.metadata["Name"],
            each.version,
            (each.read_text("INSTALLER") or "").strip(),
        )
        for each in importlib.metadata.distributions(path=[site])
    }
    assert ours == theirs and len(ours) > 3


def test_leftovers_and_hostile_entries(tmp_path: Path) -> None:
    files = {
        f"{SITE}/~ip-23.0.dist-info/METADATA": HEAD.format(
            "~ip", "23.0"
        ),  # of an interrupted upgrade; pip ignores it
        f"{SITE}/empty-1.0.dist-info": None,
        f"{SITE}/-.egg-info": None,
        f"{SITE}/fifo-2.dist-info/METADATA": Fifo(),
        f"{SITE}/huge-3.dist-info/METADATA": Sparse(1 << 40),
        f"{SITE}/loop-4.dist-info": Link("loop-4.dist-info"),
        f"{SITE}/notes-5.dist-info": "Name: a-file\nVersion: 5\n",
        f"{SITE}/linked-6.dist-info": Link("/cache/linked-6.dist-info"),
        "/cache/linked-6.dist-info/METADATA": HEAD.format("linked", "6"),
    }
    found = {
        each.name: each.version
        for each in read_distributions(tree(tmp_path, files), [SITE, "/nowhere", SITE])
    }
    assert found == {
        "empty": "1.0",
        "fifo": "2",
        "huge": "3",
        "loop": "4",
        "a-file": "5",
        "linked": "6",
    }


def test_editable(tmp_path: Path) -> None:
    direct_url = json.dumps({"url": "file:///srv/app", "dir_info": {"editable": True}})
    files = {
        f"{SITE}/app-1.0.dist-info/METADATA": HEAD.format("app", "1.0"),
        f"{SITE}/app-1.0.dist-info/direct_url.json": direct_url,
        f"{SITE}/old-style.egg-link": "/srv/old\n../",
    }
    assert [
        (each.name, each.editable)
        for each in read_distributions(tree(tmp_path, files), [SITE])
    ] == [
        ("app", True),
        ("old-style", True),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '{"dir_info": {}}',
        '{"dir_info": {"editable": 1}}',
        "[" * 100_000,
    ],
)
def test_not_editable(text: str) -> None:
    assert parse_editable(text.encode()) is False


@given(st.binary(max_size=300))
def test_parsers_are_total(data: bytes) -> None:
    parse_metadata(data)
    parse_editable(data)


VALUE = st.text(
    st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12
)
KEY = st.sampled_from(
    ["Name", "Version", "name", "VERSION", "Summary", "License", "Metadata-Version"]
)


@given(
    st.lists(st.tuples(KEY, VALUE), max_size=8),
    st.text("ab: \nName", max_size=30),
    st.sampled_from(["\n", "\r\n"]),
)
def test_metadata_as_the_email_package_reads_it(
    fields: list, body: str, end: str
) -> None:
    text = (
        "".join(f"{key}: {value}\n" for key, value in fields).replace("\n", end)
        + end
        + body
    )
    message = HeaderParser().parsestr(text)
    assert parse_metadata(text.encode()) == (
        message["Name"] or "",
        message["Version"] or "",
    )


class TestPip:
    def test_the_first_on_the_path_runs(self, tmp_path: Path) -> None:
        files = {
            "/usr/local/lib/python3.9/dist-packages/pip/__init__.py": '__version__ = "26.0.1"\n',
            "/usr/local/lib/python3.9/dist-packages/pip-26.0.1.dist-info": None,
            f"{SITE}/pip/__init__.py": "from typing import List\n\n__version__ = '20.3.4'\n",
            f"{SITE}/pip-20.3.4.egg-info": None,
        }
        host = tree(tmp_path, files)
        local = "/usr/local/lib/python3.9/dist-packages"
        assert find_pip(host, ["/nowhere", local, SITE]) == PipReading(
            "26.0.1", local + "/pip-26.0.1.dist-info"
        )
        assert find_pip(host, [SITE]) == PipReading(
            "20.3.4", f"{SITE}/pip-20.3.4.egg-info"
        )

    def test_metadata_left_over_from_another_version_says_nothing(
        self, tmp_path: Path
    ) -> None:
        host = tree(
            tmp_path,
            {
                f"{SITE}/pip/__init__.py": '__version__ = "25.1"',
                f"{SITE}/pip-22.0.dist-info": None,
            },
        )
        assert find_pip(host, [SITE]) == PipReading("25.1", f"{SITE}/pip")

    def test_metadata_alone_is_no_pip(self, tmp_path: Path) -> None:
        host = tree(
            tmp_path,
            {f"{SITE}/pip-25.1.dist-info/METADATA": HEAD.format("pip", "25.1")},
        )
        assert find_pip(host, [SITE]) is None

    def test_this_very_pip(self) -> None:
        pip = pytest.importorskip("pip")
        with Host() as host:
            found = find_pip(host, [str(Path(pip.__file__).resolve().parents[1])])
        assert (
            found is not None
            and found.version == pip.__version__ == importlib.metadata.version("pip")
        )


def test_a_module_of_each_record(tmp_path: Path) -> None:
    records = {
        "a-1": "../../../bin/a,,\na/sub/__init__.py,,\na/__init__.py,sha256=x,1\na.py,,\n",
        "b-1": "b-1.dist-info/METADATA,,\nb.py,,\n",
        "c-1": "c.so,,\n../evil.py,,\n",
    }
    files = {f"{SITE}/{name}.dist-info/RECORD": text for name, text in records.items()}
    host = tree(
        tmp_path,
        {
            **files,
            **{f"{SITE}/{name}.dist-info/INSTALLER": "pip\n" for name in records},
        },
    )
    assert read_modules(host, read_distributions(host, [SITE])) == {
        f"{SITE}/a-1.dist-info": f"{SITE}/a/__init__.py",
        f"{SITE}/b-1.dist-info": f"{SITE}/b.py",
    }
