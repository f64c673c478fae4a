# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of one host in a directory of results, and the record of the run that they belong to.

A directory of results holds ``run.json`` and one file for each host, ``<quoted host>.json``. Each file is written
atomically, so a killed run leaves whole files. What is damaged, or is no result, is reported in one sentence and never
counts as a host that passed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping
from urllib.parse import quote

from .file_replacement import PRIVATE, replace_file
from .record_validation import (
    PACKAGE_FIELDS,
    STATES,
    VERDICTS,
    InvalidResultError,
    read_text,
    read_texts,
    reduce_audit,
    validate_audit,
    validate_inventory,
)

SCHEMA_VERSION = 1
RUN_FILE = "run.json"
#: Bytes of one file. A result of the module audit is bounded to far less.
SIZE_LIMIT = 64 * 1024 * 1024

_NAME_LIMIT = 200  # characters; file systems take names of 255 bytes
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, kw_only=True, slots=True)
class HostResult:
    """What a run found out about one host."""

    host: str  # the name in the inventory
    groups: tuple[str, ...] = ()  # the inventory's groups of the host, sorted
    state: str  # scanned, failed (the module did not return a verdict), unreachable
    message: str = ""  # the reason of failed and unreachable
    time: str  # UTC, ISO 8601: 2026-11-28T23:20:36Z
    run: str  # RunRecord.run
    # Scanned: msg, verdict, summary, findings, incomplete of the module audit
    audit: Mapping[str, Any] | None = None
    # See `reduce_facts`; without it the report shows no Pythons, no packages
    inventory: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """What a run was meant to do: a host of ``expected`` that has no result is reported as such."""

    run: str  # an identifier that is unique among the runs kept
    started: str  # UTC, ISO 8601
    expected: Mapping[str, tuple[str, ...]]  # host: its groups
    collection_version: str = ""
    fail_on: tuple[str, ...] = ()
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file of the directory that is no result."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return one sentence."""
        return f"{self.name} is not a result of a host: {self.reason}"


@dataclass(frozen=True, slots=True)
class RunState:
    """The record of the run, or the reason why there is none."""

    record: RunRecord | None
    problem: str = field(default="")


def from_module_result(
    result: Mapping[str, Any],
    *,
    host: str,
    groups: tuple[str, ...],
    run: str,
    time: str,
    facts: Mapping[str, Any] | None = None,
) -> HostResult:
    """Return the record of a host from what the module ``audit`` returned, or failed with.

    A task that ``fail_on`` made fail has a verdict, so the host counts as scanned.

    :param facts: ``ansible_facts.pyfleet_python`` of the module ``python_facts``.
    """
    audit, inventory, message = None, None, ""
    state = "unreachable" if result.get("unreachable") else "failed"
    try:
        inventory = _reduce_inventory(facts)
        if result.get("verdict") in VERDICTS and "findings" in result:
            audit = reduce_audit(result)
            state = "scanned"
    except InvalidResultError as exc:
        message = f"what the host returned is not a result: {exc}"
    return HostResult(
        host=host,
        groups=tuple(sorted(groups)),
        state=state,
        message="" if audit else message or _first_line(result),
        time=time,
        run=run,
        audit=audit,
        inventory=inventory,
    )


def _reduce_inventory(facts: Any) -> dict[str, Any] | None:
    """Return what reports use of the facts that a host sent; raise InvalidResultError where their shape is another."""
    if not facts:
        return None
    try:
        inventory = reduce_facts(facts)
    except (AttributeError, TypeError):
        raise InvalidResultError("its facts have another shape") from None
    validate_inventory(inventory)
    return inventory


def _first_line(result: Mapping[str, Any]) -> str:
    message = str(
        result.get("msg")
        or result.get("module_stderr")
        or result.get("exception")
        or "no reason was given"
    )
    return message.strip().partition("\n")[0][:1000]


