# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip and uv complain of, in one sentence with its cure."""

from __future__ import annotations

import re
from typing import Iterable, Mapping, NamedTuple

from .._process.commands import CommandResult, OperationError
from .._process.secrets import redact_output

_TAIL = 60  # lines of output that are kept


class Complaint(NamedTuple):
    """What a tool prints, and what it means; groups of the pattern fill the message."""

    pattern: str
    code: str
    message: str
    hint: str


#: The first that fits, in this order. Texts of pip 20.3 to 26.3 and uv 0.13.
COMPLAINTS = (
    Complaint(r"No space left on device", "disk-full", "the disk is full", "Make room, and run again."),
    Complaint(
        r"Read-only file system", "read-only", "the file system is read-only",
        "Mount it writable.",
    ),
    Complaint(
        r"(?:THESE PACKAGES DO NOT MATCH THE HASHES|[Hh]ash mismatch)", "hash-mismatch",
        "a file does not have the hash that is required", "Find out who changed it before the lock is made anew.",
    ),
    Complaint(
        r"(?:[Ii]n (?:`)?--require-hashes(?:`)? mode|--require-hashes`?, all requirements)", "hash-missing",
        "a requirement has no hash or is not pinned",
        "Pin everything with ==, dependencies too, and give each its hash.",
    ),
    Complaint(
        r"(?:401|403)[^\n]*(?:Unauthorized|Forbidden|Client Error|Credentials not correct)|Unauthorized",
        "unauthorised",
        "the index did not accept the credentials", "Check index_credentials, or the user part of the URL.",
    ),
    Complaint(
        r"(?:Failed to (?:build|download and build) [`']?|Failed building (?:editable )?wheel for "
        r"|(?:\u2570\u2500> |-> )(?=\S+\n+note: This is an issue with the package)|No available wheel for )"
        r"([A-Za-z0-9][A-Za-z0-9._-]*)",
        "build-failed", "{0} could not be built from source",
        "See in output what it lacks: mostly a compiler or headers; or take only_binary.",
    ),
    Complaint(
        r"error: subprocess-exited-with-error|Command errored out with exit status|metadata-generation-failed",
        "build-failed", "a project could not be built from source",
        "See in output which, and what it lacks: mostly a compiler or headers; or take only_binary.",
    ),
    Complaint(
        r"(?:NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|SSLError|ProxyError|Retrying \(Retry"
        r"|Connection refused|Name or service not known|Temporary failure in name resolution|nodename nor servname"
        r"|timed out|[Cc]onnect(?:ion)? ?timeout|error sending request|[Ff]ailed to fetch)",
        "no-index", "an index could not be reached",
        "Check index_url, the proxy, the certificates, and that the host may go there.",
    ),
    Complaint(
        r"Could not find a version that satisfies the requirement "
        r"(\S+(?=[^\n]*\(from versions: none\))|[\w.-]+(?=\s*\n))",
        "no-such-project",
        "no release of {0} was found", "Check its name, and that the index or find_links has a file for this Python.",
    ),
    Complaint(
        r"Could not find a version that satisfies the requirement ([^\n]+?) \(from", "no-matching-version",
        "no release fits {0}", "See in output which versions there are.",
    ),
    Complaint(
        r"No matching distribution found for ([^\n]+)", "no-matching-version", "nothing fits {0}",
        "See in output which versions there are.",
    ),
    Complaint(
        r"Because ([^\s,]+) was not found in", "no-such-project", "no release of {0} was found",
        "Check its name, and that the index or find_links has a file for this Python.",
    ),
    Complaint(
        r"Because (?:there is no version of|only \S+ is available and you require) ([^\s,]+)(?: and you require|,|\n)",
        "no-matching-version", "no release fits {0}", "See in output which versions there are.",
    ),
    Complaint(
        r"(?:ResolutionImpossible|No solution found when resolving|conflicting dependencies)", "no-solution",
        "what is asked for does not go together", "See in output which requirements are against each other.",
    ),
    Complaint(
        r"Invalid requirement|Expected (?:package name|end)|Couldn't parse requirement|error: Failed to parse",
        "bad-requirement",
        "a requirement is not written as PEP 508 wants it", "See in output which.",
    ),
)  # fmt: skip


def explain_error(done: CommandResult, names: Mapping[str, str], secrets: Iterable[str]) -> OperationError:
    """Give the failure of a command as one sentence with its cure, and its last words without credentials."""
    said = redact_output("\n".join(part for part in (done.output.strip(), done.errors.strip()) if part), secrets)
    for copy, path in names.items():
        said = said.replace(copy, path) if copy.startswith("/") else said
    said = "\n".join(said.splitlines()[-_TAIL:])
    for row in COMPLAINTS:
        match = re.search(row.pattern, said)
        if match:
            groups = [group or "" for group in match.groups()]
            return OperationError(row.code, row.message.format(*groups), row.hint, said)
    lines = [line for line in said.splitlines() if line.lower().startswith("error")] or said.splitlines()[-1:]
    message = lines[0] if lines else "the installer ended with status %d and said nothing" % done.status
    return OperationError("install-failed", message, "Its last words are in output.", said)
