# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials in text: the one parser of the user part of a URL, and the one redaction.

People paste passwords into URLs as they are, with characters that RFC 3986 wants percent-encoded. The parser therefore
reads more as a user part than the standard does. Where it is unclear what is a password, it errs on the side of hiding.
"""

from __future__ import annotations

import re
from typing import Iterator

from ..._host.record import NamedTuple

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_SCHEME_LIMIT = 24
_SPACE = re.compile(r"\s")
_LINE_END = re.compile(r"[\r\n]")
#: What ends a username: in a URL on its own, and in running text.
_NAME_END = re.compile(r"[:@/?#]")
_NAME_END_IN_TEXT = re.compile(r"[:@/?#\s\"<>`]")
#: What ends a host; a user part goes to the last @ before it.
_HOST_END = re.compile(r"[/?#]")
_HOST_END_IN_TEXT = re.compile(r"[/?#\s\"'<>`]")
_RUN_END = re.compile(r"[\s\"'<>`]")
#: A port, or a variable in its place, and what can follow it.
_PORT = re.compile(r"(?:[0-9]{1,5}|\$\{[A-Z0-9_]+\})(?=[/?#\s\"'<>`)\],;]|\Z)")

_NAMED_VALUE = re.compile(
    r"(?i)([a-z0-9_.-]{0,40}(?:passw(?:or)?d|secret|token|api[-_]?key|credential|client[-_]?key)[a-z0-9_.-]{0,40}"
    r"[\"']?[ \t]{0,8}[=:][ \t]{0,8})(\"[^\"\n]*\"|'[^'\n]*'|[^\s&,;]+)"
)
_AUTHORIZATION = re.compile(r"(?i)\b((?:basic|bearer)[ \t]+)[a-z0-9+/=_.~-]{8,}")
_QUERY = re.compile(r"([?&;])([A-Za-z0-9_.~%-]{1,60})=([^&;#\s\"'<>`]+)")
_QUERY_NAME = re.compile(
    r"(?i)passw|passphrase|secret|token|credential|api[-_]?key|access[-_]?key|private[-_]?key|auth(?!or)|signature"
    r"|^sig$|^pwd$|^key$"
)
#: A token of conda in the path of a URL: https://host/t/TOKEN/channel.
_PATH_TOKEN = re.compile(
    r"(://[^?#\s\"'<>`]{0,300}?/t/)([A-Za-z0-9_.~%-]{4,})(?=/|\Z|[\s\"'<>`])"
)
_MASK = "****"


class UserPart(NamedTuple):
    """The user part of a URL in a text: ``text[start:end]`` is it, ``text[end]`` is the @ behind it."""

    scheme: str  # in lower case; '' where there is none
    start: int
    end: int
    text: str


class _Searched:
    """A text, and where patterns match next in it: no part is searched twice for the same pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[re.Pattern[str], tuple[int, int]] = {}

    def find(self, pattern: re.Pattern[str], start: int) -> int:
        """Return where a pattern first matches from ``start`` on, or the end of the text."""
        since, found = self._known.get(pattern, (0, -1))
        if not since <= start <= found:
            match = pattern.search(self.text, start)
            found = match.start() if match else len(self.text)
            self._known[pattern] = (start, found)
        return found


def find_user_parts(
    text: str, alone: bool = False, cautious: bool = False
) -> Iterator[UserPart]:
    """Yield the user part of every URL in a text, in their order.

    :param alone: the text begins with a URL and holds little else, as the value of an option does: its password may
        hold blanks and quotation marks.
    :param cautious: also yield what is more likely a port and a path with an @ (``host:80/a@b``) than a password. Then
        a user part goes to the last @ that may belong to it.
    """
    searched = _Searched(text)
    first = position = text.find("://")
    while position >= 0:
        start = position + len("://")
        if alone and position == first:
            end, resume = _find_end_alone(searched, start)
        else:
            end, resume = _find_end(searched, start, cautious)
        if end >= start:
            scheme = _SCHEME.search(text[max(0, position - _SCHEME_LIMIT) : position])
            yield UserPart(
                scheme.group().lower() if scheme else "", start, end, text[start:end]
            )
        position = text.find("://", resume)


