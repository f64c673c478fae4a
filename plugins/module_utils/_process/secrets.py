# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: found in URLs and options, handed over where other users cannot see them, and kept out of every text."""

from __future__ import annotations

import base64
import re
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple
from urllib.parse import quote, unquote, urlsplit

#: A URL of a scheme that takes credentials, to the end of its user part, which may hold a raw @.
_AUTHORITY = re.compile(r"(?i)\b((?:(?:git|hg|svn|bzr)\+)?https?|ftp)://([^/\s\"'<>?#]*)@")
#: The user part of a URL of any scheme.
_USER_PART = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*)://([^/\s\"'<>?#]*)@")
_SECRET_NAME = re.compile(r"(?i)passw|passphrase|secret|token|credential|api_?key|access_?key|private_?key|auth(?!or)")
_VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")  # pip puts its value there itself
#: For output, where too much may be hidden: any scheme, and a password that holds what no URL may hold raw.
_ANY_AUTHORITY = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*)://([^/\s\"'<>?#@:]*:(?!\d*(?:[/?#\s]|$))[^\s\"'<>]*)@")
_PLAIN = re.compile(r"[!-~]+")  # ASCII without white space
_SHORT = 4  # characters; a shorter value of a variable is a switch
_NAME = 8  # characters; a shorter user without a password is a name, such as git, and no token


class Credential(NamedTuple):
    """Username and password for a host."""

    host: str
    username: str
    password: str


def split_userinfo(url: str) -> Tuple[str, Optional[Credential]]:
    """Give a URL without its username and password, and those; of ssh and of plain paths nothing is taken."""
    text, found = strip_text(url)
    return text, found[0] if found else None


def strip_text(text: str) -> Tuple[str, Tuple[Credential, ...]]:
    """Take the credentials out of every URL in a text, such as a line of a requirements file."""
    found: List[Credential] = []

    def strip(match: re.Match[str]) -> str:
        scheme, user = match.groups()
        if _VARIABLE.search(user):
            return match.group()
        authority = re.split(r"[/\s\"'<>?#]", text[match.end() :], maxsplit=1)[0]
        name, _colon, password = user.partition(":")
        try:
            host = urlsplit("//" + authority).hostname or authority
        except ValueError:
            host = authority
        if user:
            found.append(Credential(host, unquote(name), unquote(password)))
        return scheme + "://"

    return _AUTHORITY.sub(strip, text), tuple(found)


def has_credentials(text: str) -> bool:
    """Tell whether a URL in a text holds a password, or a username that may stand for one, as a token does.

    Of schemes that ask for no password, such as ssh, a username alone is a name. A variable is what it is, no secret.
    """
    for scheme, user in _USER_PART.findall(text):
        name, _colon, password = user.partition(":")
        web = scheme.lower().rpartition("+")[2] in ("http", "https", "ftp")
        word = password or (name if web else "")
        if word and not _VARIABLE.fullmatch(word):
            return True
    return False


def holds_credentials(options: Any) -> bool:
    """Tell whether nested options hold a credential: in a URL, or as what a name says to be one, if it is no path."""
    return any(
        has_credentials(text) or (_is_secret(name, text) and not text.startswith("/"))
        for name, text in _texts("", options)
    )


def netrc_text(credentials: Iterable[Credential]) -> str:
    """Give a netrc file; the first credential of a host counts.

    From 3.11 on Python reads backslashes and quotes in it; before, it took them as they stand. A word that the two
    would read differently is written for both: what is for the older lies inside a quoted word of the newer. The older
    cannot be told an empty word, nor one with white space, beyond ASCII, a quote first, or a quote and a backslash.
    """
    lines: Dict[str, str] = {}
    for host, username, password in credentials:
        bare = host.partition(":")[0] if host.count(":") == 1 else host
        if bare in lines:
            continue
        lines[bare] = "machine %s login %s password %s\n" % (bare, _quote(username), _quote(password))
        words = username, password
        if any(_quote(word) != word for word in words) and all(map(_PLAIN.fullmatch, words)):
            older = "machine %s login %s password %s" % (bare, username, password)
            if '"' not in older:
                lines[bare] += 'machine . login "x password x\n%s\nmachine . login " password x\n' % older
    return "".join(lines.values())


def _quote(word: str) -> str:
    """Write a word for Python 3.11 and newer, and for uv."""
    if _PLAIN.fullmatch(word) and "\\" not in word and not word.startswith('"'):
        return word
    return '"%s"' % word.replace("\\", "\\\\").replace('"', '\\"')


def git_environment(credentials: Mapping[str, Credential]) -> Dict[str, str]:
    """Give the variables by which git (2.31 and newer) authenticates to URLs, without a word on its command line."""
    found = {"GIT_CONFIG_COUNT": str(len(credentials)), "GIT_TERMINAL_PROMPT": "0"}
    for number, (url, credential) in enumerate(sorted(credentials.items())):
        pair = "%s:%s" % (credential.username, credential.password)
        found["GIT_CONFIG_KEY_%d" % number] = "http.%s.extraHeader" % url
        word = base64.b64encode(pair.encode("utf-8")).decode("ascii")
        found["GIT_CONFIG_VALUE_%d" % number] = "Authorization: Basic " + word
    return found


def redact(text: str, secrets: Iterable[str]) -> str:
    """Take known secrets, also as URLs spell them, and the user part of every URL out of a text."""
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "****")
    return _ANY_AUTHORITY.sub(r"\1://****@", _AUTHORITY.sub(r"\1://****@", text))


def _forms(secret: str) -> Tuple[str, ...]:
    """Give a secret as it is, and as URLs spell it; bytes that are not UTF-8 are surrogates."""
    return secret, quote(secret, safe="", errors="surrogateescape"), quote(secret, errors="surrogateescape")


def find_secrets(parameters: Any) -> Set[str]:
    """Find what must not be shown in the options of a module: passwords, user parts of URLs, secret variables.

    What would hide half of every answer is none: a user such as git without a password, a variable that is a switch.
    """
    found: Set[str] = set()
    for name, text in _texts("", parameters):
        for _scheme, user in _AUTHORITY.findall(text):
            username, _colon, password = user.partition(":")
            raw = password or (username if len(username) >= _NAME else "")
            if raw and not _VARIABLE.fullmatch(raw):
                found.update((raw, *_forms(unquote(raw))))
        if _is_secret(name, text):
            found.update(_forms(text))
    return found


def _is_secret(name: str, text: str) -> bool:
    """Tell whether the name of an option says that its value is a secret; a switch is none."""
    return bool(_SECRET_NAME.search(name)) and len(text) >= _SHORT and text.lower() != "false"


def _texts(name: str, value: Any) -> Iterator[Tuple[str, str]]:
    """Give each text in nested options, with the name that it has there."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            # A username without a password is a token that stands for both.
            alone = key == "username" and not value.get("password")
            yield from _texts("token" if alone else str(key), inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(name, inner)
