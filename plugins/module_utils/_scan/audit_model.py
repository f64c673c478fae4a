# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of what only an audit reads; as in model.py, immutable, plain, and without behaviour."""

from __future__ import annotations

from .._host.record import NamedTuple


class StartupHook(NamedTuple):
    """A file whose code runs whenever a Python starts, and that nothing is known to have installed."""

    path: str
    kind: str  # pth, start, sitecustomize or usercustomize
    lines: tuple[str, ...]  # those of a .pth or .start file that run code
    used_by: str  # the interpreter, or the environment
    record: str = ""  # the RECORD that has another digest for the file
    unknown: str = ""  # why its owner is not known


class IgnoredPipConfig(NamedTuple):
    """A file, a section or a key that pip does not read."""

    path: str
    what: str  # place, file, section or key
    name: str  # of the section, or "section.key"
    reason: str
    instead: str = ""  # the path, section or key that pip reads; '' unknown


class Condarc(NamedTuple):
    """One configuration file of conda; None for a list that it does not set."""

    path: str  # or the name of an environment variable
    user: str  # for whom; '' everybody
    channels: tuple[str, ...] | None = None
    default_channels: tuple[str, ...] | None = None  # what `defaults` stands for
    denied: tuple[str, ...] = ()  # denylist_channels
    unknown: str = ""  # why it is not known what the file sets


class CondaInstallation(NamedTuple):
    """A prefix that has the package conda, and the files that configure this conda."""

    prefix: str
    version: str
    owner: str  # the account that owns the prefix; '' unknown
    files: tuple[Condarc, ...]


class CondaPackage(NamedTuple):
    """A package that conda installed, by its record conda-meta/NAME-VERSION-BUILD.json."""

    name: str
    version: str
    path: str  # of the record
    prefix: str


class AuditReadings(NamedTuple):
    """All that an audit reads beside a scan, each part for the rules that judge it."""

    startup_hooks: tuple[StartupHook, ...] = ()
    ignored_pip_configs: tuple[IgnoredPipConfig, ...] = ()
    conda_installations: tuple[CondaInstallation, ...] = ()
    conda_packages: tuple[CondaPackage, ...] = ()
