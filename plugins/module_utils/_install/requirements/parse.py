# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements files, and what they name: read as far as it takes to know which files there are. Nothing is evaluated.

Their format is pip's (user guide, "Requirements File Format"): lines, continued by a backslash, comments behind a #.
"""

from __future__ import annotations

import codecs
import os
import re
import shlex
from typing import Iterator, Mapping, NamedTuple, Sequence
from urllib.parse import quote, unquote

from ..._host.host import MIB, Host, Missing, Unreadable
from ..._scan.project_name import canonicalize_name
from .starting_directory import find_starting_directory

_FILES_LIMIT = 200
_LIMIT = 8 * MIB  # a lock of 500 projects with all their hashes has some 4 MiB
_TOTAL_LIMIT = 16 * MIB
_QUOTED_LIMIT = 4096  # characters of an option line with quotes: PATH_MAX
_BLANKS = re.compile(r"[ \t\r\n]+")
#: Options of a file; what takes a value, and what does not (pip 20.3 to 26.3: SUPPORTED_OPTIONS).
_VALUED = (
    "--requirement --constraint --editable --find-links --index-url --pypi-url --extra-index-url --no-binary "
    "--only-binary --trusted-host --use-feature"
).split()
_FLAGS = "--no-index --prefer-binary --require-hashes --pre".split()
_LETTERS = {
    "r": "--requirement",
    "c": "--constraint",
    "e": "--editable",
    "f": "--find-links",
    "i": "--index-url",
}
_KINDS = {
    "--requirement": "include",
    "--constraint": "constrain",
    "--editable": "editable",
    "--find-links": "find-links",
}
_ARCHIVE = re.compile(
    r"[^\s@=<>!~;\[]+\.(?:whl|zip|tgz|tbz|txz|tar(?:\.(?:gz|bz2|xz|lzma))?)",
    re.IGNORECASE,
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_VCS = re.compile(r"(?:^|@\s*)((?:git|hg|svn|bzr)\+\S+)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:$|[#;\s])")
_FILE_URL = re.compile(r"(?:^|@\s*)(file:.*)", re.DOTALL)
_FILE_PREFIX = re.compile(r"file:(?://(?:localhost(?=/))?(?=/))?")
#: pip's own pattern, and as there, one without a value stays.
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
#: Marks of encodings, the longer first (pip: `utils/encoding.py`).
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")  # PEP 263


class Line(NamedTuple):
    """One logical line: include, constrain, editable, find-links, local (a path), or other."""

    kind: str
    text: str  # without comment and continuation
    value: str = ""  # the file, or the path without extras and options
    rest: str = ""  # what follows the path
    directory: str = ""  # that a relative path in it starts from


class Reference(NamedTuple):
    """A requirement from version control."""

    text: str  # git+URL, behind '-e ' where it is editable; may hold credentials
    name: str = ""  # of the project, '' where the requirement has none
    is_commit: bool = False  # it means the same tomorrow

    @property
    def editable(self) -> bool:
        """Return whether the checkout stays, and is what is imported."""
        return self.text.startswith("-e ")


class Gathered(NamedTuple):
    """Requirements files and all that they name, by absolute path."""

    files: Mapping[str, bytes]
    lines: Mapping[str, tuple[Line, ...]]
    local: tuple[tuple[str, bool], ...]  # (path of a project or an archive, editable)
    moving: tuple[str, ...]  # why the same files may mean something else tomorrow
    references: tuple[Reference, ...]  # into version control
    problems: tuple[tuple[str, str], ...]  # (path, why it could not be read)
    variables: Mapping[
        str, str
    ]  # that the files name, with their values; '' for one that is not set


def is_pylock(path: str) -> bool:
    """Return whether a file is a lock by its name (PEP 751)."""
    return bool(re.fullmatch(r"pylock(\.[^.]+)?\.toml", os.path.basename(path)))


def read_requirements(
    host: Host,
    paths: Sequence[str],
    variables: Mapping[str, str] | None = None,
    directory: str = "",
) -> Gathered:
    """Read requirements files and what they include and are constrained by, each once.

    :param variables: for ``${NAME}`` in them.
    :param directory: that relative paths of projects start from; '': see `find_starting_directory`.
    """
    values = variables or {}
    files: dict[str, bytes] = {}
    lines: dict[str, tuple[Line, ...]] = {}
    moving: list[str] = []
    problems: list[tuple[str, str]] = []
    seen: set[str] = set()
    pending = [os.path.normpath(path) for path in paths]
    while pending:
        path = pending.pop(0)
        if path in seen:
            continue
        seen.add(path)
        if len(files) >= _FILES_LIMIT or sum(map(len, files.values())) > _TOTAL_LIMIT:
            moving.append(
                "more than %d requirements files, or %d bytes of them"
                % (_FILES_LIMIT, _TOTAL_LIMIT)
            )
            break
        data = _read_file(host, path, problems)
        if data is None:
            continue
        own = os.path.dirname(path)
        files[path] = data
        lines[path] = tuple(
            _with_directory(host, line, directory, own)
            for line in _parse_file(path, data, values)
        )
        for line in lines[path]:
            pending += _included_files(line, own, moving)
    every_line = [line for parsed in lines.values() for line in parsed]
    return Gathered(
        files=files,
        lines=lines,
        local=_find_local_projects(every_line),
        moving=tuple(moving),
        references=_find_references(every_line),
        problems=tuple(problems),
        variables=_find_used_variables(files, values),
    )


def _parse_file(path: str, data: bytes, values: Mapping[str, str]) -> Iterator[Line]:
    """Return the lines of a requirements file; a lock has none."""
    return iter(()) if is_pylock(path) else parse_requirements(data, values)


def _find_local_projects(lines: Sequence[Line]) -> tuple[tuple[str, bool], ...]:
    """Return the projects and archives that lines name by path, each once, and whether they are editable."""
    found: dict[tuple[str, bool], None] = {}
    for line in lines:
        project = local_project(line, line.directory)
        if project:
            found[(project, line.kind == "editable")] = None
    return tuple(found)


def _find_references(lines: Sequence[Line]) -> tuple[Reference, ...]:
    """Return what lines request from version control, each once."""
    found = dict.fromkeys(map(parse_reference, lines))
    return tuple(reference for reference in found if reference is not None)


def _find_used_variables(
    files: Mapping[str, bytes], values: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that requirements files name, with their values."""
    names = [
        name
        for path, data in files.items()
        if not is_pylock(path)
        for name in find_variables(decode_requirements(data))
    ]
    return {name: values.get(name, "") for name in names}


