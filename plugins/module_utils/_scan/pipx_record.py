# SPDX-License-Identifier: GPL-3.0-or-later
"""What pipx recorded of an application, as records that every stage shares."""

from __future__ import annotations

from .._host.record import NamedTuple


class PipxInjectedReading(NamedTuple):
    """What pipx recorded of a package that was injected into an application's environment."""

    name: str
    version: str
    spec: str  # what it was installed from, such as idna>=3
    include_apps: bool  # its commands were asked for
    has_apps: bool  # it has commands


class PipxReading(NamedTuple):
    """What pipx recorded of an application."""

    application: str  # main package's name
    version: str
    suffix: str
    commands: tuple[str, ...]
    injected: tuple[str, ...]  # names
    python: str  # source interpreter
    pinned: bool
    backend: str
    home: str
    error: str = ""  # why the record could not be read
    missing_commands: tuple[str, ...] = ()  # recorded, but not in the environment's bin
    doubt: str = (
        ""  # what may have been read wrongly: a version of the record that is not known
    )
    spec: str = ""  # what it was installed from, such as black[d]>=24
    include_dependencies: bool = False  # commands of its dependencies are exposed
    exposed: bool = True  # its commands are linked to
    editable: bool = False
    injected_packages: tuple[PipxInjectedReading, ...] = ()
