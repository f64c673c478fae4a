# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes the Pythons of an install directory: spec, state and what uv can download in, plan out."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .._host.record import NamedTuple
from .._scan import pep440 as versions
from .spec import PythonRequest, UvPythonSpec
from .state import InstalledPython, PythonName, UvState, executable_of


class PythonPlan(NamedTuple):
    """What is done for one request, and which Python serves it afterwards."""

    request: PythonRequest
    action: str = ""  # installed, upgraded, repaired, linked or removed; '' nothing
    name: Optional[PythonName] = None  # None where there is none afterwards
    previous: str = ""  # version


class UvPlan(NamedTuple):
    """The steps of a converge, and the state that they lead to."""

    pythons: Tuple[PythonPlan, ...]
    after: UvState
    install: Tuple[PythonName, ...] = ()
    repair: Tuple[PythonName, ...] = ()  # their executables are gone
    remove: Tuple[PythonName, ...] = ()
    unavailable: Tuple[PythonRequest, ...] = ()  # uv knows no download

    @property
    def changed(self) -> bool:
        """Return whether there is anything to do."""
        return any(python.action for python in self.pythons)

    @property
    def needs_uv(self) -> bool:
        """Return whether uv has to be run; a link needs none."""
        return bool(self.install or self.repair or self.remove)


def needs_downloads(spec: UvPythonSpec, state: UvState) -> bool:
    """Return whether a plan depends on what uv can download."""
    if spec.state == "absent":
        return False
    return spec.state == "latest" or any(
        not find_installed(state, request) for request in spec.requests
    )


def find_installed(state: UvState, request: PythonRequest) -> List[InstalledPython]:
    """Return the Pythons that a request means, the oldest first."""
    found = [
        python
        for python in state.pythons
        if (python.name.minor, python.name.variant) == (request.minor, request.variant)
        and request.version in ("", python.name.version)
    ]
    return sorted(found, key=lambda python: _order(python.name))


def plan_pythons(
    spec: UvPythonSpec, state: UvState, downloads: Sequence[PythonName] = ()
) -> UvPlan:
    """Plan each request; ``downloads`` are the names of what uv can download for this host."""
    if spec.state == "absent":
        return _plan_removal(spec, state)
    rows = [_plan_one(spec, state, request, downloads) for request in spec.requests]
    unavailable = [row.request for row in rows if row.name is None]
    by_action: Dict[str, List[PythonName]] = {}
    for row in rows:
        if row.name is not None:
            by_action.setdefault(row.action, []).append(row.name)
    install = _unique([*by_action.get("installed", ()), *by_action.get("upgraded", ())])
    repair = _unique(by_action.get("repaired", ()))
    pythons = {python.name: python for python in state.pythons}
    for name in (*install, *repair):
        pythons[name] = InstalledPython(name, True)
    after = _with_links(state._replace(pythons=tuple(sorted(pythons.values()))), spec)
    return UvPlan(
        pythons=tuple(_mark_linked(row, state, after) for row in rows),
        after=after,
        install=install,
        repair=repair,
        unavailable=tuple(unavailable),
    )


def _plan_one(
    spec: UvPythonSpec,
    state: UvState,
    request: PythonRequest,
    downloads: Sequence[PythonName],
) -> PythonPlan:
    installed = find_installed(state, request)
    newest = installed[-1] if installed else None
    offered = _newest_download(request, downloads)
    if newest is None:
        return PythonPlan(request, "installed" if offered else "", offered)
    previous = newest.name.version
    if spec.state == "latest" and offered and _is_newer(offered, newest.name):
        return PythonPlan(request, "upgraded", offered, previous)
    action = "" if newest.is_whole else "repaired"
    return PythonPlan(request, action, newest.name, previous)


def _newest_download(
    request: PythonRequest, downloads: Sequence[PythonName]
) -> Optional[PythonName]:
    """Return the newest download for a request; a pre-release only where there is nothing else."""
    offered = [
        name
        for name in downloads
        if (name.minor, name.variant) == (request.minor, request.variant)
        and request.version in ("", name.version)
    ]
    final = [name for name in offered if name.version.replace(".", "").isdigit()]
    return max(final or offered, key=_order, default=None)


def _plan_removal(spec: UvPythonSpec, state: UvState) -> UvPlan:
    rows: List[PythonPlan] = []
    gone: Dict[PythonName, None] = {}
    for request in spec.requests:
        found = [python.name for python in find_installed(state, request)]
        gone.update(dict.fromkeys(found))
        previous = found[-1].version if found else ""
        rows.append(PythonPlan(request, "removed" if found else "", previous=previous))
    kept = tuple(python for python in state.pythons if python.name not in gone)
    after = _with_links(state._replace(pythons=kept), spec)
    return UvPlan(tuple(rows), after, remove=tuple(gone))


def _with_links(state: UvState, spec: UvPythonSpec) -> UvState:
    """Return a state in which the links of the requested minor versions lead to the newest patch releases."""
    links = dict(state.links)
    requested = {(request.minor, request.variant) for request in spec.requests}
    for link in [link for link in links if (link.minor, link.variant) in requested]:
        del links[link]
    newest = sorted(state.pythons, key=lambda python: _order(python.name))
    for python in newest:
        if (python.name.minor, python.name.variant) in requested:
            links[python.name.link()] = python.name.format()
    return state._replace(links=tuple(sorted(links.items())))


def _mark_linked(row: PythonPlan, before: UvState, after: UvState) -> PythonPlan:
    """Return a plan in which a link that leads elsewhere than it should is a change."""
    if row.action or row.name is None or row.request.version:
        return row
    link = row.name.link()
    is_linked = dict(before.links).get(link) == dict(after.links).get(link)
    return row if is_linked else row._replace(action="linked")


def links_to_update(state: UvState, after: UvState) -> Iterator[Tuple[PythonName, str]]:
    """Yield the links that differ from those of a plan, with what they should lead to."""
    present = dict(state.links)
    for link, target in after.links:
        if present.get(link) != target:
            yield link, target


def python_path(state: UvState, row: PythonPlan) -> str:
    """Return the interpreter for a request: for a minor version by the link, which outlives patch releases."""
    if row.name is None:
        return ""
    name = row.name if row.request.version else row.name.link()
    return executable_of(state.directory, name)


def describe(state: UvState) -> str:
    """Return a state as lines: each Python, and where each link leads."""
    names = [
        python.name.format() + ("" if python.is_whole else " (broken)")
        for python in state.pythons
    ]
    links = ["%s -> %s" % (link.format(), target) for link, target in state.links]
    return "".join("%s\n" % line for line in sorted([*names, *links]))


def _is_newer(one: PythonName, other: PythonName) -> bool:
    return versions.compare(one.version, other.version) == 1


def _order(name: PythonName) -> Tuple[Any, ...]:
    return (versions.parse(name.version) or (), name.platform)


def _unique(names: Sequence[PythonName]) -> Tuple[PythonName, ...]:
    return tuple(dict.fromkeys(names))
