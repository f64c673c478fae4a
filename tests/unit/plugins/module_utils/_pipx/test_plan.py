# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an application: requested and current state in, steps out."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pipx.plan import (
    Step,
    describe,
    plan,
    predict_changes,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.requirement import (
    parse_requirement,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.spec import (
    PipxAppSpec,
    Requirement,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.state import (
    Application,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.validate import (
    validate_spec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pipx_record import (
    PipxInjectedReading,
)

NAMES = {
    "black": Requirement("black", "black"),
    "Zope.Interface": Requirement("Zope.Interface", "zope-interface"),
    "black[d, Jupyter] >=24, <25": Requirement(
        "black[d, Jupyter] >=24, <25", "black", ("d", "jupyter"), ">=24,<25"
    ),
    "black (==24.1)": Requirement("black (==24.1)", "black", (), "==24.1"),
    "black @ https://x/b.whl": Requirement(
        "black @ https://x/b.whl", "black", (), "", "https://x/b.whl"
    ),
    "git+https://x/b@main": Requirement(
        "git+https://x/b@main", url="git+https://x/b@main"
    ),
    "/srv/black": Requirement("/srv/black", url="/srv/black"),
}


@pytest.mark.parametrize("text", NAMES)
def test_requirements(text):
    assert parse_requirement(text) == NAMES[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-r",
        "--pip-args=x",
        "./black",
        "black==",
        "black 24",
        "a\nb",
        "b ; python_version>'3'",
    ],
)
def test_invalid_requirements(text):
    assert parse_requirement(text) is None


def requested(name="black", **options):
    inject = options.pop("inject", None)
    parsed = (
        None if inject is None else tuple(parse_requirement(each) for each in inject)
    )
    return PipxAppSpec(parse_requirement(name), inject=parsed, **options)


def installed(version="24.1.0", **fields):
    return Application(
        "/opt/pipx/venvs/black",
        "/opt/pipx",
        "black",
        version,
        **{"spec": "black", **fields},
    )


IDNA = (PipxInjectedReading("idna", "3.10", "idna", False, True),)
LIBRARY = (PipxInjectedReading("idna", "3.10", "idna", False, False),)
GONE = ("its interpreter is gone",)
CASES = [
    # requested, installed, steps
    (requested(), None, [("install", "black")]),
    (
        requested("black[d]<25", inject=["idna"], pin=True),
        None,
        [("install", "black[d]<25"), ("inject", "idna"), ("pin",)],
    ),
    (requested(), installed(), []),
    (requested("black==24.1"), installed(), []),
    (requested("black==24.1.0"), installed("24.1.0+local"), []),
    (requested("black==24.*"), installed(), []),
    (requested("black>=25"), installed(), [("rebuild", "black>=25")]),
    (
        requested("black>=25"),
        installed(injected=IDNA, pinned=True),
        [("rebuild", "black>=25"), ("inject", "idna"), ("pin",)],
    ),
    (requested("black[d]"), installed(), [("rebuild", "black[d]")]),
    (requested("black[d]"), installed(spec="black[d]==24.1.0"), []),
    (
        requested("black @ https://x/b.whl"),
        installed(),
        [("rebuild", "black @ https://x/b.whl")],
    ),
    (
        requested("black @ https://x/b.whl"),
        installed(spec="black@ https://x/b.whl"),
        [],
    ),
    (requested(), installed(problems=GONE), [("rebuild", "black")]),
    (
        requested(),
        installed(problems=GONE, spec="black==24.1.0"),
        [("rebuild", "black==24.1.0")],
    ),
    (
        requested(state="latest"),
        installed(problems=GONE, spec="black==24.1.0"),
        [("rebuild", "black")],
    ),
    (
        requested(python="/usr/bin/python3.12"),
        installed(python="/usr/bin/python3.13"),
        [("rebuild", "black")],
    ),
    (requested(python_version="3.13"), installed(python_version="3.13"), []),
    (requested(python_version="3"), installed(python_version="3.13"), []),
    (requested(python_version="3.13.5"), installed(python_version="3.13.5"), []),
    (
        requested(python_version="3.13.5"),
        installed(python_version="3.13"),
        [],
    ),  # its full version was not readable
    (
        requested(python_version="3.13.5"),
        installed(python_version="3.13.4"),
        [("rebuild", "black")],
    ),
    (requested(python_version=">=3.11"), installed(python_version="3.13.4"), []),
    (
        requested(python_version="3.13t"),
        installed(python_version="3.13"),
        [("rebuild", "black")],
    ),
    (
        requested(python_version="3.13t"),
        installed(python_version="3.13", python_variant="t"),
        [],
    ),
    (
        requested(python_version="3.13"),
        installed(python_version="3.13", python_variant="t"),
        [("rebuild", "black")],
    ),
    (requested(editable=True), installed(), [("rebuild", "black==24.1.0")]),
    (requested(), installed(editable=True), []),
    (requested(reinstall=True), installed(), [("rebuild", "black==24.1.0")]),
    (
        requested(reinstall=True),
        installed(injected=IDNA, pinned=True),
        [("rebuild", "black==24.1.0"), ("inject", "idna"), ("pin",)],
    ),
    (
        requested("black==24.*", state="latest"),
        installed(),
        [("rebuild", "black==24.*")],
    ),
    (requested("black==24.*", state="latest"), installed(pinned=True), []),
    (
        requested("/srv/black", state="latest"),
        installed(spec="/srv/black", editable=True),
        [("rebuild", "/srv/black")],
    ),
    (requested(system_site_packages=True), installed(), [("rebuild", "black==24.1.0")]),
    (requested(include_dependencies=False), installed(), []),
    (requested(inject=["idna>=3"]), installed(injected=IDNA), []),
    (
        requested(inject=["idna>=3.11", "six"]),
        installed(injected=IDNA),
        [("inject", "six"), ("inject", "--force", "idna>=3.11")],
    ),
    (requested(inject=[]), installed(injected=IDNA), [("uninject", "idna")]),
    (
        requested(inject=["idna"], inject_apps=True),
        installed(injected=IDNA),
        [("inject", "--force", "--include-apps", "idna")],
    ),
    (requested(inject=["idna"], inject_apps=True), installed(injected=LIBRARY), []),
    (requested(inject=["idna"], inject_apps=False), installed(injected=LIBRARY), []),
    (requested(state="latest"), installed(), [("upgrade",)]),
    (requested(state="latest"), installed(pinned=True), []),
    (
        requested(state="latest", pin=False),
        installed(pinned=True),
        [("unpin",), ("upgrade",)],
    ),
    (requested(pin=True), installed(), [("pin",)]),
    (requested(pin=True), installed(pinned=True), []),
    (requested(), installed(missing_links=("blackd",)), [("link", "blackd")]),
    (requested(), installed(interrupted=True), [("restore",)]),
    (requested(state="absent"), None, []),
    (requested(state="absent"), installed(problems=GONE), [("remove",)]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "%s" % (case[2],))
def test_plan(case):
    spec, current, steps = case
    assert plan(spec, current).steps == tuple(
        Step(kind, tuple(words)) for kind, *words in steps
    )


def test_links_that_outlived_their_application_are_removed():
    assert plan(requested(state="absent"), None, ("/usr/local/bin/black",)).steps == (
        Step("remove"),
    )


def test_a_newer_release_within_a_specifier():
    within = requested("black==24.*", state="latest")
    assert plan(within, installed(), newer=False).steps == ()
    assert plan(within, installed(), newer=True).unpredictable is False
    assert plan(within, installed()).unpredictable is True
    assert plan(requested(state="latest"), installed()).unpredictable is True


def test_no_newer_release_is_no_upgrade():
    assert plan(requested(state="latest"), installed(), newer=False).steps == ()


def test_a_repair_says_why():
    assert (
        plan(requested(), installed(problems=GONE)).repaired
        == "its interpreter is gone"
    )
    assert plan(requested("black>=25"), installed()).repaired == ""


@pytest.mark.parametrize(
    ("spec", "option"),
    [
        (requested("black==1", state="latest"), "state"),
        (requested("black===1", state="latest"), "state"),
        (requested(state="latest", pin=True), "pin"),
        (requested(state="absent", reinstall=True), "state"),
        (requested("black", editable=True), "editable"),
        (requested(state="absent", pin=True), "state"),
        (requested(suffix="/../x"), "suffix"),
        (requested(inject=["idna", "IDNA"]), "inject"),
        (requested(inject=["Black"]), "inject"),
    ],
)
def test_contradictions(spec, option):
    assert [problem.option for problem in validate_spec(spec)] == [option]


@pytest.mark.parametrize(
    ("spec", "current", "after"),
    [
        (requested("black==24.1.0"), None, "black 24.1.0\n"),
        (requested(suffix="_1"), None, "black_1 (newest allowed)\n"),
        (
            requested(inject=["six==1.0"]),
            installed(injected=IDNA),
            "black 24.1.0\n  six 1.0\n",
        ),
        (
            requested("black==25"),
            installed(injected=IDNA),
            "black 25\n  idna (newest allowed)\n",
        ),
        (requested(pin=True), installed(), "black 24.1.0 (pinned)\n"),
        (requested(state="absent"), installed(), ""),
        (requested(), installed(), "black 24.1.0\n"),
    ],
)
def test_predicted_diff(spec, current, after):
    assert predict_changes(spec, current, plan(spec, current)) == after


def test_diff_names_what_is_installed():
    assert describe(None) == ""
    assert (
        describe(installed(injected=IDNA, suffix="_1"))
        == "black_1 24.1.0\n  idna 3.10\n"
    )
