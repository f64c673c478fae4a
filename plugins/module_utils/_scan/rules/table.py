# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of an audit, each with its one severity, and the commands that cure; see docs/findings.md."""

from __future__ import annotations

from typing import NamedTuple

#: low: should be known; medium: will break; high: the protection is off, or what runs is broken or open to others.
SEVERITIES = ("low", "medium", "high")


class Rule(NamedTuple):
    """One thing that an audit looks for."""

    key: str
    severity: str
    needs: str  # the subsets of a scan that it judges
    cure: str  # where none is known for the very host


_AGAIN = "Install the application again with the Python that is there now."
_ANEW = "Make the environment anew, as its owner."
_APART = "Install what needs them in an environment of its own (python3 -m venv), then remove them from {subject}."
_BEHIND = "Put {directory} behind /usr/bin on that PATH, or take {subject} away and start it by its full name."
_RETURN = "Give what is named back to root and let no other write to it, or take it from root's path."
_SHIPPED = "Reinstall the package that ships the file."
_WHO = "Find out who uses it. Remove it, or accept it with a waiver that gives the reason."

RULES = (
    Rule("environment-broken", "high", "environments", _ANEW),
    Rule("environment-incomplete", "medium", "environments", _ANEW),
    Rule("environment-stale", "high", "environments", _ANEW),
    Rule("interpreter-writable", "high", "installations", _RETURN),
    Rule("marker-altered", "medium", "installations", _SHIPPED),
    Rule("marker-diverted", "high", "installations", "Remove the diversion."),
    Rule("marker-neutralised", "high", "installations pip_config", "Remove the setting."),
    Rule("marker-removed", "high", "installations", _SHIPPED),
    Rule("pip-in-system-packages", "medium", "installations packages", _APART),
    Rule("pipx-application-broken", "high", "environments", _AGAIN),
    Rule("pipx-not-on-path", "low", "environments", "Add {subject} to the PATH of /etc/environment or /etc/profile."),
    Rule("python-end-of-life", "medium", "installations", "Move what uses it to a version that is supported."),
    Rule("python-shadows-system", "medium", "installations", _BEHIND),
    Rule("shadows-system-package", "medium", "installations packages", _APART),
    Rule("system-package-overwritten", "high", "installations packages", "Reinstall the package that owns the files."),
    Rule("unknown-python", "low", "installations", _WHO),
    Rule("venv-support-missing", "low", "installations", "Install what is missing."),
    Rule("waiver-expired", "low", "", "Cure the finding, or renew the waiver with a new date."),
)
BY_KEY = {rule.key: rule for rule in RULES}

#: Codes of the ledger that tell a choice, not a failure: with them a verdict may be a pass. With any other it may not.
INFORMATION = frozenset(
    "bad-path cut link-loop no-home no-such-directory not-a-file not-python relative-path-entry remote-file-system "
    "remote-home remote-mount".split()
)

#: How what a package shipped is put back, by its manager.
REINSTALL = {
    "apk": "apk fix --reinstall {package}",
    "conda": "conda install --prefix {prefix} --force-reinstall {package}",
    "dpkg": "apt-get install --reinstall {package}",
    "homebrew": "brew reinstall {package}",
    "pacman": "pacman -S {package}",
    "portage": "emerge --oneshot {package}",
    "rpm": "dnf reinstall {package}",
    "rpm:suse": "zypper install --force {package}",
    "uv": "uv python install --reinstall {language}",
    "xbps": "xbps-install --force {package}",
}
#: How a package is installed, where parts of Python are packages of their own.
INSTALL = {"debian": "apt-get install", "fedora": "dnf install", "rhel": "dnf install", "gentoo": "emerge"}
