# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`pipx_app` with real pipx of several versions: each case in check mode, for real, and again."""

from __future__ import annotations

import os
import runpy
import subprocess
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple

import pytest
from testbed.containers import BUILD, REPOSITORY
from testbed.payload import build

from convergence.area import Area
from convergence.module import Answer, differences, snapshot

WHEELS = BUILD / "wheelhouse"
OLDEST, BOOKWORM, TRIXIE, NEWEST = "1.0.0", "1.1.0", "1.7.1", "1.18.4"
COWSAY = str(WHEELS / "cowsay-6.0-py3-none-any.whl")


class Case(NamedTuple):
    """What is asked for, and what is there afterwards; ``repairs`` and ``changes`` is what the module says of it."""

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
    Case("commands of what is injected", {"name": "cowsay", "inject": ["argcomplete"], "inject_apps": True},
         "cowsay 6.0, argcomplete 3.7.2"),
    Case("commands of dependencies", {"name": "requests<2.34", "include_dependencies": True}, "requests 2.32.5"),
)  # fmt: skip
PINS = (
    Case("pin", {"name": "cowsay==6.0", "pin": True}, "cowsay 6.0 (pinned)"),
    Case("latest leaves it alone", {"name": "cowsay", "state": "latest"}, "cowsay 6.0 (pinned)", changes=False),
    Case("unpin, and latest", {"name": "cowsay", "state": "latest", "pin": False}, "cowsay 6.1"),
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
        self.variables = {"PIPX_GLOBAL_HOME": str(self.home), "PIPX_GLOBAL_BIN_DIR": str(self.bin)}
        self.variables["PIPX_GLOBAL_MAN_DIR"] = str(root / "share/man")

    def program(self, options: Mapping[str, Any], check: bool = False) -> bytes:
        """Give the program that Ansible would send."""
        shared = {"scope": "global", "executable": self.executable, "no_index": True, "find_links": [str(WHEELS)]}
        internal = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_remote_tmp": "/nonexistent"}
        return build("pyfleet.python.pipx_app", {**shared, **options, **internal})

    def start(self, options: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        """Start the module."""
        return self.area.runner.start({}, environment=self.variables, program=self.program(options))

    def run(self, options: Mapping[str, Any], check: bool = False, trace: Path | None = None) -> Answer:
        """Run it to its end."""
        program = self.program(options, check)
        return self.area.runner.run({}, environment=self.variables, program=program, trace=trace)

    def succeed(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Run it; it must not fail."""
        answer = self.run(options)
        assert not answer.result.get("failed"), str(answer)
        return answer.result

    def take_interpreter_away(self) -> None:
        (python,) = [path for path in (self.home / "venvs/cowsay/bin").glob("python") if path.is_symlink()]
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
def pipxes(area: Area) -> Callable[[str], Host]:
    """Give hosts of each version; the pipx itself is installed once."""

    def get(version: str, *beside: str) -> Host:
        place = area.root / "-".join(("pipx", version, *beside))
        if not place.exists():
            subprocess.run([area.python, "-m", "venv", place], check=True)
            pip = [place / "bin/python", "-m", "pip", "install", "--quiet", "--no-index", f"--find-links={WHEELS}"]
            subprocess.run([*pip, f"pipx=={version}", *beside], check=True)
        root = area.root / f"host-{len(os.listdir(area.root))}"
        root.mkdir()
        return Host(area, version, root, str(place / "bin/pipx"))

    return get


def told(diff: str) -> str:
    return ", ".join(line.strip() for line in diff.splitlines())


def live(host: Host, cases: tuple[Case, ...]) -> None:
    """Put a host through cases; check mode writes nothing and says what the real run then does."""
    for case in cases:
        BEFORE.get(case.name, lambda _host: None)(host)
        before = snapshot(host.root)
        foreseen = host.run(case.options, check=True).result
        assert differences(before, snapshot(host.root)) == [], case.name
        done, again = host.succeed(case.options), host.run(case.options).result
        for answer in (foreseen, done):
            assert answer["changed"] is case.changes, (case.name, foreseen, done)
            assert bool(answer["repaired"]) is case.repairs, (case.name, foreseen, done)
        assert foreseen["diff"]["before"] == done["diff"]["before"], case.name
        assert told(done["diff"]["after"]) == case.after, (case.name, done)
        assert again["changed"] is False, (case.name, again)
        if "newest allowed" not in foreseen["diff"]["after"]:
            assert foreseen["diff"]["after"] == done["diff"]["after"], case.name
        if case.after.startswith("cowsay "):
            assert "moo" in host.say("cowsay"), case.name


@pytest.mark.parametrize("version", [BOOKWORM, NEWEST])
def test_a_whole_life(pipxes: Callable[[str], Host], version: str) -> None:
    host = pipxes(version)
    live(host, LIFE)
    assert os.listdir(host.bin) == []
    assert os.listdir(host.home / "venvs") == []
    live(host, MORE)
    assert sorted(os.listdir(host.bin)) == [
        "activate-global-python-argcomplete", "cowsay", "idna", "normalizer", "register-python-argcomplete",
    ]  # fmt: skip
    assert "include-system-site-packages = true" in (host.home / "venvs/cowsay/pyvenv.cfg").read_text()


@pytest.mark.parametrize("version", [OLDEST, TRIXIE])
def test_a_short_life(pipxes: Callable[[str], Host], version: str) -> None:
    live(pipxes(version), SHORT)


@pytest.mark.parametrize("version", [TRIXIE, NEWEST])
def test_pins(pipxes: Callable[[str], Host], version: str) -> None:
    live(pipxes(version), PINS)


@pytest.mark.parametrize("version", [OLDEST, BOOKWORM, TRIXIE, NEWEST])
def test_the_table_of_abilities(pipxes: Callable[[str], Host], version: str) -> None:
    pipx = pipxes(version).executable
    table = runpy.run_path(str(REPOSITORY / "plugins/module_utils/_core/data/pipx.py"))["ABILITIES"]
    for row in table:
        for command in row.commands:
            words = [pipx, *([command] if command else []), "--help"]
            done = subprocess.run(words, check=False, capture_output=True, text=True)
            has = done.returncode == 0 and all(option in done.stdout for option in row.options)
            assert has is (numbers(version) >= numbers(row.since)), (row, done)


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
