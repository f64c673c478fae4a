# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch wheels for another host with this controller's pip: JSON on standard input, JSON on standard output.

In: `python` (that has pip), `cache`, `max_age` (seconds), `target` (what wheel_target.py printed), and `requests`, each
with `name`, `version` (of Python), `packages`, and, here, `requirements`, `constraints`, `find_links`, `lock`.
Out: `directory` and `wheels` (name to SHA-256), or `failed`, one sentence.

Hosts with the same requirements share one directory: the first one fetches it, the others wait for that and use it.

A script and no module: it runs on the controller, in any Python there that has a pip.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

#: The oldest glibc that wheels name, by machine; manylinux2014 and older ones are aliases (PEP 600).
_OLDEST_GLIBC = {"x86_64": 5, "i686": 5}
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_PIP = Path(__file__).with_name("pip_for_target.py")
_MISSING = re.compile(r"No matching distribution found for (\S+)")


class WheelhouseError(Exception):
    """The wheels cannot be fetched; the text is one sentence."""


def platforms(target: Mapping[str, Any]) -> list[str]:
    """Return the platform tags of a host, the best first."""
    system, _dash, machine = target["platform"].partition("-")
    name, version = target["libc"]
    numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
    if name == "macos":
        return [_macos_platform(target, machine.rpartition("-")[2], numbers)]
    machine = machine.replace("-", "_")
    if system != "linux" or name not in ("glibc", "musl") or len(numbers) < 2:
        raise WheelhouseError(
            f"what wheels fit {target['platform']} with the C library {name or 'unknown'} is not known"
        )
    if name == "musl":
        return [
            f"musllinux_{numbers[0]}_{minor}_{machine}"
            for minor in range(numbers[1], -1, -1)
        ]
    return _glibc_platforms(machine, numbers[1])


def _macos_platform(
    target: Mapping[str, Any], machine: str, numbers: Sequence[int]
) -> str:
    major, minor = (*numbers, 0)[:2]
    if machine == "universal2":
        machine = target["markers"]["platform_machine"]
    return f"macosx_{major}_{0 if major > 10 else minor}_{machine}"


def _glibc_platforms(machine: str, newest: int) -> list[str]:
    found = []
    for minor in range(newest, _OLDEST_GLIBC.get(machine, 17) - 1, -1):
        found.append(f"manylinux_2_{minor}_{machine}")
        if minor in _LEGACY:
            found.append(f"{_LEGACY[minor]}_{machine}")
    return [*found, f"linux_{machine}"]


