# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of uv that list, install and remove Pythons, and the message for each of their errors."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .._process.commands import CommandResult, OperationError, Run
from .._process.secrets import redact_output
from .state import PythonName, parse_name

#: uv looks for settings in the directory that it starts in and above: there only root can put any.
_DIRECTORY = "/"
_TAIL = 40  # lines of output that an error returns


class UvError(NamedTuple):
    """An error of uv, by its text."""

    pattern: str
    code: str
    message: str  # with the groups of the pattern
    hint: str


#: Source: uv 0.13.9, each seen.
UV_ERRORS = (
    UvError(
        r"Hash mismatch for `([^`]+)`",
        "hash-mismatch",
        "the archive of {0} is not the one whose sha256 is on the list: nothing of it was installed",
        "Compare the archive with its source. If it is right, correct sha256 in the list of downloads.",
    ),
    UvError(
        r"No download found for request: (\S+)",
        "no-such-version",
        "uv has no download of {0}",
        "Use a version that `uv python list` shows: a newer uv knows newer ones.",
    ),
    UvError(
        r"downloads are not allowed \(`([^`]+)`\)",
        "downloads-disabled",
        "the configuration of uv forbids downloads of Python: {0}",
        'Set python-downloads = "manual", which allows only explicit installations.',
    ),
    UvError(
        r"failed to open file `([^`]+)`",
        "no-such-file",
        "{0} cannot be read by the owner of the Pythons",
        "Put the file on the host before this task.",
    ),
    UvError(
        r"unexpected argument '([^']+)'",
        "uv-too-old",
        "this uv does not know {0}",
        "Install uv 0.8 or newer.",
    ),
    UvError(
        r"No space left on device|os error 28",
        "disk-full",
        "the disk is full",
        "Free some space: a Python takes 100 MB.",
    ),
    UvError(
        r"Failed to download `([^`]+)`|error sending request|dns error|Failed to fetch: `([^`]+)`",
        "unreachable",
        "an archive could not be downloaded: {0}",
        "For hosts without internet, set mirror or python_downloads_json_url.",
    ),
)


class UvProgram:
    """One uv, and the directory that it works in.

    :param run: runs a command.
    :param path: the program.
    :param environment: of its commands.
    :param directory: where it installs Pythons.
    """

    def __init__(
        self,
        run: Run,
        *,
        path: str,
        environment: Mapping[str, str],
        directory: str,
        mirror: str,
        python_downloads_json_url: str,
    ) -> None:
        self.path = path
        self._run = run
        self._directory = directory
        self.environment: Dict[str, str] = {
            **environment,
            "UV_PYTHON_INSTALL_DIR": directory,
            "UV_NO_PROGRESS": "1",
            "NO_COLOR": "1",
        }
        # By variables, so that credentials in URLs are not in the list of processes.
        if mirror:
            self.environment["UV_PYTHON_INSTALL_MIRROR"] = mirror
        if python_downloads_json_url:
            self.environment["UV_PYTHON_DOWNLOADS_JSON_URL"] = python_downloads_json_url

    def list_downloads(self) -> Tuple[PythonName, ...]:
        """Return the names of what uv can download for this host; it runs no interpreter for that."""
        done = self._call(
            "list", "--only-downloads", "--all-versions", "--output-format", "json"
        )
        return tuple(_read_downloads(done.output))

    def install(self, names: Sequence[PythonName], *, reinstall: bool) -> None:
        """Install Pythons, or reinstall them, without links in a directory on PATH."""
        if names:
            options = ["--reinstall"] if reinstall else []
            self._change("install", "--no-bin", *options, *map(_write_version, names))

    def start(self, python: str) -> None:
        """Start an interpreter without any code but its own; raises OperationError where it does not run here."""
        command = [python, "-I", "-S", "-c", "import sys"]
        done = self._run(command, self.environment, _DIRECTORY, 60)
        if done.status:
            raise OperationError(
                "does-not-start",
                "%s does not start" % python,
                "Its archive is not for this host: see output.",
                redact_output(done.output + done.errors, ()),
            )

    def remove(self, names: Sequence[PythonName]) -> None:
        """Remove Pythons, and the links that lead to them."""
        if names:
            self._change("uninstall", *map(_write_version, names))

    def _change(self, *arguments: str) -> None:
        """Run a command that changes the directory; close the lock file to others, who could keep uv waiting with it."""
        try:
            self._call(*arguments)
        finally:
            with suppress(OSError):
                os.chmod(os.path.join(self._directory, ".lock"), 0o600)

    def _call(self, *arguments: str) -> CommandResult:
        command = [self.path, "python", *arguments, "--no-cache"]
        done = self._run(command, self.environment, _DIRECTORY, 0)
        if done.status:
            raise explain_uv_error(done)
        return done


def _read_downloads(output: str) -> Iterator[PythonName]:
    try:
        rows: Any = json.loads(output)
        keys: List[str] = [str(row["key"]) for row in rows]
    except (ValueError, TypeError, LookupError) as exc:
        raise OperationError(
            "uv-output",
            "the list of downloads that uv prints could not be read",
            "Install uv 0.8 or newer.",
            output[-2000:],
        ) from exc
    for key in keys:
        name = parse_name(key)
        if name is not None and name.version:
            yield name


def _write_version(name: PythonName) -> str:
    return name.version + name.variant


def explain_uv_error(done: CommandResult) -> OperationError:
    """Return the failure of a command as one sentence with a hint, and its last lines; without credentials."""
    text = "\n".join(
        part.strip() for part in (done.output, done.errors) if part.strip()
    )
    output = "\n".join(redact_output(text, ()).splitlines()[-_TAIL:])
    for row in UV_ERRORS:
        match = re.search(row.pattern, output)
        if match:
            found = next((group for group in match.groups() if group), match.group())
            return OperationError(row.code, row.message.format(found), row.hint, output)
    lines = [line for line in output.splitlines() if line.startswith("error")]
    message = lines[0] if lines else "uv ended with status %d" % done.status
    return OperationError("uv-failed", message, "Its last lines are in output.", output)
