# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules: each looks at one case, and says what it found, with the cure, or what it could not tell."""

from __future__ import annotations

import os
from typing import Iterable, Iterator, NamedTuple, Union

from ..data.python_eol import RELEASES, end_of_life, vendor_support
from ..judge.venv_support import families
from ..model import (
    Classified,
    Finding,
    Installation,
    Judged,
    JudgedInstallation,
    Neutraliser,
    Owner,
    Package,
    Readings,
    System,
    Trust,
    Undecided,
)
from ..project_name import canonicalize_name
from .table import BY_KEY, INSTALL, REINSTALL

Said = Iterator[Union[Finding, Undecided]]

_FILE = "the EXTERNALLY-MANAGED file"
#: (rule, message) by state of the file.
_STATES = {
    "missing": ("marker-removed", _FILE + " is gone, and pip may write among the packages of %s"),
    "excluded": ("marker-removed", "the package manager is told to leave out " + _FILE + " of %s"),
    "modified": ("marker-altered", _FILE + " of %s is not the one that was shipped"),
    "diverted": ("marker-diverted", _FILE + " of %s is diverted"),
}
_FIRST = 40  # what one finding names


class Case(NamedTuple):
    """One host, read, classified and judged, on one day."""

    readings: Readings
    classified: Classified
    judged: Judged
    today: str  # ISO date, UTC


def finding(rule: str, subject: str, message: str, cure: str = "", evidence: Iterable[str] = ()) -> Finding:
    """Give the finding of a rule on a subject; the severity, and where none is given the cure, are the table's."""
    row, known = BY_KEY[rule], tuple(dict.fromkeys(filter(None, evidence)))
    cure = cure or row.cure.format(subject=subject, directory=os.path.dirname(subject))
    return Finding("%s:%s" % (rule, subject), rule, row.severity, subject, message, known, cure)


def reinstall(case: Case, owner: Owner | None, installation: Installation) -> str:
    """Give how what a package shipped is put back; '' where no command is known."""
    reading, manager = installation.reading, owner.manager if owner else installation.provider
    if manager == "rpm" and "suse" in families(case.readings.system):
        manager = "rpm:suse"
    if manager not in REINSTALL or not (owner or manager in ("uv", "homebrew")):
        return ""
    package, immutable = owner.package if owner else "python@" + reading.language, case.classified.context.immutable
    if immutable and manager.startswith("rpm"):
        return "The file system is read-only (%s): deploy an image whose %s is whole." % (immutable, package)
    return REINSTALL[manager].format(package=package, prefix=reading.prefix, language=reading.language)


def install(package: str, system: System) -> str:
    """Give how a package is installed; '' where no command is known."""
    command = next((INSTALL[name] for name in families(system) if name in INSTALL), "")
    return "%s %s" % (command, package) if command and package else ""


def end_of_life_past(case: Case) -> Said:
    """Past its end of life by the table, and no vendor supports it any longer."""
    today, system = case.today, case.readings.system
    supported = [each.language for each in RELEASES if each.first and each.first <= today < each.end]
    newer = "Python %s to %s" % (supported[0], supported[-1]) if supported else "a supported Python"
    for row in case.classified.installations:
        reading, manager = row.reading, row.package.manager if row.package else ""
        vendors = row.system or (reading.prefix == "/usr" and manager in ("apk", "dpkg", "pacman", "rpm"))
        ended = end_of_life(reading.implementation, reading.language)
        vendor = vendor_support(system, reading.language) if vendors else None
        if ended and today > max(ended, vendor.until if vendor else ""):
            evidence = ["end of life of %s: %s" % (reading.language, ended)]
            evidence += ["support by %s ended %s" % (system.name, vendor.until)] if vendor else []
            cure = "Upgrade %s to a release that has %s." % (system.name or "the operating system", newer)
            if not vendors:
                tools = {"pyenv": "`pyenv uninstall %s`" % os.path.basename(reading.prefix)}
                tools["uv"] = "`uv python uninstall %s`" % row.version
                cure = "Install %s, make the environments on %s anew, then %s."
                cure %= (newer, reading.prefix, tools.get(row.provider, "remove it"))
            message = "Python %s has had no security fixes since %s" % (reading.language, ended)
            yield finding("python-end-of-life", reading.path, message, cure, evidence)


