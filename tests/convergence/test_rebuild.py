# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade takes a Python away and brings another minor: the program that the host keeps has environments back."""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Iterator, Mapping

import pytest
from testbed.containers import REPOSITORY

from convergence.area import Area, need
from convergence.client import descendants
from convergence.drift import listing, say
from convergence.module import Answer, differences, snapshot
from convergence.packages import write_wheel
from convergence.server import Index
from convergence.test_credentials import CANARY, LOGIN, USERINFO, Watch, holding

USER = "nobody"
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="root is needed, to work for another user"
)


class Machine:
    """A host with one Python, which an upgrade replaces; its program for rebuilding, and its list of environments."""

    def __init__(self, area: Area, root: Path, pythons: Mapping[str, str]) -> None:
        self.area, self.root = area, root
        fit = {
            v: Path(p)
            for v, p in pythons.items()
            if not p.startswith(("/usr/", "/opt/homebrew"))
        }
        need(len(fit) > 1, "two Pythons that can be copied (pyenv, uv, a tool cache)")
        self.minors = sorted(fit, key=lambda minor: int(minor[2:]))[-2:]
        for minor in self.minors:
            tree, copy = fit[minor].parents[1], root / f"python{minor}"
            shutil.copytree(
                tree,
                copy,
                symlinks=True,
                ignore=shutil.ignore_patterns(
                    "test", "site-packages", "*.a", "__pycache__"
                ),
            )
            let_it_find_its_library(Path(os.path.realpath(fit[minor])), tree, copy)
        self.program = root / "rebuild.pyz"
        self.program.write_bytes(_pack())
        self.list = root / "environments.json"

    def python(self, minor: str) -> str:
        return str(self.root / f"python{minor}" / "bin" / f"python{minor}")

    def upgrade(self) -> None:
        (self.root / f"python{self.minors[0]}").rename(self.root / "gone")

    def downgrade(self) -> None:
        if (self.root / "gone").exists():
            (self.root / "gone").rename(self.root / f"python{self.minors[0]}")

    def make(self, path: Path, **options: Any) -> Answer:
        """Create an environment with the module, on the Python that exists, or is gone."""
        runner = (
            self.area.runner
            if "owner" not in options
            else self.area.runner_for_others(self.area.python)
        )
        return runner.run({"path": str(path), **options})

    def write_list(self, *rows: Mapping[str, Any]) -> None:
        rows = tuple(
            {
                key: str(value) if isinstance(value, Path) else value
                for key, value in r.items()
            }
            for r in rows
        )
        self.list.write_text(json.dumps({"schema": 1, "environments": rows}))

    def start(self, *options: str, **environment: str) -> subprocess.Popen[str]:
        command = [
            self.python(self.minors[1]),
            "-I",
            str(self.program),
            "--list",
            str(self.list),
            *options,
        ]
        told = {**self.area.runner.environment, **environment}
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=told,
        )

    def rebuild(self, *options: str, **environment: str) -> tuple[int, str]:
        process = self.start(*options, **environment)
        output, errors = process.communicate(timeout=120)
        assert errors == "", errors
        return process.returncode, output


def let_it_find_its_library(executable: Path, tree: Path, copy: Path) -> None:
    """A shared build looks for libpython where it was installed, which other users may not be able to enter."""
    old = os.fsencode(tree / "lib") + b"\0"
    data = executable.read_bytes().replace(
        old, b"$ORIGIN/../lib".ljust(len(old), b"\0")
    )
    target = copy / executable.relative_to(tree)
    target.unlink()
    target.write_bytes(data)
    target.chmod(0o755)


