# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module as Ansible sends it, with a Python of the caller's choice and an environment of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any, Mapping, NamedTuple

from testbed.payload import build

NAME = "pyfleet.python.venv"
_LOCK = threading.Lock()  # Ansible's builder is not made for threads
_TRACED = "execve,execveat,fork,vfork,clone,clone3"


class Answer(NamedTuple):
    """What the module answered; ``calls`` are the processes that it started, where it was traced."""

    result: dict[str, Any]
    output: str
    errors: str
    calls: tuple[str, ...] = ()

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.result.get("environments", []))

    def __str__(self) -> str:
        return json.dumps(self.result, indent=1) + self.errors[-4000:]


def payload(
    options: Mapping[str, Any], check: bool = False, diff: bool = True
) -> bytes:
    """Return the program that Ansible would send for a task with these options."""
    with _LOCK:
        return build(NAME, {**options, **_internal(check, diff)})


def _internal(check: bool, diff: bool) -> dict[str, Any]:
    """Return what Ansible itself adds to the options of a task at -vvvv."""
    return {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_verbosity": 4,
            "_ansible_remote_tmp": "/nonexistent"}  # fmt: skip


class Runner:
    """Runs the module on this host.

    :param python: the interpreter that stands for Ansible's own on the target.
    :param area: a directory with `bin`, put before the system's on PATH, `home` and `tmp`.
    :param caches: where pip and uv keep what they fetched; None: where they would for whoever does the work.
    """

    def __init__(self, python: str, area: Path, caches: Path | None) -> None:
        self.python = python
        path = f"{area}/bin:/usr/local/bin:/usr/bin:/bin"
        self.environment = {
            "PATH": path,
            "HOME": str(area / "home"),
            "LANG": "C.UTF-8",
            "TMPDIR": str(area / "tmp"),
        }
        # What this machine tells pip is no part of a test, and its caches are left alone.
        self.environment |= {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
        if caches is not None:
            self.environment |= {
                "PIP_CACHE_DIR": str(caches / "pip"),
                "UV_CACHE_DIR": str(caches / "uv"),
            }

    def start(
        self, options: Mapping[str, Any], check: bool = False, environment: Mapping[str, str] | None = None,
        trace: Path | None = None, program: bytes | None = None,
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        """Start it, in a session of its own; its output goes to pipes."""
        command = [self.python]
        if trace is not None:
            command = [
                "strace",
                "-f",
                "-qq",
                "-e",
                "trace=" + _TRACED,
                "-o",
                str(trace),
                *command,
            ]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
            env={**self.environment, **(environment or {})}, start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(program if program is not None else payload(options, check))
        process.stdin.close()
        process.stdin = None
        return process

    def run(
        self, options: Mapping[str, Any], check: bool = False, environment: Mapping[str, str] | None = None,
        trace: Path | None = None, *, seconds: float = 300, program: bytes | None = None,
    ) -> Answer:  # fmt: skip
        """Run it to its end."""
        process = self.start(options, check, environment, trace, program)
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            raise AssertionError(
                f"late after {seconds} s: {output!r} {errors!r}"
            ) from None
        return read_answer(output, errors, trace)


def read_answer(output: bytes, errors: bytes, trace: Path | None = None) -> Answer:
    """Read what a module wrote; anything but one JSON object, and anything that Python itself complains of, fails."""
    text, complaint = (
        output.decode("utf-8", "replace"),
        errors.decode("utf-8", "replace"),
    )
    try:
        result = json.loads(text)
    except ValueError:
        raise AssertionError(
            f"no result:\n{text[-3000:]}\n{complaint[-6000:]}"
        ) from None
    if result.get("exception") or "Traceback" in complaint:
        raise AssertionError(
            f"it crashed: {result.get('msg')}\n{result.get('exception')}\n{complaint[-6000:]}"
        )
    return Answer(
        result, text, complaint, _read_trace(trace) if trace is not None else ()
    )


def _read_trace(trace: Path) -> tuple[str, ...]:
    """Return what was started after the interpreter itself."""
    found = []
    for name, rest in re.findall(
        r"^\d+\s+(\w+)\((.*)", trace.read_text(errors="replace"), re.MULTILINE
    ):
        if name == "execve" and not rest.endswith("= 0"):
            continue
        found.append(f"{name}({rest[:200]}")
    return tuple(found[1:])


def can_trace() -> bool:
    """Return whether calls of the module can be traced here."""
    return shutil.which("strace") is not None


def only_single(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a row that a check must tell as the real run does: all but times and ids."""
    return {
        key: value
        for key, value in row.items()
        if key not in ("duration", "release", "previous", "problem", "msg")
    }


def snapshot(*roots: Path) -> dict[str, tuple[object, ...]]:
    """Return the file system's metadata of everything below these directories.

    With the time of the last change of each file's inode, which cannot be set back. Directories have no times here: uv
    makes a lock file in the environment that it looks at, and takes it away again. Bytecode of a local project's own
    build backend is left out, as pip and uv build in the project's directory.
    """
    found: dict[str, tuple[object, ...]] = {}
    pending = [str(root) for root in roots]
    while pending:
        path = pending.pop()
        info = os.lstat(path)
        found[path] = (info.st_ino, oct(info.st_mode), info.st_uid, info.st_gid)
        if stat.S_ISDIR(info.st_mode):
            pending += [
                entry.path
                for entry in os.scandir(path)
                if not entry.path.endswith("/project/__pycache__")
            ]
        else:
            link = os.readlink(path) if stat.S_ISLNK(info.st_mode) else ""
            found[path] += (info.st_size, info.st_mtime_ns, info.st_ctime_ns, link)
    return found


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the paths that differ between two snapshots."""
    paths = [
        path
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]
    return [f"{path}: {before.get(path)} -> {after.get(path)}" for path in paths]
