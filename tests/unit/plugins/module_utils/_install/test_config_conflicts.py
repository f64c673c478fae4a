# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that would redirect an installation, that pip can't read, or that would show a password."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.config_conflicts import (
    read_configured_index,
    reject_config_conflicts,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)


@pytest.fixture
def environment(tmp_path):
    """An environment whose only configuration is a file that tests write."""
    (tmp_path / "home/.config/pip").mkdir(parents=True)
    return {"HOME": str(tmp_path / "home")}


def write(environment, text):
    path = environment["HOME"] + "/.config/pip/pip.conf"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


@pytest.mark.parametrize("section", ["global", "install"])
@pytest.mark.parametrize("key", ["target", "prefix", "root", "python"])
def test_a_file_that_redirects_is_named(environment, section, key):
    path = write(environment, "[%s]\n%s = /opt/other\n" % (section, key))
    with pytest.raises(OperationError) as raised:
        reject_config_conflicts("pip", environment, "/srv/venv")
    assert raised.value.code == "diverted"
    assert (
        path in raised.value.message and "%s = /opt/other" % key in raised.value.message
    )


@pytest.mark.parametrize(
    "name",
    [
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_PYTHON",
        "UV_TARGET",
        "UV_SYSTEM_PYTHON",
    ],
)
def test_a_variable_that_redirects_is_named(environment, name):
    with pytest.raises(OperationError) as raised:
        reject_config_conflicts("pip", {**environment, name: "/opt/other"}, "/srv/venv")
    assert raised.value.code == "diverted" and name in raised.value.message


@pytest.mark.parametrize(
    ("text", "line"),
    [("[global]\nnonsense\n", 2), ("timeout = 1\n", 1), ("[a]\nb = 1\nb = 2\n", 3)],
)
def test_a_file_that_pip_cannot_read_is_named_with_its_line(environment, text, line):
    path = write(environment, text)
    with pytest.raises(OperationError) as raised:
        reject_config_conflicts("pip", environment, "/srv/venv")
    assert (
        raised.value.code == "pip-config"
        and "%s, line %d" % (path, line) in raised.value.message
    )


def test_what_redirects_nothing_is_obeyed(environment):
    write(
        environment,
        "[global]\nindex-url = https://h/simple\nuser = true\n[download]\ntarget = x\n",
    )
    reject_config_conflicts("pip", environment, "/srv/venv")
    assert read_configured_index(environment, "/srv/venv") == ({}, ())


def test_credentials_of_a_file_become_variables_and_credentials(environment):
    write(
        environment,
        "[global]\nindex-url = https://u:canary@h/simple\nfind-links =\n  https://v:canary@i/a\n  /srv/wheels\n"
        "[install]\nindex-url = https://w:canary@j/simple\n",
    )
    found = read_configured_index(environment, "/srv/venv")
    assert found.variables == {
        "PIP_INDEX_URL": "https://j/simple",
        "PIP_FIND_LINKS": "https://i/a /srv/wheels",
    }
    assert [(each.host, each.username) for each in found.credentials] == [
        ("j", "w"),
        ("i", "v"),
    ]
    found = read_configured_index(
        {**environment, "PIP_INDEX_URL": "https://k/simple"}, "/srv/venv"
    )
    assert "PIP_INDEX_URL" not in found.variables  # the variable counts already


def test_a_proxy_with_a_password_in_a_file_is_rejected(environment):
    write(environment, "[global]\nproxy = http://u:canary@proxy:3128\n")
    with pytest.raises(OperationError) as raised:
        read_configured_index(environment, "/srv/venv")
    assert (
        raised.value.code == "proxy-in-config" and "canary" not in raised.value.message
    )
