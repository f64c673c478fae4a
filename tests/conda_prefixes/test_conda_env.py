# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module conda_env on real prefixes: py-rattler solves and installs from a channel that is made here.

conda and micromamba are on no registry that the tests reach; rattler_tool.py stands for them.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rattler

from conda_prefixes.channel import write_channel

COLLECTIONS = Path(__file__).resolve().parents[2] / ".build/collections"
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
TOKEN = "tk-0123456789abcdef"
MODULE = """
import json, sys
from ansible.module_utils import testing
from ansible_collections.pyfleet.python.plugins.modules import conda_env
with testing.patch_module_args(json.load(sys.stdin)):
    conda_env.main()
"""


class Area:
    """A directory that only its owner can write, with a channel and a root prefix whose tool is the stand-in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.channel = write_channel(path / "channel")
        self.root = path / "root"
        self.calls = self.root / "bin/calls"

    def add_tool(self, name: str, for_everybody: bool = False) -> Path:
        """Add the stand-in; the Python of these tests may be one that other users cannot reach."""
        tool = self.root / "bin" / name
        tool.parent.mkdir(parents=True, exist_ok=True)
        (self.root / "conda-meta").mkdir(exist_ok=True)
        (self.root / "conda-meta/history").touch()
        source = Path(__file__).with_name("rattler_tool.py").read_text()
        python = sys.executable
        if for_everybody:
            python = "/usr/bin/python3"
            library = Path(rattler.__file__).parent
            shutil.copytree(library, self.root / "bin/rattler")
        tool.write_text("#!%s\n%s" % (python, source))
        tool.chmod(0o755)
        self.calls.write_text("")
        self.calls.chmod(0o666)
        return tool

    def count_calls(self) -> int:
        return len(self.calls.read_text().splitlines())

    def run(self, **options: Any) -> dict[str, Any]:
        given = {
            "root_prefix": str(self.root),
            "channels": ["file://%s" % self.channel],
            **options,
        }
        done = subprocess.run(
            [sys.executable, "-c", MODULE],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        )
        assert done.stdout, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result


@pytest.fixture
def area() -> Iterator[Area]:
    above = (
        "/opt" if os.geteuid() == 0 else None
    )  # root works in no directory of others
    with tempfile.TemporaryDirectory(prefix="pyfleet-conda-", dir=above) as directory:
        os.chmod(directory, 0o755)
        made = Area(Path(directory))
        made.add_tool("micromamba")
        yield made


def installed(prefix: Path) -> list[str]:
    return sorted(path.stem for path in (prefix / "conda-meta").glob("*.json"))


@pytest.mark.parametrize("tool", ["conda", "mamba", "micromamba"])
def test_check_mode_then_the_real_run_then_nothing(area: Area, tool: str) -> None:
    shutil.rmtree(area.root)
    area.add_tool(tool)
    prefix = area.root / "envs/web"
    options: dict[str, Any] = {
        "name": "web",
        "packages": ["tinyapp=1.0"],
        "_ansible_diff": True,
    }
    predicted = area.run(**options, _ansible_check_mode=True)
    assert predicted["changed"] and not prefix.exists()
    done = area.run(**options)
    assert done["steps"] == ["create"]
    assert [row["name"] for row in done["added"]] == ["tinyapp", "tinylib"]
    assert installed(prefix) == ["tinyapp-1.0-0", "tinylib-1.1-0"]
    assert (prefix / "share/tinylib/version").read_text() == "tinylib 1.1\n"
    assert {**predicted, "invocation": 0} == {**done, "invocation": 0}
    calls = area.count_calls()
    again = area.run(**options)
    assert not again["changed"] and again["steps"] == []
    assert area.count_calls() == calls, "the second run starts no tool"


def test_installing_updating_and_removing(area: Area) -> None:
    prefix = area.path / "env"
    area.run(prefix=str(prefix), packages=["tinyapp=1.0", "tinytool==0.9"])
    both = {"prefix": str(prefix), "packages": ["tinyapp>=1", "tinytool"]}
    assert not area.run(**both)["changed"], "what is there satisfies the wider request"
    newer = area.run(**{**both, "packages": ["tinyapp>=1.5", "tinytool"]})
    assert newer["steps"] == ["install"] and newer["updated"]
    assert installed(prefix)[:2] == ["tinyapp-2.0-py312_0", "tinylib-2.0-0"]
    exact = {**both, "packages": ["tinylib"], "exact": True}
    predicted = area.run(**exact, _ansible_check_mode=True)
    removed = area.run(**exact)
    assert [row["name"] for row in removed["removed"]] == ["tinyapp", "tinytool"]
    assert predicted["removed"] == removed["removed"]
    assert installed(prefix) == ["tinylib-2.0-0"]
    assert not area.run(**exact)["changed"]
    gone = area.run(prefix=str(prefix), state="absent")
    assert gone["changed"] and not prefix.exists()
    assert not area.run(prefix=str(prefix), state="absent")["changed"]


def test_latest_updates_within_what_was_requested(area: Area) -> None:
    prefix = area.path / "env"
    options = {"prefix": str(prefix), "packages": ["tinylib<2"]}
    area.run(prefix=str(prefix), packages=["tinylib==1.0"])
    area.run(**options)
    assert installed(prefix) == ["tinylib-1.0-0"]
    (prefix / "conda-meta/history").write_text('# update specs: ["tinylib<2"]\n')
    predicted = area.run(**options, state="latest", _ansible_check_mode=True)
    done = area.run(**options, state="latest")
    assert done["updated"] == predicted["updated"]
    assert done["updated"][0]["before"] == "1.0"
    assert installed(prefix) == ["tinylib-1.1-0"]
    assert not area.run(**options, state="latest")["changed"]


def test_environment_yml_and_many_environments(area: Area) -> None:
    file = area.path / "environment.yml"
    file.write_text(
        "name: jobs\nchannels:\n  - file://%s  # ours\n  - nodefaults\n"
        "dependencies:\n- tinytool=0.9\n- 'tinylib>=1,<2'\n" % area.channel
    )
    rows = [
        {"file": str(file), "channels": []},
        {"name": "web", "content": {"dependencies": ["tinyapp"]}},
        {"name": "text", "content": file.read_text()},
        {"name": "impossible", "packages": ["nothing-of-that-name"]},
    ]
    done = area.run(environments=rows)
    assert done["failed"] and done["msg"].startswith("%s/envs/impossible" % area.root)
    assert done["problem"]["code"] == "unsatisfiable"
    assert [row["changed"] for row in done["environments"]] == [True, True, True, False]
    assert installed(area.root / "envs/jobs") == ["tinylib-1.1-0", "tinytool-0.9-0"]
    calls = area.count_calls()
    assert not area.run(environments=rows[:3])["changed"]
    assert area.count_calls() == calls


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("dependencies:\n- tinylib\n- pip:\n  - requests\n", "pip-in-file"),
        ("dependencies: [tinylib]\nvariables:\n  A: b\n", "variables-in-file"),
        ("dependencies: &all\n- tinylib\n", "invalid-file"),
    ],
)
def test_what_a_file_may_not_have(area: Area, content: str, code: str) -> None:
    failed = area.run(name="web", content=content)
    assert failed["problem"]["code"] == code and failed["problem"]["hint"]
    assert area.count_calls() == 0


def test_frozen_and_base_and_foreign_directories_stay(area: Area) -> None:
    prefix = area.path / "env"
    area.run(prefix=str(prefix), packages=["tinylib=1"])
    (prefix / "conda-meta/frozen").write_text('{"message": "Ask the team."}')
    for state in ("present", "absent"):
        packages = ["tinytool"] if state == "present" else []
        failed = area.run(prefix=str(prefix), packages=packages, state=state)
        assert failed["problem"]["code"] == "frozen" and "Ask the team" in failed["msg"]
    assert not area.run(prefix=str(prefix), packages=["tinylib"])["changed"]
    (area.root / "envs").mkdir()
    failed = area.run(name="base", packages=["tinylib"])
    assert failed["problem"]["code"] == "base-environment"
    other = area.path / "other"
    other.mkdir()
    (other / "file").touch()
    failed = area.run(prefix=str(other), packages=["tinylib"])
    assert failed["problem"]["code"] == "not-an-environment"
    assert not area.run(prefix=str(other), state="absent")["changed"]
    assert (other / "file").exists()


def test_a_token_is_on_no_command_line_and_in_no_result(area: Area) -> None:
    """The stand-in reads the channel from the configuration file that $CONDARC names."""
    url = "file://localhost/t/%s%s" % (TOKEN, area.channel)
    for packages in (["tinylib"], ["nothing-of-that-name"]):
        done = area.run(
            name="web", packages=packages, channels=[url], _ansible_diff=True
        )
        assert TOKEN not in json.dumps(done)
    assert area.count_calls() and TOKEN not in area.calls.read_text()
    assert "pyfleet-channel-0" in area.calls.read_text()


def test_without_a_tool(area: Area) -> None:
    shutil.rmtree(area.root)
    options = {
        "prefix": str(area.path / "env"),
        "executable": str(area.root / "bin/conda"),
    }
    assert "is not a file" in area.run(**options, packages=["tinylib"])["msg"]
    predicted = area.run(**options, packages=["tinylib"], _ansible_check_mode=True)
    assert predicted["changed"] and "earlier task" in predicted["unresolved"]


@AS_ROOT
def test_root_works_as_the_owner_and_runs_no_tool_of_others(area: Area) -> None:
    nobody = pwd.getpwnam("nobody")
    area.add_tool("micromamba", for_everybody=True)
    home = area.path / "home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    prefix = home / "env"
    options = {"prefix": str(prefix), "packages": ["tinylib"]}
    failed = area.run(**options)
    assert failed["problem"]["code"] == "untrusted-directory" and not prefix.exists()
    done = area.run(**options, owner="nobody")
    assert done["changed"], done
    owners = {path.lstat().st_uid for path in prefix.rglob("*")}
    assert owners == {nobody.pw_uid}
    again = area.run(prefix=str(prefix), packages=["tinylib", "tinytool"])
    assert again["changed"], "the owner of the environment is the default"
    assert {path.lstat().st_uid for path in prefix.rglob("*")} == {nobody.pw_uid}
    tool = area.root / "bin/micromamba"
    tool.chmod(tool.stat().st_mode | stat.S_IWOTH)
    failed = area.run(name="web", packages=["tinylib"])
    assert failed["problem"]["code"] == "untrusted-tool"


def test_specs_match_the_packages_that_the_solver_takes() -> None:
    """Our match specs and versions against those of py-rattler."""
    sys.path.insert(0, str(COLLECTIONS))
    from ansible_collections.pyfleet.python.plugins.module_utils._conda import (
        match_spec,
        version,
    )

    versions = (
        "0.4 0.4.0 0.4.1.rc 0.4.1 0.5a1 0.5b3 0.5C1 0.5 0.9.6 0.960923 1.0 1.1dev1 1.1_ 1.1a1 1.1.0dev1 1.1.dev1 "
        "1.1.a1 1.1.0rc1 1.1.0 1.1 1.1.0post1 1.1.post1 1.1post1 1996.07.12 1!0.4.1 1!3.1.1.6 2!0.4.1 1.0.1a 1.0.1_ "
        "1.0+1 1.0+2.1 1.2.3 1.2.10 1.26.4 1.26 2.0.0rc1 9e 9f 2023c 2024a 1.1.1w 3.0.0"
    ).split()
    for one in versions:
        for other in versions:
            ours = version.compare(
                version.parse_version(one), version.parse_version(other)
            )
            left, right = rattler.Version(one), rattler.Version(other)
            assert ours == (left > right) - (left < right), (one, other)
    constraints = "=1.26 ==1.26.4 >=1.26,<2 1.26.* =1.1 ~=1.2.3 !=1.0 !=1.1.* <1|>=1996 * =9 <2.0 >0.5a1".split()
    for constraint in constraints:
        spec = match_spec.parse_match_spec(
            "x" + (constraint if constraint[0] in "=<>!~" else " " + constraint)
        )
        theirs = rattler.VersionSpec(constraint)
        for each in versions:
            ours_matches = match_spec.is_satisfied_by(spec.version, each)
            assert ours_matches == theirs.matches(rattler.Version(each)), (
                constraint,
                each,
            )
