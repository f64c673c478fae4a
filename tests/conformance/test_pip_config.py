# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `pip_config` writes and `python_facts` reads, against `pip config list` and `pip config debug` of real pips.

Each case is a configuration file of a user, made at random with a seed of its own, and a random edit of it.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Iterator, Mapping

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.plan import (
    plan_pip_config,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.spec import (
    PipConfigSpec,
    Setting,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_config.state import (
    ConfigFile,
    PipConfigState,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.installer_config import (
    parse_pip_config,
)

from .test_pep668 import RealPip, copy_python, python_for_all

PIPS = ("23.0", "25.1", "26.2", "26.3")
FILES = 320
SECTIONS = ("global", "install", "download", "list", "DEFAULT")
KEYS = {
    "timeout": ("5", "60"),
    "index-url": ("https://one.example/simple", "https://two.example/simple?a=b"),
    "extra-index-url": ("https://three.example/simple", "https://four.example/simple"),
    "no-deps": ("true", "no", "1"),
    "progress-bar": ("off", "on"),
    "trusted-host": ("one.example", "two.example"),
    "cert": ("/etc/ssl/own ca.pem", "relative = name: odd # value"),
}
NOISE = ("", "   ", "# a comment", "  ; an indented comment", "#no=setting")


def make_file(chance: random.Random) -> str:
    """Return the text of a configuration file: several spellings, delimiters, values on several lines, noise."""
    lines: list[str] = [chance.choice(NOISE)] if chance.random() < 0.3 else []
    for section in chance.sample(SECTIONS, chance.randint(0, 3)):
        lines.append(f"[{section}]")
        for key in chance.sample(sorted(KEYS), chance.randint(0, 4)):
            if chance.random() < 0.3:
                lines.append(chance.choice(NOISE))
            lines += make_setting(chance, key)
    ending = chance.choice(["\n", "\n", "\n", ""])
    return chance.choice(["\n", "\n", "\r\n"]).join(lines) + (ending if lines else "")


def make_setting(chance: random.Random, key: str) -> list[str]:
    spelling = chance.choice([key, key, key.replace("-", "_"), key.upper()])
    delimiter = chance.choice([" = ", "=", ": ", " :"])
    values = list(KEYS[key])
    if key in ("extra-index-url", "trusted-host") and chance.random() < 0.5:
        indented = [chance.choice(["    ", "\t"]) + value for value in values]
        between = (
            [chance.choice(["", "    # in between"])] if chance.random() < 0.3 else []
        )
        return [spelling + delimiter.rstrip(), indented[0], *between, indented[1]]
    return [spelling + delimiter + chance.choice(values)]


def make_spec(chance: random.Random) -> PipConfigSpec:
    settings = []
    for key in chance.sample(sorted(KEYS), chance.randint(1, 3)):
        section = chance.choice(SECTIONS[:-1])
        if chance.random() < 0.3:
            settings.append(
                Setting(section=section, key=key, values=(), state="absent")
            )
            continue
        several = key in ("extra-index-url", "trusted-host") and chance.random() < 0.5
        values = KEYS[key] if several else (chance.choice(KEYS[key]),)
        settings.append(
            Setting(section=section, key=key, values=values, state="present")
        )
    return PipConfigSpec(
        tool="pip",
        scope="user",
        user="",
        prefix="",
        settings=tuple(settings),
        acknowledge_risk=False,
        check_values=True,
    )


class Client:
    """The configuration of one user, as one real pip shows it."""

    def __init__(self, pip: RealPip, home: Path) -> None:
        self.pip = pip
        self.home = home

    def call(self, command: str) -> tuple[int, str]:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        env["XDG_CONFIG_DIRS"] = str(self.home / "no-such-directory")
        status, output = self.pip.run_command(
            ["--disable-pip-version-check", "config", command], env
        )
        return status, output

    def read_list(self) -> dict[str, list[str]]:
        """Return the keys of `pip config list`, each with its words."""
        status, output = self.call("list")
        assert status == 0, output
        rows = dict(re.findall(r"^([\w-]+\.[\w-]+)='(.*)'$", output, re.MULTILINE))
        return {
            key: value.encode().decode("unicode_escape").split()
            for key, value in rows.items()
        }

    def read_debug(self, path: Path) -> set[str]:
        """Return the keys that `pip config debug` shows below one file."""
        status, output = self.call("debug")
        assert status == 0, output
        _before, _path, rest = output.partition(f"{path}, exists: True\n")
        return set(
            re.findall(
                r"^\s+([\w-]+\.[\w-]+): ",
                re.split(r", exists: |^\w+:$", rest, flags=re.M)[0],
                re.M,
            )
        )


@pytest.fixture(scope="module")
def workshop() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="pyfleet-pip-config-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def pips(workshop: Path) -> Iterator[Mapping[str, RealPip]]:
    base = python_for_all()
    made = {
        each: RealPip(copy_python(base, workshop / each), each, workshop)
        for each in PIPS
    }
    yield made
    for pip in made.values():
        pip.close()


@pytest.mark.parametrize("version", PIPS)
def test_real_pip_reads_what_was_written(
    version: str, pips: Mapping[str, RealPip], tmp_path: Path
) -> None:
    path = tmp_path / ".config/pip/pip.conf"
    path.parent.mkdir(parents=True)
    client = Client(pips[version], tmp_path)
    of_this_machine = client.read_list()  # /etc/pip.conf, which pip always reads
    seen: Counter[str] = Counter()
    for number in range(FILES):
        chance = random.Random(number)
        before, spec = make_file(chance), make_spec(chance)
        plan = plan_pip_config(spec, PipConfigState((ConfigFile(str(path), before),)))
        if plan.problems:
            assert [problem.code for problem in plan.problems] == [
                "in-default-section"
            ], (number, before, plan)
            seen["refused"] += 1
            continue
        after = plan.files[0].after or ""
        seen["changed" if plan.changed else "unchanged"] += 1
        path.write_text(after, newline="")
        read = {
            f"{section}.{key}": value.split()
            for section, key, value in parse_pip_config(after.encode()).settings
        }
        listed = client.read_list()
        shown = {
            key: value
            for key, value in listed.items()
            if key in read or of_this_machine.get(key) != value
        }
        for setting in spec.settings:
            key = f"{setting.section}.{setting.key}"
            expected = (
                " ".join(setting.values).split() if setting.state == "present" else None
            )
            if setting.key == "no-deps" and expected and shown.get(key) != expected:
                expected = next(
                    list(change.after or ())
                    for change in plan.settings
                    if change.key == "no-deps"
                )
            assert shown.get(key) == expected, (number, key, before, after)
        assert read == shown, (number, after)
        if number % 10 == 0 and after.strip():
            assert client.read_debug(path) == set(shown), (number, after)
    assert seen["changed"] > 200 and seen["unchanged"] > 3 and seen["refused"] < 60, (
        seen
    )