def pip_command(python: str, target: Mapping[str, Any], version: str) -> list[str]:
    """Return the start of a command that fetches wheels, and only wheels, for a Python of another host."""
    minor = ".".join(version.split(".")[:2])
    markers = {
        "python_version": minor,
        "python_full_version": version,
        "implementation_version": version,
    }
    markers = {
        **target["markers"],
        **markers,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    command = [
        python,
        "-I",
        str(_PIP),
        json.dumps(markers),
        "download",
        "--quiet",
        "--disable-pip-version-check",
    ]
    command += [
        "--no-input",
        "--only-binary=:all:",
        f"--python-version={version}",
        "--implementation=cp",
    ]
    command += [
        f"--abi=cp{minor.replace('.', '')}",
        *(f"--platform={each}" for each in platforms(target)),
    ]
    return command


def read_lock(path: Path) -> str:
    """Return a lock as lines of a requirements file; of a pylock.toml (PEP 751) its wheels' hashes."""
    if path.suffix != ".toml":
        return path.read_text(encoding="utf-8")
    import tomllib  # noqa: PLC0415 - from Python 3.11 on

    lines = []
    for package in tomllib.loads(path.read_text(encoding="utf-8")).get("packages", []):
        if "version" not in package or not package.get("wheels"):
            raise WheelhouseError(
                f"{package.get('name')} has no wheel in {path}, and a wheelhouse holds nothing else"
            )
        marker = f" ; {package['marker']}" if package.get("marker") else ""
        hashes = [
            f" --hash={kind}:{value}"
            for wheel in package["wheels"]
            for kind, value in wheel["hashes"].items()
        ]
        lines.append(
            f"{package['name']}=={package['version']}{marker}{''.join(hashes)}\n"
        )
    return "".join(lines)


def fetch(
    job: Mapping[str, Any], request: Mapping[str, Any], directory: Path, work: Path
) -> None:
    """Fetch the wheels of one application into a directory."""
    sources = [
        each
        for each in request["packages"]
        if each.startswith("/") and not each.endswith(".whl")
    ]
    if sources:
        raise WheelhouseError(
            f"{sources[0]} of {request['name']} is not a wheel: build a wheel from it"
        )
    arguments = list(request["packages"])
    for path in request["requirements"]:
        arguments += ["--requirement", path]
    for path in request["constraints"]:
        arguments += ["--constraint", path]
    if request["lock"]:
        lock = work / "lock.txt"
        lock.write_text(read_lock(Path(request["lock"])), encoding="utf-8")
        arguments += ["--no-deps", "--requirement", str(lock)]
    for path in request["find_links"]:
        arguments += ["--find-links", path]
    if not arguments:
        return
    command = [
        *pip_command(job["python"], job["target"], request["version"]),
        "--dest",
        str(directory),
    ]
    done = subprocess.run(
        [*command, *arguments],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise WheelhouseError(_explain(done.stderr, request, job["target"]))


def _explain(errors: str, request: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    missing = _MISSING.findall(errors)
    where = f"Python {request['version']} on {target['platform']} with {' '.join(target['libc'])}"
    if missing:
        return (
            f"{missing[-1]}, for {request['name']}, has no wheel for {where}: "
            "build one and name its directory to pip"
        )
    if "No module named pip" in errors:
        return "the Python that is to fetch wheels has no pip: name another in `app_venv_wheelhouse_python`"
    words = [line for line in errors.splitlines() if line.strip()][-1:] or [
        "pip said nothing"
    ]
    return f"the wheels of {request['name']} for {where} could not be fetched: {words[0].strip()[:500]}"


def _files(job: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for request in job["requests"]:
        lock = [request["lock"]] if request["lock"] else []
        wheels = [each for each in request["packages"] if each.startswith("/")]
        for path in (*request["requirements"], *request["constraints"], *lock, *wheels):
            try:
                yield path, hashlib.sha256(Path(path).read_bytes()).hexdigest()
            except OSError as exc:
                raise WheelhouseError(
                    f"{path} of {request['name']} can't be read on the controller: {exc.strerror}"
                ) from None


def digest(job: Mapping[str, Any]) -> str:
    """Return a digest of all that decides what a wheelhouse holds; pip's own indexes are part of it."""
    parts = [
        job["requests"],
        platforms(job["target"]),
        job["target"]["markers"]["sys_platform"],
        list(_files(job)),
    ]
    parts.append(
        sorted(
            (key, value) for key, value in os.environ.items() if key.startswith("PIP_")
        )
    )
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def is_fixed(requests: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the requirements cannot change by themselves: locks, and nothing else."""
    return all(
        request["lock"] and not request["packages"] and not request["requirements"]
        for request in requests
    )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with open(path, "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the wheelhouse for a job, from the cache where it is new enough."""
    cache = Path(job["cache"]).expanduser()
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = cache / digest(job)
    with _alone(cache / f"{target.name}.lock"):
        stamp = target / ".made"
        age = time.time() - stamp.stat().st_mtime if stamp.exists() else None
        if age is None or not (is_fixed(job["requests"]) or age < job["max_age"]):
            with tempfile.TemporaryDirectory(dir=cache) as work:
                draft = Path(work, "wheels")
                draft.mkdir()
                for request in job["requests"]:
                    fetch(job, request, draft, Path(work))
                (draft / ".made").touch()
                shutil.rmtree(target, ignore_errors=True)
                draft.rename(target)
        wheels = {
            each.name: hashlib.sha256(each.read_bytes()).hexdigest()
            for each in sorted(target.glob("*.whl"))
        }
    return {"directory": str(target), "wheels": wheels}


def main() -> None:
    """Read the job and print the answer."""
    try:
        answer = build(json.load(sys.stdin))
    except WheelhouseError as exc:
        answer = {"failed": str(exc)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