def unknown_and_venv(case: Case) -> Said:
    """No provider's row fits; ``python3 -m venv`` fails where the distribution has the missing part."""
    for judged in case.judged.installations:
        row, venv, reading = judged.installation, judged.venv, judged.installation.reading
        if row.provider == "unknown":
            message = "nobody known has put this Python %s here" % (row.version or reading.language)
            yield finding("unknown-python", reading.path, message, "", (row.provider_because, row.package_unknown))
        rule = "venv-support-missing"
        if venv.usable or reading.language.startswith("2.") or not (row.system or venv.missing_package):
            continue
        if venv.usable is None:
            yield Undecided(rule, reading.path, venv.because)
        else:
            message = "`%s -m venv` fails: %s" % (reading.path, venv.because)
            yield finding(rule, reading.path, message, install(venv.missing_package, case.readings.system))


def shadowed_system(case: Case) -> Said:
    """On a search path ``python3`` (or ``python``, where the system has one) is not the operating system's own."""
    system = {row.reading.path: row.reading for row in case.classified.installations if row.system}
    own = {os.path.basename(name.path): name.path for reading in system.values() for name in reading.names}
    won: dict[tuple[str, str], dict[str, str]] = {}
    for row in case.readings.commands:
        foreign = os.path.dirname(row.path) not in ("/usr/bin", "/bin", "/usr/sbin", "/sbin")
        if foreign and row.name in own and row.target not in system:
            won.setdefault((row.name, row.path), {})["%s PATH" % row.search_path] = row.target or "a script"
    for (name, path), targets in won.items():
        message = "`%s` is %s on the %s, and not the system's own %s"
        message %= (name, path, " and the ".join(sorted(targets)), own[name])
        evidence = ["%s: it starts %s" % item for item in targets.items()]
        yield finding("python-shadows-system", path, message, "", evidence)


def writable(case: Case) -> Said:
    """Another than root can alter the system's Python, or one on a search path of root's."""
    rule, readings, run = "interpreter-writable", case.readings, {"": ""}
    users = {user.uid: user.name for user in readings.users}
    roots = ("sudo", "login", "process" if readings.caller and readings.caller.uid == 0 else "")
    for row in readings.commands:
        if row.search_path in roots:
            run.setdefault(row.target, "%s on the %s PATH is %s" % (row.name, row.search_path, row.path))
    pythons = [
        (row.reading.path, row.reading.owner_uid, row.reading.trust, row.system)
        for row in case.classified.installations
    ]
    pythons += [(row.path, row.owner_uid, Trust(True), False) for row in readings.environments]
    for path, uid, trust, system in pythons:
        how = run.get(path, "")
        if not (system or how):
            continue
        if trust.trusted is None:
            yield Undecided(rule, path, "; ".join(trust.because) or "who may write to it is not known")
        elif not trust.trusted or uid:
            clauses = trust.because or ("%s belongs to %s" % (path, users.get(uid, "user %d" % uid)),)
            yield finding(rule, path, "root would run what others can alter: " + clauses[0], "", (*clauses, how))


def markers(case: Case) -> Said:
    """The file is not there, or not as it was shipped."""
    for judged in case.judged.installations:
        managed, row = judged.managed, judged.installation
        if managed.state == "unknown" and row.provider != "unknown":
            yield Undecided("marker-removed", managed.marker, managed.because)
        if managed.state in _STATES:
            (rule, message), owner = _STATES[managed.state], row.marker_owner
            shipped = owner and "shipped by %s %s (%s)" % (owner.package, owner.version, owner.manager)
            evidence = (managed.because, shipped or row.expectation_because)
            yield finding(rule, managed.marker, message % row.reading.path, _put_back(case, judged), evidence)


def _put_back(case: Case, judged: JudgedInstallation) -> str:
    ownership, row, path = case.readings.ownership, judged.installation, judged.managed.marker
    if judged.managed.state == "diverted":
        by = next((row.by for row in ownership.diversions if row.path == path), "")
        return "dpkg-divert %s--rename --remove %s" % ("--package %s " % by if by else "", path)
    cure = reinstall(case, row.marker_owner or row.package, row)
    if judged.managed.state != "excluded":
        return cure
    sources = ", ".join(sorted({row.source for row in ownership.exclusions if row.excluded}))
    return "Take what names the file out of %s. Then: %s" % (sources, cure or "reinstall its package")


