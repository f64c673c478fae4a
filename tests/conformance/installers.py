# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pip of several versions and uv, each with the packages that it is asked for, and all that it ran."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any, Mapping, Sequence

import pytest
from hosts import missing

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._install.bootstrap_pip import (
    PipBootstrap,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.bytecode import (
    Bytecode,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.contents import (
    read_contents,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.pip import (
    PipInstaller,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.spec import (
    Change,
    Index,
    InstallSpec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.uv import (
    UvInstaller,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    Credential,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.select import (
    Interpreter,
)

#: Name -> version of pip (its wheel is in the wheelhouse; '' is what the interpreter brings), Python; None: uv.
KINDS: dict[str, tuple[str, str] | None] = {
    "pip-20.3.4": ("20.3.4", "3.9"),
    "pip-25.1.1": ("25.1.1", "3.9"),
    "pip-26.3": ("26.3", "3.13"),
    "uv": None,
}
# 25.1.1 is asked only for what a pip between the others cannot do.
OLD_AND_NEW = ["pip-20.3.4", "pip-26.3", "uv"]
NEW = OLD_AND_NEW[1:]


def interpreter(minor: str) -> str:
    """Return a Python of this machine that can make environments, by its canonical path."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    places = [
        *sorted(pyenv.glob(f"{minor}.*/bin/python{minor}")),
        Path(f"/usr/bin/python{minor}"),
    ]
    for path in places:
        if (
            path.exists()
            and not subprocess.run(
                [path, "-Ic", "import venv, ensurepip"], check=False
            ).returncode
        ):
            return os.path.realpath(path)
    missing(f"no Python {minor} was found")
    raise AssertionError


class Shop:
    """An installer of one kind, with the packages that it is asked for, and all that it ran."""

    def __init__(
        self, root: Path, kind: str, wheels: Path, programs: Path, seed: Path
    ) -> None:
        self.root, self.kind, self.wheels, self.seed = root, kind, wheels, seed
        self.commands: list[Sequence[str]] = []
        asked = KINDS[kind]
        self.python = interpreter(asked[1] if asked else "3.13")
        self.pips = (
            Path(self.python).parents[1]
            / "lib"
            / Path(self.python).name
            / "ensurepip/_bundled"
        )
        if asked and asked[0]:
            self.pips = programs / asked[0]
        for name in ("work", "home"):
            (root / name).mkdir()
        self.prefix = str(root / "environment")
        self.uv = str(programs / "uv")
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(root / "home"),
            "LC_ALL": "C.UTF-8",
        }

    def run(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        cwd: str,
        seconds: float,
    ) -> CommandResult:
        self.commands.append(argv)
        done = subprocess.run(
            argv,
            env=dict(environment),
            cwd=cwd,
            timeout=seconds or 300,
            capture_output=True,
            check=False,
        )
        return CommandResult(
            done.returncode,
            *(
                said.decode("utf-8", "surrogateescape")
                for said in (done.stdout, done.stderr)
            ),
        )

    def bytecode(self) -> Bytecode:
        own = Interpreter(self.python, "", "cpython", False, True)
        return Bytecode(self.run, own, self.environment, str(self.root / "work"))

    def installer(
        self,
        credentials: Sequence[Credential] = (),
        wheels: str | None = None,
        **more: Any,
    ) -> PipInstaller | UvInstaller:
        bundled = str(self.pips) if wheels is None else wheels
        given: dict[str, Any] = {
            "run": self.run,
            "python": self.python,
            "work": str(self.root / "work"),
            "environment": self.environment,
            "pip_bootstrap": PipBootstrap(str(self.seed), bundled, self.bytecode()),
            "missing_package": "python3-venv",
            "credentials": credentials,
            **more,
        }
        return (
            UvInstaller(uv=self.uv, **given)
            if self.kind == "uv"
            else PipInstaller(**given)
        )

    def ask(self, *packages: str, **more: Any) -> InstallSpec:
        return InstallSpec(
            packages,
            **{"sources": Index(no_index=True, find_links=(str(self.wheels),)), **more},
        )

    def has(self) -> dict[str, str]:
        with Host() as host:
            return dict(read_contents(host, self.prefix).packages)

    def file(self, name: str, text: str) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def converge(self, *packages: str, **more: Any) -> list[str]:
        """Run check mode, assert that nothing changed, run for real, and compare the two."""
        ask, before, tree = (
            self.ask(*packages, **more),
            self.has(),
            fingerprint(self.prefix),
        )
        predicted = self.installer().predict(self.prefix, ask)
        assert fingerprint(self.prefix) == tree, "the dry run changed the environment"
        self.installer().install(self.prefix, ask)
        after = self.has()
        differing = sorted(
            name for name in {*before, *after} if before.get(name) != after.get(name)
        )
        changed = {
            Change(name, before.get(name, ""), after.get(name, ""))
            for name in differing
        }
        if predicted.unresolved:
            assert self.kind == "pip-20.3.4", predicted
        else:
            assert {
                each for each in predicted.changes if each.before != each.after
            } == changed
        return [
            f"{name} {before.get(name, '-')} {after.get(name, '-')}"
            for name in differing
        ]


def fingerprint(prefix: str) -> str:
    """Digest every file of an environment but bytecode, which any start may leave."""
    state = hashlib.sha256()
    for path in sorted(Path(prefix).rglob("*")):
        if path.suffix != ".pyc" and path.name != "__pycache__":
            content = (
                path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            )
            state.update(os.fsencode(path) + b"\0" + content)
    return state.hexdigest()


EVERY = pytest.mark.parametrize("shop", OLD_AND_NEW, indirect=True)
MOST = pytest.mark.parametrize("shop", NEW, indirect=True)
TWO = pytest.mark.parametrize("shop", ["pip-26.3", "uv"], indirect=True)
