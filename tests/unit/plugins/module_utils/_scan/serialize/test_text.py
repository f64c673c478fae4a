# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encoder: nothing that it lets through can harm a terminal, a log or Ansible's own transport, or hold a secret."""

from __future__ import annotations

import json
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.redact import (
    redact,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.text import (
    LIMIT,
    encode,
    plural,
    safe_text,
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
ANY_BYTES = st.binary(max_size=200).map(
    lambda data: data.decode("utf-8", "surrogateescape")
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/usr/bin/python3.13", "/usr/bin/python3.13"),
        ("/opt/\U0001d70bthon/bin/größe", "/opt/\U0001d70bthon/bin/größe"),
        (b"/srv/\xff\xfe".decode("utf-8", "surrogateescape"), "/srv/\\xff\\xfe"),
        ("a\nb\tc", "a\\u000ab\\u0009c"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("\x9b31m", "\\u009b31m"),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028separator", "line\\u2028separator"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone \ud800 surrogate", "lone \\ud800 surrogate"),
        ("back\\slash", "back\\slash"),
    ],
)
def test_what_could_harm_is_escaped(text: str, told: str) -> None:
    assert encode(text) == told


def test_lines_stay_lines_only_where_asked() -> None:
    assert encode("one\ntwo\r\x85three", lines=True) == "one\ntwo\\u000d\\u0085three"


def test_what_is_cut_is_said() -> None:
    assert encode("x" * 10, limit=8) == "xxxxxxxx… (2 more characters)"
    assert len(encode("\x00" * 10_000_000)) < 7 * LIMIT


@given(st.one_of(ANY_TEXT, ANY_BYTES), st.booleans())
def test_all_text_becomes_printable_utf_8(text: str, lines: bool) -> None:
    told = safe_text(text, lines=lines)
    json.dumps(told).encode("ascii")
    told.encode("utf-8")
    for char in told:
        assert (lines and char == "\n") or unicodedata.category(char) not in (
            "Cc",
            "Cf",
            "Cs",
            "Co",
            "Cn",
            "Zl",
            "Zp",
        )


@given(
    st.text(
        st.characters(
            codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="@:="
        ),
        max_size=100,
    )
)
def test_plain_text_is_left_as_it_is(text: str) -> None:
    assert safe_text(text) == text or not text.isprintable()


SECRET = "hunter2-Q"


@pytest.mark.parametrize(
    "text",
    [
        "https://user:hunter2-Q@pypi.example.com/simple",
        "https://hunter2-Q@pypi.example.com/simple",
        "https://hunter2-Q:@pypi.example.com/simple",
        "https://user:hunter2-Q%40x@host/",
        "https://user:p@hunter2-Q@host/",
        "https://user:pa/hunter2-Q@host/",
        "https://user:12/hunter2-Q@host/",
        "https://user:pa?hunter2-Q@host/",
        "https://user:pa#hunter2-Q@host/",
        "index-url = HTTPS://user:hunter2-Q@host/ and git+ssh://u:hunter2-Q@host/repo@v1",
        "ftp://a:hunter2-Q@[::1]:80/",
        "password=hunter2-Q",
        "PIP_PASSWORD = hunter2-Q",
        "token: hunter2-Q",
        '"api_key": "hunter2-Q"',
        "api-key='hunter2-Q with spaces'",
        "https://host/simple?token=hunter2-Q&x=1",
        "client_secret=hunter2-Q;x",
        "aws_secret_access_key=hunter2-Q",
        "Authorization: Bearer hunter2-Qhunter2-Q",
        "Authorization: Basic hunter2-Q==",
        "UV_INDEX_INTERNAL_PASSWORD=hunter2-Q",
    ],
)
def test_credentials_are_taken_out(text: str) -> None:
    assert SECRET in text
    assert SECRET not in safe_text(text)
    assert SECRET not in redact("before\n" + text + "\nafter")
    assert "after" in redact(text + "\nafter")


@pytest.mark.parametrize(
    "text",
    [
        "https://pypi.org/simple",
        "https://host:8443/simple/",
        "git+https://github.com/x/y@v1.2",
        "see https://example.com/venv.",
        "break-system-packages = true",
        "write to root@example.com",
        "/usr/lib/python3.13/EXTERNALLY-MANAGED",
        "marker-removed:/usr/lib/python3.13/EXTERNALLY-MANAGED",
    ],
)
def test_what_is_no_credential_stays(text: str) -> None:
    assert safe_text(text) == text


@given(
    st.sampled_from(["https", "http", "git+ssh", "ftp"]),
    st.text(st.characters(codec="ascii", categories=("L", "N")), max_size=8),
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "S")),
        min_size=1,
        max_size=20,
    ),
)
@example("https", "", "a/b@c")
@example("https", "", "@/")
@example("https", "", "@x/")
def test_no_password_survives_in_a_url(scheme: str, user: str, password: str) -> None:
    secret = "Zq7" + password + "Zq8"
    told = safe_text("x %s://%s:%s@host/path y" % (scheme, user, secret))
    assert "Zq7" not in told
    assert "Zq8" not in told
    assert told.endswith("host/path y")


def test_a_secret_is_not_uncovered_by_the_cut() -> None:
    text = "x" * (LIMIT - 20) + " https://user:" + "s" * 100 + "@host/"
    assert "sss" not in safe_text(text)


def test_hostile_text_takes_no_time() -> None:
    started = time.process_time()
    for text in (
        "://" * 1400,
        "password" * 512,
        "a" * 4096 + "=",
        "://" + "@" * 4096,
        "token=" * 600,
        "basic " * 700,
    ):
        safe_text(text * 50)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(("count", "word"), [(0, "hosts"), (1, "host"), (2, "hosts")])
def test_only_one_is_singular(count: int, word: str) -> None:
    assert plural(count, "host") == word
