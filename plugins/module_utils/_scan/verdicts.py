# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of the stages that only compute: what was classified, judged and held against a policy.

As in model.py, three-valued answers are ``bool | None``: None is unknown, and the reason is beside it.
"""

from __future__ import annotations

from .._host.host import Note
from .._host.record import NamedTuple
from .model import ContextSign, EnvironmentReading, InterpreterReading, Owner, Readings


class Package(NamedTuple):
    """A distribution, and where it came from."""

    name: str
    version: str
    location: str
    installer: str
    origin: str  # distribution, pip, uv, conda, editable, unknown
    owner: str  # the owning package, '' none
    overwrites: str = ""  # the system package whose files it lies over


class Installation(NamedTuple):
    """An interpreter and whose it is."""

    reading: InterpreterReading
    version: str
    version_source: str
    provider: str
    provider_because: str
    system: bool
    package: Owner | None
    package_unknown: str = ""  # why the owner could not be told
    expectation: str = "unknown"  # is a marker expected: shipped, not-shipped, unknown
    expectation_because: str = ""
    marker_owner: Owner | None = None
    packages: tuple[Package, ...] = ()
    marker_text: str = (
        ""  # how the vendor's text begins, where no package database records a digest
    )


class Environment(NamedTuple):
    """An environment, its kind, and what it stands on."""

    reading: EnvironmentReading
    kind: str  # venv, virtualenv, uv, conda, pipx
    version: str
    base: str
    base_provider: str
    packages: tuple[Package, ...] = ()


class Context(NamedTuple):
    """What kind of place the host is."""

    container: str = ""
    wsl: str = ""
    ci: str = ""
    immutable: str = ""
    throwaway: bool = False
    signs: tuple[ContextSign, ...] = ()


class Classified(NamedTuple):
    """All that ``classify`` gives."""

    installations: tuple[Installation, ...] = ()
    environments: tuple[Environment, ...] = ()
    context: Context = Context()


class Effective(NamedTuple):
    """Is one tool in fact stopped from writing into an installation?"""

    stopped: bool | None
    because: str


class Override(NamedTuple):
    """Something that takes the marker's effect away from a tool."""

    tool: str  # pip or uv
    source: str  # file, "environment", or the metadata directory of an old pip
    what: str  # the setting, as it should be shown
    user: str  # for whom; '' everybody
    silent: bool = False  # a bypass by prefix, target or root


class ManagedVerdict(NamedTuple):
    """PEP 668 for one installation."""

    marker: str
    state: str  # intact, modified, missing, diverted, excluded, unexpected, not_expected, unknown
    because: str
    pip: Effective
    uv: Effective
    message: str  # what pip prints, '' where nothing stops it
    overrides: tuple[Override, ...] = ()


class VenvVerdict(NamedTuple):
    """Does ``python -m venv`` work?"""

    usable: bool | None
    ensurepip: bool
    missing_package: str
    because: str = ""
    installed: bool = False  # the package is there, and what it ships is not


class Problem(NamedTuple):
    """Something wrong, for people and for programs."""

    code: str
    message: str
    hint: str
    severity: str = ""


class JudgedInstallation(NamedTuple):
    """An installation with the verdicts on it."""

    installation: Installation
    managed: ManagedVerdict
    venv: VenvVerdict


class JudgedEnvironment(NamedTuple):
    """An environment with the verdict on its health."""

    environment: Environment
    health: str  # sound, broken, unknown
    problems: tuple[Problem, ...]


class Judged(NamedTuple):
    """All that ``judge`` gives."""

    installations: tuple[JudgedInstallation, ...] = ()
    environments: tuple[JudgedEnvironment, ...] = ()


class Scan(NamedTuple):
    """A whole scan, stage by stage, and what it could not see."""

    readings: Readings
    classified: Classified
    judged: Judged
    notes: tuple[Note, ...]
    notes_left_out: int
    duration: float


class Waiver(NamedTuple):
    """A finding that the site accepts, until a day."""

    rule: str
    path: str  # glob
    reason: str
    until: str  # ISO date, UTC, inclusive; '' for ever


class ListedPackage(NamedTuple):
    """A project that the site lists, and in which versions."""

    name: str  # normalised (PEP 503)
    versions: str  # the specifier, '' for every version
    clauses: tuple[tuple[str, str], ...]  # (operator, version)
    reason: str
    severity: str


class Finding(NamedTuple):
    """One thing that an audit holds against the host."""

    id: str
    rule: str
    severity: str
    subject: str
    message: str
    evidence: tuple[str, ...]
    cure: str
    waived: str = ""  # the waiver's reason


class Undecided(NamedTuple):
    """A rule's answer where what was read does not tell; never a pass."""

    rule: str
    subject: str
    reason: str


class Policy(NamedTuple):
    """What an audit is asked to hold against a host."""

    rules: tuple[str, ...]
    threshold: str = "medium"
    waivers: tuple[Waiver, ...] = ()
    listed_packages: tuple[ListedPackage, ...] = ()


class Audit(NamedTuple):
    """The judgement on one host."""

    verdict: str  # pass, fail or incomplete
    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    notes: tuple[
        tuple[Note, bool], ...
    ]  # what could not be read, and whether that keeps the verdict from being a pass
    notes_left_out: int
    counted: tuple[
        Finding, ...
    ]  # those that the verdict rests on: not waived, at or above the threshold
    policy: Policy
    installations: int
    environments: int