def _find_end_alone(searched: _Searched, start: int) -> tuple[int, int]:
    """Return where the user part of a URL that stands alone ends, or -1, and where to look for further URLs."""
    text = searched.text
    name_end = searched.find(_NAME_END, start)
    if text.startswith("[", start) or text[name_end : name_end + 1] not in (":", "@"):
        return -1, start
    if text[name_end] == ":" and _PORT.match(text, name_end + 1):
        return -1, start
    at = text.find("@", name_end)
    if at < 0:
        return -1, len(text)
    return text.rfind("@", at, searched.find(_HOST_END, at)), at + 1


def _find_end(searched: _Searched, start: int, cautious: bool) -> tuple[int, int]:
    """Return where the user part of a URL in running text ends, or -1, and where to look for further URLs.

    Nothing is read twice but up to the next ``://``, so that time is linear.
    """
    text = searched.text
    name_end = searched.find(_NAME_END_IN_TEXT, start)
    following = text[name_end : name_end + 1]
    if text.startswith("[", start) or following not in (":", "@"):
        return -1, start
    if following == "@":
        return text.rfind(
            "@", name_end, searched.find(_HOST_END_IN_TEXT, name_end)
        ), name_end + 1
    is_port = bool(_PORT.match(text, name_end + 1))
    if _SPACE.match(text, name_end + 1) or (is_port and not cautious):
        return -1, name_end + 1
    run_pattern = _RUN_END if is_port else _SPACE
    run_end = searched.find(run_pattern, name_end)
    at = text.find("@", name_end, run_end)
    if at < 0 and not is_port:
        run_end = _find_end_of_sentence(searched, run_end)
        at = text.find("@", name_end, run_end)
    if at < 0:
        return -1, run_end
    host_end = searched.find(run_pattern if cautious else _HOST_END_IN_TEXT, at)
    return text.rfind("@", at, host_end), host_end


def _find_end_of_sentence(searched: _Searched, start: int) -> int:
    """Return how far a password with blanks in it can go: to the end of the line, or to the next URL."""
    line_end = searched.find(_LINE_END, start)
    following = searched.text.find("://", start, line_end)
    return following if following >= 0 else line_end


def find_query_secrets(text: str) -> tuple[str, ...]:
    """Return the values of URL query parameters whose name says that they are secret, as ``?token=``."""
    if "://" not in text:
        return ()
    return tuple(
        value for _sign, name, value in _QUERY.findall(text) if _QUERY_NAME.search(name)
    )


def find_path_tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of conda in the paths of URLs, as ``/t/TOKEN/``."""
    if "/t/" not in text:
        return ()
    return tuple(token for _head, token in _PATH_TOKEN.findall(text))


def redact(text: str, cautious: bool = True) -> str:
    """Replace credentials by ``****``: user parts of URLs, tokens in their paths, and secret parameters of queries.

    :param cautious: also replace values named as secrets (``password=``), authorization headers, and what may be a
        user part; see `find_user_parts`.
    """
    if "://" in text:
        text = _redact_user_parts(text, cautious)
        text = _QUERY.sub(_redact_parameter, text)
        if "/t/" in text:
            text = _PATH_TOKEN.sub(r"\1" + _MASK, text)
    if not cautious:
        return text
    if "=" in text or ":" in text:
        text = _NAMED_VALUE.sub(r"\1" + _MASK, text)
    if " " in text or "\t" in text:
        text = _AUTHORIZATION.sub(r"\1" + _MASK, text)
    return text


def _redact_user_parts(text: str, cautious: bool) -> str:
    pieces: list[str] = []
    done = 0
    for part in find_user_parts(text, cautious=cautious):
        pieces += [text[done : part.start], _MASK]
        done = part.end
    pieces.append(text[done:])
    return "".join(pieces)


def _redact_parameter(match: re.Match[str]) -> str:
    sign, name, _value = match.groups()
    return (
        "%s%s=%s" % (sign, name, _MASK) if _QUERY_NAME.search(name) else match.group()
    )
