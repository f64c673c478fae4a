# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: found wherever a URL may stand, read back by who is handed them, and in no text that is shown."""

from __future__ import annotations

import netrc
import os
import random
import shutil
import string
import subprocess
import sys
from pathlib import Path
from typing import Optional
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    Credential,
    find_secrets,
    git_environment,
    has_credentials,
    holds_credentials,
    mask_values,
    netrc_text,
    parse_host,
    redact_output,
    split_userinfo,
    strip_text,
)

PRINTABLE = string.ascii_letters + string.digits + string.punctuation


@pytest.mark.parametrize(
    ("url", "clean", "credential"),
    [
        ("https://u:p@h/simple", "https://h/simple", Credential("h", "u", "p")),
        (
            "https://u:p%40s%2f@h:8443/simple",
            "https://h:8443/simple",
            Credential("h", "u", "p@s/", "8443"),
        ),
        ("https://u:p@s@h/simple", "https://h/simple", Credential("h", "u", "p@s")),
        ("https://token@h/simple", "https://h/simple", Credential("h", "token", "")),
        (
            "https://u:a:b@[::1]:80/",
            "https://[::1]:80/",
            Credential("::1", "u", "a:b", "80"),
        ),
        (
            "git+https://u:p@h/x@v1#egg=x",
            "git+https://h/x@v1#egg=x",
            Credential("h", "u", "p"),
        ),
        ("https://@h/", "https://h/", None),
        ("https://h/x@v1", "https://h/x@v1", None),
        ("git+ssh://git@h/x", "git+ssh://git@h/x", None),
        ("git@h:x/y", "git@h:x/y", None),
        ("https://${USER}:${TOKEN}@h/", "https://${USER}:${TOKEN}@h/", None),
        ("https://u:p@[::1/", "https://[::1/", Credential("[::1", "u", "p")),
        ("/srv/a@b", "/srv/a@b", None),
        ("", "", None),
    ],
)
def test_user_parts_are_taken_out(
    url: str, clean: str, credential: Optional[Credential]
) -> None:
    assert split_userinfo(url) == (clean, credential)


ANY_PASSWORD = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
    min_size=1,
    max_size=20,
)


@given(st.sampled_from(["", "me", "me%40site"]), ANY_PASSWORD)
@example("me", "'")
@example("me", '"')
@example("me", "<")
@example("me", "/")
@example("me", "?")
@example("me", "#")
@example("me", " ")
@example("me", "%27")
@example("me", "a://b")
def test_a_password_pasted_as_it_is_is_taken_out_of_an_option(
    user: str, password: str
) -> None:
    """Every character that a URL may not hold raw; only an @ before a / can be read in two ways."""
    secret = "Zq7%sZq8" % password.replace("@", "")
    url = "https://%s:%s@host/simple" % (user, secret)
    clean, found = strip_text(url)
    assert clean == "https://host/simple"
    assert [(each.host, each.password) for each in found] == [("host", unquote(secret))]
    assert has_credentials(url)
    for text in (
        url,
        "failed: %s and %s, or %r" % (secret, quote(secret, safe=""), url),
    ):
        assert "Zq7" not in str(
            mask_values({"a": [text]}, find_secrets({"index_url": url}))
        )
    assert "Zq7" not in redact_output(
        "Looking in indexes: %s" % url, [each.password for each in found]
    )


@given(st.sampled_from(["x @ %s", "--index-url=%s", "-f '%s'", "%s"]), ANY_PASSWORD)
@example("x @ %s", "a b")
def test_no_password_survives_in_any_option(line: str, password: str) -> None:
    secret = "Zq7%sZq8" % password.replace("@", "")
    url = "https://me:%s@host/x.whl" % secret
    secrets = find_secrets([line % url])
    told = mask_values("%s %s" % (url, secret), secrets)
    assert "Zq7" not in told and "Zq8" not in told


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://canary@h/simple", "canary@h"),
        ("https://canarycanary@h/simple", "canarycanary"),
        ("git+https://abc@h:80/x@v1", "abc@h:80"),
        ("https://h/x.whl?token=canary&x=1", "canary"),
        ("https://h/x.whl?x=1&X-Amz-Signature=canary", "canary"),
        ("https://u:p@ss/word@h/simple", "p@ss/word"),
    ],
)
def test_tokens_and_what_can_be_read_in_two_ways(url: str, secret: str) -> None:
    assert secret in find_secrets({"index_url": url})


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        ("Example.com", ("example.com", "")),
        ("h:8443", ("h", "8443")),
        ("[::1]:80", ("::1", "80")),
        ("[::1]", ("::1", "")),
        ("::1", ("::1", "")),
    ],
)
def test_hosts(host: str, parts: tuple[str, str]) -> None:
    assert parse_host(host) == parts


def test_every_url_of_a_line_is_looked_at() -> None:
    line = "a @ https://u:p@one/a.whl ; python_version > '3'  # not https://x:y@two/"
    clean, found = strip_text(line)
    assert clean == "a @ https://one/a.whl ; python_version > '3'  # not https://two/"
    assert [each.host for each in found] == ["one", "two"]


def words(alphabet: str) -> list[str]:
    source = random.Random(20261125)
    found = [
        "".join(source.choice(alphabet) for _letter in range(source.randint(1, 12)))
        for _word in range(300)
    ]
    return [
        *found,
        *alphabet,
        *("a" + each for each in alphabet),
        *(each + "a" for each in alphabet),
    ]


