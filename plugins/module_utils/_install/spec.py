# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of an installer, and what it predicts."""

from __future__ import annotations

from typing import NamedTuple, Tuple


class Index(NamedTuple):
    """Where distributions come from; URLs carry no credentials."""

    index_url: str = ""
    extra_index_urls: Tuple[str, ...] = ()
    find_links: Tuple[str, ...] = ()
    no_index: bool = False
    ca_bundle: str = ""
    timeout: float = 0.0


class InstallSpec(NamedTuple):
    """What is to be in an environment."""

    packages: Tuple[str, ...] = ()
    requirements: Tuple[str, ...] = ()
    packages_absent: Tuple[
        str, ...
    ] = ()  # names of projects that are uninstalled, even if others need them
    lock: str = ""
    constraints: Tuple[str, ...] = ()
    exact: bool = False  # nothing else
    no_deps: bool = False  # only what is named
    require_hashes: bool = False
    only_binary: Tuple[str, ...] = ()
    no_binary: Tuple[str, ...] = ()
    upgrade: bool = False  # everything, dependencies too, to the newest that is allowed
    pip: bool = True  # the environment has a pip of its own
    sources: Index = Index()
    reinstall: Tuple[
        str, ...
    ] = ()  # NAME @ URL of what has another content now at, perhaps, the same version
    directory: str = ""  # that relative paths in packages and requirements files start from; '': each file's own

    def has_requirements(self) -> bool:
        """Return whether anything is requested."""
        return bool(self.packages or self.requirements or self.lock)


class Change(NamedTuple):
    """One distribution before and after, by its normalised name; '' where it is not there, equal if installed again."""

    name: str
    before: str
    after: str


class Prediction(NamedTuple):
    """What an installer would change; ``unresolved`` says why that is not known exactly."""

    changes: Tuple[Change, ...] = ()
    unresolved: str = ""
