# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict on an environment; what real ones do is held against it in tests/conformance."""

from __future__ import annotations

import shlex

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Note
from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.environment_health import (
    judge_environment,
    pip_wanted,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    EnvironmentReading,
    PipxReading,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Environment,
)

CONFIG = {
    "home": "/usr/bin",
    "version": "3.11.2",
    "command": "/usr/bin/python3 -m venv /v",
}
NO_PIP = {"home": "/usr/bin", "command": "/usr/bin/python3 -m venv --without-pip /v"}
READING = EnvironmentReading(
    path="/v",
    user="",
    owner_uid=0,
    config=CONFIG,
    has_config=True,
    python="/v/bin/python",
    python_link="/usr/bin/python3",
    resolved="/usr/bin/python3.11",
    base="/usr/bin/python3.11",
    base_language="3.11",
    lib_languages=("3.11",),
    site_packages=("/v/lib/python3.11/site-packages",),
    home_exists=True,
    has_activate=True,
    has_pip=True,
    full_version="3.11.2",
    executable=True,
    has_pip_script=True,
)
PIPX = PipxReading("black", "24.1", "_24", ("black_24",), (), "", False, "pip", "/p")
GONE = {
    "resolved": "",
    "base": "",
    "base_language": "",
    "full_version": "",
    "executable": None,
}
BARE = {
    "has_pip": False,
    "has_pip_script": False,
    "has_activate": False,
    "has_packages": False,
}


def judge(kind="venv", interpreters=(), **change):
    return judge_environment(
        Environment(READING._replace(**change), kind, "3.11.2", "", ""), interpreters
    )


def codes(judged):
    return [problem.code for problem in judged.problems]


def test_sound():
    assert judge() == (judge().environment, "sound", ())


@pytest.mark.parametrize(
    ("change", "health", "expected"),
    [
        (GONE, "broken", ["interpreter-missing"]),
        (dict(GONE, python="", python_link=""), "broken", ["interpreter-missing"]),
        ({"executable": False}, "broken", ["interpreter-not-executable"]),
        ({"base_language": "3.13"}, "broken", ["python-moved"]),
        ({"base_language": ""}, "unknown", ["version-unknown"]),
        ({"lib_languages": ("3.11", "3.9")}, "sound", ["left-over-version"]),
        ({"lib_languages": ("3.9", "3.8")}, "broken", ["python-moved"]),
        ({"lib_languages": ()}, "sound", []),  # pypy's old layout
        (
            {"base_stdlib": False, "python_link": "", "home_exists": False},
            "broken",
            ["base-missing"],
        ),
        ({"home_exists": False}, "sound", ["home-missing"]),
        ({"config": {}, "has_config": False}, "broken", ["config-missing"]),
        ({"config": {}, "has_config": False, "legacy_prefix": "/usr"}, "sound", []),
        ({"config": {}}, "sound", ["config-incomplete"]),
        ({"made_at": "/old"}, "broken", ["moved"]),
        ({"failure": "the file ends too early"}, "broken", ["interpreter-broken"]),
        ({"broken_names": ("python",)}, "broken", ["name-missing"]),
        (BARE, "broken", ["half-made"]),
        (
            dict(BARE, config={"home": "/usr/bin", "version": "3.8.18"}),
            "broken",
            ["half-made"],
        ),
        # Homebrew makes environments without pip, takes the activation scripts away, and installs into them.
        (dict(BARE, config=NO_PIP), "sound", []),
        (dict(BARE, has_packages=True), "sound", []),
        ({"has_pip": False}, "broken", ["pip-missing"]),
        (
            {"has_pip": False, "has_pip_script": False},
            "sound",
            [],
        ),  # `pip uninstall pip`, on purpose
    ],
)
def test_venv(change, health, expected):
    judged = judge(**change)
    assert (judged.health, codes(judged)) == (health, expected)


@pytest.mark.parametrize(
    ("seed", "health", "expected"),
    [("", "sound", []), ("true", "broken", ["half-made"]), ("false", "sound", [])],
)
def test_uv_puts_no_pip_in_unless_asked(seed, health, expected):
    config = {"home": "/usr/bin", "uv": "0.13.9", "seed": seed}
    judged = judge("uv", config=config, has_pip=False, has_pip_script=False)
    assert (judged.health, codes(judged)) == (health, expected)


def test_conda_has_no_pyvenv_cfg_and_may_have_no_pip():
    assert (
        judge(
            "conda",
            config={},
            has_config=False,
            has_pip=False,
            conda={"version": "3.12.4"},
        ).health
        == "sound"
    )


