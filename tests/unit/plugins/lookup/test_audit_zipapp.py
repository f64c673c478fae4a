# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program with which a host audits itself: what it writes, and what it does with a configuration that is wrong."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

if sys.version_info < (3, 11):
    pytest.skip("this runs on a controller's Python", allow_module_level=True)
from ansible_collections.pyfleet.python.plugins.plugin_utils.zipapp import AUDIT, pack

PYTHONS = [
    sys.executable,
    *map(str, Path.home().glob(".pyenv/versions/3.8.*/bin/python3.8")),
]


class Program:
    """The program, its configuration and what it writes, in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.root = directory, directory / "root"
        self.file, self.result = directory / "audit.pyz", directory / "result.json"
        self.textfile = directory / "pyfleet_python_audit.prom"
        self.file.write_bytes(pack(AUDIT, "/usr/bin/python3"))
        (self.root / "usr/bin").mkdir(parents=True)

    def run(
        self, python: str = sys.executable, **values: Any
    ) -> subprocess.CompletedProcess[str]:
        options: Dict[str, Any] = {"root": str(self.root), **values.pop("options", {})}
        config = {
            "schema_version": 1,
            "options": options,
            "result": str(self.result),
            "textfile": str(self.textfile),
        }
        path = self.directory / "audit.json"
        path.write_text(json.dumps({**config, **values}))
        command = [python, "-I", "-S", str(self.file), "--config", str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def read(self) -> Dict[str, Any]:
        return json.loads(self.result.read_text())


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def break_environment(root: Path) -> None:
    directory = root / "opt/web"
    (directory / "bin").mkdir(parents=True)
    (directory / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.9.2\n")
    (directory / "bin/python").symlink_to("/usr/bin/python3.9")


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: Path(path).name)
def test_it_writes_the_result_for_root_and_the_metrics_for_everybody(
    program: Program, python: str
) -> None:
    break_environment(program.root)
    done = program.run(python, inventory="packages")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "fail: environment-broken /opt/web\n"
    record = program.read()
    assert (record["state"], record["message"]) == ("scanned", "")
    assert [row["id"] for row in record["audit"]["findings"]] == [
        "environment-broken:/opt/web"
    ]
    assert [row["path"] for row in record["facts"]["environments"]] == ["/opt/web"]
    assert stat.S_IMODE(program.result.stat().st_mode) == 0o600
    assert stat.S_IMODE(program.textfile.stat().st_mode) == 0o644
    metrics = program.textfile.read_text().splitlines()
    assert (
        'pyfleet_python_audit_findings{rule="environment-broken",severity="high"} 1'
        in metrics
    )
    assert 'pyfleet_python_audit_verdict{verdict="fail"} 1' in metrics
    assert "pyfleet_python_audit_success 1" in metrics
    helped = [line.split()[2] for line in metrics if line.startswith("# HELP")]
    assert len(helped) == len(set(helped))
    assert [path.name for path in program.directory.glob(".*")] == [], "a draft is left"


def test_options_and_waivers_are_those_of_the_module(program: Program) -> None:
    break_environment(program.root)
    waiver = {
        "rule": "environment-broken",
        "path": "/opt/*",
        "reason": "It is retired.",
    }
    program.run(options={"waivers": [waiver]}, textfile="")
    assert program.read()["audit"]["verdict"] == "pass"
    assert program.read()["audit"]["findings"][0]["waived"] == "It is retired."
    assert program.read()["facts"] is None
    assert not program.textfile.exists()


@pytest.mark.parametrize(
    "options, message",
    [
        (
            {"rules": ["marker-gone"]},
            "rules names a rule that does not exist: marker-gone. Did you mean marker-removed?",
        ),
        (
            {"paths": ["opt"]},
            "paths contains a path that is not absolute: opt. Start it with a slash.",
        ),
    ],
)
def test_an_audit_that_fails_is_recorded_as_failed(
    program: Program, options: Dict[str, Any], message: str
) -> None:
    done = program.run(options=options)
    assert done.returncode == 1
    assert message in done.stderr
    assert (program.read()["state"], program.read()["audit"]) == ("failed", None)
    assert message in program.read()["message"]
    assert "pyfleet_python_audit_success 0" in program.textfile.read_text()
    assert "pyfleet_python_audit_verdict" not in program.textfile.read_text()


@pytest.mark.parametrize(
    "options, message",
    [({"ruls": []}, "audit has no option ruls"), ({"waivers": [{"x": 1}]}, "x")],
)
def test_a_configuration_with_unknown_options_is_rejected(
    program: Program, options: Dict[str, Any], message: str
) -> None:
    done = program.run(options=options)
    assert done.returncode == 2
    assert message in done.stderr
    assert not program.result.exists()


@pytest.mark.parametrize(
    "content", [{"options": {}}, {"options": [], "result": "/x"}, {"result": 1}]
)
def test_a_malformed_configuration_is_rejected(
    program: Program, content: Dict[str, Any]
) -> None:
    config = program.directory / "audit.json"
    config.write_text(json.dumps({"schema_version": 1, **content}))
    command = [sys.executable, "-I", str(program.file), "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no valid options, or no result" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_configuration_that_others_can_write_is_rejected(program: Program) -> None:
    program.run()
    (program.directory / "audit.json").chmod(0o666)
    command = [
        sys.executable,
        "-I",
        str(program.file),
        "--config",
        str(program.directory / "audit.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "other users can write" in done.stderr


def test_a_link_in_the_place_of_the_metrics_is_replaced_and_not_followed(
    program: Program,
) -> None:
    victim = program.directory / "victim"
    victim.write_text("kept")
    program.textfile.symlink_to(victim)
    assert program.run().returncode == 0
    assert victim.read_text() == "kept"
    assert not program.textfile.is_symlink()
