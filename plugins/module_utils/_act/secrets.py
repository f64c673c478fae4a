# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: found in URLs and options, handed over where other users cannot see them, and kept out of every text."""

from __future__ import annotations

import base64
import re
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple
from urllib.parse import quote, unquote, urlsplit

#: A URL of a scheme that takes credentials, to the end of its user part, which may hold a raw @.
_AUTHORITY = re.compile(r"(?i)\b((?:(?:git|hg|svn|bzr)\+)?https?|ftp)://([^/\s\"'<>?#]*)@")
_SECRET_NAME = re.compile(r"(?i)passw|passphrase|secret|token|credential|api_?key|access_?key|private_?key|auth")
_SAFE = re.compile(r"[A-Za-z0-9._~!$*+=:;,/?^%|@(){}\[\]<>&-]+")


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
        rest = text[match.end() :]
        authority = re.split(r"[/\s\"'<>?#]", rest, maxsplit=1)[0]
        name, _colon, password = user.partition(":")
        try:
            host = urlsplit("//" + authority).hostname or authority
        except ValueError:
            host = authority
        if "$" not in user or not re.search(r"\$\{[A-Z0-9_]+\}", user):
            found.append(Credential(host, unquote(name), unquote(password)))
            return scheme + "://"
        return match.group()  # pip puts a variable there itself

    return _AUTHORITY.sub(strip, text), tuple(found)


def netrc_text(credentials: Iterable[Credential]) -> str:
    """Give a netrc file; the first credential of a host counts."""
    lines: Dict[str, str] = {}
    for host, username, password in credentials:
        bare = host.partition(":")[0] if host.count(":") == 1 else host
        lines.setdefault(bare, "machine %s login %s password %s\n" % (bare, _quote(username), _quote(password)))
    return "".join(lines.values())


def _quote(word: str) -> str:
    if _SAFE.fullmatch(word):
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
    forms = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""), quote(secret))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "****")
    return _AUTHORITY.sub(r"\1://****@", text)


def find_secrets(parameters: Any) -> Set[str]:
    """Find what must not be shown in the options of a module: passwords, user parts of URLs, secret variables."""
    found: Set[str] = set()
    for name, text in _texts("", parameters):
        _clean, credentials = strip_text(text)
        for credential in credentials:
            words = [credential.password] if credential.password else [credential.username]
            found.update(form for word in words for form in (word, quote(word, safe=""), quote(word)))
        if _SECRET_NAME.search(name) and not isinstance(parameters, str):
            found.add(text)
    return {word for word in found if word}


def _texts(name: str, value: Any) -> Iterator[Tuple[str, str]]:
    """Give each text in nested options, with the name that it has there."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(str(key) if not isinstance(inner, (dict, list)) else "", inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(name, inner)
