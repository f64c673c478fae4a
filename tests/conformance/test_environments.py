# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of an environment, and the verdict on it, equal what the environment really does: sound ones and broken.

Each is created by the real tool with each Python of this machine, broken as it happens in practice, and tested.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

import pytest
from testbed import wheelhouse

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.environment import (
    classify_environment,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.environments import (
    find_environments,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.environment_health import (
    judge_environment,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    EnvironmentPlace,
    Request,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.environment import (
    read_environment,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    JudgedEnvironment,
)

sys.path.insert(0, str(Path(__file__).parent))

from environment_probe import Answer, interrogate, run
from hosts import missing

TELL = (
    "import json,os,sys;from importlib.util import find_spec as f;"
    "print(json.dumps([os.path.realpath(sys.executable),list(sys.version_info[:3]),sys.prefix,"
    "bool(f('venv') and f('ensurepip'))]))"
)


class Python(NamedTuple):
    """An interpreter of this machine."""

    path: str  # canonical
    version: str
    prefix: str
    complete: bool  # has all that ``-m venv`` takes

    @property
    def language(self) -> str:
        return self.version.rpartition(".")[0]


def candidates() -> Iterator[Path]:
    """Yield what may be a Python: on PATH, in the system's own directory, and among pyenv's versions."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    directories = [Path(name) for name in os.environ["PATH"].split(os.pathsep) if name]
    directories += [Path("/usr/bin"), *sorted(pyenv.glob("versions/3.*/bin"))]
    for directory in directories:
        yield from sorted(directory.glob("python3.[0-9]*"))


def pythons() -> list[Python]:
    """Return the Pythons from 3.6 on that run, one for each minor version, those that can make environments first."""
    found: dict[str, Python] = {}
    for path in candidates():
        if not path.name.replace("python3.", "").isdigit() or b"#!" in path.open(
            "rb"
        ).read(2):
            continue
        told = run(path, "-I", "-c", TELL)
        if told.returncode:
            continue
        executable, version, prefix, complete = json.loads(told.stdout)
        python = Python(executable, ".".join(map(str, version)), prefix, complete)
        known = found.get(python.language)
        if os.path.realpath(prefix) == os.path.dirname(
            os.path.dirname(executable)
        ) and (known is None or (complete and not known.complete)):
            found[python.language] = python
    return sorted(
        found.values(),
        key=lambda python: [int(part) for part in python.version.split(".")],
    )


PYTHONS = pythons()
COMPLETE = [python for python in PYTHONS if python.complete]
KNOWN = {python.path: (python.language, python.version) for python in PYTHONS}
EVERY = pytest.mark.parametrize("python", PYTHONS, ids=lambda python: python.version)
#: The oldest, the newest (getpath was rewritten with 3.11), and the operating system's, where that is neither.
ENDS = list(
    dict.fromkeys(
        [COMPLETE[0], *(p for p in COMPLETE if p.prefix == "/usr"), COMPLETE[-1]]
        if COMPLETE
        else []
    )
)
SOME = pytest.mark.parametrize("python", ENDS, ids=lambda python: python.version)


def read(path: Path, via: str = "search") -> JudgedEnvironment:
    """Return the static answer; ``version_of`` knows what the readers of interpreters would."""

    def version_of(executable: str) -> tuple[str, str]:
        if executable in KNOWN:
            return KNOWN[executable]
        for known, version in KNOWN.items():  # a copy of a known one
            if os.path.exists(known) and filecmp.cmp(executable, known, shallow=False):
                return version
        return "", ""

    with Host() as host:
        reading = read_environment(
            host, EnvironmentPlace(str(path), via, ""), version_of
        )
    assert reading is not None
    return judge_environment(
        classify_environment(reading, lambda base: ""),
        [(p.path, p.language) for p in PYTHONS],
    )


def codes(judged: JudgedEnvironment) -> list[str]:
    return [problem.code for problem in judged.problems]


def works(path: Path, judged: JudgedEnvironment, answer: Answer) -> bool:
    """Return whether an environment does its work: starts, as itself, with its packages, and its scripts act on it."""
    reading = judged.environment.reading
    real = os.path.realpath(path)
    itself = answer.runs and answer.prefix == real
    packages = bool(
        set(answer.path) & {os.path.realpath(site) for site in reading.site_packages}
    )
    script = not os.path.lexists(path / "bin/pip") or real + "/" in answer.script
    return itself and packages and script


def agree(
    path: Path, kind: str, health: str, expected: list[str], via: str = "search"
) -> JudgedEnvironment:
    """Hold the static answer against the real one, and both against what is expected."""
    judged, answer = read(path, via), interrogate(path)
    environment, reading = judged.environment, judged.environment.reading
    assert (environment.kind, judged.health, codes(judged)) == (kind, health, expected)
    if answer.runs:
        assert environment.version == answer.version
        own = [os.path.realpath(site) for site in reading.site_packages]
        shared = environment.kind == "pipx" and "/shared/" in answer.pip
        mine = bool(answer.pip) and (answer.pip in own or shared)
        # What a link now leads to may not see its own packages; what is written of pip then tells what is there.
        assert (
            reading.has_pip == mine
            or "python-moved" in expected
            or "config-missing" in expected
        )
        assert not mine or answer.pip_status == 0
    if expected != ["half-made"]:  # that one runs, and is of no use
        assert works(path, judged, answer) == (health == "sound")
    return judged


def venv(python: object, path: Path, *options: str) -> Path:
    made = run(python, "-m", "venv", *options, path)
    assert made.returncode == 0, made.stderr
    return path


# -------------------------------------------------------------- sound ones


@pytest.mark.parametrize(
    "python", ENDS[:-1], ids=lambda python: python.version
)  # the newest: with what is moved below
def test_venv_with_pip(python: Python, tmp_path: Path) -> None:
    judged = agree(venv(python.path, tmp_path / "v"), "venv", "sound", [])
    assert judged.environment.base == python.path


@EVERY
def test_venv_variants(python: Python, tmp_path: Path) -> None:
    agree(venv(python.path, tmp_path / "plain", "--without-pip"), "venv", "sound", [])
    agree(
        venv(
            python.path, tmp_path / "system", "--without-pip", "--system-site-packages"
        ),
        "venv",
        "sound",
        [],
    )
    judged = agree(
        venv(python.path, tmp_path / "copies", "--without-pip", "--copies"),
        "venv",
        "sound",
        [],
    )
    assert judged.environment.base == python.path
    agree(
        venv(python.path, tmp_path / "a b \u00e9", "--without-pip"), "venv", "sound", []
    )


def test_pythons_are_there() -> None:
    if not COMPLETE:
        missing("no Python that can make an environment was found")


# ------------------------------------------------------------ other creators


class Tools(NamedTuple):
    """virtualenv, uv and pipx of the wheelhouse, in an environment of their own."""

    bin: Path
    env: dict[str, str]

    def run(self, name: str, *words: object, **variables: str) -> None:
        done = subprocess.run(
            [str(self.bin / name), *map(str, words)],
            env={**self.env, **variables},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def install(python: str, where: Path, *packages: str) -> Tools:
    wheels = wheelhouse.ensure()
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(where),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
    }
    env.update(
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        UV_NO_INDEX="1",
        UV_FIND_LINKS=str(wheels),
        UV_OFFLINE="1",
    )
    env.update(UV_PYTHON_DOWNLOADS="never", LC_ALL="C.UTF-8", PIP_NO_COMPILE="1")
    venv(python, where / "tools")
    tools = Tools(where / "tools/bin", env)
    tools.run("python", "-m", "pip", "install", "--quiet", *packages)
    return tools


def newest(*languages: str) -> Python:
    fit = [
        python for python in COMPLETE if not languages or python.language in languages
    ]
    if not fit:
        missing(
            "no Python of %s that can make an environment"
            % " or ".join(languages or ("3",))
        )
    return fit[-1]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    where = tmp_path_factory.mktemp("tools")
    return install(newest().path, where, "virtualenv==21.15.8", "pipx==1.18.4", "uv")


def test_virtualenv(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "v"
    tools.run(
        "virtualenv", "--no-download", "--no-periodic-update", "-p", newest().path, path
    )
    assert agree(path, "virtualenv", "sound", []).environment.base == newest().path
    tools.run(
        "virtualenv",
        "--no-periodic-update",
        "--no-pip",
        "-p",
        newest().path,
        tmp_path / "none",
    )
    agree(tmp_path / "none", "virtualenv", "sound", [])


def test_old_virtualenv(tools: Tools, tmp_path: Path) -> None:
    old = Tools(
        venv(newest("3.8", "3.9", "3.10").path, tmp_path / "tools", "--without-pip")
        / "bin",
        tools.env,
    )
    tools.run(
        "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        old.bin / "python",
        "virtualenv==20.4.7",
    )
    path = tmp_path / "v"
    old.run("virtualenv", "--no-download", "--no-periodic-update", path)
    judged = agree(path, "virtualenv", "sound", [])
    assert judged.environment.reading.config["virtualenv"] == "20.4.7"
    assert "version" not in judged.environment.reading.config
    old.run(
        "virtualenv",
        "--no-periodic-update",
        "--no-seed",
        "--copies",
        tmp_path / "copies",
    )
    agree(tmp_path / "copies", "virtualenv", "sound", [])


def test_uv(tools: Tools, tmp_path: Path) -> None:
    for python in COMPLETE[-2:]:
        path = tmp_path / python.version
        tools.run("uv", "venv", "--python", python.path, path)
        assert agree(path, "uv", "sound", []).environment.base == python.path
    tools.run(
        "uv",
        "venv",
        "--relocatable",
        "--seed",
        "--python",
        newest().path,
        tmp_path / "seeded",
    )
    agree(tmp_path / "seeded", "uv", "sound", [])
    os.rename(tmp_path / "seeded", tmp_path / "moved")  # it is made to be moved
    agree(tmp_path / "moved", "uv", "sound", [])
    os.rename(tmp_path / newest().version, tmp_path / "other")
    assert codes(read(tmp_path / "other")) == ["moved"]
    broken = subprocess.run(
        [
            str(tools.bin / "uv"),
            "venv",
            "--seed",
            "--python",
            newest().path,
            str(tmp_path / "half"),
        ],
        env={**tools.env, "UV_FIND_LINKS": str(tmp_path)},
        check=False,
        capture_output=True,
    )
    assert broken.returncode != 0
    agree(tmp_path / "half", "uv", "broken", ["half-made"])


def test_uv_tool(tools: Tools, tmp_path: Path) -> None:
    where = {"UV_TOOL_DIR": str(tmp_path / "t"), "UV_TOOL_BIN_DIR": str(tmp_path / "b")}
    tools.run("uv", "tool", "install", "--python", newest().path, "cowsay", **where)
    judged = agree(tmp_path / "t/cowsay", "uv", "sound", [], via="uv tool")
    assert judged.environment.reading.receipt == str(
        tmp_path / "t/cowsay/uv-receipt.toml"
    )


@pytest.mark.parametrize("backend", ["pip", "uv"])
def test_pipx(tools: Tools, tmp_path: Path, backend: str) -> None:
    home = {
        "PIPX_HOME": str(tmp_path / "p"),
        "PIPX_BIN_DIR": str(tmp_path / "b"),
        "PIPX_DEFAULT_BACKEND": backend,
    }
    home["PATH"] = f"{tools.bin}:/usr/bin:/bin"
    tools.run(
        "pipx",
        "install",
        "--suffix=_x",
        "--python",
        newest().path,
        "cowsay==6.0",
        **home,
    )
    (path,) = (entry for entry in (tmp_path / "p/venvs").iterdir() if entry.is_dir())
    judged = agree(path, "pipx", "sound", [], via="pipx")
    record = judged.environment.reading.pipx
    assert record is not None
    assert (record.application, record.version, record.suffix) == (
        "cowsay",
        "6.0",
        "_x",
    )
    assert set(record.commands) == {entry.name for entry in (tmp_path / "b").iterdir()}
    assert (record.backend, record.home, record.error, record.doubt) == (
        backend,
        str(tmp_path / "p"),
        "",
        "",
    )
    (path / "bin/cowsay").unlink()
    assert codes(read(path, "pipx")) == ["command-missing"]
    (path / "pipx_metadata.json").write_text("{")
    assert codes(read(path, "pipx")) == ["metadata-unreadable"]


# -------------------------------------------------------------- ways to break them


class Base(NamedTuple):
    """A Python that may be taken away: a copy of the executable, which finds its library by where it lies."""

    directory: Path
    python: Python

    @property
    def link(self) -> Path:
        return self.directory / "bin/python3"

    @property
    def executable(self) -> Path:
        return self.directory / f"bin/python{self.python.language}"


@pytest.fixture
def make_base() -> Iterator[Callable[[Python], Base]]:
    """Yield what copies a Python to a place of its own, as if it had been built for that place."""
    made: list[str] = []

    def make(python: Python) -> Base:
        made.append(
            tempfile.mkdtemp(prefix="b", dir="/tmp")
        )  # short: it is written over the prefix that was built in
        base = Base(Path(made[-1]), python)
        library = Path(python.prefix) / "lib"
        (base.directory / "bin").mkdir()
        relocate(Path(python.path), base.executable, python.prefix)
        for shared in library.glob(f"libpython{python.language}*.so.*"):
            relocate(shared, base.directory / "lib" / shared.name, python.prefix)
        base.link.symlink_to(base.executable.name)
        modules = base.directory / "lib" / f"python{python.language}"
        modules.mkdir(parents=True)
        for entry in (library / modules.name).iterdir():
            (modules / entry.name).symlink_to(entry)
        KNOWN[str(base.executable)] = (python.language, python.version)
        return base

    yield make
    for directory in made:
        shutil.rmtree(directory, ignore_errors=True)


def relocate(source: Path, target: Path, prefix: str) -> None:
    """Copy a binary, and fill the place of its prefix with that of ``target`` and slashes, which mean nothing."""
    here, there = prefix.encode(), str(target.parent.parent).encode()
    data = source.read_bytes()
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(
        data.replace(here, there.ljust(len(here), b"/"))
        if len(there) <= len(here)
        else data
    )
    target.chmod(0o755)


@SOME
def test_interpreter_removed(
    python: Python, make_base: Callable[[Python], Base], tmp_path: Path
) -> None:
    base = make_base(python)
    path = venv(base.link, tmp_path / "v", "--without-pip")
    agree(path, "venv", "sound", [])
    base.executable.unlink()
    judged = agree(path, "venv", "broken", ["interpreter-missing"])
    assert str(base.link) in judged.problems[0].message


@SOME
def test_base_moved_to_another_minor_version(
    python: Python, make_base: Callable[[Python], Base], tmp_path: Path
) -> None:
    base = make_base(python)
    path = venv(base.link, tmp_path / "v", "--without-pip")
    other = next(each for each in COMPLETE if each.language != python.language)
    base.link.unlink()
    base.link.symlink_to(other.path)
    judged = agree(path, "venv", "broken", ["python-moved"])
    assert judged.environment.version == other.version
    assert f"{base.link} is Python {other.language}" in judged.problems[0].message


@SOME
def test_upgraded_in_place(python: Python, tmp_path: Path) -> None:
    other = next(
        each for each in reversed(COMPLETE) if each.language != python.language
    )
    path = venv(other.path, tmp_path / "v", "--without-pip")
    for name in ("python", "python3"):
        (path / "bin" / name).unlink()
    venv(python.path, path, "--without-pip", "--upgrade")
    agree(path, "venv", "sound", ["left-over-version"])


@SOME
def test_copy_without_its_base(
    python: Python, make_base: Callable[[Python], Base], tmp_path: Path
) -> None:
    base = make_base(python)
    if len(python.prefix) < len(str(base.directory)):
        pytest.skip(
            f"a copy of {python.path} finds its library in {python.prefix}, which can't be taken away here"
        )
    path = venv(base.link, tmp_path / "v", "--without-pip", "--copies")
    agree(path, "venv", "sound", [])
    shutil.rmtree(base.directory)
    agree(path, "venv", "broken", ["base-missing"])


@SOME
def test_pyvenv_cfg_deleted_or_emptied(python: Python, tmp_path: Path) -> None:
    path = venv(python.path, tmp_path / "v", "--without-pip")
    (path / "pyvenv.cfg").write_text("")
    agree(path, "venv", "sound", ["config-incomplete"])
    (path / "pyvenv.cfg").unlink()
    judged = agree(path, "venv", "broken", ["config-missing"])
    assert interrogate(path).prefix == os.path.realpath(python.prefix)
    with Host() as host:
        places = find_environments(
            host, Request(environment_roots=(str(tmp_path),)), ()
        )
    assert judged.environment.reading.path in [place.path for place in places]


def test_moved_copied_and_pip_taken_out(tmp_path: Path) -> None:
    path = venv(newest().path, tmp_path / "v")
    assert read(path).environment.base == newest().path
    shutil.copytree(path, tmp_path / "copy", symlinks=True)
    agree(tmp_path / "copy", "venv", "broken", ["moved"])
    agree(path, "venv", "sound", [])
    (tmp_path / "link").symlink_to(path)
    agree(tmp_path / "link", "venv", "sound", [])
    site = next(path.glob("lib/python*/site-packages"))
    site.rename(tmp_path / "aside")
    site.mkdir()
    agree(path, "venv", "broken", ["pip-missing"])
    site.rmdir()
    (tmp_path / "aside").rename(site)
    assert (
        run(
            path / "bin/python", "-m", "pip", "uninstall", "--yes", "--quiet", "pip"
        ).returncode
        == 0
    )
    agree(
        path, "venv", "sound", []
    )  # taken out on purpose, and nothing that would call it is left
    path.rename(tmp_path / "moved")
    judged = read(tmp_path / "moved")
    assert (codes(judged), judged.environment.reading.made_at) == (["moved"], str(path))


@SOME
def test_half_made(
    python: Python, make_base: Callable[[Python], Base], tmp_path: Path
) -> None:
    base = make_base(python)
    (
        base.directory / "lib" / f"python{python.language}" / "ensurepip"
    ).unlink()  # as without python3-venv
    assert run(base.link, "-m", "venv", tmp_path / "v").returncode != 0
    judged = agree(tmp_path / "v", "venv", "broken", ["half-made"])
    assert (
        judged.environment.reading.has_activate,
        interrogate(tmp_path / "v").pip,
    ) == (False, "")


def test_modes_lost(tmp_path: Path) -> None:
    path = venv(newest().path, tmp_path / "v", "--without-pip", "--copies")
    for name in os.listdir(path / "bin"):
        if not (path / "bin" / name).is_symlink():
            (path / "bin" / name).chmod(0o644)
    agree(path, "venv", "broken", ["interpreter-not-executable"])