def neutralised(case: Case) -> Said:
    """A setting or an old pip takes the file's effect away, or will once it is back; by source."""
    sources: dict[str, list[tuple[str, Neutraliser]]] = {}
    for judged in case.judged.installations:
        managed, path = judged.managed, judged.installation.reading.path
        there = managed.state in ("intact", "modified", "unexpected")
        for row in managed.neutralisers if there or managed.state in _STATES else ():
            subject = row.source if row.source.startswith("/") else "%s: %s" % (row.source, _variable(row))
            sources.setdefault(subject, []).append((path, row))
        for tool, effective in (("pip", managed.pip), ("uv", managed.uv)):
            if there and effective.stopped is None:
                yield Undecided("marker-neutralised", managed.marker, "%s: %s" % (tool, effective.because))
    for subject, rows in sources.items():
        yield _neutralised(case, subject, rows)


def _neutralised(case: Case, subject: str, rows: list[tuple[str, Neutraliser]]) -> Finding:
    row = rows[0][1]
    tools = " and ".join(sorted({each.tool for _path, each in rows}))
    what = "leads %s past" if row.silent else "lets %s write in spite of"
    message = "%s %s %s%s" % (row.what, what % tools, _FILE, " for " + row.user if row.user else "")
    evidence = ["%s: %s" % (each.source, each.what) for _path, each in rows] + ["opens " + path for path, _row in rows]
    return finding("marker-neutralised", subject, message, _undo(case, row), evidence)


def _undo(case: Case, row: Neutraliser) -> str:
    source, settings = row.source, case.readings.settings
    if source.endswith((".dist-info", ".egg-info")):
        return "Remove the old pip that lies in %s; the distribution's own pip heeds the file." % source
    if source in {file.path for file in settings.pip_files} | {file.path for file in settings.uv_files}:
        section, _bracket, setting = row.what.partition("] ")
        return "Edit %s: remove `%s`%s." % (source, setting or row.what, " below %s]" % section if setting else "")
    if source.startswith("/"):
        return "Edit %s: remove what sets %s." % (source, _variable(row))
    return "Unset %s where the process gets it: its unit, its container image or its CI job." % _variable(row)


def _variable(row: Neutraliser) -> str:
    return row.what.partition("=")[0].strip()


def packages(case: Case) -> Said:
    """Distributions of no package where the distribution's lie, and over the files of a package."""
    rule = "pip-in-system-packages"
    found: dict[str, dict[str, Package]] = {}  # by directory, as several Pythons share some
    for python, roles in _looked_after(case):
        for row in python.packages:
            directory, over = os.path.dirname(row.location), row.overwrites
            if roles.get(directory) in ("distribution", "site"):
                found.setdefault(directory, {})[row.location] = row
            if over:
                message = "%s %s lies over the files of the package %s" % (row.name, row.version, over)
                cure = reinstall(case, python.package and python.package._replace(package=over), python)
                cure = "Remove %s. Then: %s" % (row.location, cure or "reinstall " + over)
                yield finding("system-package-overwritten", row.location, message, cure)
    for directory, rows in found.items():
        strange = [row for row in rows.values() if row.origin in ("pip", "uv", "editable") and not row.owner]
        if strange:
            message = "%d that no package owns: %s" % (len(strange), _names(strange))
            evidence = sorted("%s %s (%s)" % (row.name, row.version, row.origin) for row in strange)
            yield finding(rule, directory, message, "", evidence[:_FIRST])
        doubtful = _names([row for row in rows.values() if row.origin == "unknown"])
        for manager, why in case.readings.ownership.unknown[:1] if doubtful else ():
            yield Undecided(rule, directory, "whose %s are is not known: %s: %s" % (doubtful, manager, why))


