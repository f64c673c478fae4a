# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements files, and what they name: read as far as it takes to know which files there are. Nothing is evaluated.

Their format is pip's (user guide, "Requirements File Format"): lines, continued by a backslash, comments behind a #.
"""

from __future__ import annotations

import os
import re
import shlex
from typing import Iterator, Mapping, NamedTuple, Sequence

from ..._host.host import MIB, Host, Missing, Unreadable

_FILES_LIMIT = 200
_LIMIT = 8 * MIB
_COMMENT = re.compile(r"(^|\s+)#.*$")
#: Options of a file; what takes a value, and what does not (pip 20.3 to 26.3: SUPPORTED_OPTIONS).
_VALUED = (
    "--requirement --constraint --editable --find-links --index-url --pypi-url --extra-index-url --no-binary "
    "--only-binary --trusted-host --use-feature"
).split()
_FLAGS = "--no-index --prefer-binary --require-hashes --pre".split()
_LETTERS = {"r": "--requirement", "c": "--constraint", "e": "--editable", "f": "--find-links", "i": "--index-url"}
_KINDS = {
    "--requirement": "include",
    "--constraint": "constrain",
    "--editable": "editable",
    "--find-links": "find-links",
}
_ARCHIVE = re.compile(r"[^\s@=<>!~;\[]+\.(?:whl|zip|tgz|tbz|txz|tar(?:\.(?:gz|bz2|xz|lzma))?)", re.IGNORECASE)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_VCS = re.compile(r"(?:^|@\s*)((?:git|hg|svn|bzr)\+\S+)")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:$|[#;\s])")
_EXTRAS = re.compile(r"(\[[^\]]*\])?(\s*;.*|\s+--.*)?$", re.DOTALL)
_DIRECT = re.compile(r"@\s*(?:file:(?://(?:localhost)?)?)(/[^\s;#]+)")


class Line(NamedTuple):
    """One logical line: include, constrain, editable, find-links, local (a path), or other."""

    kind: str
    text: str  # without comment and continuation
    value: str = ""  # the file, or the path without extras and options
    rest: str = ""  # what follows the path


class Gathered(NamedTuple):
    """Requirements files and all that they name, by absolute path."""

    files: Mapping[str, bytes]
    lines: Mapping[str, tuple[Line, ...]]
    local: tuple[tuple[str, bool], ...]  # (path of a project or an archive, editable)
    moving: tuple[str, ...]  # why the same files may mean something else tomorrow
    problems: tuple[tuple[str, str], ...]  # (path, why it could not be read)


def is_pylock(path: str) -> bool:
    """Tell whether a file is a lock by its name (PEP 751)."""
    return bool(re.fullmatch(r"pylock(\.[^.]+)?\.toml", os.path.basename(path)))


def read_requirements(host: Host, paths: Sequence[str]) -> Gathered:
    """Read requirements files and what they include and are constrained by, each once."""
    files: dict[str, bytes] = {}
    lines: dict[str, tuple[Line, ...]] = {}
    local: dict[tuple[str, bool], None] = {}
    moving: list[str] = []
    problems: list[tuple[str, str]] = []
    pending = [os.path.normpath(path) for path in paths]
    while pending:
        path = pending.pop(0)
        if path in files or any(path == each for each, _why in problems):
            continue
        if len(files) >= _FILES_LIMIT:
            moving.append("more than %d requirements files" % _FILES_LIMIT)
            break
        try:
            files[path] = host.read(path, _LIMIT)
        except Missing:
            problems.append((path, "there is no such file"))
            continue
        except Unreadable as exc:
            problems.append((path, exc.reason))
            continue
        lines[path] = () if is_pylock(path) else tuple(parse_requirements(files[path]))
        for line in lines[path]:
            pending += _follow(line, os.path.dirname(path), local, moving)
    return Gathered(files, lines, tuple(local), tuple(moving), tuple(problems))


def _follow(line: Line, directory: str, local: dict[tuple[str, bool], None], moving: list[str]) -> list[str]:
    """Give the files that a line names; note the local projects, and what may move."""
    if line.kind in ("include", "constrain"):
        if _URL.match(line.value):
            moving.append("%s is read from the network" % line.value.partition("?")[0])
            return []
        return [os.path.normpath(os.path.join(directory, line.value))]
    vcs = _VCS.search(line.value if line.kind == "editable" else line.text)
    if vcs and not _COMMIT.search(vcs.group(1)):
        moving.append("a reference into version control that is no commit")
    direct = _DIRECT.search(line.text)
    path = direct.group(1) if direct else line.value if line.kind in ("editable", "local") else ""
    if path and not _URL.match(path):
        local[(os.path.normpath(os.path.join(directory, path)), line.kind == "editable")] = None
    return []


def parse_requirements(data: bytes) -> Iterator[Line]:
    """Give the logical lines of a requirements file, comments and empty ones left out."""
    text = data.decode("utf-8-sig", "surrogateescape")
    joined: list[str] = []
    for row in [*text.splitlines(), ""]:
        comment = _COMMENT.match(row)
        if row.endswith("\\") and not comment:
            joined.append(row.strip("\\"))
            continue
        line = _COMMENT.sub("", "".join([*joined, " " + row if comment else row])).strip()
        joined = []
        if line:
            yield from parse_line(line)


def parse_line(line: str) -> Iterator[Line]:
    """Tell what a logical line is; one of several options gives several, one of which nothing counts none."""
    if not line.startswith("-"):
        value, rest = _split(line)
        path = value.startswith((".", "/")) or ("/" in value and "@" not in value) or _ARCHIVE.fullmatch(value)
        local = path and not _URL.match(line) and " @" not in line
        yield Line("local", line, value, rest) if local else Line("other", line)
        return
    try:
        found = list(_options(shlex.split(line)))
    except ValueError:  # a quotation that does not end
        found = [Line("other", line)]
    for kind in ("editable", "include", "constrain"):  # as pip has it, the first of these is all that counts
        of_kind = [each for each in found if each.kind == kind]
        if of_kind:
            yield of_kind[0]
            return
    yield from [found[0]._replace(text=line)] if len(found) == 1 else found


def _options(words: list[str]) -> Iterator[Line]:
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word[:2] != "--":
            name, equals, value = _LETTERS.get(word[1:2], word), word[2:], word[2:]
        matching = [each for each in (*_VALUED, *_FLAGS) if each.startswith(name)]
        name = name if name in matching or len(matching) != 1 else matching[0]
        if name in _VALUED and not equals:
            value = words.pop(0) if words else ""
        if name == "--editable":
            path, rest = _split(value)
            yield Line("editable", "-e %s%s" % (value, _tail(words)), path, rest + _tail(words))
            return
        text = "%s %s" % (name, _quote(value)) if name in _VALUED else word
        yield Line(_KINDS.get(name, "other"), text, value if name in _KINDS else "")


def _tail(words: Sequence[str]) -> str:
    """Give what follows an editable project: a marker, or options of its build."""
    return "".join(" " + _quote(word) for word in words)


def _quote(word: str) -> str:
    return shlex.quote(word) if re.search(r"[\s'\"\\]", word) else word


def _split(value: str) -> tuple[str, str]:
    """Take extras, a marker and options off a path."""
    match = _EXTRAS.search(value)
    cut = match.start() if match else len(value)
    return value[:cut].strip(), value[cut:]
