# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers for tests: start one of an image, run commands in it, copy files in and out, remove it."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / ".build"

# Limits cannot be raised everywhere (nested containers, hardened kernels), so a container takes the host's own.
RUN_OPTIONS = ("--ulimit=host", "--pull=never", "--stop-timeout=0")
# Cgroups of version 1, pure or hybrid, are what crun and the systemd manager stumble over.
LEGACY_ENGINE = 'runtime = "runc"\ncgroup_manager = "cgroupfs"\n'


def say(message: str) -> None:
    """Print progress to standard error; standard output is for the result."""
    print(message, file=sys.stderr, flush=True)


class TestbedError(Exception):
    """The test hosts cannot do what was asked; the text says why and what would help."""

    __test__ = False  # pytest takes it by its name for tests


@functools.lru_cache(maxsize=None)
def environment() -> Mapping[str, str]:
    """Return the environment that podman is to be run with, after writing its configuration below ``.build``.

    The machine's own ``/etc/containers/containers.conf`` stays untouched: ``CONTAINERS_CONF`` replaces it for those
    that inherit this environment, Ansible's podman connection included.
    """
    if shutil.which("podman") is None:
        raise TestbedError("podman is not installed: run tests/testbed/prepare_host.sh")
    lines = ["[containers]", "default_ulimits = []", "[network]"]
    if any(
        Path(directory, "netavark").exists()
        for directory in ("/usr/lib/podman", "/usr/libexec/podman")
    ):
        lines.append('network_backend = "netavark"')
    lines.append("[engine]")
    if not Path("/sys/fs/cgroup/cgroup.controllers").exists():
        lines.append(LEGACY_ENGINE)
    configuration = BUILD / "podman" / "containers.conf"
    write_if_new(configuration, "\n".join(lines) + "\n")
    return {**os.environ, "CONTAINERS_CONF": str(configuration)}


def write_if_new(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` in one step, unless that is what the file holds."""
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
        draft.write(text)
    os.chmod(draft.name, 0o644)
    os.replace(draft.name, path)


def podman(
    *arguments: str | Path, text: str | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run podman with ``arguments``, ``text`` as its input, and return what it answered.

    Raises TestbedError with podman's own last words when it fails and ``check`` is set.
    """
    answer = subprocess.run(
        ["podman", *map(str, arguments)], env=dict(environment()), input=text, capture_output=True, text=True,
        errors="replace", check=False,
    )  # fmt: skip
    if check and answer.returncode:
        said = (answer.stderr or answer.stdout).strip()[-2000:]
        raise TestbedError(
            f"podman {' '.join(map(str, arguments))[:300]} failed ({answer.returncode}): {said}"
        )
    return answer


class Container:
    """A running container of ``image``, removed when the ``with`` block ends.

    >>> with Container("localhost/pyfleet/debian:13") as host:  # doctest: +SKIP
    ...     host.run("python3", "--version").stdout
    'Python 3.13.5\\n'
    """

    def __init__(
        self,
        image: str,
        *,
        mounts: Mapping[Path, str] | None = None,
        env: Mapping[str, str] | None = None,
        network: bool = False,
        options: Sequence[str] = (),
        command: Sequence[str] = ("sleep", "infinity"),
    ) -> None:
        """Store the image's name, directories to mount read-only (host path to container path) and variables.

        ``options`` are more of ``podman run``, ``command`` is its first process.
        """
        self.image = image
        self._command = command
        self._options = [
            f"--volume={source}:{target}:ro"
            for source, target in (mounts or {}).items()
        ]
        self._options += [
            f"--env={name}={value}" for name, value in (env or {}).items()
        ]
        if not network:
            self._options.append("--network=none")
        self._options += options
        self.id = ""

    def __enter__(self) -> Container:
        """Start the container; unless it has another command it sleeps until it is told what to run."""
        answer = podman(
            "run",
            "--detach",
            "--rm",
            *RUN_OPTIONS,
            *self._options,
            self.image,
            *self._command,
        )
        self.id = answer.stdout.strip()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the container at once, whatever runs in it."""
        podman("rm", "--force", "--ignore", "--time=0", self.id, check=False)

    def run(
        self,
        *command: str,
        text: str | None = None,
        user: str = "root",
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command`` (no shell) as ``user`` with ``text`` as input; return its status and output."""
        options = ["--interactive"] if text is not None else []
        return podman(
            "exec",
            *options,
            f"--user={user}",
            self.id,
            *command,
            text=text,
            check=check,
        )

    def shell(
        self, script: str, *, user: str = "root", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a piece of ``sh`` that stops at its first error; return its status and output."""
        return self.run("sh", "-eu", text=script, user=user, check=check)

    def copy_in(self, source: Path, target: str) -> None:
        """Copy a file or the contents of a directory from the host to ``target`` in the container."""
        podman(
            "cp", f"{source}/." if source.is_dir() else source, f"{self.id}:{target}"
        )

    def copy_out(self, source: str, target: Path) -> None:
        """Copy a file or directory from the container to ``target`` on the host."""
        podman("cp", f"{self.id}:{source}", target)
