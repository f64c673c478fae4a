# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: found in URLs and options, written where other users cannot see them, and kept out of every text."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Dict, Iterable, Iterator, List, Optional, Set, Tuple
from urllib.parse import quote, unquote

from .._host.record import NamedTuple
from .._scan.serialize.redact import (
    UserPart,
    find_path_tokens,
    find_query_secrets,
    find_user_parts,
    redact,
)

__all__ = ["find_query_secrets"]

_MASK = "********"
_BEGINS_WITH_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"[^/?#\s\"'<>`]*")
_HOST_AND_PORT = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::([0-9]{1,5}))?")
_WEB = frozenset(("http", "https", "ftp"))
_SECRET_NAME = re.compile(
    r"(?i)passw|passphrase|secret|token|credential|api_?key|access_?key|private_?key|auth(?!or)"
)
_VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")  # pip puts its value there itself
_PORT_AND_PATH = re.compile(r"[0-9]{1,5}[/?#]")
_PLAIN = re.compile(r"[!-~]+")  # ASCII without white space
_SHORT = 4  # characters; a shorter value of a variable is a switch
# Characters; a shorter username without a password may be a name, such as git
_NAME = 8


class Credential(NamedTuple):
    """Username and password for a host, percent-encoding removed."""

    host: str
    username: str
    password: str
    port: str = ""  # '': the scheme's own


# ---------------------------------------------------------------------------- finding them in URLs


def split_userinfo(url: str) -> Tuple[str, Optional[Credential]]:
    """Return a URL without its username and password, and those; see `strip_text`."""
    text, found = strip_text(url)
    return text, found[0] if found else None


def strip_text(text: str) -> Tuple[str, Tuple[Credential, ...]]:
    """Remove the credentials from every URL in a text, which is a URL or a line of a requirements file.

    Only schemes whose client can be given credentials by other means are considered (http, https, ftp, also of version
    control): ssh asks for no password. A user part with a variable (``${NAME}``) stays: pip expands it.
    """
    pieces: List[str] = []
    found: List[Credential] = []
    done = 0
    for part in find_user_parts(text, alone=_is_url(text)):
        if not _is_web(part) or _VARIABLE.search(part.text):
            continue
        pieces.append(text[done : part.start])
        done = part.end + 1
        if part.text:
            found.append(_make_credential(part, text))
    pieces.append(text[done:])
    return "".join(pieces), tuple(found)


def _is_url(text: str) -> bool:
    return bool(_BEGINS_WITH_URL.match(text))


def _is_web(part: UserPart) -> bool:
    return part.scheme.rpartition("+")[2] in _WEB


def _make_credential(part: UserPart, text: str) -> Credential:
    match = _HOST.match(text, part.end + 1)
    host, port = parse_host(match.group() if match else "")
    name, _colon, password = part.text.partition(":")
    return Credential(host, unquote(name), unquote(password), port)


def parse_host(host: str) -> Tuple[str, str]:
    """Return host and port of ``example.com``, ``example.com:8443`` or ``[::1]:80``; the port may be ''."""
    match = _HOST_AND_PORT.fullmatch(host)
    if not match:
        return host.lower(), ""
    bracketed, name, port = match.groups()
    return (bracketed or name).lower(), port or ""


def has_credentials(text: str) -> bool:
    """Return whether a URL in a text holds a password, a token as username or in its path, or a secret parameter.

    In schemes that ask for no password, such as ssh, a username alone is a name. A variable is no secret.
    """
    if find_query_secrets(text) or find_path_tokens(text):
        return True
    for part in find_user_parts(text, alone=_is_url(text)):
        name, _colon, password = part.text.partition(":")
        if not password and _is_web(part):
            password = name
        if password and not _VARIABLE.fullmatch(password):
            return True
    return False


def holds_credentials(options: Any) -> bool:
    """Return whether nested options hold a credential: in a URL, or as a value whose name says so, unless a path."""
    for name, text in _texts("", options):
        if has_credentials(text):
            return True
        if _is_secret(name, text) and not text.startswith("/"):
            return True
    return False


def find_secrets(parameters: Any) -> Set[str]:
    """Return what must not be shown of a module's options: passwords, user parts of URLs, secret variables.

    What would hide half of every result is left out: a user such as git without a password, a variable that is a
    switch. Where a URL can be read in two ways, the secrets of both are returned.
    """
    found: Set[str] = set()
    for name, text in _texts("", parameters):
        for part in _possible_user_parts(text):
            found.update(_secrets_of(part, text))
        for value in (*find_query_secrets(text), *find_path_tokens(text)):
            found.update((value, *_forms(unquote(value))))
        if _is_secret(name, text):
            found.update(_forms(text))
    return found


def _possible_user_parts(text: str) -> Iterator[UserPart]:
    if "://" not in text:
        return
    yield from find_user_parts(text, alone=_is_url(text))
    yield from find_user_parts(text)
    for part in find_user_parts(text, cautious=True):
        if not _PORT_AND_PATH.match(part.text.partition(":")[2]):
            yield part


