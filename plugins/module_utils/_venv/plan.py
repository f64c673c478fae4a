# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to change in one environment: spec and state in, a plan out."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence

from .._scan import pep440 as versions
from .._scan.select import Interpreter, has_requested_build, is_path, satisfies
from .spec import EnvironmentSpec

#: Problems of an environment (judge/environment_health.py) that a converge repairs with a rebuild.
REBUILT = frozenset(
    "altered interpreter-missing interpreter-not-executable base-missing python-moved config-missing config-incomplete "
    "half-made pip-missing moved home-missing left-over-version version-unknown".split()
)


class FoundEnvironment(NamedTuple):
    """What a plan needs to know of the environment that is there."""

    kind: str  # absent, release or directory
    python: str = ""  # canonical executable of its base, '' unknown
    version: str = ""
    variant: str | None = None  # flags of its base, such as t; None unknown
    problems: tuple[tuple[str, str], ...] = ()  # (code, message)
    installer: str = ""  # of the last converge


class Plan(NamedTuple):
    """How an environment reaches its requested state."""

    base: str  # fresh, or copy (of the current release)
    because: tuple[
        str, ...
    ] = ()  # why what was there is not built upon; empty where nothing was there
    adopt: bool = False  # a plain directory becomes a release


class Difference(NamedTuple):
    """How the distributions of two states of an environment differ; each row is (name, before, after)."""

    added: tuple[tuple[str, str, str], ...] = ()
    removed: tuple[tuple[str, str, str], ...] = ()
    upgraded: tuple[tuple[str, str, str], ...] = ()
    downgraded: tuple[tuple[str, str, str], ...] = ()
    reinstalled: tuple[tuple[str, str, str], ...] = ()


def plan_environment(
    spec: EnvironmentSpec, present: FoundEnvironment, wanted: Interpreter | None
) -> Plan:
    """Decide what a new state is built upon; ``wanted`` is the interpreter that ``python`` leads to, if it asks."""
    adopt = present.kind == "directory" and spec.strategy == "atomic"
    if present.kind == "absent":
        return Plan("fresh")
    because = [message for code, message in present.problems if code in REBUILT]
    because += _other_python(spec, present, wanted)
    return Plan("fresh" if because else "copy", tuple(because), adopt)


def _other_python(
    spec: EnvironmentSpec, present: FoundEnvironment, wanted: Interpreter | None
) -> list[str]:
    if not spec.python or not present.version:
        return []
    if is_path(spec.python):
        same = wanted is None or wanted.canonical == present.python
        return (
            []
            if same or wanted is None
            else ["It uses %s, not %s." % (present.python, wanted.path)]
        )
    is_of_build = present.variant is None or has_requested_build(
        present.variant, spec.python
    )
    if is_of_build and satisfies(present.version, spec.python):
        return []
    found = present.version + (present.variant or "")
    return ["Its Python is %s, not %s." % (found, spec.python)]


def find_alterations(
    record: Mapping[str, Any],
    packages: Mapping[str, str],
    builds: Mapping[str, str],
    scripts: Sequence[str],
) -> str:
    """Return what an installer would not detect: metadata or scripts that changed since the last run, or ''."""
    for name, build in record.get("builds", {}).items():
        if (
            packages.get(name) == record["packages"].get(name)
            and builds.get(name) != build
        ):
            return "The RECORD of %s was altered." % name
    lost = [name for name in record.get("scripts", []) if name not in scripts]
    if lost and not set(record["packages"]) - set(packages):
        return "Scripts are missing: %s." % ", ".join(str(name) for name in lost[:5])
    return ""


def compare(
    before: Mapping[str, str], after: Mapping[str, str], reinstalled: Sequence[str] = ()
) -> Difference:
    """Compare two states, name by name; what is not comparable by PEP 440 counts as upgraded."""
    rows: dict[str, list[tuple[str, str, str]]] = {
        key: [] for key in Difference._fields
    }
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        row = (name, old, new)
        if name not in before:
            rows["added"].append(row)
        elif name not in after:
            rows["removed"].append(row)
        elif old != new:
            rows[
                "downgraded" if versions.compare(new, old) == -1 else "upgraded"
            ].append(row)
        elif name in reinstalled:
            rows["reinstalled"].append(row)
    return Difference(**{key: tuple(value) for key, value in rows.items()})


def is_empty(difference: Difference) -> bool:
    """Return whether two states have the same distributions."""
    return not any(difference)


def why_outdated(
    spec: EnvironmentSpec,
    kind: str,
    record: Mapping[str, Any],
    inputs: str,
    digest: str,
) -> str:
    """Return why the state may differ from the spec, or '' if spec and state are those of the last run."""
    if kind == "absent":
        return "it does not exist"
    if kind == "directory" and spec.strategy == "atomic":
        return "it is a plain directory"
    if not record:
        return "there is no record of a previous run"
    if record["inputs"] != inputs:
        return "the requested options changed"
    if record["digest"] != digest:
        return "the installed distributions changed since the last run"
    return ""
