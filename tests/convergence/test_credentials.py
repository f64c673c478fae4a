# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password in any option that can hold one is nowhere to be seen: results, files, the system's log, process lists."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Iterator, Mapping, NamedTuple
from urllib.parse import quote

import pytest
from testbed.containers import BUILD, REPOSITORY
from testbed.figures import FIGURES

from convergence.area import Area
from convergence.module import NAME, payload, read_answer
from convergence.packages import write_project
from convergence.server import Index

#: What is looked for: no part of the password that is left over would be harmless.
CANARY = "qcanaryq"
PASSWORD = f"pa+ss@{CANARY}/%41 x"  # in ASCII, as pip sends other letters in Latin-1
LOGIN = f"user:{PASSWORD}"
USERINFO = f"user:{quote(PASSWORD, safe='')}"
TOKEN = f"tok-{CANARY}"


class Watch:
    """Samples, while a module runs, what every user of the machine can see of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.found: list[str] = []
        self.samples = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def _loop(self) -> None:
        while not self._stop.is_set():
            self.samples += 1
            for pid in filter(str.isdecimal, os.listdir("/proc")):
                try:
                    words = Path("/proc", pid, "cmdline").read_bytes()
                except OSError:
                    continue
                if CANARY.encode() in words:
                    self.found.append(
                        "a process: "
                        + words.replace(b"\0", b" ").decode(errors="replace")[:500]
                    )
            self.found += [
                f"readable for others: {path}"
                for path in holding(self.directory, public=True)
            ]
            self._stop.wait(0.02)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()


def holding(root: Path, public: bool = False) -> list[str]:
    """Return the files below a directory that hold the canary; with ``public`` those that others can get at."""
    found = []
    for top, names, files in os.walk(root):
        try:
            if public:
                names[:] = [
                    name
                    for name in names
                    if os.lstat(os.path.join(top, name)).st_mode & 0o011
                ]
            for name in files + names:
                path = os.path.join(top, name)
                if CANARY in name:
                    found.append(path)
                if (
                    name in files
                    and not os.path.islink(path)
                    and (not public or os.lstat(path).st_mode & 0o044)
                ):
                    with open(path, "rb") as file:
                        found += [path] if CANARY.encode() in file.read() else []
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def log() -> Iterator[list[str] | None]:
    """What the module writes to the system's log; None where the log is another's."""
    if os.geteuid() != 0 or os.path.lexists("/dev/log"):
        FIGURES.append(
            "credentials: NOT LOOKED FOR IN THE SYSTEM'S LOG, which needs root and a machine without /dev/log"
        )
        yield None
        return
    lines: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.bind("/dev/log")
        try:
            threading.Thread(target=_read_log, args=(door, lines), daemon=True).start()
            yield lines
        finally:
            os.unlink("/dev/log")
            door.shutdown(socket.SHUT_RDWR)


def _read_log(door: socket.socket, lines: list[str]) -> None:
    while True:
        try:
            data = door.recv(65536)
        except OSError:
            return
        if not data:
            return
        lines.append(data.decode(errors="replace"))


class Way(NamedTuple):
    """One way in which a password gets into a task; {port} is of the index that wants it, {open} of another."""

    name: str
    options: Mapping[str, Any]
    fails: bool = False
    environment: Mapping[str, str] = {}
    file: str = ""  # requirements
    login: str = LOGIN
    only: str = ""
    # With pip, which takes its time, check mode is tried with some
    checked: bool = False


URL = f"http://{USERINFO}@127.0.0.1:{{port}}/simple/"
WRONG = f"http://user:{CANARY}-wrong@127.0.0.1:{{port}}/simple/"
DOWN = f"http://{USERINFO}@127.0.0.1:9/simple/"
FILE = f"http://{USERINFO}@127.0.0.1:{{port}}/files/"
TOLD: Mapping[str, Any] = {"build_environment": {"API_TOKEN": TOKEN}}
OPEN = "http://127.0.0.1:{open}/simple/"
DELTA: Mapping[str, Any] = {"packages": ["delta"]}
WAYS = (
    Way("index-url", {**DELTA, "index_url": URL}, checked=True),
    Way("index-url-wrong", {**DELTA, "index_url": WRONG}, fails=True),
    Way("index-url-down", {**DELTA, "index_url": DOWN, "timeout": 2}, fails=True, environment={"PIP_RETRIES": "0"}),
    Way("index-url-unknown-package", {"packages": ["nowhere"], "index_url": URL}, fails=True),
    Way("extra-index-urls", {**DELTA, "index_url": OPEN, "extra_index_urls": [URL]}),
    Way("find-links", {**DELTA, "find_links": [URL + "delta/"], "no_index": True}),
    Way("index-credentials", {**DELTA, "index_url": "http://127.0.0.1:{port}/simple/",
                              "index_credentials": [{"host": "127.0.0.1", "username": "user", "password": PASSWORD}]}),
    Way("token-in-credentials", {**DELTA, "index_url": "http://127.0.0.1:{port}/simple/",
                                 "index_credentials": [{"host": "127.0.0.1", "username": TOKEN}]}, login=TOKEN + ":"),
    Way("token", {**DELTA, "index_url": f"http://{TOKEN}@127.0.0.1:{{port}}/simple/"}, login=TOKEN + ":"),
    Way("package-url", {"packages": [f"delta @ {FILE}delta-1.0-py3-none-any.whl"]}),
    Way("package-url-unknown", {"packages": [f"delta @ {FILE}delta-7.0-py3-none-any.whl"]}, fails=True, checked=True),
    Way("file-with-index", {}, file=f"--index-url {URL}\ndelta\n"),
    Way("file-with-index-unknown", {}, file=f"-i {URL}\nnowhere\n", fails=True, checked=True),
    Way("file-with-extra-index", {"no_index": False}, file=f"-i {OPEN}\n--extra-index-url={URL}\ndelta\n"),
    Way("file-with-url", {}, file=f"delta @ {FILE}delta-1.0-py3-none-any.whl\n"),
    Way("pip-index-url", DELTA, environment={"PIP_INDEX_URL": URL}, only="pip"),
    Way("pip-extra-index-url", {"packages": ["nowhere"]}, fails=True, only="pip",
        environment={"PIP_INDEX_URL": OPEN, "PIP_EXTRA_INDEX_URL": URL}),
    Way("uv-index-url", DELTA, environment={"UV_DEFAULT_INDEX": URL}, only="uv"),
    Way("build-of-source", {"packages": ["source"], "index_url": URL, **TOLD}),
    Way("build-that-tells", {"packages": ["{root}/project"], "no_index": True, **TOLD},
        fails=True),
    Way("build-environment", {**DELTA, "build_environment": {"PIP_INDEX_URL": URL, "UV_DEFAULT_INDEX": URL}}),
    Way("refused", {"packages": [f"-i {URL}", "delta"]}, fails=True),
    Way("refused-in-many", {"environments": [{"path": "{root}/venv", "index_url": URL, "keep": "x"}]}, fails=True),
)  # fmt: skip
PAIRS = [
    (way, installer)
    for way in WAYS
    for installer in ("pip", "uv")
    if way.only in ("", installer)
]


def _expand(value: Any, texts: Mapping[str, str]) -> Any:
    text = json.dumps(value)
    for key, each in texts.items():
        text = text.replace("{" + key + "}", each)
    return json.loads(text)


@pytest.mark.parametrize(
    ("way", "installer"),
    PAIRS,
    ids=[f"{way.name}-{installer}" for way, installer in PAIRS],
)
def test_a_password_is_nowhere_to_be_seen(
    area: Area,
    way: Way,
    installer: str,
    log: list[str] | None,
    request: pytest.FixtureRequest,
) -> None:
    root = area.root / f"secret-{way.name}-{installer}"
    inputs = area.root / "inputs"
    for directory in (root / "home", root / "tmp"):
        directory.mkdir(parents=True)
    (root / "tmp").chmod(0o755)
    project = write_project(root / "project", "project")
    backend = project / "backend.py"
    backend.write_text(
        backend.read_text()
        + "\nsys.stderr.write('told %s' % os.environ['API_TOKEN']); raise SystemExit(1)\n"
    )
    with Index(area.wheels, way.login) as closed, Index(
        area.root / "none", ""
    ) as opened:
        texts = {"port": str(closed.port), "open": str(opened.port), "root": str(root)}
        options = {
            "path": str(root / "venv"),
            "installer": installer,
            "pip": installer == "pip",
            **_expand(way.options, texts),
        }
        if "environments" in options:
            del options["path"]
        if way.file:
            inputs.mkdir(exist_ok=True)
            inputs.chmod(0o700)
            (inputs / f"{root.name}.txt").write_text(_expand(way.file, texts))
            options["requirements"] = [str(inputs / f"{root.name}.txt")]
        environment = {
            "TMPDIR": str(root / "tmp"),
            "UV_CACHE_DIR": str(root / "home" / "uv"),
        }
        environment["PIP_CACHE_DIR"] = str(root / "home" / "pip")
        environment |= _expand(way.environment, texts)
        for check in (True, False) if installer == "uv" or way.checked else (False,):
            _run_and_look(
                area, options, environment, check=check, way=way, root=root, log=log
            )
        if not way.fails:
            assert (
                any(path.startswith("/files/") for path in closed.asked)
                or "source" in way.name
            ), closed.asked


def _run_and_look(
    area: Area,
    options: dict[str, Any],
    environment: dict[str, str],
    *,
    check: bool,
    way: Way,
    root: Path,
    log: list[str] | None,
) -> None:
    if log is not None:
        log.clear()
    with Watch(root / "tmp") as watch:
        answer = area.runner.run(options, check=check, environment=environment)
    failed = bool(answer.result.get("failed"))
    if not check:
        assert failed == way.fails, str(answer).replace(CANARY, "CANARY")
    elif not way.fails:
        assert not failed and answer.result["changed"]
    assert CANARY not in answer.output + answer.errors, "in the result: " + _around(
        answer.output + answer.errors
    )
    assert watch.samples > 3
    assert watch.found == []
    assert holding(root) == [], "left on disk"
    if log is not None:
        deadline = time.monotonic() + 10
        while not log and time.monotonic() < deadline:
            time.sleep(0.05)
        assert log, "nothing was logged, so nothing was looked at"
        assert [line for line in log if CANARY in line] == [], "in the system's log"
        log.clear()


def _around(text: str) -> str:
    at = text.find(CANARY)
    return text[max(at - 300, 0) : at + 100]


@pytest.mark.parametrize("fails", [False, True])
def test_with_the_oldest_core(area: Area, fails: bool) -> None:
    """ansible-core 2.19 prints the options of a task (`invocation`) wherever it prints its result."""
    python = BUILD / "envs" / "sanity-2.19" / "bin" / "python"
    if not python.exists():
        pytest.skip("the environment sanity-2.19 is not there")
    root = area.root / f"secret-oldest-{fails}"
    root.mkdir()
    with Index(area.wheels, LOGIN) as index:
        options = {
            "path": str(root / "venv"),
            "packages": ["nowhere" if fails else "delta"],
            "installer": "uv",
            "pip": False,
        }
        options |= {"index_url": index.url(USERINFO), "_ansible_verbosity": 4, "_ansible_diff": True,
                    "index_credentials": [{"host": "example.com", "username": "user", "password": PASSWORD}],
                    "build_environment": {"API_TOKEN": TOKEN}}  # fmt: skip
        command = [
            str(python),
            str(REPOSITORY / "tests" / "testbed" / "payload.py"),
            NAME,
            json.dumps(options),
        ]
        program = subprocess.run(command, check=True, capture_output=True).stdout
        answer = area.runner.run({}, program=program)
    assert bool(answer.result.get("failed")) == fails, str(answer).replace(
        CANARY, "CANARY"
    )
    assert "invocation" in answer.result
    assert CANARY not in answer.output + answer.errors, _around(
        answer.output + answer.errors
    )


@pytest.mark.parametrize("core", ["dev", "sanity-2.19"])
def test_the_role_shows_none_either(area: Area, core: str) -> None:
    """The role app_venv, whose plan has the variables and credentials of all applications, at -vvvv."""
    program = BUILD / "envs" / core / "bin" / "ansible-playbook"
    if not program.exists():
        pytest.skip(f"the environment {core} is not there")
    root = area.root / f"secret-role-{core}"
    root.mkdir()
    credentials = [{"host": "example.com", "username": "user", "password": PASSWORD}]
    application = {
        "name": "shop", "packages": ["delta"], "pip": False, "index_credentials": credentials,
        "environment_file": {"variables": {"API_TOKEN": TOKEN}},
    }  # fmt: skip
    variables = {
        "app_venv_root": str(root),
        "app_venv_find_links": [str(area.wheels)],
        "app_venv_no_index": True,
    }
    roles = [
        {"role": "pyfleet.python.app_venv", **variables, "app_venv_apps": [application]}
    ]
    told = []
    for name, options, more, status in (
        ("would", ["--check", "--diff"], {}, 0),
        ("does", ["--diff"], {}, 0),
        ("nothing", [], {}, 0),
        ("refuses", [], {"path": "opt/venv"}, 2),
    ):
        roles[0]["app_venv_apps"] = [{**application, **more}]
        book = root / f"{name}.json"
        book.write_text(
            json.dumps([{"hosts": "localhost", "gather_facts": False, "roles": roles}])
        )
        told.append(_play(program, book, *options))
        assert told[-1].returncode == status, told[-1].stdout.replace(CANARY, "CANARY")
        assert CANARY not in told[-1].stdout + told[-1].stderr, _around(
            told[-1].stdout + told[-1].stderr
        )
        book.unlink()
    assert "Create users and files" in told[1].stdout
    assert "changed=0" in told[2].stdout
    assert "path is opt/venv: set an absolute path" in told[3].stdout + told[3].stderr
    assert [Path(path).name for path in holding(root)] == ["environment"]


def _play(program: Path, book: Path, *options: str) -> subprocess.CompletedProcess[str]:
    settings = {"ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_NOCOLOR": "1"}
    command = [
        str(program),
        "-i",
        "localhost,",
        "-c",
        "local",
        "-vvvv",
        *options,
        str(book),
    ]
    return subprocess.run(
        command,
        env={**os.environ, **settings},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_canary_would_be_seen(tmp_path: Path) -> None:
    """What looks for it finds it: in a process list, in a file, in a file that others can read."""
    (tmp_path / "open").write_text(PASSWORD)
    (tmp_path / "open").chmod(0o644)
    with Watch(tmp_path) as watch:
        subprocess.run(["sh", "-c", "sleep 0.3; : " + CANARY], check=True)
    assert {line.split(":")[0] for line in watch.found} == {
        "a process",
        "readable for others",
    }
    assert holding(tmp_path) == [str(tmp_path / "open")]
    assert CANARY in payload({"index_url": URL}).decode()
    assert read_answer(json.dumps({"msg": CANARY}).encode(), b"").output


@pytest.fixture(autouse=True)
def _tidy(area: Area) -> Iterator[None]:
    (area.root / "none").mkdir(exist_ok=True)
    yield
    for path in (*area.root.glob("secret-*"), area.root / "inputs"):
        shutil.rmtree(path, ignore_errors=True)
