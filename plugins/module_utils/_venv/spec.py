# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of one environment: records without behaviour, made from a module's options."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional, Tuple


class Link(NamedTuple):
    """A console script that is to be reached from a directory, mostly one on PATH."""

    name: str  # in the environment's bin
    directory: str
    alias: str = ""  # the link's own name; '' the script's


class HealthCheck(NamedTuple):
    """A command that a new release must pass before it serves."""

    command: Tuple[str, ...]
    user: str = ""  # who runs it; '' the owner
    timeout: float = 60.0  # seconds
    environment: Mapping[str, str] = {}


class EnvironmentSpec(NamedTuple):
    """One environment as it is wanted. URLs carry no credentials here."""

    path: str
    state: str = "present"  # present, latest or absent
    python: str = ""  # a path, X.Y or a specifier; '' the Python that Ansible itself uses
    packages: Tuple[str, ...] = ()
    requirements: Tuple[str, ...] = ()
    lock: str = ""
    constraints: Tuple[str, ...] = ()
    exact: bool = False
    require_hashes: bool = False
    only_binary: Tuple[str, ...] = ()
    no_binary: Tuple[str, ...] = ()
    system_site_packages: bool = False
    pip: bool = True
    installer: str = "auto"  # auto, pip or uv
    index_url: str = ""
    extra_index_urls: Tuple[str, ...] = ()
    find_links: Tuple[str, ...] = ()
    no_index: bool = False
    ca_bundle: str = ""
    timeout: float = 0.0
    owner: str = ""
    group: str = ""
    mode: str = ""  # octal digits
    strategy: str = "atomic"  # atomic or in_place
    keep: int = 2
    release: str = ""
    links: Tuple[Link, ...] = ()
    build_environment: Mapping[str, str] = {}
    verify: str = "quick"  # quick or full
    lock_timeout: float = 300.0
    health_check: Optional[HealthCheck] = None
