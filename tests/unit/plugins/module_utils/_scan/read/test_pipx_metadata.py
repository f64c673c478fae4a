# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pipx's record, in each version that pipx has written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.pipx_metadata import (
    parse_metadata,
    read_pipx,
)

from ...fixtures.trees import Fifo, Link, Sparse, tree

VERSIONS = ["0.%d" % minor for minor in range(1, 13)]


def record(version, **main):
    """Return a record as pipx's pipx_metadata_file.py of that version writes it."""
    minor = int(version.split(".")[1])
    package = {
        "package": "black",
        "package_or_url": "black==24.1.0",
        "pip_args": [],
        "include_dependencies": False,
        "include_apps": True,
        "apps": ["black", "blackd"],
        "app_paths": [{"__Path__": "/x/bin/black", "__type__": "Path"}],
        "apps_of_dependencies": ["wheel"],
        "app_paths_of_dependencies": {},
        "package_version": "24.1.0",
    }
    made = {
        "main_package": package,
        "python_version": "Python 3.13.5",
        "venv_args": [],
        "injected_packages": {},
        "pipx_metadata_version": version,
    }
    if minor >= 2:
        package["suffix"] = ""
    if minor >= 4:
        made["source_interpreter"] = {
            "__Path__": "/usr/bin/python3.13",
            "__type__": "Path",
        }
    if minor >= 5:
        package["pinned"] = False
    if minor >= 6:
        made["backend"] = "uv"
    package.update(main)
    return made


def parse(made, directory="black"):
    return parse_metadata(json.dumps(made).encode(), directory)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version(version):
    reading = parse(record(version))
    assert (reading.application, reading.version, reading.commands) == (
        "black",
        "24.1.0",
        ("black", "blackd"),
    )
    assert (reading.error, reading.doubt, reading.pinned) == ("", "", False)
    minor = int(version.split(".")[1])
    assert reading.python == ("/usr/bin/python3.13" if minor >= 4 else "")
    assert reading.backend == ("uv" if minor >= 6 else "pip")


def test_a_version_to_come_is_read_as_far_as_it_goes():
    made = record("0.12", new_key=[1])
    made["pipx_metadata_version"] = "0.99"
    reading = parse(made)
    assert (reading.application, reading.version, reading.error) == (
        "black",
        "24.1.0",
        "",
    )
    assert "0.99" in reading.doubt


def test_suffixes():
    reading = parse(record("0.5", suffix="_24"), "black_24")
    assert (reading.suffix, reading.commands) == ("_24", ("black_24", "blackd_24"))
    # 0.1 had no key for it: pipx takes what the directory's name has more than the package's.
    reading = parse(record("0.1"), "black_old")
    assert (reading.suffix, reading.commands) == ("_old", ("black_old", "blackd_old"))


def test_commands_of_others_only_where_they_were_asked_for():
    made = record("0.5", include_dependencies=True)
    inner = {
        "include_apps": True,
        "apps": ["isort"],
        "apps_of_dependencies": ["no"],
        "include_dependencies": False,
    }
    made["injected_packages"] = {
        "isort": inner,
        "quiet": {"include_apps": False, "apps": ["quiet"]},
    }
    reading = parse(made)
    assert reading.commands == ("black", "blackd", "wheel", "isort")
    assert reading.injected == ("isort", "quiet")
    assert parse(record("0.5", pinned=True)).pinned is True


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b'{"main_package": 3}',
        b"[" * 100_000,
        b'{"main_package": {}}',
        b'{"a": NaN}',
    ],
)
def test_what_is_not_a_record_says_why(data):
    assert parse_metadata(data, "x").error


KEYS = "main_package injected_packages apps package suffix pinned include_apps source_interpreter x".split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
)


@given(st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_total(data):
    reading = parse_metadata(data, "directory")
    assert all(isinstance(command, str) for command in reading.commands)


def test_reading_tells_the_home_and_what_is_gone(tmp_path):
    base = "home/a/.local/share/pipx/venvs/black_24/"
    made = json.dumps(record("0.5", suffix="_24"))
    host = tree(
        tmp_path,
        {base + "pipx_metadata.json": made, base + "bin/black": Link("/nowhere")},
    )
    reading = read_pipx(host, "/" + base.rstrip("/"), {"black"})
    assert reading.home == "/home/a/.local/share/pipx"
    assert reading.missing_commands == ("blackd_24",)


@pytest.mark.parametrize(
    "what", [None, Fifo(), Sparse(1 << 30), Link("pipx_metadata.json")]
)
def test_unreadable_records(tmp_path, what):
    files = {"v/": None} if what is None else {"v/pipx_metadata.json": what}
    assert read_pipx(tree(tmp_path, files), "/v", ()).error