def _secrets_of(part: UserPart, text: str) -> Iterator[str]:
    username, _colon, password = part.text.partition(":")
    if password:
        if not _VARIABLE.fullmatch(password):
            yield password
            yield from _forms(unquote(password))
        return
    if not _is_web(part) or not username or _VARIABLE.fullmatch(username):
        return
    if len(username) >= _NAME:
        yield username
        yield from _forms(unquote(username))
    elif username.lower() != "git":
        host = _HOST.match(text, part.end + 1)
        yield "%s@%s" % (username, host.group() if host else "")


def _is_secret(name: str, text: str) -> bool:
    """Return whether the name of an option says that its value is a secret; a switch is none."""
    return (
        bool(_SECRET_NAME.search(name))
        and len(text) >= _SHORT
        and text.lower() != "false"
    )


def _texts(name: str, value: Any) -> Iterator[Tuple[str, str]]:
    """Yield each text in nested options, with its name."""
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


# ---------------------------------------------------------------------------- keeping them out of texts


def redact_output(text: str, secrets: Iterable[str]) -> str:
    """Replace known secrets, also as URLs spell them, and the credentials in URLs by ``****``."""
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "****")
    return redact(text, cautious=False)


def mask_values(value: Any, secrets: Iterable[str]) -> Any:
    """Return nested data with every secret in its texts replaced by ``********``; keys stay."""
    return _mask(
        value, sorted((secret for secret in secrets if secret), key=len, reverse=True)
    )


def _mask(value: Any, ordered: List[str]) -> Any:
    if isinstance(value, str):
        for secret in ordered:
            value = value.replace(secret, _MASK)
        return value
    if isinstance(value, dict):
        return {key: _mask(inner, ordered) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask(inner, ordered) for inner in value]
    return value


def _forms(secret: str) -> Set[str]:
    """Return a secret as URLs, JSON and Python's repr spell it; bytes that are not UTF-8 are surrogates."""
    encoded = quote(secret, safe="", errors="surrogateescape")
    represented = repr(secret)[1:-1]
    return {
        secret,
        encoded,
        encoded.replace("%", "%25"),
        quote(secret, errors="surrogateescape"),
        json.dumps(secret)[1:-1],
        represented,
        represented.replace("'", "\\'"),
    }


# ---------------------------------------------------------------------------- handing them over


def netrc_text(credentials: Iterable[Credential]) -> str:
    """Return a netrc file; the first credential of a host counts, whatever its port: the format has none.

    From 3.11 on Python reads backslashes and quotes in it; before, it took them as they stand. A word that the two
    would read differently is written for both: what is for the older lies inside a quoted word of the newer. The older
    cannot be given an empty word, nor one with white space, beyond ASCII, a quote first, or a quote and a backslash.
    """
    lines: Dict[str, str] = {}
    for credential in credentials:
        host = parse_host(credential.host)[0]
        if host not in lines:
            lines[host] = _netrc_line(host, credential.username, credential.password)
    return "".join(lines.values())


def _netrc_line(host: str, username: str, password: str) -> str:
    line = "machine %s login %s password %s\n" % (
        host,
        _quote(username),
        _quote(password),
    )
    words = (username, password)
    differs = any(_quote(word) != word for word in words)
    if not differs or not all(map(_PLAIN.fullmatch, words)):
        return line
    older = "machine %s login %s password %s" % (host, username, password)
    if '"' in older:
        return line
    return (
        line
        + 'machine . login "x password x\n%s\nmachine . login " password x\n' % older
    )


def _quote(word: str) -> str:
    """Write a word for Python 3.11 and newer, and for uv."""
    if _PLAIN.fullmatch(word) and "\\" not in word and not word.startswith('"'):
        return word
    return '"%s"' % word.replace("\\", "\\\\").replace('"', '\\"')


def git_environment(credentials: Iterable[Credential]) -> Dict[str, str]:
    """Return the variables by which git (2.31 and newer) authenticates, without a word on its command line.

    git compares host and port of a URL exactly (git-config, ``http.<url>.*``), so each has a row for both schemes; the
    first credential of a host and port counts.
    """
    headers: Dict[str, str] = {}
    for credential in credentials:
        host, port = parse_host(credential.host)
        port = credential.port or port
        address = "[%s]" % host if ":" in host else host
        if port:
            address += ":" + port
        pair = "%s:%s" % (credential.username, credential.password)
        word = base64.b64encode(pair.encode("utf-8", "surrogateescape")).decode("ascii")
        for scheme in ("https", "http"):
            headers.setdefault(
                "http.%s://%s/.extraHeader" % (scheme, address),
                "Authorization: Basic " + word,
            )
    found = {"GIT_CONFIG_COUNT": str(len(headers)), "GIT_TERMINAL_PROMPT": "0"}
    for number, (key, value) in enumerate(sorted(headers.items())):
        found["GIT_CONFIG_KEY_%d" % number] = key
        found["GIT_CONFIG_VALUE_%d" % number] = value
    return found
