# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes cases of the table through check mode, the real run and the run after it, many environments in one call.

One call for many costs a fraction, as the start of Ansible's own code and the making of the first pip are paid once.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Sequence

from .area import Area
from .cases import Case, Options
from .drift import Place, listing
from .module import Answer, Runner, can_trace, differences, snapshot
from .packages import hash_of, write_lock, write_project

Row = Mapping[str, Any]
_FRIENDS = ("pip", "setuptools", "wheel")
_FORMS = {
    "added": "+{name} {after}",
    "removed": "-{name} {before}",
    "upgraded": "{name} {before}>{after}",
    "downgraded": "{name} {before}<{after}",
    "reinstalled": "{name} {after}=",
}


class Trial:
    """One case with one installer, and all that was seen of it."""

    def __init__(
        self, case: Case, installer: str, place: Place, texts: Mapping[str, str]
    ) -> None:
        self.case, self.installer, self.place, self.texts = (
            case,
            installer,
            place,
            dict(texts),
        )
        self.check: Row = {}
        self.real: Row = {}
        self.again: Row = {}
        self.touched: list[str] = []
        self.calls: Sequence[str] | None = None  # of the run after it; None: not traced
        self.wrong = ""  # why it could not be tried
        self.before: Mapping[str, str] = {}
        self.after: Mapping[str, str] = {}
        self.broken = ""  # what does not hold at the end

    def options(self, requested: Options) -> dict[str, Any]:
        """Return the options for one environment of a call."""
        options = {
            "installer": self.installer,
            "find_links": ["{wheels}"],
            "no_index": True,
            "pip": self.case.pip or self.installer == "pip",
            **requested,
        }
        return {**_expand(options, self.texts), "path": str(self.place.venv)}

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.place.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_expand(text, self.texts))


def _expand(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{([a-z]+(?::[^}]+)?)\}", lambda match: texts[match[1]], value)
    if isinstance(value, dict):
        return {key: _expand(each, texts) for key, each in value.items()}
    return (
        [_expand(each, texts) for each in value]
        if isinstance(value, (list, tuple))
        else value
    )


def prepare(area: Area, case: Case, installer: str, other: str, public: str) -> Trial:
    """Make the directory of a case, with a project and a lock for those that want one."""
    root = area.root / f"{case.name}-{installer}"
    (root / "bin").mkdir(parents=True)
    write_project(root / "project", "project")
    write_lock(root / "pylock.toml", [area.wheels / "delta-1.1-py3-none-any.whl"])
    hashes = {f"hash:{path.name}": hash_of(path) for path in area.wheels.iterdir()}
    texts = {
        "root": str(root),
        "wheels": str(area.wheels),
        "other": other,
        "public": public,
        **hashes,
    }
    trial = Trial(case, installer, Place(root, area.wheels, area.python, other), texts)
    trial.write(case.files)
    return trial


