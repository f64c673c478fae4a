# SPDX-License-Identifier: GPL-3.0-or-later
"""What would make an application of pipx as it is wanted: steps, and why."""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Optional, Sequence, Tuple

from .._scan.project_name import canonicalize_name
from .._scan.select import is_understood, satisfies
from .spec import Application, PipxAppSpec, Requirement

_PEP508 = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([A-Za-z0-9._,\s-]*)\])?\s*(?:@\s*(\S+)|\(?([^;()@]*)\)?)\s*"
)
_SUFFIX = re.compile(r"[A-Za-z0-9._@+-]*")


class Step(NamedTuple):
    """One thing to do: install, rebuild, inject, uninject, upgrade, pin, unpin, link or remove."""

    kind: str
    words: Tuple[str, ...] = ()


class Plan(NamedTuple):
    """Steps in their order, and what they repair."""

    steps: Tuple[Step, ...] = ()
    repaired: str = ""


class Problem(NamedTuple):
    """Why an option is refused, and what to write instead."""

    option: str
    message: str
    hint: str


def parse_requirement(text: str) -> Optional[Requirement]:
    """Read a project name, a specification, a URL or an absolute path; None where it is none of these."""
    text = text.strip()
    if not text or text.startswith("-") or "\n" in text or "\0" in text:
        return None
    if text.startswith("/") or re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return Requirement(text, url=text)
    match = _PEP508.fullmatch(text)
    if match is None:
        return None
    name, extras, url, specifier = match.groups()
    specifier = (specifier or "").replace(" ", "")
    if specifier and not (specifier[0] in "=<>!~" and is_understood(specifier)):
        return None
    names = tuple(sorted({canonicalize_name(each.strip()) for each in (extras or "").split(",") if each.strip()}))
    return Requirement(text, canonicalize_name(name), names, specifier, url or "")


def write_requirement(wanted: Requirement, version: str = "") -> str:
    """Give a requirement as pipx takes it; with ``version``, of exactly that one."""
    if not wanted.name or (wanted.url and not version):
        return wanted.text
    extras = "[%s]" % ",".join(wanted.extras) if wanted.extras else ""
    return wanted.name + extras + ("==" + version if version else wanted.specifier)


