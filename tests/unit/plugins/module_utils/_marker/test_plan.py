# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What restores an EXTERNALLY-MANAGED file, by its state and cause; that it does is for the Molecule scenario."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._marker.converge import (
    find_includes_file,
)
from ansible_collections.pyfleet.python.plugins.module_utils._marker.plan import (
    MarkerPlan,
    plan_markers,
)
from ansible_collections.pyfleet.python.plugins.module_utils._marker.site_marker import (
    is_site_marker,
    make_text,
)
from ansible_collections.pyfleet.python.plugins.module_utils._marker.spec import (
    MarkerSpec,
    validate_spec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._marker.state import (
    HostMarkers,
    MarkerState,
)

PATH = "/usr/lib/python3.13/EXTERNALLY-MANAGED"
OURS = make_text("Ask.", {}).encode()
REPAIR = MarkerSpec()


def plan(
    state: str, immutable: str = "", request: MarkerSpec = REPAIR, **changes: Any
) -> MarkerPlan:
    marker = MarkerState(
        path=PATH,
        pythons=("/usr/bin/python3.13",),
        state=state,
        because="it is so",
        manager="dpkg",
        package="libpython3.13-stdlib",
        version="3.13.5-2",
        kind="missing",
    )
    host = HostMarkers((marker._replace(**changes),), immutable, ("debian",), ())
    (row,) = plan_markers(request, host)
    return row


def kinds(row: MarkerPlan) -> list[str]:
    return [step.kind for step in row.steps]


@pytest.mark.parametrize("state", ["intact", "not_expected", "unexpected"])
def test_nothing_is_done_where_nothing_is_wrong(state: str) -> None:
    row = plan(state)
    assert not row.steps and not row.problem and row.state == state


@pytest.mark.parametrize(
    ("state", "changes", "steps"),
    [
        ("missing", {}, ["reinstall"]),
        ("modified", {"kind": "file"}, ["reinstall"]),
        ("missing", {"kind": "directory"}, ["remove-obstacle", "reinstall"]),
        ("missing", {"kind": "dangling"}, ["remove-obstacle", "reinstall"]),
        (
            "excluded",
            {"exclusions": ("/etc/dpkg/dpkg.cfg.d/x",)},
            ["include-path", "reinstall"],
        ),
        (
            "excluded",
            {"manager": "pacman", "exclusions": ("/etc/pacman.conf",)},
            ["allow-extraction", "reinstall"],
        ),
    ],
)
def test_each_cause_has_its_means(
    state: str, changes: dict[str, Any], steps: list[str]
) -> None:
    row = plan(state, **changes)
    assert kinds(row) == steps and row.state == "intact" and not row.problem


def test_a_diversion_is_kept_unless_requested_otherwise() -> None:
    kept = plan("diverted")
    assert not kept.steps and kept.kept and kept.state == "diverted"
    removed = plan("diverted", request=MarkerSpec(diversions="remove"))
    assert (
        kinds(removed) == ["remove-diversion", "reinstall"]
        and removed.state == "intact"
    )


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "directory", "other"])
def test_what_is_in_the_place_of_a_diverted_file_is_removed_first(kind: str) -> None:
    row = plan("diverted", request=MarkerSpec(diversions="remove"), kind=kind)
    assert kinds(row) == ["remove-obstacle", "remove-diversion", "reinstall"]


def test_the_rules_of_dpkg_win_over_those_of_any_file() -> None:
    directory = "/etc/dpkg/dpkg.cfg.d/"
    assert find_includes_file([]) == directory + "zz_pyfleet_externally_managed"
    for name in ("aa", "docker", "zzzz", "zz_pyfleet_externally_managed0", "z" * 60):
        assert find_includes_file([directory + name]) > directory + name
    # dpkg reads it after the directory.
    configuration = "/etc/dpkg/dpkg.cfg"
    assert find_includes_file([configuration, directory + "docker"]) == configuration


@pytest.mark.parametrize(
    ("state", "changes", "code"),
    [
        ("missing", {"kind": "directory", "is_filled": True}, "obstacle"),
        ("missing", {"immutable": "ostree"}, "immutable-system"),
        ("missing", {"manager": "uv"}, "no-package-manager"),
        ("missing", {"manager": ""}, "no-package-manager"),
        (
            "diverted",
            {"diverted_by": "site-policy", "request": MarkerSpec(diversions="remove")},
            "diverted-by-package",
        ),
        ("unknown", {}, "unknown-state"),
    ],
)
def test_what_cannot_be_restored_is_explained(
    state: str, changes: dict[str, Any], code: str
) -> None:
    row = plan(state, **changes)
    assert (
        row.problem is not None
        and row.problem.code == code
        and row.problem.hint
        and not row.steps
    )