def test_python_reads_back_what_a_netrc_says(tmp_path: Path) -> None:
    """Every printable word; before 3.11 there is no way to write both a backslash and a quote."""
    newer = sys.version_info >= (3, 11)
    sought = words(PRINTABLE + " \té€" if newer else PRINTABLE)
    if not newer:
        sought = [
            word
            for word in sought
            if not word.startswith('"') and not ('"' in word and "\\" in word)
        ]
    pairs = [
        Credential("h%d.example" % n, word, sought[-n - 1])
        for n, word in enumerate(sought)
    ]
    if not newer:
        pairs = [
            each
            for each in pairs
            if not ('"' in each.username + each.password and "\\" in str(each[1:]))
        ]
    path = tmp_path / "netrc"
    path.write_text(netrc_text(pairs), encoding="utf-8")
    read = netrc.netrc(str(path))
    assert len(pairs) > 300
    for host, username, password, _port in pairs:
        login, _account, found = read.authenticators(host) or ("", "", "")
        assert (login, found) == (username, password)


def test_the_first_credential_of_a_host_counts_and_ports_are_left_out(
    tmp_path: Path,
) -> None:
    path = tmp_path / "netrc"
    path.write_text(
        netrc_text([Credential("h:8080", "a", "b"), Credential("h", "c", "d")])
    )
    assert netrc.netrc(str(path)).hosts == {
        "h": ("a", netrc.netrc(str(path)).hosts["h"][1], "b")
    }


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_takes_its_header_from_the_environment() -> None:
    variables = git_environment([Credential("h.example", "u", "p")])
    done = subprocess.run(
        check=False,
        args=[
            "git",
            "config",
            "--get-urlmatch",
            "http.extraHeader",
            "https://h.example/x/y",
        ],
        env={"PATH": os.environ["PATH"], "HOME": "/nowhere", **variables},
        stdout=subprocess.PIPE,
        text=True,
    )
    version = subprocess.run(
        ["git", "--version"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()[2]
    if tuple(map(int, version.split(".")[:2])) >= (2, 31):
        assert done.stdout == "Authorization: Basic dTpw\n"


@pytest.mark.parametrize(
    "text",
    [
        "no route to https://u:canary@h/simple",
        "no route to https://canary@h/simple",
        "git clone ssh://u:canary@h/x failed",
        "https://u:can/ary@h and canary",
        "https://u:p?canary@h/",
        "said canary",
    ],
)
def test_nothing_secret_is_told(text: str) -> None:
    told = redact_output(text, ["canary"])
    assert "canary" not in told
    assert "ary@" not in told


def test_what_is_no_secret_is_told() -> None:
    text = "https://h:8080/x@v1 and https://h/y@v2, git+https://h/z@main"
    assert redact_output(text, [""]) == text


def test_a_secret_is_known_in_the_spelling_of_urls() -> None:
    assert (
        redact_output("p%40ss%2Fword p@ss/word p%40ss/word", ["p@ss/word"])
        == "**** **** ****"
    )


def test_secrets_are_found_in_options_of_any_depth() -> None:
    found = find_secrets(
        {
            "index_url": "https://u:one@h/",
            "packages": ["a", "b @ git+https://tokentoken@h/b"],
            "index_credentials": [
                {"host": "h", "username": "user", "password": "three"}
            ],
            "build_environment": {
                "API_TOKEN": "four",
                "HOME": "/root",
                "EXTRA": "https://u:p%2fve@h/",
            },
            "environments": [{"extra_index_urls": ["http://u:seven@h"]}],
            "tokens": ["eight"],
            "require_hashes": True,
            "timeout": 1.5,
            "owner": None,
        }
    )
    assert {
        "one",
        "tokentoken",
        "three",
        "four",
        "p/ve",
        "p%2fve",
        "seven",
        "eight",
    } <= found
    assert not found & {"u", "h", "user", "/root", "a"}


def test_what_would_hide_every_answer_is_no_secret() -> None:
    options = {
        "packages": ["a @ git+https://git@h/a", "https://${TOKEN}@h/"],
        "build_environment": {"USE_AUTH": "1"},
    }
    options["build_environment"]["GIT_AUTHOR_NAME"] = "Ann"  # type: ignore[call-overload]
    assert find_secrets(options) == set()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("https://u:p@host/simple", True),
        ("--index-url=https://token@host/simple", True),
        ("shop @ git+https://u:p@host/x.git", True),
        ("postgresql://u:p@host/shop", True),
        ("https://me:p@ss@host/simple", True),
        ("https://me:p'ss/w?#d @host/simple", True),
        ("https://host/simple?token=canary", True),
        ("https://host/simple?page=2", False),
        ("https://host:${PORT}/simple@x", False),
        ("git+ssh://git@github.com/x.git", False),
        ("postgresql://shop@host/shop", False),
        ("https://${TOKEN}@host/simple", False),
        ("https://me:${PASSWORD}@host/simple", False),
        ("https://me:word${X}@host/simple", True),
        ("https://host/a@b", False),
        ("https://host/?mail=a@b", False),
        ("me@example.com", False),
    ],
)
def test_credentials_in_urls(text: str, answer: bool) -> None:
    assert has_credentials(text) is answer


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({"command": ["check", "--url=https://u:p@host/"]}, True),
        ({"environment": {"DB_PASSWORD": "hunter2"}}, True),
        ({"environment": {"DATABASE": "postgresql://u:p@host/x"}}, True),
        ({"environment": {"DB_PASSWORD_FILE": "/etc/shop/password"}}, False),
        (
            {
                "environment": {"USE_TOKENS": "false", "GREETING": "hello"},
                "timeout": 5.0,
            },
            False,
        ),
    ],
)
def test_options_that_hold_a_credential(options: object, answer: bool) -> None:
    assert holds_credentials(options) is answer
