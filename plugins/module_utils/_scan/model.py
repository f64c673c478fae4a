# SPDX-License-Identifier: GPL-3.0-or-later
"""The records that one stage hands to the next: immutable, plain, and without behaviour.

Three-valued answers are ``bool | None``: true, false, and None for unknown, which has its reason beside it.
Paths are absolute, as the host scanned sees them; undecodable bytes are surrogates until the report encodes them.
"""

from __future__ import annotations

from typing import Mapping

from .._host.host import Note, User
from .._host.record import NamedTuple
from .pipx_record import PipxReading


class Request(NamedTuple):
    """What one scan is asked for."""

    subset: tuple[str, ...] = ("installations", "environments", "pip_config")
    paths: tuple[str, ...] = ()
    environment_roots: tuple[
        str, ...
    ] = ()  # empty: the defaults of discover.environments
    depth: int = 4
    # None: the caller, or as root every local user
    users: tuple[str, ...] | None = None
    execute: str = "never"  # never, package_managers or trusted


class SearchPath(NamedTuple):
    """One PATH that somebody's commands are looked up in."""

    name: str  # process, login or sudo
    directories: tuple[str, ...]
    source: str  # the file, or "environment"


class Candidate(NamedTuple):
    """A name under which a Python may be started."""

    path: str
    via: str  # "PATH", "login PATH", "sudo PATH", "known location: pyenv", "paths option", …


class EnvironmentPlace(NamedTuple):
    """A directory that may be an environment."""

    path: str
    via: str  # "pipx" for what lies among its applications, else "known place", "search", …
    user: str  # whose home it lies in, or ""


