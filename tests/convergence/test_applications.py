# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`pipx_app` with several versions of pipx: each case in check mode, for real, and again."""

from __future__ import annotations

import os
import runpy
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, Callable, Iterator, Mapping, NamedTuple

import pytest
from testbed.containers import BUILD, REPOSITORY
from testbed.payload import build

from convergence.area import Area, need
from convergence.module import Answer, can_trace, differences, read_answer, snapshot

WHEELS = BUILD / "wheelhouse"
OLDEST, BOOKWORM, TRIXIE, NEWEST = "1.0.0", "1.1.0", "1.7.1", "1.18.4"
COWSAY = str(WHEELS / "cowsay-6.0-py3-none-any.whl")


_LOCK = Lock()  # Ansible's builder is not made for threads


class Case(NamedTuple):
    """A request and the state that it leads to; ``repairs`` and ``changes`` are what the module returns."""

    name: str
    options: Mapping[str, Any]
    after: str = ""
    changes: bool = True
    repairs: bool = False


LIFE = (
    Case("an older version", {"name": "cowsay", "version": "6.0"}, "cowsay 6.0"),
    Case("which is enough for present", {"name": "cowsay"}, "cowsay 6.0", changes=False),
    Case("and for a specifier", {"name": "Cowsay>=6,<6.1"}, "cowsay 6.0", changes=False),
    Case("inject", {"name": "cowsay", "inject": ["idna==3.10"]}, "cowsay 6.0, idna 3.10"),
    Case("another version of it, and one more", {"name": "cowsay", "inject": ["idna==3.20", "six"]},
         "cowsay 6.0, idna 3.20, six 1.17.0"),
    Case("uninject", {"name": "cowsay", "inject": ["idna"]}, "cowsay 6.0, idna 3.20"),
    Case("another version", {"name": "cowsay", "version": "6.1"}, "cowsay 6.1, idna 3.20"),
    Case("back again", {"name": "cowsay==6.0"}, "cowsay 6.0, idna 3.20"),
    Case("latest", {"name": "cowsay", "state": "latest"}, "cowsay 6.1, idna 3.20"),
    Case("its interpreter is taken away", {"name": "cowsay"}, "cowsay 6.1, idna 3.20", repairs=True),
    Case("its link is taken away", {"name": "cowsay"}, "cowsay 6.1, idna 3.20", repairs=True),
    Case("uninject all", {"name": "cowsay", "inject": []}, "cowsay 6.1"),
    Case("absent", {"name": "cowsay", "state": "absent"}),
)  # fmt: skip
MORE = (
    Case("a file", {"name": COWSAY}, "cowsay 6.0"),
    Case("a suffix", {"name": "cowsay", "suffix": "_new"}, "cowsay_new 6.1"),
    Case("the suffix goes", {"name": "cowsay", "suffix": "_new", "state": "absent"}),
    Case("the packages of its Python", {"name": "cowsay", "system_site_packages": True}, "cowsay 6.0"),
    Case("commands of what is injected", {"name": "cowsay", "inject": ["argcomplete", "six"], "inject_apps": True},
         "cowsay 6.0, argcomplete 3.7.2, six 1.17.0"),
    Case("a library at a version", {"name": "cowsay", "inject": ["idna==3.10"], "inject_apps": False},
         "cowsay 6.0, idna 3.10"),
    Case("latest within a specifier", {"name": "cowsay", "version": "<6.1", "state": "latest"},
         "cowsay 6.0, idna 3.10", changes=False),
    Case("latest within another", {"name": "cowsay", "version": "6.*", "state": "latest"}, "cowsay 6.1, idna 3.10"),
    Case("an older version", {"name": "cowsay==6.0"}, "cowsay 6.0, idna 3.10"),
    Case("latest leaves what was injected at a version", {"name": "cowsay", "state": "latest"},
         "cowsay 6.1, idna 3.10"),
    Case("a major version of Python", {"name": "cowsay", "python": "python3"}, "cowsay 6.1, idna 3.10", changes=False),
    Case("uninject", {"name": "cowsay", "inject": []}, "cowsay 6.1"),
    Case("a tool alone", {"name": "cowsay==6.0", "inject": ["argcomplete"], "inject_apps": True},
         "cowsay 6.0, argcomplete 3.7.2"),
    Case("commands of dependencies", {"name": "requests<2.34", "include_dependencies": True}, "requests 2.32.5"),
)  # fmt: skip
PINS = (
    Case("pin", {"name": "cowsay", "pin": True}, "cowsay 6.0 (pinned)"),
    Case(
        "latest leaves it alone",
        {"name": "cowsay", "state": "latest"},
        "cowsay 6.0 (pinned)",
        changes=False,
    ),
    Case(
        "another copy, pinned as well",
        {"name": "cowsay==6.0", "suffix": "_old", "pin": True},
        "cowsay_old 6.0 (pinned)",
    ),
    Case(
        "the first copy is still pinned",
        {"name": "cowsay", "pin": True},
        "cowsay 6.0 (pinned)",
        changes=False,
    ),
    Case(
        "the second copy goes", {"name": "cowsay", "suffix": "_old", "state": "absent"}
    ),
    Case(
        "unpin, and latest",
        {"name": "cowsay", "state": "latest", "pin": False},
        "cowsay 6.1",
    ),
)
SHORT = (
    LIFE[0],
    LIFE[3],
    Case("uninject all", {"name": "cowsay", "inject": []}, "cowsay 6.0"),
    Case("absent", {"name": "cowsay", "state": "absent"}),
)