def _read_file(host: Host, path: str, problems: list[tuple[str, str]]) -> bytes | None:
    """Return the bytes of a file; None, and a problem, where it cannot be read."""
    try:
        return host.read(path, _LIMIT)
    except Missing:
        problems.append((path, "the file does not exist"))
    except Unreadable as exc:
        problems.append((path, exc.reason))
    return None


def _with_directory(host: Host, line: Line, directory: str, own: str) -> Line:
    """Return a line of a file in the directory ``own`` with the directory that its path starts from."""
    path = project_path(line)
    if not path or directory:
        return line._replace(directory=directory or own)
    return line._replace(directory=find_starting_directory(host, path, own))


def _included_files(line: Line, directory: str, moving: list[str]) -> list[str]:
    """Return the file that a line includes; note one that is on the network."""
    if line.kind not in ("include", "constrain"):
        return []
    if _URL.match(line.value):
        moving.append("%s is read from the network" % line.value.partition("?")[0])
        return []
    return [os.path.normpath(os.path.join(directory, line.value))]


def parse_reference(line: Line) -> Reference | None:
    """Return what a line requests from version control, or None."""
    if line.kind in ("include", "constrain"):
        return None
    text = line.value if line.kind == "editable" else line.text
    match = _VCS.search(text)
    if match is None:
        return None
    url = match.group(1)
    named = text[: match.start()].partition("[")[0].strip()
    egg = _EGG.search(url)
    if not _NAME.fullmatch(named):
        named = egg.group(1) if egg else ""
    return Reference(
        text="-e " + url if line.kind == "editable" else url,
        name=canonicalize_name(named) if named else "",
        is_commit=bool(_COMMIT.search(url)),
    )


def local_project(line: Line, directory: str) -> str:
    """Return the absolute path of the project or archive that a line names by path or ``file:`` URL, else ''."""
    path = project_path(line)
    return os.path.normpath(os.path.join(directory, path)) if path else ""


def project_path(line: Line) -> str:
    """Return the path of the project or archive that a line names, as it is written; '' where it names none."""
    url = file_url(line)
    if url:
        return unquote(
            re.split(r"[?#]", _FILE_PREFIX.sub("", url, count=1), maxsplit=1)[0]
        )
    if line.kind in ("editable", "local") and not _URL.match(line.value):
        return line.value
    return ""


def file_url(line: Line) -> str:
    """Return the ``file:`` URL that a line names a project by, without extras and options; '' where there is none."""
    if line.kind == "editable":
        return line.value if line.value.startswith("file:") else ""
    if line.kind != "other" or line.text.startswith("-"):
        return ""
    match = _FILE_URL.search(line.text)
    return _split(match.group(1))[0] if match else ""


def absolute_file_url(url: str, directory: str) -> str:
    """Return a ``file:`` URL that means the same from anywhere; an absolute one is returned unchanged."""
    path = _FILE_PREFIX.sub("", url, count=1)
    if path.startswith("/"):
        return url
    end = re.search(r"[?#]|\Z", path)
    cut = end.start() if end else len(path)
    absolute = os.path.normpath(os.path.join(directory, unquote(path[:cut])))
    return "file://" + quote(absolute, errors="surrogateescape") + path[cut:]


