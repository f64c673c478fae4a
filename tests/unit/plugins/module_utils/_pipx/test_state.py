# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications of pipx in a tree of files: every version of its record, links, what an interrupted run leaves."""

from __future__ import annotations

import json

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pipx.spec import (
    Requirement,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.state import (
    find_directory,
    find_links,
    read_application,
)

from .._scan.read.test_pipx_metadata import VERSIONS, record
from ..fixtures.trees import Executable, Link, tree

HOME = "/opt/pipx"
VENV = HOME + "/venvs/black"


def files(version="0.5", **main):
    made = record(version, **main)
    made["injected_packages"] = {
        "idna": {
            "package_version": "3.10",
            "package_or_url": "idna",
            "include_apps": False,
        }
    }
    return {
        VENV + "/pipx_metadata.json": json.dumps(made),
        VENV + "/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = true\n",
        VENV + "/bin/python": Link("/usr/bin/python3.13"),
        VENV + "/bin/black": Executable("#!x"),
        VENV + "/bin/blackd": Executable("#!x"),
        VENV + "/lib/python3.13/site-packages/x": "",
        "/usr/bin/python3.13": Executable("ELF"),
        "/usr/local/bin/black": Link(VENV + "/bin/black"),
        "/usr/local/bin/blackd": Link("../../../opt/pipx/venvs/black/bin/blackd"),
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version(tmp_path, version):
    found, _reading = read_application(
        tree(tmp_path, files(version)), VENV, "/usr/local/bin"
    )
    assert (found.name, found.version, found.spec) == (
        "black",
        "24.1.0",
        "black==24.1.0",
    )
    assert [
        (row.name, row.version, row.spec, row.include_apps) for row in found.injected
    ] == [("idna", "3.10", "idna", False)]
    assert (found.python, found.python_version, found.system_site_packages) == (
        "/usr/bin/python3.13",
        "3.13",
        True,
    )
    assert (found.missing_links, found.foreign) == ((), ())


@pytest.mark.parametrize(
    ("at", "missing", "foreign"),
    [
        (None, ("black",), ()),
        (Link("/nowhere"), ("black",), ()),
        (Link("/usr/bin/python3.13"), (), ("/usr/local/bin/black",)),
        (Executable("#!/bin/sh"), (), ("/usr/local/bin/black",)),
    ],
)
def test_links(tmp_path, at, missing, foreign):
    there = files()
    del there["/usr/local/bin/black"]
    there.update({} if at is None else {"/usr/local/bin/black": at})
    found, _reading = read_application(tree(tmp_path, there), VENV, "/usr/local/bin")
    assert (found.missing_links, found.foreign) == (missing, foreign)


def test_links_of_an_application_that_is_gone(tmp_path):
    host = tree(
        tmp_path,
        {
            "/usr/local/bin/black": Link(VENV + "/bin/black"),
            "/usr/local/bin/x": Link(VENV + "-2/x"),
        },
    )
    assert find_links(host, VENV, "/usr/local/bin") == ("/usr/local/bin/black",)


@pytest.mark.parametrize(
    ("wanted", "suffix", "directory"),
    [
        (Requirement("Black", "black"), "", VENV),
        (Requirement("black", "black"), "_1", ""),
        (Requirement("/srv/black", url="/srv/black"), "", VENV),
        (Requirement("/srv/other", url="/srv/other"), "", ""),
    ],
)
def test_finding(tmp_path, wanted, suffix, directory):
    host = tree(tmp_path, files(package_or_url="/srv/black"))
    assert find_directory(host, ["/nowhere", HOME], wanted, suffix) == directory


def test_an_interrupted_rebuild_is_detected(tmp_path):
    host = tree(tmp_path, {HOME + "/.pyfleet-black/": None})
    assert find_directory(host, [HOME], Requirement("black", "black"), "") == VENV
    found, reading = read_application(host, VENV, "/usr/local/bin")
    assert found.interrupted and reading is None


def test_a_path_is_found_by_where_it_leads(tmp_path):
    there = {
        **files(package_or_url="/srv/black-1"),
        "/srv/black-1": "",
        "/srv/black": Link("black-1"),
        "/srv/other": "",
    }
    host = tree(tmp_path, there)
    assert (
        find_directory(host, [HOME], Requirement("/srv/black", url="/srv/black"), "")
        == VENV
    )
    assert (
        find_directory(host, [HOME], Requirement("/srv/other", url="/srv/other"), "")
        == ""
    )


@pytest.mark.parametrize(
    ("link", "commands"),
    [
        ("tool_1.py", ("tool_1.py",)),
        ("tool.py_1", ("tool.py_1",)),
        ("other", ("tool.py_1",)),
    ],
)
def test_a_suffix_before_or_behind_a_dot(tmp_path, link, commands):
    """pipx before 1.17.15 put a suffix before the last dot of a command."""
    there = files(suffix="_1", apps=["tool.py"])
    there[VENV + "/bin/tool.py"] = Executable("#!x")
    there["/usr/local/bin/" + link] = Link(VENV + "/bin/tool.py")
    found, _reading = read_application(tree(tmp_path, there), VENV, "/usr/local/bin")
    assert found.commands == commands
    assert found.missing_links == (("tool.py_1",) if link == "other" else ())


def test_a_free_threaded_python_and_an_editable_installation(tmp_path):
    there = files(pip_args=["--editable"])
    there[VENV + "/lib/python3.13t/site-packages/x"] = there.pop(
        VENV + "/lib/python3.13/site-packages/x"
    )
    found, _reading = read_application(tree(tmp_path, there), VENV, "/usr/local/bin")
    assert (found.python_version, found.python_variant, found.editable) == (
        "3.13",
        "t",
        True,
    )


@pytest.mark.parametrize("editable", [True, False])
def test_an_editable_installation_that_pipx_did_not_record(tmp_path, editable):
    there = files(package_or_url="/srv/black", pip_args=[])
    direct = {
        "url": "file:///srv/black",
        "dir_info": {"editable": True} if editable else {},
    }
    there[
        VENV + "/lib/python3.13/site-packages/black-24.1.0.dist-info/direct_url.json"
    ] = json.dumps(direct)
    found, _reading = read_application(tree(tmp_path, there), VENV, "/usr/local/bin")
    assert found.editable is editable
