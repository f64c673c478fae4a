# SPDX-License-Identifier: GPL-3.0-or-later
"""What turns the current state of an application of pipx into the requested one: steps in their order, and why."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from .._scan.pep440 import minor
from .._scan.pipx_record import PipxInjectedReading
from .._scan.project_name import canonicalize_name
from .._scan.select import satisfies
from .requirement import exact_version, fits, recorded_requirement, write_requirement
from .spec import PipxAppSpec, Requirement, split_variant
from .state import Application

_NEWEST = "(newest allowed)"


class Step(NamedTuple):
    """One thing to do: install, rebuild, restore, inject, uninject, upgrade, pin, unpin, link or remove."""

    kind: str
    words: Tuple[str, ...] = ()


class Plan(NamedTuple):
    """Steps in their order, and what they repair."""

    steps: Tuple[Step, ...] = ()
    repaired: str = ""
    unpredictable: bool = False  # whether they change anything is known only afterwards


def plan(
    spec: PipxAppSpec,
    application: Optional[Application],
    links: Sequence[str] = (),
    newer: Optional[bool] = None,
    can_uninject: bool = True,
) -> Plan:
    """Return what is to be done.

    :param links: links into the application's environment.
    :param newer: whether there are newer releases; None where that is not known.
    :param can_uninject: whether pipx can remove an injected package; otherwise the environment is rebuilt.
    """
    if spec.state == "absent":
        return Plan((Step("remove"),) if application is not None or links else ())
    if application is None:
        return Plan(_plan_installation(spec))
    if application.interrupted:
        return Plan((Step("restore"),), "an earlier run was interrupted")
    source = _rebuild_source(spec, application)
    if source:
        repaired = "; ".join(application.problems)
        return Plan(_plan_rebuild(spec, application, source), repaired)
    source = _upgrade_source(spec, application, newer)
    if source:
        steps = _plan_rebuild(spec, application, source)
        return Plan(steps, unpredictable=newer is None)
    if not can_uninject and _surplus(spec, application):
        source = _same_release(spec, application)
    if source:
        return Plan(_plan_rebuild(spec, application, source))
    return _plan_in_place(spec, application, newer)


def _plan_in_place(
    spec: PipxAppSpec, application: Application, newer: Optional[bool]
) -> Plan:
    """Plan for an environment that can stay."""
    repaired = "its commands had no link" if application.missing_links else ""
    steps = tuple(_plan_changes(spec, application, newer))
    return Plan(
        steps, repaired, unpredictable=newer is None and steps == (Step("upgrade"),)
    )


def _plan_installation(spec: PipxAppSpec) -> Tuple[Step, ...]:
    install = Step("install", (write_requirement(spec.requirement),))
    pin = [Step("pin")] if spec.pin else []
    return (install, *_plan_injection(spec.inject or (), (), spec.inject_apps), *pin)


def _plan_rebuild(
    spec: PipxAppSpec, application: Application, source: str
) -> Tuple[Step, ...]:
    """Return the steps of a rebuild; what the spec leaves open is kept."""
    inject: Sequence[Requirement] = spec.inject or ()
    if spec.inject is None:
        inject = [
            recorded_requirement(each.spec, each.name) for each in application.injected
        ]
    inject_apps = spec.inject_apps
    if inject_apps is None:
        inject_apps = any(each.include_apps for each in application.injected)
    pinned = application.pinned if spec.pin is None else spec.pin
    pin = [Step("pin")] if pinned else []
    return (Step("rebuild", (source,)), *_plan_injection(inject, (), inject_apps), *pin)


def _plan_changes(
    spec: PipxAppSpec, application: Application, newer: Optional[bool]
) -> List[Step]:
    """Return the steps that change an environment that can stay."""
    steps = [Step("unpin")] if application.pinned and spec.pin is False else []
    if _upgrades(spec, application, newer):
        steps.append(Step("upgrade"))
    if spec.inject is not None:
        surplus = _surplus(spec, application)
        steps += [Step("uninject", surplus)] if surplus else []
        steps += _plan_injection(spec.inject, application.injected, spec.inject_apps)
    if application.missing_links:
        steps.append(Step("link", application.missing_links))
    if spec.pin and not application.pinned:
        steps.append(Step("pin"))
    return steps


def _upgrades(
    spec: PipxAppSpec, application: Application, newer: Optional[bool]
) -> bool:
    stays_pinned = application.pinned and spec.pin is not False
    return spec.state == "latest" and newer is not False and not stays_pinned


def _upgrade_source(
    spec: PipxAppSpec, application: Application, newer: Optional[bool]
) -> str:
    """Return what an upgrade rebuilds from; '' where there is no upgrade, or `pipx upgrade` does it.

    That would leave the requested versions, and end an editable installation that pipx has not recorded.
    """
    if not _upgrades(spec, application, newer):
        return ""
    if spec.requirement.specifier:
        return write_requirement(spec.requirement)
    return _same_release(spec, application) if application.editable else ""


def _rebuild_source(spec: PipxAppSpec, application: Application) -> str:
    """Return what the environment is rebuilt from; '' where it can stay."""
    requirement = spec.requirement
    if not fits(requirement, application.spec, application.version):
        return write_requirement(requirement)
    if application.problems or _has_other_python(spec, application):
        if (
            requirement.specifier
            or requirement.url
            or spec.state == "latest"
            or not application.spec
        ):
            return write_requirement(requirement)
        return write_requirement(
            recorded_requirement(application.spec, application.name or requirement.name)
        )
    needs_rebuild = spec.reinstall or _has_other_options(spec, application)
    return _same_release(spec, application) if needs_rebuild else ""


def _has_other_python(spec: PipxAppSpec, application: Application) -> bool:
    if spec.python:
        return spec.python != application.python
    if not spec.python_version:
        return False
    version, variant = split_variant(spec.python_version)
    current = application.python_version
    if current == minor(current) and minor(version):
        version = minor(
            version
        )  # the full version of the interpreter could not be read
    return variant != application.python_variant or not satisfies(current, version)


def _has_other_options(spec: PipxAppSpec, application: Application) -> bool:
    pairs = (
        (spec.system_site_packages, application.system_site_packages),
        (spec.include_dependencies, application.include_dependencies),
        (spec.editable, application.editable),
    )
    return any(
        requested is not None and requested != current for requested, current in pairs
    )


def _same_release(spec: PipxAppSpec, application: Application) -> str:
    """Return the installed release, from where it was installed."""
    recorded = recorded_requirement(
        application.spec, application.name or spec.requirement.name
    )
    return write_requirement(recorded, "" if recorded.url else application.version)


def _surplus(spec: PipxAppSpec, application: Application) -> Tuple[str, ...]:
    """Return the injected packages that are no longer requested."""
    if spec.inject is None:
        return ()
    requested = [_find_injected(each, application.injected) for each in spec.inject]
    return tuple(each.name for each in application.injected if each not in requested)


def _find_injected(
    requirement: Requirement, injected: Sequence[PipxInjectedReading]
) -> Optional[PipxInjectedReading]:
    """Return the injected package that a requirement stands for: by name, else by what it was installed from."""
    for each in injected:
        if requirement.name and canonicalize_name(each.name) == requirement.name:
            return each
        if not requirement.name and each.spec == requirement.text:
            return each
    return None


def _plan_injection(
    requested: Sequence[Requirement],
    injected: Sequence[PipxInjectedReading],
    inject_apps: Optional[bool],
) -> List[Step]:
    fresh: List[str] = []
    again: List[str] = []
    for requirement in requested:
        current = _find_injected(requirement, injected)
        if current is None:
            fresh.append(write_requirement(requirement))
        elif not fits(
            requirement, current.spec, current.version
        ) or _has_other_commands(current, inject_apps):
            again.append(write_requirement(requirement))
    options = ("--include-apps",) if inject_apps else ()
    steps = [Step("inject", (*options, *fresh))] if fresh else []
    if again:
        steps.append(Step("inject", ("--force", *options, *again)))
    return steps


def _has_other_commands(
    current: PipxInjectedReading, inject_apps: Optional[bool]
) -> bool:
    """Return whether the commands of an injected package are exposed against the request; a library has none."""
    return (
        inject_apps is not None
        and current.has_apps
        and current.include_apps != inject_apps
    )


def describe(application: Optional[Application]) -> str:
    """Return the lines of a diff: name and version, and below them what is injected."""
    if application is None:
        return ""
    name = application.name + application.suffix
    injected = [(each.name, each.version) for each in application.injected]
    return _write_lines(
        name, application.version or "(broken)", application.pinned, injected
    )


def _write_lines(
    name: str, version: str, pinned: bool, injected: Sequence[Tuple[str, str]]
) -> str:
    first = "%s %s%s\n" % (name, version, " (pinned)" if pinned else "")
    return first + "".join("  %s %s\n" % row for row in injected)


def predict_changes(
    spec: PipxAppSpec, application: Optional[Application], changes: Plan
) -> str:
    """Return the lines that `describe` would return after the plan; what only an index knows is named so."""
    kinds = {step.kind for step in changes.steps}
    if not kinds or kinds == {"link"}:
        return describe(application)
    if "remove" in kinds:
        return ""
    name, pinned = spec.requirement.name, False
    if application is not None:
        name = application.name
        pinned = application.pinned and "unpin" not in kinds
    version = _predict_version(application, changes)
    injected = sorted(_predict_injected(application, changes).items())
    label = (name or spec.requirement.text) + spec.suffix
    return _write_lines(label, version, pinned or "pin" in kinds, injected)


def _predict_version(application: Optional[Application], changes: Plan) -> str:
    """Return the version that will be installed: the one that is requested, else the newest, else the present one."""
    for step in changes.steps:
        if step.kind in ("install", "rebuild"):
            return exact_version(step.words[0]) or _NEWEST
        if step.kind == "upgrade":
            return _NEWEST
    return "" if application is None else application.version


def _predict_injected(
    application: Optional[Application], changes: Plan
) -> Dict[str, str]:
    """Return name and version of what will be injected."""
    versions = (
        {}
        if application is None
        else {each.name: each.version for each in application.injected}
    )
    for step in changes.steps:
        if step.kind == "uninject":
            for word in step.words:
                versions.pop(word, None)
        if step.kind == "inject":
            for word in step.words:
                if not word.startswith("--"):
                    requirement = recorded_requirement(word, word)
                    versions[requirement.name or requirement.text] = (
                        exact_version(requirement.text) or _NEWEST
                    )
    return versions