class Host:
    """A home of one pipx, with directories for commands and manual pages, and the module."""

    def __init__(self, area: Area, version: str, root: Path, executable: str) -> None:
        self.version, self.root, self.executable = version, root, executable
        self.bin, self.home, self.area = root / "bin", root / "pipx", area
        self.variables = {
            "PIPX_GLOBAL_HOME": str(self.home),
            "PIPX_GLOBAL_BIN_DIR": str(self.bin),
        }
        self.variables["PIPX_GLOBAL_MAN_DIR"] = str(root / "share/man")

    def program(self, options: Mapping[str, Any], check: bool = False) -> bytes:
        """Return the program that Ansible would send."""
        shared = {
            "scope": "global",
            "executable": self.executable,
            "no_index": True,
            "find_links": [str(WHEELS)],
        }
        internal = {
            "_ansible_check_mode": check,
            "_ansible_diff": True,
            "_ansible_remote_tmp": "/nonexistent",
        }
        with _LOCK:
            return build("pyfleet.python.pipx_app", {**shared, **options, **internal})

    def start(self, options: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        """Start the module."""
        return self.area.runner.start(
            {}, environment=self.variables, program=self.program(options)
        )

    def run(
        self, options: Mapping[str, Any], check: bool = False, trace: Path | None = None
    ) -> Answer:
        """Run it to its end."""
        program = self.program(options, check)
        return self.area.runner.run(
            {}, environment=self.variables, program=program, trace=trace
        )

    def succeed(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Run it; it must not fail."""
        answer = self.run(options)
        assert not answer.result.get("failed"), str(answer)
        return answer.result

    def take_interpreter_away(self) -> None:
        (python,) = [
            path
            for path in (self.home / "venvs/cowsay/bin").glob("python")
            if path.is_symlink()
        ]
        python.unlink()
        python.symlink_to("/nowhere/python3")

    def take_link_away(self) -> None:
        (self.bin / "cowsay").unlink()

    def say(self, command: str) -> str:
        """Run a command as its user would."""
        words = [str(self.bin / command), "--text", "moo"]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout


BEFORE = {
    "its interpreter is taken away": Host.take_interpreter_away,
    "its link is taken away": Host.take_link_away,
}


@pytest.fixture(scope="module")
def pipxes(area: Area) -> Callable[..., Host]:
    """Return a new host of each version; a pipx itself is installed once."""
    lock = Lock()

    def get(version: str, *beside: str) -> Host:
        with lock:
            place = area.root / "-".join(("pipx", version, *beside))
            if not place.exists():
                uv = [area.root / "bin/uv", "--quiet", "--no-config"]
                subprocess.run(
                    [*uv, "venv", f"--python={area.python}", place], check=True
                )
                pip = [
                    *uv,
                    "pip",
                    "install",
                    f"--python={place}",
                    "--no-index",
                    f"--find-links={WHEELS}",
                ]
                subprocess.run([*pip, f"pipx=={version}", *beside], check=True)
            root = area.root / f"host-{len(os.listdir(area.root))}"
            root.mkdir()
        return Host(area, version, root, str(place / "bin/pipx"))

    return get


def joined(diff: str) -> str:
    return ", ".join(line.strip() for line in diff.splitlines())


def live(host: Host, cases: tuple[Case, ...]) -> None:
    """Put a host through cases; check mode writes nothing and says what the real run then does."""
    for case in cases:
        BEFORE.get(case.name, lambda _host: None)(host)
        before = snapshot(host.root)
        predicted = host.run(case.options, check=True).result
        assert differences(before, snapshot(host.root)) == [], case.name
        done, again = host.succeed(case.options), host.run(case.options).result
        for answer in (predicted, done):
            assert answer["changed"] is case.changes, (case.name, predicted, done)
            assert bool(answer["repaired"]) is case.repairs, (
                case.name,
                predicted,
                done,
            )
        assert predicted["diff"]["before"] == done["diff"]["before"], case.name
        assert joined(done["diff"]["after"]) == case.after, (case.name, done)
        assert again["changed"] is False, (case.name, again)
        if "newest allowed" not in predicted["diff"]["after"]:
            assert predicted["diff"]["after"] == done["diff"]["after"], case.name
        if case.after.startswith("cowsay "):
            assert "moo" in host.say("cowsay"), case.name


def live_whole(host: Host) -> None:
    live(host, LIFE)
    assert os.listdir(host.bin) == []
    assert [path for path in (host.home / "venvs").iterdir() if path.is_dir()] == []
    if host.version == NEWEST:
        live_pinned(host)
        assert (
            host.run({"name": COWSAY}).result["problem"]["code"]
            == "installed-otherwise"
        )
        live(host, LIFE[-1:])
    live(host, MORE)
    assert sorted(os.listdir(host.bin)) == [
        "activate-global-python-argcomplete", "cowsay", "idna", "normalizer", "register-python-argcomplete",
    ]  # fmt: skip
    assert (
        "include-system-site-packages = true"
        in (host.home / "venvs/cowsay/pyvenv.cfg").read_text()
    )


def live_short(host: Host) -> None:
    live(host, SHORT)


def live_pinned(host: Host) -> None:
    live(host, SHORT[:1] + PINS)


LIVES = (
    (live_whole, BOOKWORM), (live_whole, NEWEST), (live_short, OLDEST), (live_pinned, TRIXIE)
)  # fmt: skip


@pytest.fixture(scope="module")
def lives(pipxes: Callable[..., Host]) -> Iterator[dict[Any, Future[None]]]:
    """Start all lives, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {
            key: pool.submit(lambda key=key: key[0](pipxes(key[1]))) for key in LIVES
        }


@pytest.mark.parametrize("key", LIVES, ids=lambda key: f"{key[0].__name__}-{key[1]}")
def test_life(lives: dict[Any, Future[None]], key: Any) -> None:
    lives[key].result()


def test_runs_at_once_come_one_after_the_other(pipxes: Callable[..., Host]) -> None:
    host = pipxes(BOOKWORM)
    first = host.start({"name": "cowsay==6.0"})
    deadline = time.monotonic() + 30
    while not (host.home / "venvs/cowsay").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    late = host.run({"name": "cowsay==6.1", "lock_timeout": 0.1}).result
    second = host.start({"name": "cowsay", "inject": ["idna"]})
    done = [
        read_answer(*process.communicate(timeout=120)).result
        for process in (first, second)
    ]
    assert [row.get("msg") for row in done if row.get("failed")] == []
    assert late["problem"]["code"] == "locked"
    assert str(first.pid) in late["problem"]["message"]
    assert (late["changed"], late["diff"]["before"]) == (False, late["diff"]["after"])
    assert [row["diff"]["after"] for row in done] == [
        "cowsay 6.0\n",
        "cowsay 6.0\n  idna 3.20\n",
    ]


def test_nothing_to_do_starts_no_process_and_a_failure_leaves_nothing(
    pipxes: Callable[..., Host], tmp_path: Path
) -> None:
    host = pipxes(NEWEST)
    apps = [{"name": "no-such-project-here"}, {"name": "cowsay"}, {"name": "idna<3.11"}]
    for _turn in range(2):
        result = host.run({"apps": apps}).result
        assert [row.get("problem", {}).get("code") for row in result["apps"]] == [
            "no-such-project",
            None,
            "no-commands",
        ]
        assert "2 of 3" in result["msg"]
        assert [
            path.name for path in (host.home / "venvs").iterdir() if path.is_dir()
        ] == ["cowsay"]
    assert [row["changed"] for row in result["apps"]] == [False] * 3
    (host.bin / "virtualenv").write_text("somebody's own\n")
    taken = host.run({"name": "virtualenv"}).result
    assert taken["problem"]["code"] == "command-taken", taken
    assert (host.bin / "virtualenv").read_text() == "somebody's own\n"
    need(can_trace(), "strace")
    assert host.run({"name": "cowsay"}, trace=tmp_path / "trace").calls == ()


def test_uv_where_pipx_knows_it(pipxes: Callable[..., Host]) -> None:
    host, options = pipxes(NEWEST, "uv"), {"name": "cowsay==6.0", "backend": "uv"}
    assert host.succeed(options)["version"] == "6.0"
    config = host.home / "venvs/cowsay/pyvenv.cfg"
    assert "\nuv = " in config.read_text()
    assert host.run({**options, "backend": "pip"}).result["changed"] is False
    predicted = host.run({"name": "cowsay", "state": "latest"}, check=True).result
    assert (predicted["changed"], bool(predicted["unresolved"])) == (True, True)
    assert (
        host.succeed({"name": "cowsay", "state": "latest"})["diff"]["after"]
        == "cowsay 6.1\n"
    )
    assert host.succeed({"name": "cowsay", "state": "latest"})["changed"] is False
    host.take_interpreter_away()
    assert (
        host.succeed({"name": "cowsay", "inject": ["idna==3.10"]})["diff"]["after"]
        == "cowsay 6.1\n  idna 3.10\n"
    )
    assert "\nuv = " in config.read_text()
    assert host.succeed({"name": "virtualenv"})["changed"] is True
    assert "\nuv = " not in (host.home / "venvs/virtualenv/pyvenv.cfg").read_text()


def make_project(directory: Path) -> str:
    """Create a project whose command has a dot in its name."""
    directory.mkdir()
    (directory / "dotted_tool.py").write_text("def main():\n    print('moo')\n")
    (directory / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "dotted"\nversion = "1.0"\n[project.scripts]\n"dotted.py" = "dotted_tool:main"\n'
        '[tool.setuptools]\npy-modules = ["dotted_tool"]\n'
    )
    return str(directory)


@pytest.mark.parametrize(
    ("version", "command"), [(BOOKWORM, "dotted_1.py"), (NEWEST, "dotted.py_1")]
)
def test_a_suffix_and_a_command_with_a_dot(
    pipxes: Callable[..., Host], version: str, command: str
) -> None:
    host = pipxes(version)
    project = make_project(host.root / "project")
    options = {"name": project, "suffix": "_1"}
    assert host.succeed(options)["commands"] == [command]
    assert os.listdir(host.bin) == [command]
    assert host.succeed(options)["changed"] is False
    (host.bin / command).unlink()
    assert host.succeed(options)["repaired"]
    assert host.succeed(options)["changed"] is False
    assert host.say(host.succeed(options)["commands"][0]).strip() == "moo"
    assert host.succeed({**options, "state": "absent"})["changed"] is True
    assert os.listdir(host.bin) == []


@pytest.mark.parametrize("version", [TRIXIE, NEWEST])
def test_an_editable_project_and_a_reinstallation(
    pipxes: Callable[..., Host], version: str
) -> None:
    host = pipxes(version)
    project = make_project(host.root / "project")
    options = {"name": project, "editable": True}
    assert host.run(options, check=True).result["changed"] is True
    assert host.succeed(options)["changed"] is True
    assert host.succeed({"name": project})["changed"] is False
    assert host.run(options, check=True).result["changed"] is False
    (Path(project) / "dotted_tool.py").write_text("def main():\n    print('edited')\n")
    assert host.say("dotted.py").strip() == "edited"
    assert host.succeed({**options, "inject": ["six"]})["changed"] is True
    for check in (True, False):
        again = host.run({**options, "reinstall": True}, check=check).result
        assert (again["changed"], again.get("failed", False)) == (True, False), again
    assert again["injected"] == [{"name": "six", "version": "1.17.0"}]
    assert host.succeed(options)["changed"] is False
    assert host.say("dotted.py").strip() == "edited"
    assert host.succeed({**options, "editable": False})["changed"] is True
    (Path(project) / "dotted_tool.py").write_text("def main():\n    print('again')\n")
    assert host.say("dotted.py").strip() == "edited"


@pytest.mark.parametrize(
    "setting", ["target = /srv/elsewhere", "prefix = /srv/elsewhere"]
)
def test_a_pip_configuration_that_leads_elsewhere(
    pipxes: Callable[..., Host], tmp_path: Path, setting: str
) -> None:
    host = pipxes(BOOKWORM)
    config = tmp_path / "pip.conf"
    config.write_text(f"[install]\n{setting}\n")
    host.variables["PIP_CONFIG_FILE"] = str(config)
    for check in (True, False):
        result = host.run({"name": "cowsay"}, check=check).result
        assert result["problem"]["code"] == "diverted", result
        assert str(config) in result["msg"]
    assert not (host.home / "venvs").exists()


def test_versions_of_python(pipxes: Callable[..., Host]) -> None:
    host = pipxes(BOOKWORM)
    python = host.succeed({"name": "cowsay"})["python"]
    words = [python, "-c", "import platform; print(platform.python_version())"]
    full = subprocess.run(
        words, check=True, capture_output=True, text=True
    ).stdout.strip()
    minor = full.rpartition(".")[0]
    for version in (
        full,
        minor,
        "3",
        "python3",
        "python" + minor,
        ">=3.8",
        "~=" + minor,
        python,
    ):
        for check in (True, False):
            result = host.run({"name": "cowsay", "python": version}, check=check).result
            assert (result["changed"], result.get("msg")) == (False, None), (
                version,
                result,
            )
    missing = {"name": "cowsay", "python": "3.99t"}
    predicted = host.run(missing, check=True).result
    assert (predicted["changed"], "3.99t" in predicted["unresolved"]) == (True, True), (
        predicted
    )
    failed = host.run(missing).result
    assert failed["problem"]["code"] == "no-such-python", failed
    assert host.say("cowsay")


def test_root_works_in_nothing_that_others_can_alter(
    pipxes: Callable[..., Host], area: Area, tmp_path: Path
) -> None:
    need(os.geteuid() == 0, "root")
    host = pipxes(NEWEST)
    host.succeed({"name": "cowsay==6.0"})
    mark = area.root / "root-ran-it"
    venv = host.home / "venvs/cowsay"
    (site,) = venv.glob("lib/python3*/site-packages")
    (site / "planted.pth").write_text(f"import os; open({str(mark)!r}, 'w')\n")
    copy = host.root / "python3"
    copy.symlink_to(area.python)
    os.chown(copy, 4242, 4242, follow_symlinks=False)
    requests = (
        {"name": "cowsay", "state": "latest"},
        {"name": "cowsay", "inject": ["six"]},
    )
    for path in (
        venv,
        site,
        site / "planted.pth",
        host.home / "shared",
        host.home / "venvs",
        host.home,
    ):
        os.chown(path, 4242, 4242)
        for options in requests:
            for check in (True, False):
                result = host.run(options, check=check).result
                assert result["problem"]["code"] in (
                    "home-untrusted",
                    "environment-untrusted",
                ), (path, result)
                assert "uid 4242" in result["msg"]
        os.chown(path, 0, 0)
    for path in (site, host.home):
        path.chmod(0o777)
        assert host.run(requests[1], check=True).result["failed"], path
        path.chmod(0o755)
    python = host.run({"name": "virtualenv", "python": str(copy)}, check=True).result
    assert python["problem"]["code"] == "untrusted-python", python
    assert not mark.exists()
    assert host.succeed({"name": "cowsay"})["changed"] is False
    (site / "planted.pth").unlink()
    assert host.succeed(requests[1])["changed"] is True


@pytest.mark.parametrize(
    ("version", "options", "code"),
    [
        (TRIXIE, {"backend": "uv"}, "pipx-too-old"),
        (NEWEST, {"backend": "uv"}, "no-uv"),
        (BOOKWORM, {"pin": True}, "pipx-too-old"),
        (BOOKWORM, {"name": str(WHEELS), "editable": True}, "pipx-too-old"),
    ],
)
def test_what_a_pipx_lacks_is_rejected(
    pipxes: Callable[..., Host], version: str, options: Any, code: str
) -> None:
    host = pipxes(version)
    for check in (True, False):
        result = host.run({"name": "cowsay", **options}, check=check).result
        assert result["problem"]["code"] == code, result
        assert os.listdir(host.root) == []


@pytest.mark.parametrize("version", [OLDEST, BOOKWORM, TRIXIE, NEWEST])
def test_the_table_of_features(pipxes: Callable[..., Host], version: str) -> None:
    pipx = pipxes(version).executable
    table = runpy.run_path(str(REPOSITORY / "plugins/module_utils/_pipx/versions.py"))[
        "FEATURES"
    ]
    for row in table:
        for command in row.commands:
            words = [pipx, *([command] if command else []), "--help"]
            done = subprocess.run(words, check=False, capture_output=True, text=True)
            has = done.returncode == 0 and all(
                option in done.stdout for option in row.options
            )
            assert has is (numbers(version) >= numbers(row.since)), (row, done)


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