SITE = MarkerSpec(pythons=("/usr/bin/python3",), site_marker="present", message="Ask.")
REMOVAL = MarkerSpec(pythons=("/usr/bin/python3",), site_marker="absent")


@pytest.mark.parametrize(
    ("request_", "state", "changes", "steps", "code"),
    [
        (SITE, "not_expected", {}, ["write-file"], ""),
        (SITE, "unexpected", {"kind": "file", "content": OURS}, [], ""),
        (
            SITE,
            "unexpected",
            {"kind": "file", "content": OURS + b"#"},
            ["write-file"],
            "",
        ),
        (
            SITE,
            "unexpected",
            {"kind": "file", "content": b"[externally-managed]\n"},
            [],
            "foreign-file",
        ),
        (SITE, "unexpected", {"kind": "directory"}, [], "foreign-file"),
        (SITE, "missing", {}, [], "vendor-ships-one"),
        (SITE, "intact", {"kind": "file"}, [], "vendor-ships-one"),
        (SITE, "not_expected", {"immutable": "ostree"}, [], "immutable-system"),
        (REMOVAL, "not_expected", {}, [], ""),
        (REMOVAL, "unexpected", {"kind": "file", "content": OURS}, ["remove-file"], ""),
        (
            REMOVAL,
            "unexpected",
            {"kind": "file", "content": b"[externally-managed]\n"},
            [],
            "foreign-file",
        ),
        (
            REMOVAL,
            "intact",
            {"kind": "file", "content": b"[externally-managed]\n"},
            [],
            "foreign-file",
        ),
    ],
)
def test_a_file_of_the_sites_own(
    request_: MarkerSpec,
    state: str,
    changes: dict[str, Any],
    steps: list[str],
    code: str,
) -> None:
    row = plan(state, request=request_, **changes)
    assert kinds(row) == steps
    assert (row.problem.code if row.problem else "") == code


def test_texts_of_several_lines_and_languages_are_read_back_by_an_ini_parser() -> None:
    import configparser

    text = make_text(
        "First.\n\n  Second = 2", {"de": "Erstens.\nZweitens.", "pt_BR": "Primeiro."}
    )
    assert is_site_marker(text.encode())
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    section = parser["externally-managed"]
    assert section["Error"] == "First.\n\nSecond = 2"
    assert (
        section["Error-de"] == "Erstens.\nZweitens."
        and section["Error-pt_BR"] == "Primeiro."
    )


@pytest.mark.parametrize(
    ("request_", "state", "option"),
    [
        (MarkerSpec(), "absent", "state"),
        (MarkerSpec(pythons=("python3",)), "present", "pythons"),
        (MarkerSpec(site_marker="present", message="x"), "present", "pythons"),
        (
            MarkerSpec(pythons=("/p",), site_marker="present"),
            "present",
            "error_message",
        ),
        (MarkerSpec(message="x"), "present", "error_message"),
        (
            SITE._replace(localized_messages={"german": "x"}),
            "present",
            "localized_error_messages",
        ),
        (SITE._replace(message="x" * 5000), "present", "error_message"),
        (SITE._replace(message="Ask.\n# not this"), "present", "error_message"),
        (SITE._replace(message="Ask.\x1b[31m"), "present", "error_message"),
        (SITE._replace(message="Ask\udc80\x00."), "present", "error_message"),
        (
            SITE._replace(localized_messages={"de": "\n"}),
            "present",
            "localized_error_messages",
        ),
        (
            SITE._replace(
                localized_messages={"a" + char: "\u4e00" * 4000 for char in "abcdef"}
            ),
            "present",
            "localized_error_messages",
        ),
    ],
)
def test_what_is_invalid_names_its_option(
    request_: MarkerSpec, state: str, option: str
) -> None:
    assert [problem.option for problem in validate_spec(request_, state)] == [option]


def test_what_is_valid_passes() -> None:
    for request_ in (
        MarkerSpec(),
        SITE,
        REMOVAL,
        SITE._replace(localized_messages={"de": "x"}),
        SITE._replace(message="Ask\r\n\tthe \u202bteam\u202c.\n\nIn \u2028 the chat."),
    ):
        assert not list(validate_spec(request_, "present"))
