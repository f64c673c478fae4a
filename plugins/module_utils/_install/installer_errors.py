# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of pip and uv: each as one sentence that holds what decided it, with a hint."""

from __future__ import annotations

import re
from typing import Iterable, Iterator, List, Mapping, NamedTuple, Tuple

from .._process.commands import CommandResult, OperationError
from .._process.secrets import redact_output

_TAIL = 60  # lines of output that are kept
_LIMIT = 40_000  # characters that are searched
_DETAIL_LIMIT = 300  # characters of the deciding lines in a message


class InstallerError(NamedTuple):
    """An error of an installer: how it is known, and what it means; groups of the pattern fill the message.

    ``details`` are patterns of the lines that say why; their first group, or all of them, is added to the message.
    """

    pattern: str
    code: str
    message: str
    hint: str
    details: Tuple[str, ...] = ()


_VERSIONS = (
    r"\(from versions: (?!none)([^)\n]+)\)",
    r"(?s)(only (?:the following versions of )?\S+ (?:is|are) available[^.]*?)(?:,? and you require|\n\n|\Z)",
)
_CONFLICTS = (
    r"(?m)^ {2,}((?:The user requested .+|\S.* depends on .+))$",
    r"(?s)(Because .*)",
)
_BUILD = (
    r"(?m)^[ \u2502|]*((?:fatal )?error: (?!subprocess-exited|metadata-generation|[Ff]ailed |Failed-wheel).+)$",
    r"(?m)^[ \u2502|]*(\w*(?:Error|Exception|Exit): .+)$",
    r"(?m)^[ \u2502|]*(\S+: (?:command )?not found)$",
)
_URLS = (
    r"host='([^'\s]+)'",
    r"[Hh]ost: ([^\s,)]+)",
    r"(?:for url|url|fetch|index|to)[ :]*[`(]?(https?://[^\s`)'\"]+)",
    r"(https?://[^\s`)'\"]+)",
)

