# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds records by hand, as a sound Debian 13 has them; a test names only what differs."""

from __future__ import annotations

from typing import Any, Tuple

from ansible_collections.pyfleet.python.plugins.module_utils._core.host import Note, User
from ansible_collections.pyfleet.python.plugins.module_utils._core.judge.rules import Case
from ansible_collections.pyfleet.python.plugins.module_utils._core.model import (
    Candidate,
    Classified,
    Command,
    Context,
    ContextSign,
    Effective,
    Environment,
    EnvironmentReading,
    Installation,
    InterpreterReading,
    Judged,
    JudgedEnvironment,
    JudgedInstallation,
    ManagedVerdict,
    Marker,
    Neutraliser,
    Owner,
    Ownership,
    Package,
    PipConfigFile,
    PipReading,
    PipxReading,
    Problem,
    Readings,
    Scan,
    SearchPath,
    Settings,
    SiteDirectory,
    System,
    Trust,
    UvConfigFile,
    VariableSetting,
    VenvParts,
    VenvVerdict,
    VersionClaim,
)

TODAY = "2026-11-22"
NO_CONTEXT = Context()
EXE = "/usr/bin/python3.13"
MARKER = "/usr/lib/python3.13/EXTERNALLY-MANAGED"
APT = "/usr/lib/python3/dist-packages"
LOCAL = "/usr/local/lib/python3.13/dist-packages"
STDLIB_PACKAGE = Owner(MARKER, "dpkg", "libpython3.13-stdlib", "3.13.5-2")
TRIXIE = System("debian", "13", (), "Debian GNU/Linux 13 (trixie)", "linux")
BOOKWORM = System("debian", "12", (), "Debian GNU/Linux 12 (bookworm)", "linux")
ROOT = User("root", 0, 0, "/root", "/bin/bash")
ALICE = User("alice", 1000, 1000, "/home/alice", "/bin/bash")


def reading(path: str = EXE, language: str = "3.13", **changes: Any) -> InterpreterReading:
    """Give an interpreter's reading: by default Debian 13's own."""
    record = InterpreterReading(
        path=path,
        names=(Candidate("/usr/bin/python3", "PATH"), Candidate(path, "PATH")),
        implementation="cpython",
        language=language,
        variant="",
        versions=(VersionClaim(language + ".5", "symbol"),),
        prefix="/usr",
        stdlib="/usr/lib/python" + language,
        framework="",
        build={},
        layout="debian",
        site_directories=(SiteDirectory(LOCAL, "local", True), SiteDirectory(APT, "distribution", True)),
        purelib=LOCAL,
        marker=Marker(MARKER, "file", True, b"[externally-managed]\nError=no\n", 30),
        pip=PipReading("25.1.1", APT + "/pip-25.1.1.dist-info"),
        venv=VenvParts(True, True, True),
        trust=Trust(True),
        owner_uid=0,
    )
    return record._replace(**changes)


def installation(read: Any = None, **changes: Any) -> Installation:
    """Give an installation: by default Debian 13's own."""
    record = Installation(
        reading=read or reading(),
        version="3.13.5",
        version_source="symbol",
        provider="debian",
        provider_because="the package python3.13-minimal owns it",
        system=True,
        package=Owner(EXE, "dpkg", "python3.13-minimal", "3.13.5-2"),
        expectation="shipped",
        expectation_because="Debian ships it since 12",
        marker_owner=STDLIB_PACKAGE,
    )
    return record._replace(**changes)


def managed(state: str = "intact", **changes: Any) -> ManagedVerdict:
    """Give a verdict on the marker: by default in place and heeded."""
    record = ManagedVerdict(
        MARKER, state, "as shipped", Effective(True, "heeded"), Effective(True, "heeded"), "try apt"
    )
    return record._replace(**changes)


def python(record: Any = None, verdict: Any = None, venv: Any = None) -> JudgedInstallation:
    """Give a judged installation: by default a sound one."""
    return JudgedInstallation(record or installation(), verdict or managed(), venv or VenvVerdict(True, True, ""))


