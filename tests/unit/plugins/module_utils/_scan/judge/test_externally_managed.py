# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PEP 668 judged: the state of the marker, whom it stops, and what takes its effect away.

That pip and uv do act like this is shown cell by cell in tests/conformance/test_pep668.py.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.externally_managed import (
    judge_managed,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.marker import (
    TEXT_LIMIT,
    marker_text,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Diversion,
    Exclusion,
    Marker,
    Owner,
    Ownership,
    PipConfigFile,
    PipReading,
    Settings,
    UvConfigFile,
    VariableSetting,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Override,
)

from ...fixtures.factories import MARKER, installation, reading

TEXT = b"[externally-managed]\nError=Try apt.\n"
MD5 = hashlib.md5(TEXT).hexdigest()
SHA1 = hashlib.sha1(TEXT).hexdigest()
FILE = Marker(MARKER, "file", True, TEXT, len(TEXT), (("md5", MD5), ("sha1", SHA1)))
GONE = Marker(MARKER, "missing")
OWNER = Owner(MARKER, "dpkg", "libpython3.13-stdlib", "3.13.5-2", ("md5", MD5))
DPKG = Ownership(("dpkg",))
NOTHING_SET = Settings(caller="root")
BREAK = "PIP_BREAK_SYSTEM_PACKAGES"


def judge(
    marker: Marker = FILE,
    settings: Settings = NOTHING_SET,
    ownership: Ownership = DPKG,
    text: str = "",
    **changes: Any,
) -> Any:
    """Judge Debian 13's Python with these differences."""
    pip = changes.pop("pip", PipReading("25.1.1", "/x/pip-25.1.1.dist-info"))
    changes.setdefault("marker_owner", OWNER)
    return judge_managed(
        installation(reading(marker=marker, pip=pip), **changes),
        settings,
        ownership,
        text,
    )


OTHER = FILE._replace(digests=(("md5", "0" * 32), ("sha1", "0" * 40)))
LINK = FILE._replace(kind="link", target="../python/EXTERNALLY-MANAGED")
NO_OWNER = {"marker_owner": None}
OWN = {"marker_owner": None, "package": None, "system": False}
EXCLUDED = (
    Exclusion("/usr/lib/python3*/EXTERNALLY-MANAGED", True, "/etc/dpkg/dpkg.cfg.d/x"),
)


@pytest.mark.parametrize(
    ("state", "marker", "ownership", "changes"),
    [
        ("intact", FILE, DPKG, {}),
        (
            "intact",
            FILE,
            DPKG,
            {"marker_owner": OWNER._replace(digest=("sha1", SHA1.upper()))},
        ),
        ("modified", OTHER, DPKG, {}),
        ("modified", LINK, DPKG, {}),
        (
            "intact",
            LINK,
            DPKG,
            {"marker_owner": OWNER._replace(digest=("", ""), link=LINK.target)},
        ),
        (
            "modified",
            LINK,
            DPKG,
            {"marker_owner": OWNER._replace(digest=("", ""), link="elsewhere")},
        ),
        (
            "modified",
            FILE,
            DPKG,
            {"marker_owner": OWNER._replace(digest=("", ""), link="elsewhere")},
        ),
        ("modified", FILE._replace(content=None, digests=(), size=1 << 30), DPKG, {}),
        ("unknown", FILE._replace(content=None, digests=(), readable=False), DPKG, {}),
        ("missing", GONE, DPKG, {}),
        ("missing", GONE._replace(kind="dangling"), DPKG, {}),
        ("missing", GONE._replace(kind="directory"), DPKG, {}),
        ("missing", GONE._replace(kind="other"), DPKG, {}),
        (
            "diverted",
            GONE,
            DPKG._replace(diversions=(Diversion(MARKER, MARKER + ".distrib", ""),)),
            {},
        ),
        (
            "diverted",
            FILE,
            DPKG._replace(
                diversions=(Diversion(MARKER, MARKER + ".distrib", "site-python"),)
            ),
            {},
        ),
        (
            "intact",
            FILE,
            DPKG._replace(
                diversions=(Diversion(MARKER, MARKER + ".x", OWNER.package),)
            ),
            {},
        ),
        (
            "intact",
            FILE,
            DPKG._replace(diversions=(Diversion("/other", "/x", ""),)),
            {},
        ),
        ("excluded", GONE, DPKG._replace(exclusions=EXCLUDED), {}),
        ("intact", FILE, DPKG._replace(exclusions=EXCLUDED), {}),
        (
            "missing",
            GONE,
            DPKG._replace(
                exclusions=(*EXCLUDED, Exclusion("/usr/lib/*", False, "later"))
            ),
            {},
        ),
        (
            "excluded",
            GONE,
            Ownership(
                ("pacman",),
                exclusions=(
                    Exclusion("usr/lib/python*/EXT*", True, "/etc/pacman.conf"),
                ),
            ),
            {},
        ),
        # The package that ships it is not installed: only python3-minimal.
        ("not_expected", GONE, DPKG, NO_OWNER),
        # Left behind, or put there by hand.
        ("unexpected", FILE, DPKG, NO_OWNER),
        ("unexpected", FILE, DPKG, {**NO_OWNER, "expectation": "not-shipped"}),
        ("not_expected", GONE, DPKG, {**NO_OWNER, "expectation": "not-shipped"}),
        # A database that could not be read proves nothing, but what no vendor ships is still not expected.
        ("unknown", GONE, Ownership(unknown=(("dpkg", "unreadable"),)), NO_OWNER),
        ("unknown", FILE, Ownership(unknown=(("dpkg", "unreadable"),)), NO_OWNER),
        (
            "not_expected",
            GONE,
            Ownership(unknown=(("dpkg", "unreadable"),)),
            {**NO_OWNER, "expectation": "not-shipped"},
        ),
        ("unexpected", FILE, DPKG._replace(unknown=(("rpm", "BerkeleyDB"),)), NO_OWNER),
        # pyenv and the like: no package manager has anything to say.
        ("not_expected", GONE, DPKG, {**OWN, "expectation": "not-shipped"}),
        ("unexpected", FILE, DPKG, {**OWN, "expectation": "not-shipped"}),
        ("unknown", GONE, DPKG, {**OWN, "expectation": "unknown"}),
        ("unexpected", FILE, DPKG, {**OWN, "expectation": "unknown"}),
        # uv ships it without a database.
        ("missing", GONE, DPKG, OWN),
        ("unknown", FILE, DPKG, OWN),
    ],
)
def test_state(
    state: str, marker: Marker, ownership: Ownership, changes: dict[str, Any]
) -> None:
    judged = judge(marker, ownership=ownership, **changes)
    assert judged.state == state, judged.because
    assert judged.because


@pytest.mark.parametrize(
    ("shipped", "state"), [("Try  apt", "intact"), ("Try brew", "modified")]
)
@pytest.mark.parametrize(
    "changes",
    [OWN, {"marker_owner": Owner(MARKER, "homebrew", "python@3.13", "3.13.5")}],
)
def test_a_vendor_without_digests_is_known_by_its_text(
    shipped: str, state: str, changes: dict[str, Any]
) -> None:
    assert judge(text=shipped, **changes).state == state


def test_leftovers_are_named() -> None:
    assert (
        "EXTERNALLY-MANAGED.old"
        in judge(GONE._replace(siblings=("EXTERNALLY-MANAGED.old",))).because
    )


# ------------------------------------------------------------------ who is stopped


@pytest.mark.parametrize(
    ("marker", "pip", "uv"),
    [
        (FILE, True, True),
        (LINK, True, True),
        (FILE._replace(content=b""), True, True),
        (FILE._replace(content=b"\xff"), True, False),
        (FILE._replace(content=None, readable=False), True, False),
        (FILE._replace(content=None, size=1 << 30), True, None),
        (GONE, False, False),
        (GONE._replace(kind="directory"), False, False),
        (GONE._replace(kind="dangling"), False, False),
        (Marker(MARKER, "other", True, b"", target="/dev/null"), False, True),
    ],
)
def test_the_marker_as_each_tool_reads_it(
    marker: Marker, pip: bool, uv: bool | None
) -> None:
    judged = judge(marker)
    assert (judged.pip.stopped, judged.uv.stopped) == (pip, uv)
    assert bool(judged.message) == (
        pip and (marker.content is not None or marker.readable is False)
    )


@pytest.mark.parametrize(
    ("version", "stopped", "with_break"),
    [
        ("22.3.1", False, False),
        ("23.0", True, True),
        ("23.0.1", True, False),
        ("26.3", True, False),
        ("", None, False),
    ],
)
def test_the_version_of_pip(
    version: str, stopped: bool | None, with_break: bool
) -> None:
    pip = PipReading(version, "/x/pip.dist-info")
    on = Settings(
        (
            PipConfigFile(
                "/etc/pip.conf",
                "global",
                "",
                (("global", "break-system-packages", "1"),),
            ),
        ),
        caller="root",
    )
    assert judge(pip=pip).pip.stopped is stopped
    assert judge(pip=pip, settings=on).pip.stopped is with_break


def test_without_a_pip_the_marker_decides() -> None:
    assert judge(pip=None).pip.stopped is True
    assert "no pip" in judge(pip=None).pip.because
    assert judge(GONE, pip=None).pip.stopped is False


def settings(*variables: VariableSetting, pip: Any = (), uv: Any = ()) -> Settings:
    return Settings(tuple(pip), tuple(uv), variables, "root")


def conf(
    scope: str = "global",
    user: str = "",
    section: str = "global",
    path: str = "",
    **values: str,
) -> PipConfigFile:
    rows = tuple(
        (section, key.replace("_", "-"), value) for key, value in values.items()
    )
    return PipConfigFile(path or "/%s/%s/pip.conf" % (scope, user), scope, user, rows)


def variable(
    value: str = "1",
    scope: str = "process",
    user: str = "",
    *,
    doubt: str = "",
    name: str = BREAK,
    source: str = "",
) -> VariableSetting:
    return VariableSetting(
        name,
        value,
        source or ("environment" if scope == "process" else "/etc/" + scope),
        scope,
        user,
        doubt,
    )


@pytest.mark.parametrize(
    ("told", "stopped"),
    [
        (settings(variable()), False),
        (settings(variable("0")), True),
        (settings(variable("maybe")), True),
        (settings(variable(scope="login")), False),
        (settings(variable(scope="login", user="root")), False),
        (settings(variable(scope="login", user="alice")), True),
        (settings(variable(scope="service")), True),
        (settings(variable(scope="login", doubt="set under a condition")), None),
        (
            settings(
                variable("0"), variable(scope="login", doubt="unset again"), variable()
            ),
            False,
        ),
        (settings(pip=[conf("user", "root", break_system_packages="yes")]), False),
        (settings(pip=[conf("user", "alice", break_system_packages="yes")]), True),
        (
            settings(
                pip=[
                    conf(break_system_packages="yes"),
                    conf("user", "root", break_system_packages="no"),
                ]
            ),
            True,
        ),
        (
            settings(
                pip=[conf("site", break_system_packages="yes")._replace(prefix="/usr")]
            ),
            False,
        ),
        (
            settings(
                pip=[conf("site", break_system_packages="yes")._replace(prefix="/opt")]
            ),
            True,
        ),
        (settings(pip=[conf(prefix="/x")]), False),
        (
            settings(pip=[conf(break_system_packages="yes", require_virtualenv="1")]),
            True,
        ),
        (
            settings(
                pip=[PipConfigFile("/etc/pip.conf", "global", "", (), "no section")]
            ),
            True,
        ),
        (
            settings(
                pip=[
                    PipConfigFile("/etc/pip.conf", "global", "", (), unread="too large")
                ]
            ),
            None,
        ),
        (
            settings(
                variable("/dev/null", name="PIP_CONFIG_FILE"),
                pip=[conf(break_system_packages="1")],
            ),
            True,
        ),
        (
            settings(
                variable("/x", name="PIP_CONFIG_FILE"),
                pip=[conf("env", path="/x", break_system_packages="1")],
            ),
            False,
        ),
    ],
)
def test_pip_for_the_caller(told: Settings, stopped: bool | None) -> None:
    judged = judge(settings=told)
    assert judged.pip.stopped is stopped, judged.pip.because
    assert judged.uv.stopped is True


@pytest.mark.parametrize(
    ("told", "stopped"),
    [
        (settings(variable(name="UV_BREAK_SYSTEM_PACKAGES")), False),
        (settings(variable("", name="UV_BREAK_SYSTEM_PACKAGES")), True),
        (settings(uv=[UvConfigFile("/u", "user", "root", True)]), False),
        (settings(uv=[UvConfigFile("/u", "user", "alice", True)]), True),
        (
            settings(
                uv=[
                    UvConfigFile("/u", "user", "root", False),
                    UvConfigFile("/s", "system", "", True),
                ]
            ),
            True,
        ),
        (
            settings(
                uv=[UvConfigFile("/s", "system", "", None, redirect='prefix = ""')]
            ),
            False,
        ),
        (settings(uv=[UvConfigFile("/s", "system", "", True, "not valid TOML")]), True),
        (
            settings(uv=[UvConfigFile("/s", "system", "", None, unread="too large")]),
            None,
        ),
        (
            settings(
                variable("1", name="UV_NO_CONFIG"),
                uv=[UvConfigFile("/s", "system", "", True)],
            ),
            True,
        ),
        (settings(variable("rel", name="UV_CONFIG_FILE")), None),
        (settings(variable()), True),
    ],
)
def test_uv_for_the_caller(told: Settings, stopped: bool | None) -> None:
    assert judge(settings=told).uv.stopped is stopped


def test_no_marker_and_a_pip_that_does_not_work() -> None:
    judged = judge(
        GONE,
        settings=settings(
            pip=[PipConfigFile("/etc/pip.conf", "global", "", (), "no section")]
        ),
    )
    assert (judged.pip.stopped, judged.message) == (True, "")
    assert "/etc/pip.conf" in judged.pip.because


# -------------------------------------------------------------------- overrides


def test_overrides_are_those_of_everybody() -> None:
    told = settings(
        variable(),
        variable(
            scope="login",
            user="alice",
            source="/home/alice/.profile",
            doubt="set under a condition",
        ),
        variable(
            scope="service", source="/etc/cron.d/x", name="UV_BREAK_SYSTEM_PACKAGES"
        ),
        variable("/srv/pip.conf", "login", name="PIP_CONFIG_FILE"),
        pip=[
            conf(path="/etc/pip.conf", prefix="/x"),
            conf("user", "alice", break_system_packages="1"),
            conf("user", "bob", section="uninstall", break_system_packages="1"),
            conf(
                "env",
                path="/srv/pip.conf",
                section="install",
                break_system_packages="true",
            ),
        ],
        uv=[UvConfigFile("/etc/uv/uv.toml", "system", "", True)],
    )
    assert set(judge(settings=told).overrides) == {
        Override("pip", "/etc/pip.conf", "[global] prefix = /x", "", True),
        Override(
            "pip", "/user/alice/pip.conf", "[global] break-system-packages = 1", "alice"
        ),
        Override(
            "pip", "/user/bob/pip.conf", "[uninstall] break-system-packages = 1", "bob"
        ),
        Override("pip", "environment", BREAK + "=1", ""),
        Override(
            "pip", "/home/alice/.profile", BREAK + "=1 (set under a condition)", "alice"
        ),
        Override("pip", "/srv/pip.conf", "[install] break-system-packages = true", ""),
        Override("uv", "/etc/cron.d/x", "UV_BREAK_SYSTEM_PACKAGES=1", ""),
        Override("uv", "/etc/uv/uv.toml", "[pip] break-system-packages = true", ""),
    }


def test_what_is_overruled_neutralises_nothing() -> None:
    told = settings(
        pip=[
            conf(break_system_packages="1"),
            conf("site", section="install", break_system_packages="0")._replace(
                prefix="/usr"
            ),
        ]
    )
    rows = [
        row for row in judge(settings=told).overrides if "uninstall" not in row.what
    ]
    assert [row.what for row in rows] == [
        "[global] break-system-packages = 1"
    ]  # pip uninstall reads no [install]
    told = settings(
        pip=[
            conf(break_system_packages="1"),
            conf("user", "root", break_system_packages="0"),
        ]
    )
    assert [row.user for row in judge(settings=told).overrides] == [""]


def test_an_old_pip_neutralises() -> None:
    assert judge(pip=PipReading("22.0.2", "/x/pip.dist-info")).overrides == (
        Override("pip", "/x/pip.dist-info", "pip 22.0.2", ""),
    )


def test_nothing_is_neutralised_where_no_marker_belongs() -> None:
    told = settings(variable())
    assert (
        judge(
            GONE, settings=told, marker_owner=None, expectation="not-shipped"
        ).overrides
        == ()
    )
    assert judge(GONE, settings=told).overrides


# ----------------------------------------------------------------------- the text


@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [b"[externally-managed]\n", b"Error=x\n", b" y\n", b"Error\n", b"%\n"]
        )
    ).map(b"".join)
)
def test_text_is_total(content: bytes) -> None:
    marker_text(FILE._replace(content=content), "de_DE", "/usr")


def test_text_is_capped() -> None:
    assert (
        len(
            marker_text(
                FILE._replace(content=b"[externally-managed]\nError=" + b"x" * 50_000),
                "",
                "/usr",
            ).text
        )
        == TEXT_LIMIT
    )


def test_a_text_that_pip_dies_of() -> None:
    found = marker_text(
        FILE._replace(content=b"[externally-managed]\nError=a\nError=b\n"), "", "/usr"
    )
    assert (found.text, bool(found.crash)) == ("", True)