def find_variables(text: str) -> list[str]:
    """Return the names of the variables in a text (``${NAME}``)."""
    return _VARIABLE.findall(text)


def expand_variables(text: str, variables: Mapping[str, str]) -> str:
    """Replace ``${NAME}`` as pip does: in capital letters only, and not where the value is empty."""
    return _VARIABLE.sub(
        lambda match: variables.get(match.group(1)) or match.group(), text
    )


def decode_requirements(data: bytes) -> str:
    """Decode a requirements file as pip does: by its mark, its PEP 263 comment, else as UTF-8."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(
                encoding, "surrogateescape" if encoding == "utf-8" else "replace"
            )
    for row in data.split(b"\n", 2)[:2]:
        coding = _CODING.search(row) if row.startswith(b"#") else None
        if coding:
            try:
                return data.decode(coding.group(1).decode("ascii"), "replace")
            except (LookupError, UnicodeError, ValueError):
                break
    return data.decode("utf-8", "surrogateescape")


def parse_requirements(
    data: bytes, variables: Mapping[str, str] | None = None
) -> Iterator[Line]:
    """Yield the logical lines of a requirements file, comments and empty ones left out."""
    joined: list[str] = []
    for row in [*decode_requirements(data).splitlines(), ""]:
        comment = row.lstrip().startswith("#")
        if row.endswith("\\") and not comment:
            joined.append(row.strip("\\"))
            continue
        line = _without_comment(
            "".join([*joined, " " + row if comment else row])
        ).strip()
        joined = []
        if line:
            yield from parse_line(expand_variables(line, variables or {}))


def _without_comment(line: str) -> str:
    """Return a line without the comment at its end: a # at the start or behind a blank, as pip has it."""
    at = line.find("#")
    while at > 0 and not line[at - 1].isspace():
        at = line.find("#", at + 1)
    return line if at < 0 else line[:at]


def parse_line(line: str) -> Iterator[Line]:
    """Parse a logical line; one with several options yields several, one of which nothing counts yields none."""
    if not line.startswith("-"):
        yield _parse_project(line)
        return
    try:
        found = list(_options(_split_words(line)))
    except ValueError:  # a quotation that does not end
        found = [Line("other", line)]
    for kind in (
        "editable",
        "include",
        "constrain",
    ):  # as pip has it, the first of these is all that counts
        of_kind = [each for each in found if each.kind == kind]
        if of_kind:
            yield of_kind[0]
            return
    yield from [found[0]._replace(text=line)] if len(found) == 1 else found


def _parse_project(line: str) -> Line:
    """Parse a line that names a project: by path, or else by name or URL."""
    value, rest = _split(line)
    is_path = (
        value.startswith((".", "/"))
        or ("/" in value and "@" not in value)
        or _ARCHIVE.fullmatch(value)
    )
    if is_path and not _URL.match(line) and " @" not in line:
        return Line("local", line, value, rest)
    return Line("other", line)


def _split_words(line: str) -> list[str]:
    """Split an option line as a shell does; raises ValueError for a quotation that does not end.

    shlex takes quadratic time for long words, so it splits no more than short lines with quotes.
    """
    if not any(char in line for char in "\\'\""):
        return _BLANKS.split(line.strip(" \t\r\n"))
    if len(line) > _QUOTED_LIMIT:
        raise ValueError("a line with quotes of %d characters" % len(line))
    return shlex.split(line)


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
            yield Line(
                "editable", "-e %s%s" % (value, _tail(words)), path, rest + _tail(words)
            )
            return
        text = "%s %s" % (name, _quote(value)) if name in _VALUED else word
        yield Line(_KINDS.get(name, "other"), text, value if name in _KINDS else "")


def _tail(words: Sequence[str]) -> str:
    """Return what follows an editable project: a marker, or options of its build."""
    return "".join(" " + _quote(word) for word in words)


def _quote(word: str) -> str:
    return shlex.quote(word) if re.search(r"[\s'\"\\]", word) else word


def _split(value: str) -> tuple[str, str]:
    """Split a path from its extras, marker (;) and options (--)."""
    marker = value.find(";")
    options = value.find("--")
    while options >= 0 and not value[options - 1 : options].isspace():
        options = value.find("--", options + 1)
    cut = min([each for each in (marker, options) if each >= 0], default=len(value))
    cut = len(value[:cut].rstrip())
    if value[:cut].endswith("]"):
        opening = value.find("[", value.rfind("]", 0, cut - 1) + 1, cut)
        cut = opening if opening >= 0 else cut
    return value[:cut].strip(), value[cut:]
