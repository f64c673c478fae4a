# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of pip and uv, cell by cell against real pips and a real uv on a real Python with a real marker.

A cell is one tool's version times one content of the marker, or one set of configuration files and variables. The
Python is a private copy, made of links, of one of this machine's; only a temporary directory and the cache of wheels
are written to. With PYFLEET_FULL_MATRIX=1 every pip meets every case.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

import pytest
from testbed.figures import FIGURES

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.externally_managed import (
    judge_managed,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    InterpreterReading,
    Ownership,
    PipReading,
    Trust,
    VenvParts,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pep440 import (
    at_least,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.installer_config import (
    read_settings,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.marker import (
    read_marker,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Installation,
    ManagedVerdict,
)

from .hosts import missing
from .pep668_cases import CONTENTS, FEW_SETTINGS, SETTINGS, SITE, UV_SETTINGS, Case

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".build" / "agreement"
SERVER = Path(__file__).with_name("pip_server.py")
#: Before the check, the one without a way round it, and one of each change since.
PIPS = ("22.3.1", "23.0", "23.0.1", "24.0", "25.1.1", "26.2", "26.3")
#: Those that meet every set of settings; the others meet the few that pips have ever disagreed on.
ALL_SETTINGS = PIPS if os.environ.get("PYFLEET_FULL_MATRIX") else ("24.0", "26.3")
UV = "0.13.9"
NOBODY = 65534
NAME = "pyfleet-no-such-distribution"


# ------------------------------------------------------------------ what is needed


def python_for_all() -> Path:
    """Return a Python that runs both pip 22 and pip 26: 3.10 or 3.11."""
    script = str(REPOSITORY / "dev" / "pythons.sh")
    answer = subprocess.run(
        ["sh", script, "get", "3.11", "3.10"],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode or not answer.stdout.strip():
        missing(
            "neither Python 3.11 nor 3.10 is here, and no other runs pip 22 and pip 26 alike"
        )
    return Path(answer.stdout.strip())


def wheel(name: str, version: str) -> Path:
    """Return a wheel from PyPI, fetched once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    pattern = "%s-%s-*.whl" % (name, version)
    if not list(CACHE.glob(pattern)):
        command = [
            sys.executable,
            "-m",
            "pip",
            "--quiet",
            "--disable-pip-version-check",
            "download",
            "--no-deps",
        ]
        command += [
            "--only-binary",
            ":all:",
            "--dest",
            str(CACHE),
            "%s==%s" % (name, version),
        ]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            missing(
                "%s %s can't be fetched: %s" % (name, version, answer.stderr[-300:])
            )
    return next(iter(CACHE.glob(pattern)))


def copy_python(executable: Path, into: Path) -> Dict[str, str]:
    """Make a Python of its own out of links to another: prefix, standard library and site-packages are its own."""
    code = "import json,sys,sysconfig as s; json.dump([sys.base_prefix, s.get_path('stdlib'), s.get_path('platstdlib')"
    code += ", s.get_path('purelib'), '%d.%d' % sys.version_info[:2]], sys.stdout)"
    command = [os.path.realpath(executable), "-I", "-S", "-c", code]
    base, stdlib, platform, purelib, minor = json.loads(
        subprocess.check_output(command)
    )
    own = {
        "prefix": str(into),
        "stdlib": str(into / os.path.relpath(stdlib, base)),
        "python": str(into / "bin" / "python"),
    }
    own["python"] += minor
    (into / "bin").mkdir(parents=True)
    shutil.copy2(os.path.realpath(executable), own["python"])
    for directory in dict.fromkeys((stdlib, platform)):
        copy = into / os.path.relpath(directory, base)
        copy.mkdir(parents=True, exist_ok=True)
        for name in os.listdir(directory):
            if name == "os.py":
                shutil.copy2(os.path.join(directory, name), copy / name)
            elif (
                name not in ("site-packages", "dist-packages", "EXTERNALLY-MANAGED")
                and not (copy / name).exists()
            ):
                (copy / name).symlink_to(os.path.join(directory, name))
    for name in os.listdir(os.path.join(base, "lib")):
        if name.startswith("libpython") and not (into / "lib" / name).exists():
            (into / "lib" / name).symlink_to(os.path.join(base, "lib", name))
    (Path(own["stdlib"]) / "managed-by-vendor").write_bytes(CONTENTS["vendor text"])  # type: ignore[arg-type]
    command[0] = own["python"]
    prefix, found, _platform, own["purelib"], _minor = json.loads(
        subprocess.check_output(command)
    )
    if (prefix, found) != (own["prefix"], own["stdlib"]) or purelib == own["purelib"]:
        missing(
            "a copy of %s does not take its own directory for its prefix" % executable
        )
    Path(own["purelib"]).mkdir(parents=True, exist_ok=True)
    return own


class RealPip:
    """One pip in one private Python, kept running."""

    def __init__(self, python: Dict[str, str], version: str, workshop: Path) -> None:
        self.python = python
        self.version = version
        self.workshop = workshop
        with zipfile.ZipFile(wheel("pip", version)) as archive:
            archive.extractall(python["purelib"])
        self.server = subprocess.Popen(
            [python["python"], str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(workshop)},
        )

    def run(self, env: Mapping[str, str], uid: Optional[int] = None) -> Tuple[int, str]:
        argv = [
            "--disable-pip-version-check",
            "--no-cache-dir",
            "install",
            "--no-index",
            NAME,
        ]
        return self.run_command(argv, env, uid)

    def run_command(
        self, argv: List[str], env: Mapping[str, str], uid: Optional[int] = None
    ) -> Tuple[int, str]:
        """Run any command of this pip; return its status and its output."""
        assert self.server.stdin is not None and self.server.stdout is not None
        case = {"argv": argv, "env": dict(env), "cwd": str(self.workshop), "uid": uid}
        self.server.stdin.write(json.dumps(case) + "\n")
        self.server.stdin.flush()
        answer = json.loads(self.server.stdout.readline())
        return answer["status"], answer["output"]

    def close(self) -> None:
        assert self.server.stdin is not None and self.server.stdout is not None
        self.server.stdin.close()
        self.server.wait()
        self.server.stdout.close()


# ----------------------------------------------------------------- the two answers


class Cell(NamedTuple):
    """What one tool did in one case, and what is said of it."""

    tool: str
    case: str
    did: str
    said: str
    detail: str


def lay_marker(stdlib: str, content: object) -> None:
    marker = Path(stdlib) / "EXTERNALLY-MANAGED"
    if marker.is_symlink() or marker.is_file():
        marker.unlink()
    elif marker.is_dir():
        marker.rmdir()
    if isinstance(content, bytes):
        marker.write_bytes(content)
    elif isinstance(content, tuple):
        kind, argument = content
        if kind == "directory":
            marker.mkdir()
        elif kind == "link":
            marker.symlink_to(argument)
        else:
            marker.write_bytes(CONTENTS["vendor text"])  # type: ignore[arg-type]
            marker.chmod(0)


def lay_case(case: Case, directory: Path, prefix: str) -> Dict[str, str]:
    """Write a case's files below ``directory``, and give its environment."""
    env = {"PATH": os.defpath, "HOME": str(directory / "home"), "LC_ALL": "C.UTF-8"}
    env["XDG_CONFIG_DIRS"] = "%s:%s" % (directory / "xdg1", directory / "xdg2")
    (directory / "home").mkdir(parents=True)
    for place, content in case.files:
        path = Path(prefix) / "pip.conf" if place == SITE else directory / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir()
        else:
            data = content if isinstance(content, bytes) else str(content).encode()
            path.write_bytes(data.replace(b"{}", str(directory).encode()))
    env.update((name, value.replace("{}", str(directory))) for name, value in case.env)
    return env


def verdict(
    python: Mapping[str, str], version: str, env: Mapping[str, str], uid: Optional[int]
) -> ManagedVerdict:
    """Return the scan's answer for the real files."""
    if uid is not None:
        os.seteuid(uid)
    try:
        with Host(root="/", env=env) as host:
            marker = read_marker(host, python["stdlib"])
            settings = read_settings(host, (), [python["prefix"]])
    finally:
        os.seteuid(os.getuid())
    # What this machine's own login files set is not what the process under test has.
    settings = settings._replace(
        variables=tuple(row for row in settings.variables if row.scope == "process")
    )
    reading = InterpreterReading(
        path=python["python"],
        names=(),
        implementation="cpython",
        language="",
        variant="",
        versions=(),
        prefix=python["prefix"],
        stdlib=python["stdlib"],
        framework="",
        build={},
        layout="posix",
        site_directories=(),
        purelib=python["purelib"],
        marker=marker,
        pip=PipReading(version, python["purelib"]),
        venv=VenvParts(True, True, True),
        trust=Trust(True),
        owner_uid=0,
    )
    return judge_managed(
        Installation(reading, "", "", "source", "", False, None), settings, Ownership()
    )


def pip_did(status: int, output: str) -> str:
    if "No matching distribution found for " + NAME in output:
        return "went on"
    if "externally-managed-environment" in output or (
        "Duplicate" in output and "from_config" in output
    ):
        return "stopped by the marker"
    return "failed" if status else "succeeded"


def said(judged: ManagedVerdict, tool: str) -> str:
    effective = getattr(judged, tool)
    if effective.stopped is None:
        return "unknown"
    if not effective.stopped:
        return "went on"
    return (
        "stopped by the marker"
        if effective.because.startswith("externally managed (PEP 668)")
        else "failed"
    )


def squeeze(text: str) -> str:
    return " ".join(text.split())


def pip_cell(
    pip: RealPip, name: str, env: Mapping[str, str], uid: Optional[int] = None
) -> Cell:
    status, output = pip.run(env, uid)
    judged = verdict(pip.python, pip.version, env, uid)
    did, claim = pip_did(status, output), said(judged, "pip")
    if did == "stopped by the marker" and "externally-managed-environment" in output:
        shown = squeeze(
            output.partition("externally managed\n")[2].partition(
                "note: If you believe"
            )[0]
        )
        if squeeze(judged.message) != squeeze(shown.replace("╰─>", "", 1)):
            claim += ", with the message %r" % judged.message
    elif judged.message:
        claim += ", with a message where pip shows none"
    return Cell(
        "pip " + pip.version,
        name,
        did,
        claim,
        "%s | %s" % (judged.pip.because, output[-300:]),
    )


def report(cells: List[Cell], what: str) -> None:
    wrong = [cell for cell in cells if cell.did != cell.said]
    by_kind = {
        kind: sum(cell.did == kind for cell in cells)
        for kind in sorted({cell.did for cell in cells})
    }
    counts = (what, len(cells), len(wrong), by_kind)
    FIGURES.append("%s: %d cells, %d disagreements; really: %s" % counts)
    lines = ["%s, %s: really %s; said: %s\n      %s" % cell for cell in wrong[:40]]
    assert not wrong, "%d of %d cells disagree\n%s" % (
        len(wrong),
        len(cells),
        "\n".join(lines),
    )
    assert len(by_kind) > 1, "every cell had the same answer: this compares nothing"


# --------------------------------------------------------------------------- tests


@pytest.fixture(scope="module")
def workshop() -> Iterator[Path]:
    """Yield a directory that every user can enter; pytest's own is for its owner only."""
    path = Path(tempfile.mkdtemp(prefix="pyfleet-pep668-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def pips(workshop: Path) -> Iterator[List[RealPip]]:
    base = python_for_all()
    made = [
        RealPip(copy_python(base, workshop / ("pip-" + version)), version, workshop)
        for version in PIPS
    ]
    yield made
    for pip in made:
        pip.close()


@pytest.fixture(scope="module")
def languages(workshop: Path) -> Optional[Path]:
    """Return a LOCPATH with a locale named de_DE: the C locale under another name, which is all that pip asks for."""
    source = Path("/usr/lib/locale/C.utf8")
    if not source.is_dir():
        return None
    shutil.copytree(source, workshop / "locale" / "de_DE.utf8")
    return workshop / "locale"


def test_each_content_of_the_marker_as_pip_takes_it(
    pips: List[RealPip],
    languages: Optional[Path],
    workshop: Path,
) -> None:
    cells = []
    plain = {
        "PATH": os.defpath,
        "HOME": str(workshop),
        "LC_ALL": "C.UTF-8",
        "XDG_CONFIG_DIRS": str(workshop / "none"),
    }
    environments: Dict[str, Dict[str, str]] = {"": plain}
    if languages is not None:
        environments["German: "] = {
            **plain,
            "LOCPATH": str(languages),
            "LC_ALL": "de_DE.UTF-8",
        }
        environments["German messages: "] = {
            **plain,
            "LOCPATH": str(languages),
            "LC_ALL": "",
            "LC_MESSAGES": "de_DE.utf8",
        }
        environments["LANGUAGE: "] = {**plain, "LANGUAGE": "de"}
    for pip in pips:
        for name, content in CONTENTS.items():
            if content == ("mode", "0") and not _closed_to_nobody(pip):
                continue
            lay_marker(pip.python["stdlib"], content)
            uid = NOBODY if content == ("mode", "0") else None
            for prefix, env in environments.items():
                if not prefix or "language" in name:
                    cells.append(pip_cell(pip, prefix + name, env, uid))
    report(cells, "pip and the marker's content")


def test_each_setting_as_pip_takes_it(pips: List[RealPip], workshop: Path) -> None:
    cells = []
    for pip in pips:
        lay_marker(pip.python["stdlib"], CONTENTS["vendor text"])
        for case in SETTINGS if pip.version in ALL_SETTINGS else FEW_SETTINGS:
            if case.since and not at_least(pip.version, case.since):
                continue
            directory = workshop / "case"
            env = lay_case(case, directory, pip.python["prefix"])
            cells.append(pip_cell(pip, case.name, env))
            shutil.rmtree(directory)
            _remove(Path(pip.python["prefix"]) / "pip.conf")
    report(cells, "pip and its settings")


def _remove(path: Path) -> None:
    if path.is_file():
        path.unlink()


@pytest.fixture(scope="module")
def uv(workshop: Path) -> Path:
    with zipfile.ZipFile(wheel("uv", UV)) as archive:
        member = next(
            name for name in archive.namelist() if name.endswith("/scripts/uv")
        )
        path = Path(archive.extract(member, workshop / "uv"))
    path.chmod(0o755)
    return path


def uv_cell(
    uv: Path,
    python: Mapping[str, str],
    name: str,
    env: Mapping[str, str],
    *,
    workshop: Path,
    uid: Optional[int],
) -> Cell:
    command = [
        str(uv),
        "pip",
        "install",
        "--system",
        "--offline",
        "--no-index",
        "--python",
        python["python"],
        NAME,
    ]
    own = {"UV_CACHE_DIR": str(workshop / ("cache%s" % uid)), **env}
    answer = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=own,
        cwd=workshop,
        check=False,
        user=uid,
        group=uid,
        timeout=60,
    )
    output = answer.stderr
    did = "failed"
    if "No solution found" in output:
        did = "went on"
    elif "externally managed" in output:
        did = "stopped by the marker"
    judged = verdict(python, "", env, uid)
    return Cell(
        "uv " + UV,
        name,
        did,
        said(judged, "uv"),
        "%s | %s" % (judged.uv.because, output[:300]),
    )


def test_uv_and_the_marker(pips: List[RealPip], uv: Path, workshop: Path) -> None:
    cells = []
    python = pips[-1].python
    env = {
        "PATH": os.defpath,
        "HOME": str(workshop),
        "XDG_CONFIG_DIRS": str(workshop / "none"),
    }
    for name, content in CONTENTS.items():
        lay_marker(python["stdlib"], content)
        uid = NOBODY if content == ("mode", "0") else None
        if uid is not None and (os.getuid() != 0 or not _can_start(python, uid)):
            continue
        cells.append(uv_cell(uv, python, name, env, workshop=workshop, uid=uid))
    lay_marker(python["stdlib"], CONTENTS["vendor text"])
    for case in UV_SETTINGS:
        directory = workshop / "case"
        env = lay_case(case, directory, python["prefix"])
        cells.append(uv_cell(uv, python, case.name, env, workshop=workshop, uid=None))
        shutil.rmtree(directory)
        _remove(Path(python["prefix"]) / "pip.conf")
    report(cells, "uv")


def _closed_to_nobody(pip: RealPip) -> bool:
    """Return whether an unreadable marker can be tried: a pip that does not stop at it must be able to go on."""
    return os.getuid() == 0 and (
        bool(at_least(pip.version, "23.0")) or _can_start(pip.python, NOBODY)
    )


def _can_start(python: Mapping[str, str], uid: int) -> bool:
    """Return whether another user can run this Python: not where it lies below a private home."""
    command = [python["python"], "-I", "-c", "import json"]
    return (
        subprocess.run(command, capture_output=True, check=False, user=uid).returncode
        == 0
    )


def test_the_server_answers_as_pip_started_alone(
    pips: List[RealPip], workshop: Path
) -> None:
    """The forked pip is no pip of its own kind: a few cells are run the plain way."""
    env = {"PATH": os.defpath, "HOME": str(workshop), "LC_ALL": "C.UTF-8"}
    for pip in (pips[0], pips[-1]):
        for name in ("absent", "vendor text", "duplicate key", "link to /dev/null"):
            lay_marker(pip.python["stdlib"], CONTENTS[name])
            command = [pip.python["python"], "-m", "pip", "install", "--no-index", NAME]
            answer = subprocess.run(
                command,
                capture_output=True,
                text=True,
                env=env,
                cwd=workshop,
                check=False,
            )
            status, output = pip.run(env)
            assert (answer.returncode, pip_did(1, answer.stderr)) == (
                status,
                pip_did(1, output),
            ), name
