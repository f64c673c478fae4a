# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of environments of conda: the option table, and the records made from it."""

from __future__ import annotations

import os
from typing import Any, Dict, Iterator, NamedTuple, Sequence, Tuple

from .._scan.invalid_option import OptionProblem
from .match_spec import InvalidMatchSpec, MatchSpec, parse_match_spec

TOOLS = ("conda", "mamba", "micromamba")
#: The channel where none is requested: free of the terms of service that cover Anaconda's own.
DEFAULT_CHANNEL = "conda-forge"


class OptionRow(NamedTuple):
    """One option of `conda_env` that each environment has: its argument specification."""

    name: str
    argument: Dict[str, Any]


#: The one table of options; ``content`` is data or text and becomes part of what is requested.
OPTION_TABLE = (
    OptionRow("name", {"type": "str"}),
    OptionRow("prefix", {"type": "path"}),
    OptionRow(
        "state",
        {
            "type": "str",
            "choices": ["present", "latest", "absent"],
            "default": "present",
        },
    ),
    OptionRow("packages", {"type": "list", "elements": "str", "default": []}),
    OptionRow("channels", {"type": "list", "elements": "str", "default": []}),
    OptionRow("file", {"type": "path"}),
    OptionRow("content", {"type": "raw"}),
    OptionRow("exact", {"type": "bool", "default": False}),
    OptionRow("tool", {"type": "str", "choices": ["auto", *TOOLS], "default": "auto"}),
    OptionRow("executable", {"type": "path"}),
    OptionRow("root_prefix", {"type": "path"}),
    OptionRow(
        "channel_priority",
        {
            "type": "str",
            "choices": ["strict", "flexible", "disabled"],
            "default": "strict",
        },
    ),
    OptionRow("offline", {"type": "bool", "default": False}),
    OptionRow("owner", {"type": "str"}),
    OptionRow("allow_base", {"type": "bool", "default": False}),
    OptionRow("lock_timeout", {"type": "float", "default": 300.0}),
)


class EnvironmentSpec(NamedTuple):
    """The requested state of one environment."""

    name: str = ""
    prefix: str = ""
    state: str = "present"  # present, latest, absent
    packages: Tuple[str, ...] = ()
    channels: Tuple[str, ...] = ()
    file: str = ""
    content: Any = None  # environment.yml as text or data
    exact: bool = False
    tool: str = "auto"
    executable: str = ""
    root_prefix: str = ""
    channel_priority: str = "strict"
    offline: bool = False
    owner: str = ""
    allow_base: bool = False
    lock_timeout: float = 300.0

    @property
    def label(self) -> str:
        """Return what the environment is called in messages."""
        return self.prefix or self.name or self.file or "the environment"

    @property
    def has_file(self) -> bool:
        """Return whether an environment.yml is given, as a file or as content."""
        return bool(self.file) or self.content is not None


def make_argument_spec() -> Dict[str, Any]:
    """Return the argument specification that the module and the entries of its list share."""
    return {row.name: dict(row.argument) for row in OPTION_TABLE}


def validate_spec(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    """Yield what is invalid in a spec."""
    yield from _validate_place(spec)
    yield from _validate_combinations(spec)
    yield from _validate_packages(spec)
    yield from _validate_channels(spec)


def _validate_place(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    if spec.name and spec.prefix:
        yield OptionProblem(
            "prefix", "name and prefix are both set", "Set one of them."
        )
    if not (spec.name or spec.prefix or spec.has_file):
        yield OptionProblem(
            "prefix", "an environment has no path", "Set prefix or name."
        )
    if spec.prefix and not os.path.isabs(spec.prefix):
        yield OptionProblem(
            "prefix", "prefix is not absolute: %s" % spec.prefix, "Begin it with a /."
        )
    if "/" in spec.name or spec.name.startswith((".", "-")) or " " in spec.name:
        yield OptionProblem(
            "name",
            "%s is not the name of an environment" % spec.name,
            "Set prefix to use a path.",
        )


def _validate_combinations(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    """Yield options that contradict each other."""
    if spec.file and spec.content is not None:
        yield OptionProblem(
            "content", "file and content are both set", "Set one of them."
        )
    if spec.has_file and spec.packages:
        yield OptionProblem(
            "packages",
            "packages does not go with file or content",
            "Write the packages into the file, or use packages and channels alone.",
        )
    if spec.state == "absent" and spec.packages:
        yield OptionProblem(
            "packages",
            "state=absent removes the whole environment, and packages is set",
            "Use exact=true with the packages that stay, or leave packages out.",
        )


def _validate_packages(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    for text in spec.packages:
        try:
            parse_match_spec(text)
        except InvalidMatchSpec as exc:
            hint = "Use a match spec such as numpy, numpy=1.26 or numpy>=1.26,<2."
            yield OptionProblem("packages", str(exc), hint)


def _validate_channels(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    for channel in spec.channels:
        if not channel or channel.startswith("-") or "," in channel or " " in channel:
            yield OptionProblem(
                "channels", "%r is not a channel" % channel, "Use a name or a URL."
            )


def validate_together(specs: Sequence[EnvironmentSpec]) -> Iterator[OptionProblem]:
    """Yield environments that are requested twice."""
    seen = set()
    for spec in specs:
        place = (spec.prefix.rstrip("/"), spec.name, spec.owner)
        if place in seen and (spec.prefix or spec.name):
            message = "%s is requested twice" % spec.label
            yield OptionProblem("environments", message, "Keep one of the entries.")
        seen.add(place)


class Requested(NamedTuple):
    """What an environment shall hold, whether it stood in options or in a file."""

    specs: Tuple[MatchSpec, ...] = ()
    channels: Tuple[str, ...] = ()
    name: str = ""  # in the file
    pip: Tuple[str, ...] = ()
