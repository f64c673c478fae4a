# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications of pipx: what is wanted of one, and what was found of it. Records without behaviour."""

from __future__ import annotations

from typing import NamedTuple, Optional, Tuple


class Requirement(NamedTuple):
    """What an application, or a package beside it, is installed from."""

    text: str  # as pipx gets it, without credentials
    name: str = ""  # normalised; '' of a URL or path, where only the installed package tells it
    extras: Tuple[str, ...] = ()
    specifier: str = ""
    url: str = ""  # a URL, or an absolute path


class PipxAppSpec(NamedTuple):
    """One application as it is wanted; None leaves what is there as it is."""

    requirement: Requirement
    state: str = "present"  # present, latest or absent
    suffix: str = ""
    inject: Optional[Tuple[Requirement, ...]] = None
    inject_apps: Optional[bool] = None
    python: str = ""  # the canonical path of an interpreter
    language: str = ""  # or X.Y
    system_site_packages: Optional[bool] = None
    include_dependencies: Optional[bool] = None
    pin: Optional[bool] = None


class Package(NamedTuple):
    """A package that was put into the environment besides."""

    name: str
    version: str
    spec: str = ""
    apps: bool = False  # its commands are exposed


class Application(NamedTuple):
    """One application as its files show it."""

    directory: str
    home: str
    name: str
    version: str
    spec: str = ""  # what it was installed from, as pipx recorded it
    suffix: str = ""
    commands: Tuple[str, ...] = ()
    injected: Tuple[Package, ...] = ()
    python: str = ""  # the canonical executable that it runs with
    language: str = ""  # X.Y of its Python
    system_site_packages: bool = False
    include_dependencies: bool = False
    pinned: bool = False
    backend: str = "pip"
    problems: Tuple[str, ...] = ()  # why it does not run
    missing_links: Tuple[str, ...] = ()  # commands that the directory for commands lacks
    foreign: Tuple[str, ...] = ()  # paths that something else holds
    interrupted: bool = False  # a rebuild of it was broken off
