# SPDX-License-Identifier: GPL-3.0-or-later
"""Match specs: how conda's users name packages, and which installed packages satisfy one.

Understood are ``name``, ``name=1.2`` (1.2 and what follows it), ``name==1.2.3``, ``name 1.2.3``, ``name>=1,<2|3.*``,
builds (``name=1.2.3=py312*``), channels (``conda-forge::name``), and ``name[version=..., build=..., channel=...]``.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

from .._host.wildcard import matches_wildcard
from .version import (
    InvalidVersion,
    Version,
    compare,
    parse_version,
    starts_with,
)

_LENGTH_LIMIT = 1000
_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
_HEAD = re.compile(r"([^ =<>!~\[]+)[ ]*(.*)")
_BRACKETS = re.compile(r"(.*?)\[([^\[\]]*)\][ ]*")
_BRACKET_ITEM = re.compile(
    r"([a-z_]+)[ ]*=[ ]*('[^']*'|\"[^\"]*\"|[^'\", ]+)[ ]*,?[ ]*"
)
_BRACKET_KEYS = ("version", "build", "channel")
_AROUND_JOINERS = re.compile(r"[ ]*([,|])[ ]*")
_AFTER_OPERATOR = re.compile(r"([<>=!~])[ ]+")
_BUILD_BEHIND = re.compile(r"(.*[^=<>!~,|])=([^=<>!~,|]*)")
_CLAUSE = re.compile(r"(==|!=|<=|>=|~=|=|<|>)?([^=<>!~]+)")
_SUBDIRECTORY = re.compile(
    r"(noarch|[a-z]+-(32|64|aarch64|arm64|armv6l|armv7l|ppc64le|ppc64|s390x|riscv64|wasm32))"
)
_TOKEN = re.compile(r"\A/t/[^/]+")
_OPERATORS: Dict[str, Callable[[int], bool]] = {
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
}


class InvalidMatchSpec(ValueError):
    """A text is no match spec, or none that is understood; the message says why."""


class MatchSpec(NamedTuple):
    """What is requested of one package; an empty field is satisfied by anything."""

    text: str
    name: str
    version: str = ""
    build: str = ""
    channel: str = ""


class CondaPackage(NamedTuple):
    """One installed package."""

    name: str
    version: str
    build: str
    channel: str = ""
    depends: Tuple[str, ...] = ()


def parse_match_spec(text: str) -> MatchSpec:
    """Parse a match spec; raise InvalidMatchSpec where it is none, or holds what cannot be compared here."""
    spec = text.partition("#")[0].strip()
    if not spec or len(spec) > _LENGTH_LIMIT or not spec.isprintable():
        raise InvalidMatchSpec("%r is not a match spec" % text[:80])
    if spec.startswith("-") or spec.endswith((".conda", ".tar.bz2")):
        raise InvalidMatchSpec("%s names no package of a channel" % text)
    body, bracketed = _split_brackets(spec)
    channel, _separator, rest = body.rpartition("::")
    match = _HEAD.fullmatch(rest.strip())
    name = match.group(1).lower() if match else ""
    if match is None or not _NAME.fullmatch(name):
        raise InvalidMatchSpec("%s has no valid package name" % text)
    version, build = _split_version(match.group(2).strip(), text)
    found = MatchSpec(
        text=spec,
        name=name,
        version=_normalize(bracketed.get("version", version), build),
        build=bracketed.get("build", build),
        channel=bracketed.get("channel", channel.strip()),
    )
    _validate(found)
    return found


def _split_brackets(spec: str) -> Tuple[str, Dict[str, str]]:
    match = _BRACKETS.fullmatch(spec)
    if match is None:
        return spec, {}
    body, inside = match.groups()
    found: Dict[str, str] = {}
    position = 0
    while position < len(inside):
        item = _BRACKET_ITEM.match(inside, position)
        if item is None or item.group(1) not in _BRACKET_KEYS:
            message = "%s: only %s are understood in brackets"
            raise InvalidMatchSpec(message % (spec, ", ".join(_BRACKET_KEYS)))
        found[item.group(1)] = item.group(2).strip("'\"")
        position = item.end()
    return body, found


def _split_version(rest: str, text: str) -> Tuple[str, str]:
    """Return version and build of what follows a name."""
    rest = _AFTER_OPERATOR.sub(r"\1", _AROUND_JOINERS.sub(r"\1", rest))
    words = rest.split()
    if len(words) > 2:
        raise InvalidMatchSpec("%s has more than a version and a build" % text)
    if len(words) == 2:
        return words[0], words[1].lstrip("=")
    match = _BUILD_BEHIND.fullmatch(rest)
    if match is None:
        return rest, ""
    version, build = match.groups()
    if not build:
        raise InvalidMatchSpec("%s ends with an operator" % text)
    return version, build


def _normalize(version: str, build: str) -> str:
    """Return a version as conda understands it: ``=1.2`` is a series, and exact where a build follows."""
    plain = version.lstrip("=")
    if not plain or not version.startswith("="):
        return version
    if version.startswith("==") and not build:
        return plain
    if any(char in plain for char in "=,|"):
        return version
    if build or plain.endswith("*"):
        return plain
    return plain + ("*" if "*" in plain else ".*")


def _validate(spec: MatchSpec) -> None:
    if any(char in spec.build for char in "^$()<>=!~|,"):
        raise InvalidMatchSpec("%s: the build is not a name or pattern" % spec.text)
    try:
        is_satisfied_by(spec.version, "1.0")
    except InvalidVersion as exc:
        raise InvalidMatchSpec("%s: %s" % (spec.text, exc)) from None


def matches(spec: MatchSpec, package: CondaPackage) -> bool:
    """Return whether an installed package satisfies a match spec."""
    if spec.name != package.name:
        return False
    if spec.build and not matches_wildcard(package.build, spec.build):
        return False
    if spec.channel and not is_same_channel(spec.channel, package.channel):
        return False
    try:
        return is_satisfied_by(spec.version, package.version)
    except InvalidVersion:  # of the installed package: then only the same text is equal
        return spec.version == package.version


def is_satisfied_by(constraint: str, version: str) -> bool:
    """Return whether a version satisfies a constraint; ``,`` is stronger than ``|``. Raises InvalidVersion."""
    if not constraint or constraint == "*":
        return True
    if any(char in constraint for char in "()^$"):
        raise InvalidVersion("brackets and regular expressions are not understood")
    installed = parse_version(version)
    # Every clause is parsed, so that an invalid one is found whatever the version is.
    answers = [
        [_satisfies(clause, version, installed) for clause in part.split(",")]
        for part in constraint.split("|")
    ]
    return any(all(clauses) for clauses in answers)


def _satisfies(clause: str, version: str, installed: Version) -> bool:
    match = _CLAUSE.fullmatch(clause.strip())
    if match is None:
        raise InvalidVersion("%r is not a version comparison" % clause[:80])
    operator, number = match.groups()
    if not operator and number == "*":
        return True
    if "*" in number.rstrip("*"):
        if operator:
            raise InvalidVersion("%r compares with a pattern" % clause[:80])
        return matches_wildcard(version.lower(), number.lower())
    if number.endswith("*"):
        return _satisfies_series(clause, installed, operator, number)
    return _satisfies_number(installed, operator, number)


def _satisfies_series(
    clause: str, installed: Version, operator: Optional[str], number: str
) -> bool:
    """Compare with a series such as ``1.2.*``."""
    series = parse_version(number.rstrip("*").rstrip("."))
    if operator == "~=":
        raise InvalidVersion("%r compares with a pattern" % clause[:80])
    if not operator or operator == "=":
        return starts_with(installed, series)
    if operator == "!=":
        return not starts_with(installed, series)
    return _OPERATORS[operator](compare(installed, series))


def _satisfies_number(installed: Version, operator: Optional[str], number: str) -> bool:
    """Compare with one version; without an operator, it is the version itself."""
    requested = parse_version(number)
    if operator == "~=":
        series = parse_version(number.rpartition(".")[0] or number)
        return compare(installed, requested) >= 0 and starts_with(installed, series)
    if operator == "=":
        return starts_with(installed, requested)
    return _OPERATORS[operator or "=="](compare(installed, requested))


def is_same_channel(requested: str, recorded: str) -> bool:
    """Return whether a channel of a spec is the one in a package's record; a name is the end of a URL's path."""
    one, other = _canonical_channel(requested), _canonical_channel(recorded)
    if ("://" in one) == ("://" in other):
        return one == other
    return one.endswith("/" + other) or other.endswith("/" + one)


def _canonical_channel(channel: str) -> str:
    """Return a channel without credentials, token and the directory of a platform."""
    text = channel.rstrip("/")
    head, separator, last = text.rpartition("/")
    if separator and _SUBDIRECTORY.fullmatch(last):
        text = head
    if "://" not in text:
        return text
    parts = urlsplit(text)
    host = parts.netloc.rpartition("@")[2].lower()
    return "%s://%s%s" % (parts.scheme.lower(), host, _TOKEN.sub("", parts.path))
