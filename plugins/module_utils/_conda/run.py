# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out the steps of a plan with conda, mamba or micromamba, with the rights of the process that calls it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .._process.commands import CommandResult, OperationError, Run
from .._process.secrets import has_credentials, redact_output
from .find_tool import Tool
from .plan import Step

_CHANNEL_NAME = "pyfleet-channel-%d"
_SOLVING = (
    "PackagesNotFoundError",
    "ResolvePackageNotFound",
    "UnsatisfiableError",
    "LibMambaUnsatisfiableError",
    "SpecsConfigurationConflictError",
    "nothing provides",
    "Could not solve for environment specs",
)
_NETWORK = (
    "CondaHTTPError",
    "UnavailableInvalidChannel",
    "CondaSSLError",
    "ProxyError",
    "Could not resolve host",
    "Download error",
    "Failed to connect",
)
_OUTPUT_LIMIT = 4000  # characters


class CondaJob(NamedTuple):
    """How the tool is run for one environment."""

    tool: Tool
    prefix: str
    channels: Tuple[str, ...]
    environment: Mapping[str, str]
    channel_priority: str
    offline: bool
    secrets: Tuple[str, ...] = ()


class Conda:
    """Runs the tool of a host.

    :param run: runs a command.
    :param private: a private directory for a configuration file with credentials.
    """

    def __init__(self, run: Run, job: CondaJob, private: str) -> None:
        self._run, self._job, self._private = run, job, private
        channels = _name_channels(job.channels)
        self._channels = [each for each, _url in channels]
        variables = {
            "CONDA_CHANNEL_PRIORITY": job.channel_priority,
            "MAMBA_CHANNEL_PRIORITY": job.channel_priority,
            "CONDA_NOTIFY_OUTDATED_CONDA": "false",
            "CONDA_AUTO_UPDATE_CONDA": "false",
            "CONDA_REPORT_ERRORS": "false",
            "CONDARC": self._write_condarc(channels),
        }
        if job.tool.root_prefix and job.tool.kind != "conda":
            variables["MAMBA_ROOT_PREFIX"] = job.tool.root_prefix
        self._environment = {**job.environment, **variables}

    def _write_condarc(self, channels: Sequence[Tuple[str, str]]) -> str:
        """Write a configuration with the URLs that hold credentials: other users can read command lines."""
        path = os.path.join(self._private, "condarc")
        urls = {name: [url] for name, url in channels if name != url}
        with open(path, "x", encoding="utf-8") as file:
            # JSON is YAML. An empty mapping is a valid configuration too.
            json.dump({"custom_multichannels": urls} if urls else {}, file)
        return path

    def carry_out(self, step: Step) -> None:
        """Carry out one step."""
        self._call(step, ())

    def predict(self, step: Step) -> Dict[str, List[List[str]]]:
        """Return what a step would link and unlink, as [name, version, build] of each package."""
        answer = self._call(step, ("--dry-run",))
        actions = answer.get("actions")
        if isinstance(actions, list):  # one entry for each transaction
            actions = actions[0] if actions else {}
        found = actions if isinstance(actions, dict) else {}
        return {
            "link": list(_read_actions(found.get("LINK"))),
            "unlink": list(_read_actions(found.get("UNLINK"))),
        }

    def _call(self, step: Step, options: Sequence[str]) -> Dict[str, Any]:
        job = self._job
        command = [job.tool.path, step.kind, "--yes", "--json", "--quiet", *options]
        command += ["--prefix", job.prefix]
        if job.tool.kind == "conda" or step.kind != "remove":
            command.append("--override-channels")
            for channel in self._channels:
                command += ["--channel", channel]
        command += ["--offline"] if job.offline else []
        command += ["--all"] if step.kind == "update" else step.words
        done = self._run(command, self._environment, self._private, 0)
        answer = parse_answer(done.output)
        if done.status or answer.get("success") is False:
            raise self._explain(done, answer)
        return answer

    def _explain(
        self, done: CommandResult, answer: Mapping[str, Any]
    ) -> OperationError:
        output = (done.output + done.errors).strip()[-_OUTPUT_LIMIT:]
        said = (
            answer.get("message")
            or answer.get("error")
            or answer.get("solver_problems")
        )
        if isinstance(said, list):
            said = "; ".join(str(each) for each in said)
        text = str(said or _last_line(done.errors) or "it ended with %d" % done.status)
        name = str(answer.get("exception_name") or "")
        code, hint = "tool-failed", "Its output is in problem.output."
        if any(word in name + output for word in _SOLVING):
            code = "unsatisfiable"
            hint = "Check the names and versions, and that a channel has them."
        elif any(word in name + output for word in _NETWORK):
            code = "channel-unreachable"
            hint = "Check channels, proxy and certificates of this host."
        message = "%s failed: %s" % (self._job.tool.kind, " ".join(text.split())[:1000])
        return OperationError(
            code,
            redact_output(message, self._job.secrets),
            hint,
            redact_output(output, self._job.secrets),
        )


def _name_channels(channels: Sequence[str]) -> List[Tuple[str, str]]:
    """Return each channel with the word for it on command lines: itself, unless it holds credentials."""
    return [
        (_CHANNEL_NAME % number if has_credentials(channel) else channel, channel)
        for number, channel in enumerate(channels)
    ]


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""


def parse_answer(output: str) -> Dict[str, Any]:
    """Return the last object of JSON in the output of a tool; progress of conda comes before a NUL each."""
    decoder = json.JSONDecoder()
    found: Dict[str, Any] = {}
    for part in output.split("\0"):
        start = part.find("{")
        if start < 0:
            continue
        try:
            value, _end = decoder.raw_decode(part, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found = value
    return found


def _read_actions(rows: Any) -> Iterator[List[str]]:
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("name"):
            build = row.get("build_string") or row.get("build") or ""
            yield [str(row["name"]), str(row.get("version") or ""), str(build)]


def with_conda(run: Run, job: CondaJob, work: Any) -> Any:
    """Call ``work`` with a Conda whose private directory is removed afterwards; return what it returns."""
    private = tempfile.mkdtemp(prefix="pyfleet-")
    try:
        return work(Conda(run, job, private))
    finally:
        shutil.rmtree(private, ignore_errors=True)