#: The first whose pattern is found counts. Texts of pip 20.3 to 26.3 and uv 0.13.
INSTALLER_ERRORS = (
    InstallerError(
        pattern=r"No space left on device",
        code="disk-full",
        message="the disk is full",
        hint="Free some space, and run again.",
        details=(r"No space left on device: '([^'\n]+)'",),
    ),
    InstallerError(
        pattern=r"does not appear to be a Python project|is not a valid editable requirement",
        code="no-such-project",
        message="a directory is not a Python project",
        hint="Set chdir to the directory that relative paths start from: it is not known where a file lies elsewhere.",
        details=(
            r"(?m)^ERROR: (.+(?:does not appear to be a Python project|is not a valid editable requirement).*)$",
        ),
    ),
    InstallerError(
        pattern=r"Read-only file system",
        code="read-only",
        message="the file system is read-only",
        hint="Mount it writable.",
        details=(r"Read-only file system: '([^'\n]+)'",),
    ),
    InstallerError(
        pattern=r"(?:THESE PACKAGES DO NOT MATCH THE HASHES|[Hh]ash mismatch)",
        code="hash-mismatch",
        message="a file does not have the hash that is required",
        hint="Find out who changed it before the lock is updated.",
        details=(
            r"(?m)^ {4}(\S.*) from \S+:$",
            r"[Hh]ash mismatch for [`']?([^`'\n]+)",
        ),
    ),
    InstallerError(
        pattern=r"(?:[Ii]n (?:`)?--require-hashes(?:`)? mode|--require-hashes`?, all requirements)",
        code="hash-missing",
        message="a requirement has no hash or is not pinned",
        hint="Pin every requirement with ==, including dependencies, and add a hash to each.",
        details=(r"(?m)^ {4}(\S+) (?:--hash|\(?from )", r"(?:found|for)?: `([^`\n]+)`"),
    ),
    InstallerError(
        pattern=r"(?:401|403)[^\n]*(?:Unauthorized|Forbidden|Client Error|Credentials not correct)|Unauthorized",
        code="unauthorised",
        message="the index did not accept the credentials",
        hint="Check index_credentials, or the user part of the URL.",
        details=_URLS[2:],
    ),
    InstallerError(
        pattern=r"(?:Authentication failed for|could not read Username for) '([^'\n]+)'",
        code="unauthorised",
        message="git could not authenticate to {0}",
        hint="Check index_credentials, or the user part of the URL.",
    ),
    InstallerError(
        pattern=r"(?:Failed to (?:build|download and build) [`']?|Failed building (?:editable )?wheel for "
        r"|(?:\u2570\u2500> |-> )(?=\S+\n+note: This is an issue with the package)|No available wheel for )"
        r"([A-Za-z0-9][A-Za-z0-9._-]*)",
        code="build-failed",
        message="{0} could not be built from source",
        hint="Install what it lacks, mostly a compiler or headers (see output), or use only_binary.",
        details=_BUILD,
    ),
    InstallerError(
        pattern=r"error: subprocess-exited-with-error|Command errored out with exit status|metadata-generation-failed",
        code="build-failed",
        message="a project could not be built from source",
        hint="Install what it lacks, mostly a compiler or headers (see output), or use only_binary.",
        details=_BUILD,
    ),
    InstallerError(
        pattern=r"(?:NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|SSLError|ProxyError"
        r"|Retrying \(Retry|Connection refused|Name or service not known|Temporary failure in name resolution"
        r"|nodename nor servname|timed out|[Cc]onnect(?:ion)? ?timeout|error sending request|[Ff]ailed to fetch)",
        code="no-index",
        message="an index could not be reached",
        hint="Check index_url, the proxy, the certificates, and that the host may connect to it.",
        details=_URLS,
    ),
    InstallerError(
        pattern=r"Could not find a version that satisfies the requirement "
        r"(\S+(?=[^\n]*\(from versions: none\))|[\w.-]+(?=\s*\n))",
        code="no-such-project",
        message="no release of {0} was found",
        hint="Check its name, and that the index or find_links has a file for this Python.",
    ),
    InstallerError(
        pattern=r"Could not find a version that satisfies the requirement ([^\n]+?) \(from",
        code="no-matching-version",
        message="no release matches {0}",
        hint="Request one of the versions that exist for this Python.",
        details=_VERSIONS,
    ),
    InstallerError(
        pattern=r"No matching distribution found for ([^\n]+)",
        code="no-matching-version",
        message="nothing fits {0}",
        hint="Request one of the versions that exist for this Python.",
        details=_VERSIONS,
    ),
    InstallerError(
        pattern=r"Because ([^\s,]+) was not found in",
        code="no-such-project",
        message="no release of {0} was found",
        hint="Check its name, and that the index or find_links has a file for this Python.",
    ),
    InstallerError(
        pattern=r"Because (?:there is no version of|only \S+ is available and you require) ([^\s,]+)"
        r"(?: and you require|,|\n)",
        code="no-matching-version",
        message="no release matches {0}",
        hint="Request one of the versions that exist for this Python.",
        details=_VERSIONS,
    ),
    InstallerError(
        pattern=r"(?:ResolutionImpossible|No solution found when resolving|conflicting dependencies)",
        code="no-solution",
        message="the requirements contradict each other",
        hint="Change one of them, or let the installer choose by leaving versions out.",
        details=_CONFLICTS,
    ),
    InstallerError(
        pattern=r"Unsupported editable requirement|editable requirement[^\n]*must refer to a local directory"
        r"|[Ee]ditable must refer to a local directory",
        code="editable-vcs",
        message="uv installs nothing from version control in editable mode",
        hint="Write it as NAME @ git+URL, without -e, or use installer=pip.",
        details=(r"[`']([^`'\n]+)[`']",),
    ),
    InstallerError(
        pattern=r"Invalid requirement|Expected (?:package name|end)|Couldn't parse requirement|error: Failed to parse",
        code="bad-requirement",
        message="a requirement is not valid (PEP 508)",
        hint="Correct it: NAME==VERSION, or NAME @ URL.",
        details=(
            r"Invalid requirement: (?:[`'])?([^`'\n]+)",
            r"Failed to parse: `([^`\n]+)`",
            r"(?m)^ERROR: (.+)$",
        ),
    ),
)


def explain_error(
    done: CommandResult, names: Mapping[str, str], secrets: Iterable[str]
) -> OperationError:
    """Return the failure of a command as one sentence with a hint, and its last lines; without credentials.

    :param names: of files that were written for the installer: the user's own.
    """
    output = redact_output(
        "\n".join(part for part in (done.output.strip(), done.errors.strip()) if part),
        secrets,
    )
    for copy, path in names.items():
        if copy.startswith("/"):
            output = output.replace(copy, path)
    output = "\n".join(output.splitlines()[-_TAIL:])
    searched = output[-_LIMIT:]
    for row in INSTALLER_ERRORS:
        match = re.search(row.pattern, searched)
        if match:
            message = row.message.format(*[group or "" for group in match.groups()])
            return OperationError(
                row.code,
                _join(message, find_details(row.details, searched)),
                row.hint,
                output,
            )
    lines = [
        line for line in searched.splitlines() if line.lower().startswith("error")
    ] or searched.splitlines()[-1:]
    message = (
        lines[0]
        if lines
        else "the installer ended with status %d and without a message" % done.status
    )
    return OperationError(
        "install-failed", message, "Its last lines are in output.", output
    )


def find_details(patterns: Iterable[str], output: str) -> str:
    """Return what the first of the patterns that is found says, its several matches joined; '' where none is."""
    for pattern in patterns:
        found = _distinct(match.group(1) for match in re.finditer(pattern, output))
        if found:
            text = "; ".join(found)
            return text if len(text) <= _DETAIL_LIMIT else text[:_DETAIL_LIMIT] + "…"
    return ""


def _distinct(texts: Iterable[str]) -> List[str]:
    return list(dict.fromkeys(_one_line(texts)))


def _one_line(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield " ".join(text.split())


def _join(message: str, details: str) -> str:
    return "%s: %s" % (message, details) if details else message
