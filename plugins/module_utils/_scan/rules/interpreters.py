# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about interpreters: how old, whose, who may write to them, and whether they start and make environments."""

from __future__ import annotations

import os
from typing import Iterator

from ..._host.record import NamedTuple
from ..data.python_eol import RELEASES, end_of_life, vendor_support
from ..model import System, Trust
from ..verdicts import Installation, JudgedInstallation
from .package_commands import install_command, reinstall_command
from .rule import Check, Results, Rule, ScannedHost

PYTHON_END_OF_LIFE = Rule(
    key="python-end-of-life",
    severity="medium",
    needs=("installations",),
    cure="Migrate what uses it to a supported version.",
)
UNKNOWN_PYTHON = Rule(
    key="unknown-python",
    severity="low",
    needs=("installations",),
    cure="Find out who uses it. Remove it, or accept it with a waiver that gives the reason.",
)
VENV_SUPPORT_MISSING = Rule(
    key="venv-support-missing",
    severity="low",
    needs=("installations",),
    cure="Install what is missing.",
)
INTERPRETER_WRITABLE = Rule(
    key="interpreter-writable",
    severity="high",
    needs=("installations",),
    cure="Change the owner of the named paths to root and remove the write permission of others, "
    "or remove the directory from root's PATH.",
)

#: Package managers of whole operating systems, which a Python in /usr may belong to without being the system's own.
_DISTRIBUTION_MANAGERS = ("apk", "dpkg", "pacman", "rpm")


def check_end_of_life(scanned: ScannedHost) -> Results:
    """Yield the Pythons past their end of life that no vendor supports any longer."""
    system = scanned.readings.system
    for installation in scanned.classified.installations:
        reading = installation.reading
        ended = end_of_life(reading.implementation, reading.language)
        vendor = (
            vendor_support(system, reading.language)
            if _is_distributed(installation)
            else None
        )
        supported_until = max(ended, vendor.until if vendor else "")
        if not ended or scanned.today <= supported_until:
            continue
        evidence = ["end of life of Python %s: %s" % (reading.language, ended)]
        if vendor:
            evidence.append("support by %s ended on %s" % (system.name, vendor.until))
        yield PYTHON_END_OF_LIFE.finding(
            reading.path,
            "Python %s has had no security fixes since %s" % (reading.language, ended),
            cure=_replace_python(installation, system, scanned.today),
            evidence=evidence,
        )


def _is_distributed(installation: Installation) -> bool:
    """Return whether the distribution's vendor maintains this Python."""
    manager = installation.package.manager if installation.package else ""
    return installation.system or (
        installation.reading.prefix == "/usr" and manager in _DISTRIBUTION_MANAGERS
    )


def _replace_python(installation: Installation, system: System, today: str) -> str:
    """Return how a Python past its end of life is replaced: with the system, or by a newer one beside it."""
    newer = _supported_versions(today)
    if _is_distributed(installation):
        return "Upgrade %s to a release that has %s." % (
            system.name or "the operating system",
            newer,
        )
    prefix = installation.reading.prefix
    means = {
        "conda": " with pyfleet.python.conda_env",
        "pyenv": " with pyfleet.python.pyenv_python",
        "uv": " with pyfleet.python.uv_python",
    }
    remove = {
        "pyenv": "remove it with pyfleet.python.pyenv_python: versions=%s state=absent root=%s"
        % (os.path.basename(prefix), os.path.dirname(os.path.dirname(prefix))),
        "uv": "remove it with pyfleet.python.uv_python: versions=%s state=absent install_dir=%s"
        % (installation.version, os.path.dirname(prefix)),
    }
    return "Install %s%s, rebuild the environments that use %s, then %s." % (
        newer,
        means.get(installation.provider, ""),
        prefix,
        remove.get(installation.provider, "remove it"),
    )