def environment_reading(path: str = "/opt/app", **changes: Any) -> EnvironmentReading:
    """Give an environment's reading: by default a sound venv of root's."""
    record = EnvironmentReading(
        path=path,
        user="",
        owner_uid=0,
        config={"home": "/usr/bin", "include-system-site-packages": "false"},
        has_config=True,
        python=path + "/bin/python",
        python_link=EXE,
        resolved=EXE,
        base=EXE,
        base_language="3.13",
        lib_languages=("3.13",),
        site_packages=(path + "/lib/python3.13/site-packages",),
        home_exists=True,
        has_activate=True,
        has_pip=True,
    )
    return record._replace(**changes)


def environment(
    *codes: str, health: str = "", kind: str = "venv", severity: str = "high", **changes: Any
) -> JudgedEnvironment:
    """Give a judged environment: sound, or with problems of these codes."""
    problems = tuple(Problem(code, "It is %s." % code, "cure %s" % code, severity) for code in codes)
    record = Environment(environment_reading(**changes), kind, "3.13.5", EXE, "debian")
    return JudgedEnvironment(record, health or ("broken" if codes else "sound"), problems)


def pipx_reading(**changes: Any) -> PipxReading:
    """Give what pipx 1.7 records of an application."""
    record = PipxReading("black", "25.1.0", "", ("black", "blackd"), (), EXE, False, "", "/opt/pipx")
    return record._replace(**changes)


def case(
    *pythons: JudgedInstallation,
    environments: Tuple[JudgedEnvironment, ...] = (),
    context: Context = NO_CONTEXT,
    today: str = TODAY,
    **readings: Any,
) -> Case:
    """Give a host with these Pythons and environments."""
    defaults = {
        "system": TRIXIE,
        "interpreters": tuple(row.installation.reading for row in pythons),
        "environments": tuple(row.environment.reading for row in environments),
        "users": (ROOT, ALICE),
        "caller": ROOT,
        "ownership": Ownership(("dpkg",)),
        "settings": Settings(),
    }
    classified = Classified(
        tuple(row.installation for row in pythons), tuple(row.environment for row in environments), context
    )
    return Case(Readings(**{**defaults, **readings}), classified, Judged(pythons, environments), today)


def scan(*pythons: JudgedInstallation, notes: Any = (), **rest: Any) -> Scan:
    """Give a whole scan of such a host."""
    made = case(*pythons, **rest)
    return Scan(made.readings, made.classified, made.judged, tuple(notes), 0, 0.0123)


def command(path: str, target: str, name: str = "python3", on: str = "sudo", kind: str = "interpreter") -> Command:
    """Give what a bare name means on one search path."""
    return Command(name, on, path, kind, target)


def search_path(name: str, *directories: str) -> SearchPath:
    """Give a search path."""
    return SearchPath(name, directories, "/etc/" + name)


def rich_scan() -> Scan:
    """Give a scan in which every part that a result may hold is there."""
    package = Package(
        "requests", "2.32.3", APT + "/requests-2.32.3.dist-info", "debian", "distribution", "python3-requests"
    )
    neutraliser = Neutraliser("pip", "/etc/pip.conf", "break-system-packages = true", "")
    application = environment("interpreter-missing", path="/opt/pipx/venvs/black", kind="pipx", pipx=pipx_reading())
    app = environment()
    host = case(
        python(installation(packages=(package,)), managed(neutralisers=(neutraliser,))),
        environments=(app._replace(environment=app.environment._replace(packages=(package,))), application),
        context=Context(
            "podman", "", "", "", False, (ContextSign("container", "podman", "/run/.containerenv", "strong"),)
        ),
        commands=(command("/usr/bin/python3", EXE),),
        search_paths=(search_path("sudo", "/usr/sbin", "/usr/bin"),),
        settings=Settings(
            (PipConfigFile("/etc/pip.conf", "global", "", (("global", "break-system-packages", "true"),)),),
            (UvConfigFile("/etc/uv/uv.toml", "system", "", True),),
            (VariableSetting("PIP_BREAK_SYSTEM_PACKAGES", "1", "/etc/environment", "login"),),
        ),
    )
    notes = (Note("/srv/data", "permission", "permission denied"),)
    return Scan(host.readings, host.classified, host.judged, notes, 0, 0.0123)