class Batch:
    """Trials that share calls of the module."""

    def __init__(self, area: Area, runner: Runner, trials: Sequence[Trial]) -> None:
        self.area, self.runner, self.trials = area, runner, trials

    def run(self) -> None:
        """Run them to the end."""
        for number in range(
            max((len(trial.case.before) for trial in self.trials), default=0)
        ):
            self._set_up(number)
        for trial in self._fit():
            with _noting(trial):
                trial.write(trial.case.then)
                if trial.case.by_hand:
                    trial.case.by_hand(trial.place)
                trial.before = listing(trial.place.venv)
        self._check()
        for trial, row in self._converge(self._fit(), check=False):
            trial.real = row
        self._again()
        for trial in self._fit():
            trial.after = listing(trial.place.venv)
            with _noting(trial, broken=True):
                if trial.case.holds:
                    trial.case.holds(trial.place)

    def _fit(self) -> list[Trial]:
        return [trial for trial in self.trials if not trial.wrong]

    def _set_up(self, number: int) -> None:
        trials = [trial for trial in self._fit() if len(trial.case.before) > number]
        for trial, row in self._converge(
            trials, False, lambda trial: trial.case.before[number]
        ):
            if row.get("msg") or not row.get("changed"):
                trial.wrong = f"what is to be there before could not be made: {row}"
            trial.texts[f"release:{number}"] = row.get("release", "")

    def _check(self) -> None:
        trials = self._fit()
        before = {trial.place.root: snapshot(trial.place.root) for trial in trials}
        for trial, row in self._converge(trials, check=True):
            trial.check = row
        for trial in trials:
            trial.touched = differences(
                before[trial.place.root], snapshot(trial.place.root)
            )

    def _again(self) -> None:
        trials = [trial for trial in self._fit() if not trial.case.fails]
        quiet = [
            trial
            for trial in trials
            if trial.case.is_no_op_next and not trial.real.get("msg")
        ]
        for trial, row in self._converge(
            [trial for trial in trials if trial not in quiet], check=False
        ):
            trial.again = row
        if not quiet:
            return
        trace = self.area.root / f"trace-{id(self)}" if can_trace() else None
        answer = self._call(quiet, False, lambda trial: trial.case.requested, trace)
        for trial, row in zip(quiet, answer.rows):
            trial.again, trial.calls = row, answer.calls if trace else None
        if answer.calls and len(quiet) > 1:  # whose are they?
            for trial in quiet:
                trial.calls = self._call(
                    [trial], False, lambda trial: trial.case.requested, trace
                ).calls

    def _converge(
        self,
        trials: Sequence[Trial],
        check: bool,
        requested: Callable[[Trial], Options] = lambda trial: trial.case.requested,
    ) -> Iterator[tuple[Trial, Row]]:
        """Call the module for these; where the call as a whole is lost, for each of them apart."""
        try:
            rows = self._call(trials, check, requested).rows if trials else []
            assert len(rows) == len(trials), (
                f"{len(rows)} answers for {len(trials)} environments"
            )
        except AssertionError as exc:
            if len(trials) == 1:
                trials[0].wrong = str(exc)
                return
            for trial in trials:
                yield from self._converge([trial], check, requested)
            return
        yield from zip(trials, rows)

    def _call(
        self,
        trials: Sequence[Trial],
        check: bool,
        requested: Callable[[Trial], Options],
        trace: Path | None = None,
    ) -> Answer:
        environments = [trial.options(requested(trial)) for trial in trials]
        answer = self.runner.run(
            {"environments": environments}, check=check, trace=trace, seconds=600
        )
        assert answer.rows, f"refused: {answer.result.get('msg')}"
        return answer


@contextlib.contextmanager
def _noting(trial: Trial, broken: bool = False) -> Iterator[None]:
    """Keep what goes wrong with one trial from the others."""
    try:
        yield
    except Exception as exc:
        said = getattr(exc, "stderr", "") or ""
        setattr(
            trial,
            "broken" if broken else "wrong",
            f"{type(exc).__name__}: {exc} {said}",
        )


def describe(row: Row) -> list[str]:
    """Return the words of the table for a row."""
    words = [*row["done"], *(["rebuilt"] if row["rebuilt"] else [])]
    for key, form in _FORMS.items():
        words += [
            form.format(**each) for each in row[key] if each["name"] not in _FRIENDS
        ]
    return sorted(words)


def changes(row: Row) -> set[tuple[str, str, str]]:
    """Return all changes of versions that a row tells, pip's own among them."""
    keys = ("added", "removed", "upgraded", "downgraded")
    return {
        (each["name"], each["before"], each["after"])
        for key in keys
        for each in row[key]
    }


def found_changes(
    before: Mapping[str, str], after: Mapping[str, str]
) -> set[tuple[str, str, str]]:
    """Return those that are seen on disk."""
    names = {*before, *after}
    return {
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name) != after.get(name)
    }