def shadows(case: Case) -> Said:
    """A project of /usr/local or of the user site comes before the distribution's own."""
    for python, roles in _looked_after(case):
        by_role: dict[str, list[Package]] = {}
        for row in python.packages:
            by_role.setdefault(roles.get(os.path.dirname(row.location), ""), []).append(row)
        before = [row for role in ("user", "local") for row in by_role.get(role, ()) if not row.owner]
        behind = [row for role in ("distribution", "site") for row in by_role.get(role, ()) if row.owner and before]
        owned = {canonicalize_name(row.name): row for row in reversed(behind)}
        found: dict[str, list[Package]] = {}
        for row in before:
            if canonicalize_name(row.name) in owned:
                found.setdefault(os.path.dirname(row.location), []).append(row)
        for directory, rows in found.items():
            pairs = [(row, owned[canonicalize_name(row.name)]) for row in rows[:_FIRST]]
            evidence = ["%s %s comes before %s (%s)" % (a.name, a.version, b.version, b.owner) for a, b in pairs]
            message = "imported before the operating system's own: " + _names(rows)
            yield finding("shadows-system-package", directory, message, "", evidence)


def _looked_after(case: Case) -> Iterator[tuple[Installation, dict[str, str]]]:
    """Give the Pythons whose packages a package manager looks after; in conda and nix pip is meant to write."""
    for row in case.classified.installations:
        if row.system or (row.package and row.package.manager not in ("conda", "nix")):
            yield row, {directory.path: directory.role for directory in row.reading.site_directories}


def _names(rows: list[Package]) -> str:
    names = sorted({row.name for row in rows}, key=str.lower)
    return ", ".join(names[:5]) + (", and %d more" % (len(names) - 5) if len(names) > 5 else "")


def environments(case: Case) -> Said:
    """Each environment that is not sound falls under one rule."""
    for judged in case.judged.environments:
        row, problems = judged.environment, judged.problems
        worst = [problem for problem in problems if problem.severity == "high"]
        codes = {problem.code for problem in worst}
        half = codes - {"pip-missing"} == {"half-made"}
        rule = "environment-stale" if "python-moved" in codes else "environment-" + ("incomplete" if half else "broken")
        rule = "pipx-application-broken" if row.kind == "pipx" else rule
        said = " ".join(problem.message for problem in (problems if judged.health == "unknown" else worst))
        if judged.health == "unknown":
            yield Undecided(rule, row.reading.path, said or "its health is not known")
        elif judged.health == "broken":
            evidence = ["%s: %s" % (problem.code, problem.message) for problem in problems]
            yield finding(rule, row.reading.path, said or "it is broken", worst[0].hint if worst else "", evidence)


def pipx_paths(case: Case) -> Said:
    """pipx's commands are on no search path; of another user's own shell files nothing is claimed."""
    readings = case.readings
    caller = readings.caller.name if readings.caller else ""
    places: dict[tuple[str, str], list[str]] = {}
    for row in readings.environments:
        if row.pipx and row.pipx.commands:
            places.setdefault(_command_directory(case, row.pipx.home or row.path), []).append(row.pipx.application)
    for (directory, user), applications in places.items():
        paths = [row for row in readings.search_paths if row.name == "login" or (user and row.name == "process")]
        unseen = paths and not any(directory in row.directories for row in paths)
        if directory and user in ("", caller) and unseen:
            message = "on no search path: the commands of " + ", ".join(sorted(applications))
            evidence = ["%s PATH (%s): %s" % (row.name, row.source, ":".join(row.directories)) for row in paths]
            cure = "As %s: `pipx ensurepath`" % user if user else ""
            yield finding("pipx-not-on-path", directory, message, cure, evidence)


def _command_directory(case: Case, home: str) -> tuple[str, str]:
    """Give where pipx links commands by default, and whose that is ('' everybody's): pipx's paths.py."""
    for user in case.readings.users:
        if user.home != "/" and home.startswith(user.home + "/"):
            return user.home + "/.local/bin", user.name
    return ("/usr/local/bin" if home.rstrip("/") == "/opt/pipx" else "", "")


#: What judges each rule; waiver-expired is judged over the findings of these.
FUNCTIONS = {
    rule: function
    for function, rules in (
        (end_of_life_past, "python-end-of-life"),
        (environments, "environment-broken environment-incomplete environment-stale pipx-application-broken"),
        (markers, "marker-altered marker-diverted marker-removed"),
        (neutralised, "marker-neutralised"),
        (packages, "pip-in-system-packages system-package-overwritten"),
        (pipx_paths, "pipx-not-on-path"),
        (shadowed_system, "python-shadows-system"),
        (shadows, "shadows-system-package"),
        (unknown_and_venv, "unknown-python venv-support-missing"),
        (writable, "interpreter-writable"),
    )
    for rule in rules.split()
}
