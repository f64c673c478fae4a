# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channels of conda: the lists of a condarc as YAML has them, and the files that conda reads."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import User
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Readings
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.conda_channels import (
    read_conda_installations,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.conda_packages import (
    conda_prefixes,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.condarc import (
    CondarcError,
    parse_condarc,
)

from ...fixtures import factories as make
from ...fixtures.trees import tree

USERS = (
    User("root", 0, 0, "/root", "/bin/sh"),
    User("alice", 1000, 1000, "/home/alice", "/bin/sh"),
)


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("channels:\n  - conda-forge\n  - defaults\n", ("conda-forge", "defaults")),
        ("channels:\n- conda-forge\n", ("conda-forge",)),
        (
            "# shipped\nchannels:\n  - 'conda-forge' # why\n\n  - \"https://x/y#z\"\n",
            ("conda-forge", "https://x/y#z"),
        ),
        ("channels: [conda-forge, 'defaults']\n", ("conda-forge", "defaults")),
        ("channels: [conda-forge,\n  defaults]\n", ("conda-forge", "defaults")),
        ("channels: []\n", ()),
        ("channels:\n", ()),
        ("channel: defaults\n", ("defaults",)),
        (
            "---\nssl_verify: true\nproxy_servers:\n  http: http://x\nchannels:\n  - a\nauto: false\n",
            ("a",),
        ),
        ("ssl_verify: true\n", None),
        ("", None),
    ],
)
def test_the_list_of_channels(text: str, channels: object) -> None:
    yaml = pytest.importorskip("yaml")
    assert parse_condarc(text).channels == channels
    parsed = (yaml.safe_load(text) or {}).get("channels", ())
    assert channels in (None, ("defaults",)) or tuple(parsed or ()) == channels


def test_what_defaults_stands_for() -> None:
    assert parse_condarc(
        "default_channels:\n  - https://mirror/main\n"
    ).default_channels == ("https://mirror/main",)
    text = "custom_multichannels:\n  other:\n    - x\n  defaults:\n    - conda-forge\n    - bioconda\n  more: [y]\n"
    assert parse_condarc(text + "default_channels: [z]\n").default_channels == (
        "conda-forge",
        "bioconda",
    )
    assert (
        parse_condarc("custom_multichannels:\n  other: [x]\n").default_channels is None
    )
    assert parse_condarc("denylist_channels: [defaults]\n").denied == ("defaults",)


@pytest.mark.parametrize(
    "text",
    [
        "channels: &names\n  - a\n", "channels: *names\n", "channels:\n  - !tag a\n", "channels: {a: b}\n",
        "channels:\n  - a\n  b\n", "channels: [a\n", "no colon\n", "channels: |\n  a\n",
        "custom_multichannels: {defaults: [x]}\n",
    ],
)  # fmt: skip
def test_what_is_not_understood_says_so(text: str) -> None:
    with pytest.raises(CondarcError):
        parse_condarc(text)


@given(st.text(max_size=300))
def test_the_parser_raises_nothing_else(text: str) -> None:
    for start in ("", "channels:", "custom_multichannels:\n  defaults:"):
        with contextlib.suppress(CondarcError):
            parse_condarc(start + text)


def conda(tmp_path: Path, files: Any, version: str = "24.5.0") -> Tuple[Any, ...]:
    prefix = "opt/conda/"
    base = {
        prefix + "conda-meta/history": "",
        prefix + "conda-meta/conda-%s-py312_0.json" % version: "{}",
    }
    host = tree(tmp_path, {**base, **files}, uid=0)
    environment = make.environment_reading(
        path="/opt/conda", conda={"history": "/opt/conda/conda-meta/history"}
    )
    readings = Readings(environments=(environment,), users=USERS, caller=USERS[0])
    return read_conda_installations(host, readings, conda_prefixes(host, readings))


def test_every_file_of_condas_search_path_is_read(tmp_path: Path) -> None:
    names = (
        "/etc/conda/.condarc", "/etc/conda/condarc", "/etc/conda/condarc.d/a.yml", "/var/lib/conda/condarc",
        "/opt/conda/.condarc", "/opt/conda/condarc.d/b.yaml", "/home/alice/.config/conda/.condarc",
        "/home/alice/.conda/condarc.d/c.yml", "/home/alice/.condarc", "/root/.condarc",
    )  # fmt: skip
    files = {
        name: "channels: [%s]\n" % name
        for name in (*names, "/etc/conda/condarc.d/none.txt")
    }
    (found,) = conda(tmp_path, files)
    assert (found.prefix, found.version) == ("/opt/conda", "24.5.0")
    owners = [
        next(user for user in ("alice", "root", "") if user in name) for name in names
    ]
    assert {row.path: row.user for row in found.files} == dict(zip(names, owners))
    assert all(row.channels == (row.path,) for row in found.files)


def test_a_prefix_without_conda_is_no_installation(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {
            "opt/conda/conda-meta/history": "",
            "opt/conda/conda-meta/numpy-1-0.json": "{}",
        },
    )
    environment = make.environment_reading(path="/opt/conda", conda={"history": "x"})
    readings = Readings(environments=(environment,))
    prefixes = conda_prefixes(host, readings)
    assert prefixes == ("/opt/conda",)
    assert read_conda_installations(host, readings, prefixes) == ()


def test_a_file_that_is_not_understood_is_unknown(tmp_path: Path) -> None:
    (found,) = conda(tmp_path, {"opt/conda/.condarc": "channels: *all\n"})
    assert found.files[0].unknown