def refuse(wish: PipxAppSpec) -> Iterator[Problem]:
    """Find what contradicts itself in the options of one application."""
    wanted, latest = wish.requirement, wish.state == "latest"
    if latest and wanted.specifier:
        yield Problem("state", "state=latest and a version contradict each other", "Leave one of them out.")
    if latest and wish.pin:
        yield Problem("pin", "state=latest and pin contradict each other", "Take state=present to keep the version.")
    if wish.state == "absent" and (wish.inject or wish.pin):
        yield Problem("state", "state=absent contradicts inject and pin", "Leave them out.")
    if not _SUFFIX.fullmatch(wish.suffix):
        yield Problem("suffix", "suffix is no part of a file name: %r" % wish.suffix, "Take letters, digits, - or _.")
    names = [each.name or each.text for each in wish.inject or ()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("inject", "inject names %s twice" % name, "Name each package once.")
    if wanted.name and wanted.name in names:
        yield Problem("inject", "%s is injected into itself" % wanted.name, "Leave it out of inject.")


def _fits(wanted: Requirement, spec: str, version: str) -> bool:
    """Tell whether what is installed, and from where, is what is wanted."""
    recorded = parse_requirement(spec) or Requirement(spec)
    if wanted.url and wanted.url.rstrip("/") != recorded.url.rstrip("/"):
        return False
    if wanted.extras and not set(wanted.extras) <= set(recorded.extras):
        return False
    plain = version if "+" in wanted.specifier else version.partition("+")[0]
    return not wanted.specifier or satisfies(plain, wanted.specifier)


def plan(
    wish: PipxAppSpec,
    found: Optional[Application],
    links: Sequence[str] = (),
    newer: Optional[bool] = None,
    uninjects: bool = True,
) -> Plan:
    """Give what is to be done.

    ``links`` lead into its directory; ``newer`` tells whether there are newer releases, None where that is not known;
    without ``uninjects`` pipx cannot take a package out, and the environment is made anew.
    """
    if wish.state == "absent":
        return Plan((Step("remove"),) if found is not None or links else ())
    if found is None:
        steps = [Step("install", (write_requirement(wish.requirement),)), *_inject(wish.inject or (), wish, None)]
        return Plan((*steps, *([Step("pin")] if wish.pin else [])))
    if found.interrupted:
        return Plan((Step("heal"),), "an earlier run was broken off")
    repaired = "; ".join(found.problems)
    spec = _rebuild_with(wish, found) or ("" if uninjects or not _gone(wish, found) else _same(wish, found))
    if spec:
        kept = [_kept(each.spec, each.name) for each in found.injected] if wish.inject is None else list(wish.inject)
        apps = wish._replace(inject_apps=any(each.apps for each in found.injected) if wish.inject_apps is None
                             else wish.inject_apps)  # fmt: skip
        pin = [Step("pin")] if (found.pinned if wish.pin is None else wish.pin) else []
        return Plan((Step("rebuild", (spec,)), *_inject(kept, apps, None), *pin), repaired)
    steps = [Step("unpin")] if found.pinned and wish.pin is False else []
    pinned = found.pinned and not steps
    if wish.state == "latest" and newer is not False and not pinned:
        steps.append(Step("upgrade"))
    if wish.inject is not None:
        gone = _gone(wish, found)
        steps += [Step("uninject", gone)] if gone else []
        steps += _inject(wish.inject, wish, found)
    if found.missing_links:
        steps.append(Step("link", found.missing_links))
    if wish.pin and not found.pinned:
        steps.append(Step("pin"))
    return Plan(tuple(steps), "its commands had no link" if found.missing_links else "")


def _rebuild_with(wish: PipxAppSpec, found: Application) -> str:
    """Give what the environment is made anew from; '' where it can stay."""
    wanted = wish.requirement
    recorded = _kept(found.spec, found.name or wanted.name)
    if not _fits(wanted, found.spec, found.version):
        return write_requirement(wanted)
    if found.problems or (wish.python and wish.python != found.python) or (
        wish.language and wish.language != found.language
    ):  # fmt: skip
        chosen = wanted if wanted.specifier or wanted.url or wish.state == "latest" or not found.spec else recorded
        return write_requirement(chosen)
    flags = (
        (wish.system_site_packages, found.system_site_packages),
        (wish.include_dependencies, found.include_dependencies),
    )
    return _same(wish, found) if any(asked is not None and asked != there for asked, there in flags) else ""


def _same(wish: PipxAppSpec, found: Application) -> str:
    """Give the release that is there, from where it was installed."""
    recorded = _kept(found.spec, found.name or wish.requirement.name)
    return write_requirement(recorded, "" if recorded.url else found.version)


def _gone(wish: PipxAppSpec, found: Application) -> Tuple[str, ...]:
    """Give what was injected and is no longer wanted."""
    names = {each.name for each in wish.inject or ()} | {_owner(each, found) for each in wish.inject or ()}
    rows = found.injected if wish.inject is not None else ()
    return tuple(each.name for each in rows if canonicalize_name(each.name) not in names)


def _kept(spec: str, name: str) -> Requirement:
    return parse_requirement(spec) or Requirement(name, canonicalize_name(name))


def _owner(wanted: Requirement, found: Application) -> str:
    """Give the name of the package that was injected from a URL or path."""
    return next(
        (canonicalize_name(each.name) for each in found.injected if wanted.url and each.spec == wanted.text), ""
    )


def _inject(wanted: Sequence[Requirement], wish: PipxAppSpec, found: Optional[Application]) -> list[Step]:
    fresh, again = [], []
    for each in wanted:
        rows = found.injected if found is not None else ()
        there = next(
            (row for row in rows if canonicalize_name(row.name) == (each.name or _owner(each, found or _NONE))), None
        )
        if there is None:
            fresh.append(write_requirement(each))
        elif not _fits(each, there.spec, there.version) or wish.inject_apps not in (None, there.apps):
            again.append(write_requirement(each))
    words = ("--include-apps",) if wish.inject_apps else ()
    steps = [Step("inject", (*words, *fresh))] if fresh else []
    return steps + ([Step("inject", ("--force", *words, *again))] if again else [])


_NONE = Application("", "", "", "")


def describe(found: Optional[Application]) -> str:
    """Give the lines of a diff: name and version, and below them what was injected."""
    if found is None:
        return ""
    lines = ["%s %s" % (found.name + found.suffix, found.version or "(broken)") + (" (pinned)" if found.pinned else "")]
    return "".join(line + "\n" for line in lines + ["  %s %s" % (row.name, row.version) for row in found.injected])


def predict_changes(wish: PipxAppSpec, found: Optional[Application], plan_: Plan) -> str:
    """Give the lines as they would be afterwards; what only the index knows is told so."""
    kinds = {step.kind for step in plan_.steps}
    if not kinds or kinds == {"link"}:
        return describe(found)
    if "remove" in kinds:
        return ""
    before = {} if found is None else {row.name: row.version for row in found.injected}
    name = (found.name if found is not None else wish.requirement.name) or wish.requirement.text
    version = found.version if found is not None else ""
    if kinds & {"install", "rebuild", "upgrade"}:
        spec = next((step.words[0] for step in plan_.steps if step.kind in ("install", "rebuild")), "")
        version = _exact(spec) or "(newest allowed)"
    for step in plan_.steps:
        for word in step.words if step.kind == "uninject" else ():
            before.pop(word, None)
        for each in (_kept(word, word) for word in step.words if step.kind == "inject" and not word.startswith("--")):
            before[each.name or each.text] = _exact(each.text) or "(newest allowed)"
    pinned = "pin" in kinds or (found is not None and found.pinned and "unpin" not in kinds)
    lines = ["%s%s %s%s" % (name, wish.suffix, version, " (pinned)" if pinned else "")]
    return "".join(line + "\n" for line in lines + ["  %s %s" % row for row in sorted(before.items())])


def _exact(spec: str) -> str:
    match = re.search(r"==\s*([^,*\s]+)$", spec)
    return match.group(1) if match else ""
