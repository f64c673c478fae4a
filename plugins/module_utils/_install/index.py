# SPDX-License-Identifier: GPL-3.0-or-later
"""An index and its credentials, handed over to pip, uv, pipx and git: the one place that knows how each takes them.

The URL of an index ends up on the command line of what pip builds with, so no credential is ever part of one: it is
written into a private netrc (pip, uv) and into variables that set an HTTP header (git).
"""

from __future__ import annotations

import os
import re
from typing import Dict, List, Sequence
from urllib.parse import quote

from .._process.commands import OperationError
from .._process.secrets import (
    Credential,
    find_query_secrets,
    git_environment,
    netrc_text,
)
from .spec import Index

_CERTIFICATES = (
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "GIT_SSL_CAINFO",
)


def index_lines(index: Index) -> List[str]:
    """Return the index as lines of a requirements file, which both pip and uv read."""
    lines = ["--no-index"] if index.no_index else []
    if index.index_url:
        lines.append("--index-url %s" % index.index_url)
    lines += ["--extra-index-url %s" % url for url in index.extra_index_urls]
    lines += ["--find-links %s" % _link_word(place) for place in index.find_links]
    return lines


def index_variables(index: Index) -> Dict[str, str]:
    """Return the index as variables of pip and uv, for what takes no requirements file.

    uv has no variable for ``no_index``; see `hand_over`.
    """
    links = [_link_word(place) for place in index.find_links]
    variables = {
        "PIP_NO_INDEX": "1" if index.no_index else "",
        "PIP_INDEX_URL": index.index_url,
        "UV_DEFAULT_INDEX": index.index_url,
        "PIP_EXTRA_INDEX_URL": " ".join(index.extra_index_urls),
        "UV_INDEX": " ".join(index.extra_index_urls),
        "PIP_FIND_LINKS": " ".join(links),
        "UV_FIND_LINKS": ",".join(links),
    }
    return {name: value for name, value in variables.items() if value}


def connection_variables(index: Index) -> Dict[str, str]:
    """Return the certificates and the timeout as variables, which also reach what pip and uv start to build."""
    variables = dict.fromkeys(_CERTIFICATES, index.ca_bundle) if index.ca_bundle else {}
    if index.timeout:
        variables["PIP_DEFAULT_TIMEOUT"] = "%g" % index.timeout
        variables["UV_HTTP_TIMEOUT"] = "%d" % max(
            1, round(index.timeout)
        )  # it takes whole seconds
    return variables


def hand_over(
    directory: str, index: Index, credentials: Sequence[Credential]
) -> Dict[str, str]:
    """Return all variables by which pip, uv and git, started by another tool, use an index.

    :param directory: a private directory, for the files that the variables name.
    """
    variables = {**index_variables(index), **connection_variables(index)}
    variables.update(hand_over_credentials(directory, credentials))
    if index.no_index:
        variables["UV_CONFIG_FILE"] = os.path.join(directory, "uv.toml")
        write_private(variables["UV_CONFIG_FILE"], "no-index = true\n")
    return variables


def hand_over_credentials(
    directory: str, credentials: Sequence[Credential]
) -> Dict[str, str]:
    """Write credentials into a private directory; return the variables by which pip, uv and git find them.

    Where a host has several, the first counts.
    """
    if not credentials:
        return {}
    path = os.path.join(directory, "netrc")
    write_private(path, netrc_text(credentials))
    return {"NETRC": path, **git_environment(credentials)}


def reject_query_secrets(text: str) -> None:
    """Raise OperationError where a URL in a text has a secret parameter, which no tool takes in another way.

    pip would write it into the metadata of what it installs, and name it on the command line of builds.
    """
    if find_query_secrets(text):
        raise OperationError(
            "secret-in-query",
            "a URL holds a secret in its query (such as ?token=), which other users of this host could see",
            "Use index_credentials, or download the file first (ansible.builtin.get_url) and install it by its path.",
        )


def to_word(place: str) -> str:
    """Return a path with white space as a ``file:`` URL, which pip and uv take without quotation marks."""
    if place.startswith("/") and re.search(r"[\s'\"]", place.partition(";")[0].strip()):
        return "file://" + quote(place, safe="/[]")
    return place


def _link_word(place: str) -> str:
    """Return a path or URL for `--find-links` without white space."""
    return to_word(place).replace(" ", "%20")


def write_private(path: str, text: str) -> None:
    """Write a file that only this user can read."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
