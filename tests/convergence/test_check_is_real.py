# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode changes nothing and foretells the real run; the run after that finds nothing to do, by reading."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Iterator, Mapping

import pytest
from testbed.figures import FIGURES

from convergence.area import Area, need
from convergence.batch import Batch, Trial, changes, describe, found_changes, prepare
from convergence.cases import NEW, Case
from convergence.cases_of_change import CHANGES
from convergence.cases_of_drift import DRIFT, ENDS, OWNERS
from convergence.module import can_trace, differences, snapshot

CASES: tuple[Case, ...] = (*NEW, *CHANGES, *DRIFT, *ENDS, *OWNERS)
#: Where it makes no difference what installs: pip, which takes several times as long, tries these only with --all.
ALIKE = frozenset(
    """
    other-spelling early-release marker-true wheel-by-url file file-with-options mode linked-as linked-over-foreign
    python-by-specifier python-unknown python-missing foreign-directory foreign-file foreign-link file-missing
    broken-in-place conflict version-unknown only-binary
    same one-less upgrade-of-a-need marker-turned file-changed file-reworded nested-file-changed latest-held
    lock-changed mode-changed mode-drifted link-added link-lost link-obsolete link-renamed link-replaced-by-other
    link-of-no-script keep-none keep-one auto-goes-on
    other-version true-full edited-file-full lost-release lost-config mangled-record lost-interpreter-and-new-version
    half-made-in-place python-still-fits leftover-of-metadata in-place-to-atomic
    absent-already absent-in-place absent-with-links absent-of-releases absent-of-broken absent-of-foreign
    back-with-links back-to-where-it-is back-to-none back-when-link-is-lost
    owner-changed owner-changed-back owned-upgrade group-changed owner-unknown
    """.split()
)
PAIRS = [
    (case, installer)
    for case in CASES
    for installer in ("pip", "uv")
    if case.only in ("", installer)
]
SIZE = 24  # environments of one call


@pytest.fixture(scope="module")
def trials(
    request: pytest.FixtureRequest, area: Area, pythons: Mapping[str, str]
) -> Iterator[Mapping[str, Trial]]:
    """Run the selected cases through all their runs, on all processors."""
    wanted = {item.name.partition("[")[2][:-1] for item in request.session.items}
    pairs = [(case, kind) for case, kind in PAIRS if f"{case.name}-{kind}" in wanted]
    if os.geteuid() != 0:
        pairs = [(case, kind) for case, kind in pairs if not case.root]
    others = [path for path in pythons.values() if path != area.python]
    need(others, "a second Python")
    public = (
        request.getfixturevalue("public_python")
        if any(case.root for case, _kind in pairs)
        else ""
    )
    made = [prepare(area, case, kind, others[-1], public) for case, kind in pairs]
    size = 1 if request.config.getoption("--apart") else SIZE
    batches = []
    for kind, root in product(("pip", "uv"), (False, True)):
        runner = area.runner_for_others(public) if root else area.runner
        chunk = [
            trial
            for trial in made
            if trial.installer == kind and trial.case.root == root
        ]
        batches += [
            Batch(area, runner, chunk[start : start + size])
            for start in range(0, len(chunk), size)
        ]
    before = snapshot(area.wheels)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(Batch.run, batches))
    assert differences(before, snapshot(area.wheels)) == []
    yield {f"{trial.case.name}-{trial.installer}": trial for trial in made}
    FIGURES.append(
        f"check = real: {len(made)} trials of {len({trial.case.name for trial in made})} cases"
    )


@pytest.fixture
def trial(request: pytest.FixtureRequest, trials: Mapping[str, Trial]) -> Trial:
    case, installer = request.param
    if case.root:
        need(os.geteuid() == 0, "root")
    found = trials[f"{case.name}-{installer}"]
    assert not found.wrong, found.wrong
    return found


def _parameter(case: Case, installer: str) -> object:
    marks = [pytest.mark.alike] if installer == "pip" and case.name in ALIKE else []
    return pytest.param((case, installer), id=f"{case.name}-{installer}", marks=marks)


def _compare(trial: Trial) -> None:
    """The check told what the real run did."""
    case, check, real = trial.case, trial.check, trial.real
    told, done = describe(check), describe(real)
    if check["unresolved"]:
        assert check["changed"], "unresolved counts as changed"
        return
    if case.free:
        told = [word for word in told if not word.endswith("=") or word in done]
    assert told == done
    assert changes(check) == changes(real)
    if not case.free:
        assert check["changed"] == real["changed"]
    for key in ("path", "python", "version", "installer"):
        assert check[key] == real[key], key


@pytest.mark.parametrize("trial", [_parameter(*pair) for pair in PAIRS], indirect=True)
def test_check_is_real(trial: Trial) -> None:
    case, check, real = trial.case, trial.check, trial.real
    assert not trial.touched, "check mode changed something:\n" + "\n".join(
        trial.touched[:5]
    )
    if case.fails:
        assert real.get("msg"), f"it should have failed: {describe(real)}"
        assert real["problem"]["code"] != "internal", real["problem"]
        if case.blind != trial.installer:
            assert check.get("msg") or check["unresolved"], (
                f"the check foretold a success: {describe(check)}"
            )
        assert not real["changed"]
        assert trial.before == trial.after
    elif real.get("msg") and case.expect is None:
        assert check.get("msg") or check["unresolved"], (
            f"the check foretold a success, the real run: {real['msg']}"
        )
    else:
        assert not real.get("msg"), (real["msg"], real["problem"])
        assert not check.get("msg"), (check["msg"], check["problem"])
        assert found_changes(trial.before, trial.after) == changes(real), (
            "the answer is not what is on disk"
        )
        if case.expect is not None:
            assert describe(real) == sorted(
                case.expect.split(",") if case.expect else []
            )
        _compare(trial)
        assert real["changed"] == bool(describe(real) or changes(real))
        assert not real["unresolved"]
    assert trial.broken == ""
    _again(trial)


def test_the_table_is_in_order() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert set(names) >= ALIKE


def test_nothing_is_left_in_the_temporary_directory(
    trials: Mapping[str, Trial], area: Area
) -> None:
    assert os.listdir(area.root / "tmp") == []


def _again(trial: Trial) -> None:
    case, again = trial.case, trial.again
    if case.fails or trial.real.get("msg"):
        return
    assert not again["changed"] and describe(again) == [], (
        f"the next run changed something again: {again}"
    )
    if case.is_no_op_next and can_trace():
        assert list(trial.calls or ()) == [], "the next run started a process"
    assert again["release"] == trial.real["release"]
    requested = trial.options(case.requested)
    if requested.get("state", "present") != "absent" and not requested.get("release"):
        assert (trial.place.venv / "bin" / "pip").exists() == requested.get("pip", True)