@pytest.mark.parametrize(
    ("record", "health", "expected"),
    [
        (PIPX, "sound", []),
        (PIPX._replace(error="not JSON"), "broken", ["metadata-unreadable"]),
        (
            PIPX._replace(doubt="version 0.99 is not known"),
            "sound",
            ["metadata-unknown-version"],
        ),
        (PIPX._replace(missing_commands=("black_24",)), "broken", ["command-missing"]),
    ],
)
def test_pipx(record, health, expected):
    judged = judge("pipx", pipx=record, has_pip=False, has_pip_script=False)
    assert (judged.health, codes(judged)) == (health, expected)


def test_what_could_not_be_read_is_no_verdict():
    config = Note("/v/pyvenv.cfg", "permission", "permission denied")
    judged = judge(unreadable=(config,), config={})
    assert (judged.health, codes(judged)) == ("unknown", ["unreadable"])
    python = Note("/v/bin/python", "permission", "permission denied")
    judged = judge(unreadable=(python,), **GONE)
    assert (judged.health, codes(judged)) == ("unknown", ["unreadable"])
    # What is broken for sure stays broken, whatever else could not be read.
    assert judge(unreadable=(config,), config={}, made_at="/old").health == "broken"
    loop = Note("/v/bin/python", "link-loop", "too many levels of symbolic links")
    assert codes(judge(unreadable=(loop,), **GONE)) == ["interpreter-missing"]


def test_messages_name_what_moved():
    problem = judge(base_language="3.13").problems[0]
    assert "/usr/bin/python3 is Python 3.13" in problem.message
    assert "3.11" in problem.message
    assert "/usr/bin/python3" in judge(**GONE).problems[0].message


@pytest.mark.parametrize(
    ("kind", "change", "hint"),
    [
        ("venv", {}, "/usr/bin/python3.11 -m venv --clear"),
        ("virtualenv", {}, "virtualenv --clear --python /usr/bin/python3.11"),
        (
            "uv",
            {"config": {"uv": "0.13.9", "home": "/usr/bin"}},
            "uv venv --clear --python /usr/bin/python3.11",
        ),
        ("uv", {"receipt": "[tool]"}, "uv tool install --reinstall"),
        ("pipx", {"pipx": PIPX}, "pipx reinstall black_24"),
        ("conda", {"conda": {"version": "3.12.4"}}, "conda install --prefix"),
    ],
)
def test_hints_name_the_tool_that_made_it(kind, change, hint):
    path = "/v/a b; rm -rf ~"
    judged = judge(
        kind,
        [("/usr/bin/python3.13", "3.13"), ("/usr/bin/python3.11", "3.11")],
        path=path,
        **dict(GONE, **change),
    )
    assert hint in judged.problems[0].hint
    if kind not in ("pipx", "uv"):
        assert shlex.quote(path) in judged.problems[0].hint


def test_without_an_interpreter_of_that_version_the_base_or_any():
    assert "/usr/bin/python3.11 -m venv" in judge(made_at="/old").problems[0].hint
    assert "python3 -m venv" in judge(**GONE).problems[0].hint


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({}, None),
        ({"command": "/usr/bin/python3 -m venv /v"}, True),
        ({"command": "/usr/bin/python3 -m venv --without-pip /v"}, False),
        ({"command": "/x/bin/python -m virtualenv --no-pip /v"}, False),
        ({"command": "/x/bin/python -m virtualenv /v"}, None),
        ({"uv": "0.13"}, False),
        ({"uv": "0.13", "seed": "true"}, True),
    ],
)
def test_was_pip_wanted(config, wanted):
    assert pip_wanted(READING._replace(config=config)) is wanted


@pytest.mark.parametrize("kind", ["venv", "virtualenv", "uv"])
@pytest.mark.parametrize(
    ("path", "foreign"),
    [("/srv/app", ("app.py", "data")), ("/home/dora", (".bashrc",))],
)
def test_no_cure_clears_a_directory_that_holds_anything_else(kind, path, foreign):
    hint = judge(kind, path=path, foreign=foreign, **GONE).problems[0].hint
    assert "--clear" not in hint
    assert foreign[0] in hint


def test_no_environment_is_rebuilt_in_usr():
    hint = judge(path="/usr", foreign=("sbin",), **GONE).problems[0].hint
    assert hint == "/usr is not a place for an environment: remove /usr/pyvenv.cfg."


def test_a_release_is_rebuilt_by_what_made_it():
    hint = (
        judge(path="/srv/.app.releases/1", release_of="/srv/app", **GONE)
        .problems[0]
        .hint
    )
    assert "--clear" not in hint
    assert "app_venv" in hint and "path=/srv/app" in hint