class Places(NamedTuple):
    """All that ``discover`` gives."""

    search_paths: tuple[SearchPath, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    environments: tuple[EnvironmentPlace, ...] = ()
    users: tuple[User, ...] = ()


class Command(NamedTuple):
    """What a bare command name means on one search path; the first match wins, as in a shell."""

    name: str  # python, python3, pip, pip3, pipx
    search_path: str
    path: str
    kind: str  # interpreter, environment, script (a shim or a wrapper) or other
    target: str  # the canonical executable or the environment, '' where it is neither


class SystemCommand(NamedTuple):
    """What /usr/bin/python3 is, by which the operating system's own programs start Python."""

    path: str
    kind: str  # missing, dangling, interpreter, environment, script, other
    target: str = ""  # the canonical executable, or the environment
    link: str = ""  # text of the link


class VersionClaim(NamedTuple):
    """A full version, and what says so."""

    version: str
    source: str  # symbol, build-details, Info.plist, conda-meta, patchlevel.h, directory, package, string


class Marker(NamedTuple):
    """What lies where the EXTERNALLY-MANAGED file would be (PEP 668)."""

    path: str
    kind: str  # missing, file, link (to a regular file), dangling, directory, other
    # Can the caller's pip read it; None where there is nothing to read
    readable: bool | None = None
    # At most 64 KiB; None where missing, unreadable or larger
    content: bytes | None = None
    size: int = 0
    digests: tuple[
        tuple[str, str], ...
    ] = ()  # (md5 | sha1 | sha256, hexadecimal digits)
    target: str = ""  # of a link
    siblings: tuple[
        str, ...
    ] = ()  # left-overs beside it: EXTERNALLY-MANAGED.old, .distrib, .bak, …


class SiteDirectory(NamedTuple):
    """A directory that this interpreter imports distributions from, in the order of sys.path."""

    path: str
    role: str  # user, local (the administrator's), distribution (the operating system's) or site
    exists: bool


class Distribution(NamedTuple):
    """One installed distribution, as its metadata directory says."""

    name: str
    version: str
    location: str  # the .dist-info or .egg-info itself
    installer: str  # text of INSTALLER, '' where there is none
    editable: bool = False


class PipReading(NamedTuple):
    """A pip that one interpreter would run."""

    version: str
    path: str  # its metadata directory


class VenvParts(NamedTuple):
    """What ``python -m venv`` needs, part by part."""

    venv: bool  # the venv package itself
    ensurepip: bool  # ensurepip/__main__.py
    wheels: (
        bool | None
    )  # pip's wheel where ensurepip looks; None where that could not be told
    wheel_directory: str = ""


class Trust(NamedTuple):
    """Could anybody but root, or the caller, have altered what would be run?"""

    trusted: bool | None
    because: tuple[str, ...] = ()  # one clause for each path that another can write


class InterpreterReading(NamedTuple):
    """What the files say of one interpreter; one record for each standard library directory and executable."""

    path: str  # canonical executable
    names: tuple[Candidate, ...]
    implementation: str  # cpython, pypy, graalpy; '' unknown
    language: str  # "3.13"; '' unknown
    variant: str  # '' or the flags behind the version: t (free-threaded), d (debug), m
    versions: tuple[VersionClaim, ...]  # the most reliable first
    prefix: str  # sys.prefix = sys.base_prefix
    stdlib: str  # sysconfig.get_path("stdlib")
    framework: str  # sysconfig PYTHONFRAMEWORK: Python, Python3 or ''
    build: Mapping[str, str]  # a few variables of _sysconfigdata
    layout: str  # posix, debian, fedora, homebrew, framework: the vendor's scheme of site directories
    site_directories: tuple[SiteDirectory, ...]
    purelib: str  # where pip installs by default as root
    marker: Marker
    pip: PipReading | None
    venv: VenvParts
    trust: Trust
    owner_uid: int
    distributions: tuple[Distribution, ...] = ()
    problems: tuple[str, ...] = ()  # why a field is unknown
    failure: str = ""  # why it does not start


class EnvironmentReading(NamedTuple):
    """What the files say of one environment."""

    path: str
    user: str
    owner_uid: int
    config: Mapping[
        str, str
    ]  # pyvenv.cfg, keys in lower case; empty where there is none
    has_config: bool
    python: str  # <path>/bin/python (or conda's), '' where there is none
    python_link: str  # text of that link, '' for a copy
    resolved: str  # canonical executable at the end of the links, '' where dangling
    base: str  # canonical executable of the base interpreter, '' unknown
    base_language: str  # "3.13" of what `resolved` really is; '' unknown
    lib_languages: tuple[str, ...]  # X.Y of each lib/pythonX.Y
    site_packages: tuple[str, ...]
    home_exists: bool | None
    has_activate: bool
    has_pip: bool
    conda: Mapping[str, str] = {}  # of conda-meta: python version, build, channel
    pipx: PipxReading | None = None
    receipt: str = (
        ""  # path of uv-receipt.toml; its text may hold credentials of an index
    )
    full_version: str = ""  # x.y.z of what `resolved` is, where it could be read
    distributions: tuple[Distribution, ...] = ()
    unreadable: tuple[Note, ...] = ()
    # May `resolved` be executed; None where there is none
    executable: bool | None = None
    # Of a copied interpreter: is its standard library there; None not looked for
    base_stdlib: bool | None = None
    made_at: str = (
        ""  # the directory that its scripts were made for, where that is not this one
    )
    has_pip_script: bool = False
    # Only told where there is neither pip nor bin/activate
    has_packages: bool | None = None
    legacy_prefix: str = (
        ""  # of virtualenv before 20, which wrote no pyvenv.cfg: orig-prefix.txt
    )
    failure: str = ""  # why `resolved` does not start
    broken_names: tuple[
        str, ...
    ] = ()  # of python and python3, those that are missing or lead nowhere
    foreign: tuple[
        str, ...
    ] = ()  # what lies in the directory and belongs to no environment
    release_of: str = ""  # the path of whose atomic releases this is one
    in_use: bool = True  # False: a release that is kept


class PipConfigFile(NamedTuple):
    """One configuration file of pip, as pip would read it."""

    path: str
    scope: str  # global, user, site or env (PIP_CONFIG_FILE)
    user: str  # for whom; '' for everybody
    settings: tuple[
        tuple[str, str, str], ...
    ]  # (section, key as pip normalises it, value), in order
    error: str = ""  # why every pip command fails with it
    prefix: str = ""  # of the interpreter, for scope site
    error_from: str = ""  # the first pip that fails with it; '' every one
    unread: str = ""  # why its settings are not known though pip may read it


class UvConfigFile(NamedTuple):
    """One configuration file of uv: only what bears on PEP 668."""

    path: str
    scope: str  # system, user
    user: str
    break_system_packages: bool | None
    error: str = ""
    redirect: str = ""  # pip.prefix or pip.target, as written there: with either uv does not look at the marker
    unread: str = ""  # why its settings are not known though uv may read it


class VariableSetting(NamedTuple):
    """An environment variable that is set for pip or uv, and where."""

    name: str
    value: str
    source: str  # "environment" or the file
    scope: str  # process, login, service
    user: str = ""
    doubt: str = (
        ""  # why it may not be set after all: under a condition, computed, unset again
    )


class Settings(NamedTuple):
    """All that tells pip and uv what to do."""

    pip_files: tuple[PipConfigFile, ...] = ()
    uv_files: tuple[UvConfigFile, ...] = ()
    variables: tuple[VariableSetting, ...] = ()
    caller: str = ""  # who asks: an account's name, or #uid
    language: str = (
        ""  # of the caller's messages, as locale.getlocale gives it: de_DE; '' for C
    )


class Owner(NamedTuple):
    """The package that a package manager says a path belongs to."""

    path: str
    manager: str  # dpkg, rpm, pacman, apk, conda, homebrew, portage, xbps, slackware, nix, guix
    package: str
    version: str
    digest: tuple[str, str] = (
        "",
        "",
    )  # (algorithm, hexadecimal digits) recorded for the path
    link: str = ""  # recorded target, where the package ships a link


class Diversion(NamedTuple):
    """dpkg-divert: files meant for ``path`` go to ``to`` instead."""

    path: str
    to: str
    by: str  # package, or '' for the administrator


class Exclusion(NamedTuple):
    """A rule by which the package manager leaves files out: dpkg's path-exclude, pacman's NoExtract."""

    pattern: str
    excluded: bool  # False: an exception that includes again
    source: str


class Ownership(NamedTuple):
    """The package managers' answers to the questions asked."""

    managers: tuple[str, ...] = ()  # those whose databases were read
    owners: Mapping[
        str, Owner
    ] = {}  # by the path asked; absent: owned by none, unless unknown below
    diversions: tuple[Diversion, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    unknown: tuple[
        tuple[str, str], ...
    ] = ()  # (manager, reason): then absence proves nothing
    unknown_paths: Mapping[
        str, tuple[str, str]
    ] = {}  # the same for single paths asked, by path
    installed: Mapping[str, str] = {}  # version of each package asked for by name


class ContextSign(NamedTuple):
    """One sign that the host is something special."""

    kind: str  # container, build (of an image), wsl, ci, disposable (CI's machine), immutable
    what: str  # docker, podman, lxc, kubernetes, wsl1, wsl2, github-actions, ostree, read-only-usr, …
    evidence: str
    strength: str  # strong or weak


class System(NamedTuple):
    """The operating system, from os-release(5) or macOS's SystemVersion.plist."""

    id: str = ""
    version: str = ""
    like: tuple[str, ...] = ()
    name: str = ""
    kernel: str = ""  # linux or darwin


class Readings(NamedTuple):
    """All that ``read`` gives."""

    system: System = System()
    search_paths: tuple[SearchPath, ...] = ()
    interpreters: tuple[InterpreterReading, ...] = ()
    environments: tuple[EnvironmentReading, ...] = ()
    commands: tuple[Command, ...] = ()
    settings: Settings = Settings()
    ownership: Ownership = Ownership()
    context: tuple[ContextSign, ...] = ()
    users: tuple[User, ...] = ()
    caller: User | None = None
    # None where there is none by that name: macOS, Nix
    system_command: SystemCommand | None = None
    activated: tuple[str, ...] = ()  # environments that are active in this process
