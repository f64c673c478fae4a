# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An index and its credentials as pip, uv, pipx and git take them."""

from __future__ import annotations

import netrc
import os

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.index import (
    connection_variables,
    hand_over,
    index_lines,
    index_variables,
    reject_query_secrets,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.spec import Index
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    Credential,
)

INDEX = Index(
    index_url="https://h/simple",
    extra_index_urls=("https://one/s", "https://two/s"),
    find_links=("/a b", "https://x/l"),
    ca_bundle="/etc/ca.pem",
    timeout=2.6,
)


def test_lines_of_a_requirements_file():
    assert index_lines(INDEX) == [
        "--index-url https://h/simple",
        "--extra-index-url https://one/s",
        "--extra-index-url https://two/s",
        "--find-links file:///a%20b",
        "--find-links https://x/l",
    ]
    assert index_lines(Index(no_index=True)) == ["--no-index"]
    assert index_lines(Index()) == []


def test_variables():
    variables = index_variables(INDEX)
    assert (
        variables["PIP_INDEX_URL"]
        == variables["UV_DEFAULT_INDEX"]
        == "https://h/simple"
    )
    assert (
        variables["PIP_EXTRA_INDEX_URL"]
        == variables["UV_INDEX"]
        == "https://one/s https://two/s"
    )
    assert variables["PIP_FIND_LINKS"] == "file:///a%20b https://x/l"
    assert variables["UV_FIND_LINKS"] == "file:///a%20b,https://x/l"
    assert index_variables(Index(no_index=True)) == {"PIP_NO_INDEX": "1"}
    assert index_variables(Index()) == {}


def test_certificates_and_timeout_reach_what_is_started_to_build():
    variables = connection_variables(INDEX)
    for name in (
        "PIP_CERT",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "GIT_SSL_CAINFO",
        "CURL_CA_BUNDLE",
    ):
        assert variables[name] == "/etc/ca.pem"
    assert (variables["PIP_DEFAULT_TIMEOUT"], variables["UV_HTTP_TIMEOUT"]) == (
        "2.6",
        "3",
    )
    assert connection_variables(Index()) == {}


def test_all_that_another_tool_needs(tmp_path):
    credentials = (Credential("h", "u", "p-w"), Credential("h", "u", "second", "8443"))
    variables = hand_over(str(tmp_path), Index(no_index=True), credentials)
    assert netrc.netrc(variables["NETRC"]).authenticators("h")[::2] == ("u", "p-w")
    keys = {
        variables["GIT_CONFIG_KEY_%d" % number]
        for number in range(int(variables["GIT_CONFIG_COUNT"]))
    }
    hosts = ("https://h", "http://h", "https://h:8443", "http://h:8443")
    assert keys == {"http.%s/.extraHeader" % host for host in hosts}
    assert (tmp_path / "uv.toml").read_text() == "no-index = true\n" and variables[
        "UV_CONFIG_FILE"
    ]
    assert {
        os.stat(tmp_path / name).st_mode & 0o777 for name in os.listdir(tmp_path)
    } == {0o600}
    assert hand_over(str(tmp_path / "nowhere"), Index(), ()) == {}


@pytest.mark.parametrize(
    "name", ["token", "X-Amz-Signature", "sig", "private_token", "api_key", "password"]
)
def test_a_secret_in_a_query_is_rejected(name):
    with pytest.raises(OperationError) as raised:
        reject_query_secrets("x @ https://h/x.whl?a=1&%s=canary#sha256=0" % name)
    assert (
        raised.value.code == "secret-in-query"
        and "canary" not in raised.value.message + raised.value.hint
    )
    reject_query_secrets("x @ https://h/x.whl?version=1&author=me")
