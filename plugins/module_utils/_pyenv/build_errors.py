# SPDX-License-Identifier: GPL-3.0-or-later
"""What the output of python-build says: parts that were not compiled, and why a build failed."""

from __future__ import annotations

import re
from typing import List, Tuple

from .._process.commands import OperationError
from .libraries import BY_EXTENSION, LIBRARIES, PROGRAMS, Library, package_of

_NOT_COMPILED = re.compile(
    r"(?:ERROR|WARNING)\S*: The Python (\w+) extension was not compiled[^.]*\. Missing the "
)
_LINES = 40  # of a log, at the end of a message
#: What a log says where a library or a program is missing, and the row of it.
_SIGNS: Tuple[Tuple[str, str], ...] = (
    (r"no acceptable C compiler found|(?:gcc|cc|clang): (?:command )?not found", "cc"),
    (r"C compiler cannot create executables|stddef\.h: No such file", "stddef"),
    (r"(?m)make: (?:command )?not found|: make: No such file", "make"),
    (r"patch: (?:command )?not found", "patch"),
    (r"tar: (?:command )?not found", "tar"),
    (r"xz: Cannot exec|xz: (?:command )?not found", "xz"),
    (r"please install .*`curl`", "curl"),
    (r"zlib not available|zlib\.h: No such file", "zlib"),
    (r"No module named '_ctypes'|ffi\.h: No such file", "ctypes"),
    (r"Could not build the ssl module|openssl/ssl\.h: No such file", "ssl"),
)
_FAULTS: Tuple[Tuple[str, str, str, str], ...] = (
    (
        r"No space left on device",
        "no-space",
        "the disk is full",
        "Free space, or set build_directory to a directory on another file system.",
    ),
    (
        r"TMPDIR=\S+ cannot hold executables",
        "noexec",
        "the build directory is mounted with noexec",
        "Set build_directory to a directory that may hold programs, such as /var/tmp.",
    ),
    (
        r"checksum mismatch",
        "checksum-mismatch",
        "an archive has another checksum than pyenv's definition",
        "Remove it from the cache, or download it again from python.org.",
    ),
    (
        r"(?i)failed to download|Could not resolve host|http_\w+_none",
        "download-failed",
        "an archive could not be downloaded",
        "Put it into the directory that cache names, or set mirror_url.",
    ),
    (
        r"definition not found",
        "no-definition",
        "this pyenv has no such definition",
        "Upgrade pyenv.",
    ),
)


def find_not_compiled(output: str) -> Tuple[str, ...]:
    """Return the modules of the standard library that pyenv says were not compiled, in its order."""
    return tuple(dict.fromkeys(_NOT_COMPILED.findall(output)))


def describe_missing(extensions: Tuple[str, ...]) -> List[str]:
    """Return each extension with the library that it needs."""
    found = []
    for extension in extensions:
        row = BY_EXTENSION.get(extension)
        found.append("%s (%s)" % (extension, row.title) if row else extension)
    return found


def advise_packages(rows: List[Library], manager: str) -> str:
    """Return the sentence that names the packages to install."""
    packages = [package_of(row, manager) for row in rows]
    if not manager or not all(packages):
        titles = ", ".join(row.title for row in rows) or "the libraries"
        return "Install %s with the headers." % titles
    return "Install with %s: %s." % (manager, " ".join(dict.fromkeys(packages)))


def missing_error(
    version: str, extensions: Tuple[str, ...], manager: str, output: str = ""
) -> OperationError:
    """Return the failure of a version that lacks required parts."""
    rows = [row for row in LIBRARIES if row.extension in extensions]
    names = ", ".join(describe_missing(extensions))
    message = "Python %s would lack parts that required_extensions names: %s"
    return OperationError(
        "missing-library",
        message % (version, names),
        advise_packages(rows, manager),
        output,
    )


def explain_failure(
    version: str, output: str, log: str, manager: str
) -> OperationError:
    """Return why a build failed, from all that pyenv, configure and make printed."""
    end = "\n".join(output.rstrip().splitlines()[-_LINES:])
    reasons = list(find_not_compiled(output))
    for pattern, name in _SIGNS:
        if re.search(pattern, output):
            reasons.append(name)
    rows = []
    for name in dict.fromkeys(reasons):
        row = BY_EXTENSION.get(name) or PROGRAMS.get(name)
        if row is not None:
            rows.append(row)
    if rows:
        titles = ", ".join(row.title for row in rows)
        message = "Python %s could not be built: %s is missing" % (version, titles)
        hint = "%s The log is %s." % (advise_packages(rows, manager), log)
        return OperationError("missing-library", message, hint, end)
    for pattern, code, text, hint in _FAULTS:
        if re.search(pattern, output):
            message = "Python %s could not be built: %s" % (version, text)
            return OperationError(code, message, hint, end)
    message = "Python %s could not be built" % version
    return OperationError(
        "build-failed", message, "Its log is %s; output has the end of it." % log, end
    )