def _supported_versions(today: str) -> str:
    supported = [
        row.language for row in RELEASES if row.first and row.first <= today < row.end
    ]
    return (
        "Python %s to %s" % (supported[0], supported[-1])
        if supported
        else "a supported Python"
    )


def check_provider(scanned: ScannedHost) -> Results:
    """Yield the Pythons that fit no known provider."""
    for installation in scanned.classified.installations:
        reading = installation.reading
        if installation.provider == "unknown":
            yield UNKNOWN_PYTHON.finding(
                reading.path,
                "no known provider installed this Python %s"
                % (installation.version or reading.language),
                evidence=(installation.provider_because, installation.package_unknown),
            )


def check_venv_support(scanned: ScannedHost) -> Results:
    """Yield the Pythons whose ``venv`` fails where the distribution has the missing part."""
    for judged in scanned.judged.installations:
        reading, venv = judged.installation.reading, judged.venv
        expected = judged.installation.system or venv.missing_package
        if venv.usable or reading.language.startswith("2.") or not expected:
            continue
        if venv.usable is None:
            yield VENV_SUPPORT_MISSING.undecided(reading.path, venv.because)
            continue
        yield VENV_SUPPORT_MISSING.finding(
            reading.path,
            "`%s -m venv` fails: %s" % (reading.path, venv.because),
            cure=_restore_venv(scanned, judged),
        )


def _restore_venv(scanned: ScannedHost, judged: JudgedInstallation) -> str:
    """Return the command that installs what ``venv`` lacks, or that puts it back; '' where none is known."""
    package, installation = judged.venv.missing_package, judged.installation
    if judged.venv.installed and installation.package:
        owner = installation.package._replace(package=package)
        return reinstall_command(scanned, owner, installation)
    return install_command(package, scanned.readings.system)


class _RootRuns(NamedTuple):
    """A Python that root may start, and why."""

    path: str
    owner_uid: int
    trust: Trust
    how: str  # by which name on which search path; '' the system's own


def check_writable(scanned: ScannedHost) -> Results:
    """Yield the Pythons that root would run, being the system's or on root's search paths, and others can alter."""
    names = {user.uid: user.name for user in scanned.readings.users}
    for python in _run_by_root(scanned):
        trust = python.trust
        if trust.trusted is None:
            reason = "; ".join(trust.because) or "it is not known who can write to it"
            yield INTERPRETER_WRITABLE.undecided(python.path, reason)
        elif not trust.trusted or python.owner_uid:
            owner = names.get(python.owner_uid, "user %d" % python.owner_uid)
            clauses = trust.because or ("%s belongs to %s" % (python.path, owner),)
            yield INTERPRETER_WRITABLE.finding(
                python.path,
                "root would run what others can alter: " + clauses[0],
                evidence=(*clauses, python.how),
            )


def _run_by_root(scanned: ScannedHost) -> Iterator[_RootRuns]:
    readings = scanned.readings
    search_paths = ["sudo", "login"]
    if readings.caller and readings.caller.uid == 0:
        search_paths.append("process")
    how: dict[str, str] = {}
    for command in readings.commands:
        if command.target and command.search_path in search_paths:
            started = "%s on the %s PATH is %s" % (
                command.name,
                command.search_path,
                command.path,
            )
            how.setdefault(command.target, started)
    for installation in scanned.classified.installations:
        reading = installation.reading
        if installation.system or reading.path in how:
            yield _RootRuns(
                reading.path,
                reading.owner_uid,
                reading.trust,
                how.get(reading.path, ""),
            )
    for environment in readings.environments:
        if environment.path in how:
            yield _RootRuns(
                environment.path,
                environment.owner_uid,
                Trust(True),
                how[environment.path],
            )


CHECKS = (
    Check(check_end_of_life, (PYTHON_END_OF_LIFE,)),
    Check(check_provider, (UNKNOWN_PYTHON,)),
    Check(check_venv_support, (VENV_SUPPORT_MISSING,)),
    Check(check_writable, (INTERPRETER_WRITABLE,)),
)
