# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule about channels of conda whose packages are under the terms of service of Anaconda, Inc."""

from __future__ import annotations

from typing import Iterator

from ..audit_model import CondaInstallation, Condarc
from ..pep440 import at_least
from .rule import Check, Results, Rule, ScannedHost

CONDA_COMMERCIAL_CHANNEL = Rule(
    key="conda-commercial-channel",
    severity="low",
    needs=("installations", "environments"),
    cure="Use conda-forge, or make sure that the organisation has a licence of Anaconda, Inc.",
)

#: Since then conda uses no channel unless one is configured (conda's CHANGELOG, 25.9.0, #15196).
_NO_IMPLICIT_CHANNEL = "25.9"
_HOSTS = ("repo.anaconda.com", "repo.continuum.io")
_DEFAULTS = "defaults"


def check_conda_channels(scanned: ScannedHost) -> Results:
    """Yield each configuration file with such a channel, and each conda that uses one since no file names any."""
    for conda in scanned.more.conda_installations:
        for file in conda.files:
            if file.unknown:
                reason = "%s is not understood: %s" % (file.path, file.unknown)
                yield CONDA_COMMERCIAL_CHANNEL.undecided(file.path, reason)
        yield from _check_files(conda)
        yield from _check_implicit(conda)


def _check_files(conda: CondaInstallation) -> Results:
    for file in conda.files:
        visible = [row for row in conda.files if row.user in ("", file.user)]
        found = [
            channel
            for channel in file.channels or ()
            if _is_commercial(channel, visible)
        ]
        if not found:
            continue
        is_variable = not file.path.startswith("/")
        cure = "Remove %s from %s, and add conda-forge." % (", ".join(found), file.path)
        if not is_variable:
            remove = "".join(" --remove channels %s" % channel for channel in found)
            cure = "conda config --file %s%s --append channels conda-forge" % (
                file.path,
                remove,
            )
        yield CONDA_COMMERCIAL_CHANNEL.finding(
            file.path,
            "conda installs from %s, which the terms of service of Anaconda, Inc. cover"
            % ", ".join(found),
            cure=cure,
            evidence=("read by the conda %s in %s" % (conda.version, conda.prefix),),
        )


def _check_implicit(conda: CondaInstallation) -> Results:
    """Yield a conda that uses `defaults` because no file of its owner, or of everybody, names a channel."""
    visible = [row for row in conda.files if row.user in ("", conda.owner)]
    has_channels = any(row.channels for row in visible)
    if (
        has_channels
        or not _is_commercial(_DEFAULTS, visible)
        or any(row.unknown for row in visible)
    ):
        return
    needs_none = at_least(conda.version, _NO_IMPLICIT_CHANNEL)
    if needs_none is None:
        reason = (
            "it is not known whether conda %s uses defaults without any configuration"
            % conda.version
        )
        yield CONDA_COMMERCIAL_CHANNEL.undecided(conda.prefix, reason)
    elif not needs_none:
        yield CONDA_COMMERCIAL_CHANNEL.finding(
            conda.prefix,
            "no configuration names a channel, and then conda %s installs from defaults, which the terms of service of "
            "Anaconda, Inc. cover" % conda.version,
            cure="Write these two lines to %s/.condarc: `channels:` and `  - conda-forge`. "
            "The role pyfleet.python.conda does so." % conda.prefix,
            evidence=["read: " + row.path for row in visible],
        )


def _is_commercial(channel: str, files: list[Condarc]) -> bool:
    """Return whether a channel is one of Anaconda's, as these files define and allow it."""
    if channel == _DEFAULTS:
        denied = any(_DEFAULTS in row.denied for row in files)
        redefined = [
            row.default_channels for row in files if row.default_channels is not None
        ]
        own = [name for names in redefined for name in names]
        return not denied and (
            not redefined or any(_is_anacondas(name) for name in own)
        )
    return _is_anacondas(channel)


def _is_anacondas(channel: str) -> bool:
    """Return whether a URL is on Anaconda's own server, or a name stands for one (conda's default_channels)."""
    return _host_of(channel) in _HOSTS or channel.startswith("pkgs/")


def _host_of(channel: str) -> str:
    _scheme, separator, rest = channel.partition("://")
    parts: Iterator[str] = iter(rest.split("/", 1))
    return next(parts).rpartition("@")[2].partition(":")[0].lower() if separator else ""


CHECKS = (Check(check_conda_channels, (CONDA_COMMERCIAL_CHANNEL,)),)