def reduce_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what reports use of ``python_facts``: Pythons, environments, and their packages if gathered."""
    return {
        "installations": [
            _reduce_place(row, _INSTALLATION_FIELDS)
            for row in facts.get("installations") or ()
        ],
        "environments": [
            _reduce_place(row, _ENVIRONMENT_FIELDS)
            for row in facts.get("environments") or ()
        ],
    }


_INSTALLATION_FIELDS = ("path", "version", "implementation", "provider", "system")
_ENVIRONMENT_FIELDS = ("path", "kind", "version", "health", "application")


def _reduce_place(row: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    place = {key: row[key] for key in fields if row.get(key) is not None}
    packages = row.get("packages")
    if packages:
        place["packages"] = [
            [str(package.get(key) or "") for key in PACKAGE_FIELDS]
            for package in packages
        ]
    return place


def result_file_name(host: str) -> str:
    """Return the name of a host's file in the directory of results: the quoted host, and ``.json``.

    A name that would be hidden, be the record of the run, or be too long for a file system, is encoded further.
    """
    name = quote(host, safe="", errors="replace")
    if name.startswith("."):
        name = "%2E" + name[1:]
    if name + ".json" == RUN_FILE:
        name = "%72un"
    if len(name) > _NAME_LIMIT:
        name = (
            name[:_NAME_LIMIT]
            + "~"
            + hashlib.sha256(host.encode(errors="replace")).hexdigest()[:16]
        )
    return name + ".json"


def write_host_result(directory: str, result: HostResult) -> str:
    """Write the file of one host and return its path."""
    path = os.path.join(directory, result_file_name(result.host))
    _write_record(path, dataclasses.asdict(result))
    return path


def write_run_record(directory: str, record: RunRecord) -> str:
    """Write ``run.json`` and return its path."""
    path = os.path.join(directory, RUN_FILE)
    _write_record(path, dataclasses.asdict(record))
    return path


def _write_record(path: str, values: Mapping[str, Any]) -> None:
    with replace_file(path, PRIVATE) as stream:
        # Escaped to ASCII, as names of a host may hold bytes that are no UTF-8.
        stream.write(
            json.dumps(
                {"schema_version": SCHEMA_VERSION, **values},
                sort_keys=True,
                separators=(",", ":"),
            )
        )
        stream.write("\n")


def read_run_record(directory: str) -> RunState:
    """Return the record of the run; with a problem if there is none, or it cannot be read."""
    try:
        values = _load(os.path.join(directory, RUN_FILE))
        return RunState(_parse_run(values))
    except FileNotFoundError:
        return RunState(
            None, f"{RUN_FILE} is missing: hosts without a result are not known"
        )
    except InvalidResultError as error:
        return RunState(
            None,
            f"{RUN_FILE} cannot be used, so hosts without a result are not known: {error}",
        )


def read_host_results(directory: str) -> Iterator[HostResult | UnreadableFile]:
    """Yield the hosts of a directory of results, sorted by file name, one file in memory at a time.

    Hidden files are skipped: they are what a killed process was about to write.

    :raises OSError: if the directory cannot be listed.
    """
    for name in sorted(os.listdir(directory)):
        if name == RUN_FILE or name.startswith("."):
            continue
        try:
            yield read_host_result(os.path.join(directory, name))
        except InvalidResultError as error:
            yield UnreadableFile(_SURROGATE.sub("\ufffd", name), str(error))
        except FileNotFoundError:
            yield UnreadableFile(
                _SURROGATE.sub("\ufffd", name),
                "it was removed while the directory was read",
            )


def read_host_result(path: str) -> HostResult:
    """Return the record of one host.

    :raises InvalidResultError: if the file is damaged, or something else.
    :raises FileNotFoundError: if it does not exist.
    """
    name = os.path.basename(path)
    if not name.endswith(".json"):
        raise InvalidResultError("its name does not end in .json")
    result = _parse_host(_load(path))
    if result_file_name(result.host) != name:
        raise InvalidResultError(
            f"it holds the result of the host {result.host!r}, whose file has another name"
        )
    return result


def _load(path: str) -> dict[str, Any]:
    """Return the JSON object of a regular file whose schema version is known."""
    text = _read_content(path)
    try:
        values: Any = json.loads(text, parse_constant=_reject_constant)
        if _SURROGATE_ESCAPE.search(text):
            values = _without_surrogates(values)
    except RecursionError:
        raise InvalidResultError("its JSON is nested too deeply") from None
    except ValueError as error:
        raise InvalidResultError(f"it is not JSON ({error})") from None
    if not isinstance(values, dict):
        raise InvalidResultError("it is not a JSON object")
    record: dict[str, Any] = values
    version = record.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise InvalidResultError(
            f"its schema_version is {version!r}, and {SCHEMA_VERSION} is known"
        )
    return record


def _read_content(path: str) -> str:
    try:
        # Without waiting: a FIFO would stop the program for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise InvalidResultError("it is not a regular file")
            if status.st_size > SIZE_LIMIT:
                raise InvalidResultError(
                    f"it has {status.st_size} bytes, more than {SIZE_LIMIT}"
                )
            return stream.read(SIZE_LIMIT).decode("utf-8")
    except FileNotFoundError:
        if not os.path.islink(path):
            raise
        raise InvalidResultError("it is a symbolic link that leads nowhere") from None
    except UnicodeDecodeError:
        raise InvalidResultError("it is not UTF-8 text") from None
    except IsADirectoryError:
        raise InvalidResultError("it is not a regular file") from None
    except OSError as error:
        raise InvalidResultError(f"it cannot be read ({error.strerror})") from None


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _without_surrogates(value: Any) -> Any:
    """Replace what UTF-8 cannot hold."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    if isinstance(value, dict):
        return {
            _without_surrogates(key): _without_surrogates(each)
            for key, each in value.items()
        }
    return value


def _parse_host(values: Mapping[str, Any]) -> HostResult:
    state = read_text(values, "state")
    if state not in STATES:
        raise InvalidResultError(
            f"its state is {state!r}, which is none of {', '.join(STATES)}"
        )
    host = read_text(values, "host")
    if not host:
        raise InvalidResultError("it names no host")
    audit = values.get("audit")
    if state == "scanned":
        validate_audit(audit)
    inventory = values.get("inventory")
    if inventory is not None:
        validate_inventory(inventory)
    return HostResult(
        host=host,
        groups=read_texts(values, "groups"),
        state=state,
        message=read_text(values, "message", ""),
        time=read_text(values, "time"),
        run=read_text(values, "run"),
        audit=audit if state == "scanned" else None,
        inventory=inventory,
    )


def _parse_run(values: Mapping[str, Any]) -> RunRecord:
    expected = values.get("expected")
    if not isinstance(expected, dict):
        raise InvalidResultError("expected is not an object")
    return RunRecord(
        run=read_text(values, "run"),
        started=read_text(values, "started"),
        expected={host: read_texts(expected, host) for host in expected},
        collection_version=read_text(values, "collection_version", ""),
        fail_on=read_texts(values, "fail_on"),
        baseline=read_text(values, "baseline", ""),
    )
