# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""conda-meta: what makes a conda prefix, and the Python in it."""

from __future__ import annotations

import json

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.environment import (
    read_conda,
)

from ...fixtures.trees import Fifo, tree

# As conda writes it: the keys in the order of the alphabet, the files after the channel.
RECORD = json.dumps(
    {
        "build": "h8d0a37b_0_cpython",
        "build_number": 0,
        "channel": "https://conda.anaconda.org/conda-forge/linux-64",
        "files": ["bin/python3.12"] * 60_000,
        "name": "python",
        "version": "3.12.4",
    },
    indent=2,
)
NAME = "python-3.12.4-h8d0a37b_0_cpython.json"


def test_the_python_of_a_prefix(tmp_path):
    files = {
        "p/conda-meta/" + NAME: RECORD,
        "p/conda-meta/history": "",
        "p/conda-meta/python-dateutil-2.9-0.json": "{}",
    }
    files["p/conda-meta/python_abi-3.12-4_cp312.json"] = "{}"
    assert len(RECORD) > 1024 * 1024
    assert read_conda(tree(tmp_path, files), "/p") == {
        "history": "/p/conda-meta/history",
        "version": "3.12.4",
        "record": "/p/conda-meta/" + NAME,
    }


def test_without_history_it_is_no_prefix_and_without_python_it_says_so(tmp_path):
    host = tree(tmp_path, {"a/conda-meta/" + NAME: RECORD, "r/conda-meta/history": ""})
    assert read_conda(host, "/a") == {}
    assert read_conda(host, "/none") == {}
    assert read_conda(host, "/r") == {"history": "/r/conda-meta/history"}


def test_a_record_that_is_a_trap_is_not_opened(tmp_path):
    host = tree(tmp_path, {"p/conda-meta/" + NAME: Fifo(), "p/conda-meta/history": ""})
    assert read_conda(host, "/p")["version"] == "3.12.4"


@pytest.mark.parametrize(
    "name", ["python.json", "python-3.9.json", "python-3.9-0.txt", "python--.json"]
)
def test_other_names_are_no_records(tmp_path, name):
    host = tree(tmp_path, {"p/conda-meta/history": "", "p/conda-meta/" + name: "{}"})
    assert read_conda(host, "/p") == {"history": "/p/conda-meta/history"}