def _pack() -> bytes:
    path = REPOSITORY / "plugins/plugin_utils/zipapp.py"
    spec = importlib.util.spec_from_file_location("zipapp_of_collection", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return bytes(module.pack(module.REBUILD, "/usr/bin/python3"))


@pytest.fixture(scope="module")
def trees(area: Area, pythons: dict[str, str]) -> Iterator[Machine]:
    root = area.root / "rebuild"
    root.mkdir()
    yield Machine(area, root, pythons)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def machine(trees: Machine) -> Iterator[Machine]:
    yield trees
    trees.downgrade()
    for path in trees.root.glob("apps*"):
        shutil.rmtree(path, ignore_errors=True)


def options(machine: Machine, *packages: str, installer: str = "uv") -> dict[str, Any]:
    where = {"find_links": [str(machine.area.wheels)], "no_index": True}
    return {
        "packages": list(packages),
        "python": machine.python(machine.minors[0]),
        "installer": installer,
        **where,
    }


def entry(path: Path, made: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the entry of an environment that may stand on any Python."""
    kept = {
        key: value for key, value in made.items() if key not in ("python", "packages")
    }
    return {"path": str(path), **kept, **more}


def test_what_the_upgrade_broke_is_there_again_as_it_was(machine: Machine) -> None:
    """With pip and with uv; versions are those on record, not those that the index has by now."""
    rows = []
    for installer in ("pip", "uv"):
        path, made = (
            machine.root / "apps" / installer,
            options(machine, "beta", "alpha==1.0", installer=installer),
        )
        links = [
            {
                "name": "alpha",
                "directory": str(machine.root / "apps" / "bin"),
                "as": "alpha-" + installer,
            }
        ]
        answer = machine.make(path, **made, links=links)
        assert answer.rows[0]["version"].startswith(machine.minors[0]), answer
        rows.append(entry(path, made, links=links))
    machine.write_list(*rows)
    assert machine.rebuild()[0] == 0
    untouched = snapshot(machine.root / "apps")
    machine.upgrade()
    status, output = machine.rebuild("--check")
    assert status == 0 and output.count("would be rebuilt") == 2, output
    assert differences(untouched, snapshot(machine.root / "apps")) == []
    status, output = machine.rebuild("--json")
    told = json.loads(output)["environments"]
    assert (status, [row["state"] for row in told]) == (0, ["rebuilt", "rebuilt"]), (
        output
    )
    assert all("gone" in row["because"][0] for row in told), told
    for row in rows:
        path = Path(row["path"])
        assert listing(path) | {"pip": ""} == {
            "alpha": "1.0",
            "beta": "1.0",
            "part": "1.0",
            "pip": "",
        }
        assert say(machine.root / "apps/bin" / row["links"][0]["as"]) == "1.0 1.0 1.0"
        assert (
            say(
                path / "bin/python",
                "-c",
                "import sys; print('%d.%d' % sys.version_info[:2])",
            )
            == machine.minors[1]
        )
    assert [line.split(": ")[1] for line in machine.rebuild()[1].splitlines()] == [
        "works",
        "works",
    ]


def test_the_playbook_finds_nothing_to_do_afterwards(machine: Machine) -> None:
    path, stable = machine.root / "apps" / "venv", machine.root / "apps" / "python3"
    stable.parent.mkdir()
    stable.symlink_to(machine.python(machine.minors[0]))
    made = {**options(machine, "alpha<2"), "python": str(stable)}
    machine.make(path, **made)
    machine.write_list(
        {**entry(path, made), "packages": ["alpha<2"], "python": str(stable)}
    )
    machine.upgrade()
    stable.unlink()
    stable.symlink_to(machine.python(machine.minors[1]))
    assert machine.rebuild()[0] == 0
    before = snapshot(path.parent)
    answer = machine.make(path, **made)
    assert answer.result["changed"] is False, answer
    assert differences(before, snapshot(path.parent)) == []


def test_one_that_cannot_be_had_keeps_what_it_had(machine: Machine) -> None:
    paths = [machine.root / "apps" / name for name in ("lost", "fine", "never")]
    made = options(machine, "delta==1.0")
    for path in paths[:2]:
        machine.make(path, **made)
    nothing = machine.root / "apps-empty"
    nothing.mkdir()
    machine.write_list(
        entry(paths[0], made, find_links=[str(nothing)]),
        *(entry(path, made) for path in paths[1:]),
    )
    machine.upgrade()
    before = snapshot(paths[0].parent / ".lost.releases"), os.readlink(paths[0])
    status, output = machine.rebuild(JOURNAL_STREAM="8:1")
    lost, fine, never = output.splitlines()
    assert status == 1
    assert lost.startswith(f"<3>{paths[0]}: failed: ") and "delta" in lost
    assert ": rebuilt on " in fine and "does not exist" in never
    assert (
        snapshot(paths[0].parent / ".lost.releases"),
        os.readlink(paths[0]),
    ) == before
    assert listing(paths[1])["delta"] == "1.0"


def test_what_is_not_healthy_does_not_serve(machine: Machine) -> None:
    """All that the check said is told, and each line is an error to the journal."""
    path, made = machine.root / "apps" / "venv", options(machine, "alpha==1.0")
    machine.make(path, **made)
    told = {
        "command": ["sh", "-c", "alpha; echo no $WHAT >&2; exit 3"],
        "environment": {"WHAT": "database"},
    }
    machine.write_list(entry(path, made, health_check=told))
    machine.upgrade()
    before = snapshot(path.parent / ".venv.releases"), os.readlink(path)
    status, output = machine.rebuild(JOURNAL_STREAM="8:1")
    assert status == 1
    first, *said = output.splitlines()
    assert first.startswith(
        f"<3>{path}: failed: the new release is not healthy: sh ended with status 3"
    ), output
    assert said == ["<3>    1.0 1.0 1.0", "<3>    no database"]
    assert (snapshot(path.parent / ".venv.releases"), os.readlink(path)) == before
    machine.write_list(entry(path, made, health_check={"command": ["alpha"]}))
    assert machine.rebuild()[0] == 0
    assert say(path / "bin/python", "-m", "alpha") == "1.0 1.0 1.0"


def test_a_python_that_was_asked_for_and_is_gone_is_not_replaced_by_another(
    machine: Machine,
) -> None:
    path, made = machine.root / "apps" / "venv", options(machine, "delta==1.0")
    machine.make(path, **made)
    hidden = machine.minors[0] + ".999"
    machine.write_list(entry(path, made, python=f"=={hidden}"))
    assert machine.rebuild() == (0, f"{path}: works\n")
    machine.upgrade()
    status, output = machine.rebuild()
    assert status == 1 and f"no Python on this host matches =={hidden}" in output


def test_killed_at_any_time_it_is_had_the_next_time(machine: Machine) -> None:
    path, made = machine.root / "apps" / "venv", options(machine, "alpha==1.0")
    machine.make(path, **made)
    machine.write_list(entry(path, made))
    machine.upgrade()
    served, releases = os.readlink(path), path.parent / ".venv.releases"
    process = machine.start()
    deadline = time.monotonic() + 60
    while len(os.listdir(releases)) < 2:
        assert process.poll() is None and time.monotonic() < deadline
    for pid in (process.pid, *descendants(process.pid)):
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert os.readlink(path) == served
    assert machine.rebuild()[0] == 0
    assert say(path / "bin/python", "-m", "alpha") == "1.0 1.0 1.0"
    assert len(os.listdir(releases)) == 2, (
        "the release that was not finished is still there"
    )


def test_a_password_of_the_hosts_own_configuration_stays_there(
    machine: Machine,
) -> None:
    """pip's configuration names the index and its password; no list, record, line or process of others' does."""
    path, made = (
        machine.root / "apps" / "venv",
        options(machine, "alpha==1.0", installer="pip"),
    )
    machine.make(path, **made)
    machine.write_list(
        {
            k: value
            for k, value in entry(path, made).items()
            if k not in ("find_links", "no_index")
        }
    )
    machine.upgrade()
    home = machine.root / "apps-home"
    home.mkdir(0o700)
    with Index(machine.area.wheels, LOGIN) as index:
        (home / "pip.conf").write_text(f"[global]\nindex-url = {index.url(USERINFO)}\n")
        with Watch(machine.root / "apps") as watch:
            told = machine.rebuild(PIP_CONFIG_FILE=str(home / "pip.conf"))
    assert told[0] == 0, told
    assert CANARY not in told[1]
    assert watch.found == []
    assert holding(machine.root / "apps") + holding(machine.area.root / "tmp") == []


@as_root
def test_the_record_of_another_owner_gains_nothing(machine: Machine) -> None:
    """Nothing but names and versions is taken from it, and all is done as the owner."""
    owner = pwd.getpwnam(USER)
    home, lure = machine.root / "apps", machine.root / "apps-lure"
    lure.mkdir()
    write_wheel(lure, "delta", "9.0")
    home.mkdir()
    os.chown(home, owner.pw_uid, owner.pw_gid)
    path, made = home / "venv", options(machine, "delta==1.0")
    assert not machine.make(path, **made, owner=USER).result.get("failed")
    machine.write_list(entry(path, made, owner=USER))
    machine.upgrade()
    record = path / ".pyfleet.json"
    true = json.loads(record.read_text())
    # Records of older releases held what was requested.
    lured = {"wanted": {"find_links": [str(lure)]}, "input_files": [str(lure)]}
    forgeries = [
        ("delta==9.0", {"delta": "9.0"}),
        ("is not valid", {"delta": f"1.0 --find-links {lure}"}),
        ("is not valid", {f"delta @ file://{lure}/delta-9.0-py3-none-any.whl": "9.0"}),
    ]
    for complaint, packages in forgeries:
        record.write_text(json.dumps({**true, **lured, "packages": packages}))
        status, output = machine.rebuild()
        assert status == 1 and complaint in output, (packages, output)
    record.write_text(
        json.dumps(
            {
                **true,
                "python": "/bin/sh",
                "installer": "/bin/sh",
                "links": [["/etc", "x", "y"]],
            }
        )
    )
    assert machine.rebuild()[0] == 0
    assert listing(path)["delta"] == "1.0"
    assert {Path(top).owner() for top, _names, _files in os.walk(home)} == {USER}


@as_root
def test_root_does_not_work_from_what_others_could_write(machine: Machine) -> None:
    path, made = machine.root / "apps" / "venv", options(machine, "delta==1.0")
    machine.make(path, **made)
    wheels, requirements = (
        machine.root / "apps-wheels",
        machine.root / "apps-requirements",
    )
    shutil.copytree(machine.area.wheels, wheels)
    requirements.mkdir()
    (requirements / "r.txt").write_text("delta==1.0\n")
    machine.write_list(
        entry(
            path,
            made,
            find_links=[str(wheels)],
            requirements=[str(requirements / "r.txt")],
        )
    )
    machine.upgrade()
    served = os.readlink(path)
    for each in (path / ".pyfleet.json", wheels, requirements):
        os.chown(each, pwd.getpwnam(USER).pw_uid, -1)
        status, output = machine.rebuild()
        assert status == 1 and f"{os.path.realpath(each)} belongs to {USER}" in output
        assert os.readlink(path) == served
        os.chown(each, 0, -1)
    assert machine.rebuild()[0] == 0


@as_root
def test_the_list_is_roots(machine: Machine) -> None:
    path = machine.root / "apps" / "venv"
    health = {"command": ["true"], "environment": {"SHOP_PASSWORD": CANARY}}
    for row in (
        {"index_url": f"https://me:{CANARY}@index.example/simple"},
        {"health_check": health},
    ):
        machine.write_list({"path": str(path), **row})
        status, output = machine.rebuild()
        assert (
            status == 2 and "contains credentials" in output and CANARY not in output
        ), output
    machine.write_list({"path": "/opt"})
    assert machine.rebuild()[0] == 2
    # A variable for pip, and a user of ssh, are no credentials.
    machine.write_list({"path": str(path), "index_url": "https://me:${PASSWORD}@index.example/simple",
                        "packages": ["x @ git+ssh://git@index.example/x.git"]})  # fmt: skip
    assert machine.rebuild()[0] == 1
    machine.write_list()
    os.chown(machine.list, pwd.getpwnam(USER).pw_uid, -1)
    try:
        status, output = machine.rebuild()
        assert status == 2 and f"belongs to {USER}" in output
    finally:
        machine.list.unlink()
