# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of an application and what is there, in; steps, out."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pipx.plan import (
    Step,
    describe,
    parse_requirement,
    plan,
    predict_changes,
    refuse,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.spec import (
    Application,
    Package,
    PipxAppSpec,
    Requirement,
)

NAMES = {
    "black": Requirement("black", "black"),
    "Zope.Interface": Requirement("Zope.Interface", "zope-interface"),
    "black[d, Jupyter] >=24, <25": Requirement("black[d, Jupyter] >=24, <25", "black", ("d", "jupyter"), ">=24,<25"),
    "black (==24.1)": Requirement("black (==24.1)", "black", (), "==24.1"),
    "black @ https://x/b.whl": Requirement("black @ https://x/b.whl", "black", (), "", "https://x/b.whl"),
    "git+https://x/b@main": Requirement("git+https://x/b@main", url="git+https://x/b@main"),
    "/srv/black": Requirement("/srv/black", url="/srv/black"),
}


@pytest.mark.parametrize("text", NAMES)
def test_requirements(text):
    assert parse_requirement(text) == NAMES[text]


@pytest.mark.parametrize(
    "text", ["", "-r", "--pip-args=x", "./black", "black==", "black 24", "a\nb", "b ; python_version>'3'"]
)
def test_what_is_no_requirement(text):
    assert parse_requirement(text) is None


def wish(name="black", **options):
    inject = options.pop("inject", None)
    parsed = None if inject is None else tuple(parse_requirement(each) for each in inject)
    return PipxAppSpec(parse_requirement(name), inject=parsed, **options)


def found(version="24.1.0", **fields):
    return Application("/opt/pipx/venvs/black", "/opt/pipx", "black", version, **{"spec": "black", **fields})


IDNA = (Package("idna", "3.10", "idna"),)
GONE = ("its interpreter is gone",)
CASES = [
    # what is wanted, what is there, what is to be done
    (wish(), None, [("install", "black")]),
    (wish("black[d]<25", inject=["idna"], pin=True), None, [("install", "black[d]<25"), ("inject", "idna"), ("pin",)]),
    (wish(), found(), []),
    (wish("black==24.1"), found(), []),
    (wish("black==24.1.0"), found("24.1.0+local"), []),
    (wish("black==24.*"), found(), []),
    (wish("black>=25"), found(), [("rebuild", "black>=25")]),
    (wish("black>=25"), found(injected=IDNA, pinned=True), [("rebuild", "black>=25"), ("inject", "idna"), ("pin",)]),
    (wish("black[d]"), found(), [("rebuild", "black[d]")]),
    (wish("black[d]"), found(spec="black[d]==24.1.0"), []),
    (wish("black @ https://x/b.whl"), found(), [("rebuild", "black @ https://x/b.whl")]),
    (wish("black @ https://x/b.whl"), found(spec="black@ https://x/b.whl"), []),
    (wish(), found(problems=GONE), [("rebuild", "black")]),
    (wish(), found(problems=GONE, spec="black==24.1.0"), [("rebuild", "black==24.1.0")]),
    (wish(state="latest"), found(problems=GONE, spec="black==24.1.0"), [("rebuild", "black")]),
    (wish(python="/usr/bin/python3.12"), found(python="/usr/bin/python3.13"), [("rebuild", "black")]),
    (wish(language="3.13"), found(language="3.13"), []),
    (wish(system_site_packages=True), found(), [("rebuild", "black==24.1.0")]),
    (wish(include_dependencies=False), found(), []),
    (wish(inject=["idna>=3"]), found(injected=IDNA), []),
    (
        wish(inject=["idna>=3.11", "six"]),
        found(injected=IDNA),
        [("inject", "six"), ("inject", "--force", "idna>=3.11")],
    ),
    (wish(inject=[]), found(injected=IDNA), [("uninject", "idna")]),
    (wish(inject=["idna"], inject_apps=True), found(injected=IDNA), [("inject", "--force", "--include-apps", "idna")]),
    (wish(state="latest"), found(), [("upgrade",)]),
    (wish(state="latest"), found(pinned=True), []),
    (wish(state="latest", pin=False), found(pinned=True), [("unpin",), ("upgrade",)]),
    (wish(pin=True), found(), [("pin",)]),
    (wish(pin=True), found(pinned=True), []),
    (wish(), found(missing_links=("blackd",)), [("link", "blackd")]),
    (wish(), found(interrupted=True), [("heal",)]),
    (wish(state="absent"), None, []),
    (wish(state="absent"), found(problems=GONE), [("remove",)]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "%s" % (case[2],))
def test_plan(case):
    wanted, there, steps = case
    assert plan(wanted, there).steps == tuple(Step(kind, tuple(words)) for kind, *words in steps)


def test_links_that_outlived_their_application_are_removed():
    assert plan(wish(state="absent"), None, ("/usr/local/bin/black",)).steps == (Step("remove"),)


def test_no_newer_release_is_no_upgrade():
    assert plan(wish(state="latest"), found(), newer=False).steps == ()


def test_a_repair_says_why():
    assert plan(wish(), found(problems=GONE)).repaired == "its interpreter is gone"
    assert plan(wish("black>=25"), found()).repaired == ""


@pytest.mark.parametrize(
    ("wanted", "option"),
    [
        (wish("black==1", state="latest"), "state"),
        (wish(state="latest", pin=True), "pin"),
        (wish(state="absent", pin=True), "state"),
        (wish(suffix="/../x"), "suffix"),
        (wish(inject=["idna", "IDNA"]), "inject"),
        (wish(inject=["Black"]), "inject"),
    ],
)
def test_contradictions(wanted, option):
    assert [problem.option for problem in refuse(wanted)] == [option]


@pytest.mark.parametrize(
    ("wanted", "there", "after"),
    [
        (wish("black==24.1.0"), None, "black 24.1.0\n"),
        (wish(suffix="_1"), None, "black_1 (newest allowed)\n"),
        (wish(inject=["six==1.0"]), found(injected=IDNA), "black 24.1.0\n  six 1.0\n"),
        (wish("black==25"), found(injected=IDNA), "black 25\n  idna (newest allowed)\n"),
        (wish(pin=True), found(), "black 24.1.0 (pinned)\n"),
        (wish(state="absent"), found(), ""),
        (wish(), found(), "black 24.1.0\n"),
    ],
)
def test_foreseen_diff(wanted, there, after):
    assert predict_changes(wanted, there, plan(wanted, there)) == after


def test_diff_names_what_is_there():
    assert describe(None) == ""
    assert describe(found(injected=IDNA, suffix="_1")) == "black_1 24.1.0\n  idna 3.10\n"
