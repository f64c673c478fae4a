# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of the Pythons of uv: the option table of `uv_python`, and the records made from it."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Mapping, Tuple

from .._host.record import NamedTuple
from .._scan.invalid_option import OptionProblem

_VERSION = re.compile(r"(\d+\.\d+)(\.\d+(?:(?:a|b|rc)\d+)?)?(t?)")

#: The one table of options: name, and argument specification. The last three are named as `uv python install` names them.
OPTION_TABLE: Mapping[str, Dict[str, Any]] = {
    "versions": {"type": "list", "elements": "str", "required": True},
    "state": {
        "type": "str",
        "choices": ["present", "latest", "absent"],
        "default": "present",
    },
    "owner": {"type": "str"},
    "executable": {"type": "path"},
    "install_dir": {"type": "path"},
    "mirror": {"type": "str"},
    "python_downloads_json_url": {"type": "str"},
}


class PythonRequest(NamedTuple):
    """One version that is requested."""

    text: str  # as in the option
    minor: str  # 3.13
    version: str = ""  # 3.13.5; '' for any patch release of the minor version
    variant: str = ""  # t: the free-threaded build


class UvPythonSpec(NamedTuple):
    """The requested state of Pythons in one directory."""

    requests: Tuple[PythonRequest, ...]
    state: str = "present"  # present, latest or absent
    owner: str = ""
    executable: str = ""  # '' for the first trusted uv
    install_dir: str = ""  # '' for the default of the owner
    mirror: str = ""
    python_downloads_json_url: str = ""


def parse_request(text: str) -> PythonRequest | None:
    """Return the request for a version such as 3.13, 3.13.5 or 3.13t; None if it is no such version."""
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    minor, patch, variant = match.groups()
    return PythonRequest(text, minor, minor + patch if patch else "", variant)


def make_spec(options: Mapping[str, Any]) -> UvPythonSpec:
    """Return the spec of valid options in ``OPTION_TABLE``."""
    parsed = [parse_request(text) for text in options["versions"]]
    return UvPythonSpec(
        requests=tuple(request for request in parsed if request is not None),
        state=options["state"],
        owner=options["owner"] or "",
        executable=options["executable"] or "",
        install_dir=(options["install_dir"] or "").rstrip("/"),
        mirror=options["mirror"] or "",
        python_downloads_json_url=options["python_downloads_json_url"] or "",
    )


def validate_options(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    """Yield what is invalid in the options."""
    yield from _validate_versions(options)
    for option in ("executable", "install_dir"):
        path = options[option]
        if path and not path.startswith("/"):
            yield OptionProblem(
                option,
                "%s is not an absolute path: %s" % (option, path),
                "Start it with a slash.",
            )
    url = options["python_downloads_json_url"] or ""
    if url and not re.match(r"/|https?://|file://", url):
        yield OptionProblem(
            "python_downloads_json_url",
            "python_downloads_json_url is neither a URL nor an absolute path: %s" % url,
            "Use the absolute path of a file on the host, or a URL.",
        )
    if url and options["mirror"]:
        yield OptionProblem(
            "mirror",
            "mirror and python_downloads_json_url contradict each other",
            "Write the URLs of the mirror into the list of downloads, and omit mirror.",
        )


def _validate_versions(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    if not options["versions"]:
        yield OptionProblem(
            "versions", "versions is empty", 'List versions such as "3.13".'
        )
    seen: Dict[Tuple[str, str], PythonRequest] = {}
    for text in options["versions"]:
        request = parse_request(text)
        if request is None:
            hint = 'Quote versions such as "3.13", "3.13.5" or "3.14t".'
            yield OptionProblem("versions", "not a version of Python: %s" % text, hint)
            continue
        if request.version and options["state"] == "latest":
            yield OptionProblem(
                "versions",
                "%s and state=latest contradict each other" % text,
                "Use %s, or state=present." % (request.minor + request.variant),
            )
        other = seen.setdefault(
            (request.version or request.minor, request.variant), request
        )
        if other is not request:
            yield OptionProblem(
                "versions", "%s is listed twice" % text, "List each version once."
            )
