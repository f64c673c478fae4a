# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of distributions that pip installed among a package manager's: the option table and its record."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Tuple

from .._scan.invalid_option import OptionProblem
from .._scan.project_name import canonicalize_name

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")

#: The one table of options: name, and argument specification.
OPTION_TABLE: Mapping[str, Dict[str, Any]] = {
    "names": {"type": "list", "elements": "str", "default": []},
    "keep": {"type": "list", "elements": "str", "default": []},
    "shadowing": {"type": "bool", "default": False},
}


class PipRemovalSpec(NamedTuple):
    """Which distributions are removed."""

    names: Tuple[str, ...] = ()  # normalized (PEP 503); empty: all
    keep: Tuple[str, ...] = ()
    shadowing: bool = False  # also those below /usr/local that are imported before a package of the system


def make_spec(options: Mapping[str, Any]) -> PipRemovalSpec:
    """Return the spec of the options in ``OPTION_TABLE``."""
    return PipRemovalSpec(
        names=tuple(canonicalize_name(name) for name in options["names"]),
        keep=tuple(canonicalize_name(name) for name in options["keep"]),
        shadowing=options["shadowing"],
    )


def validate_options(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    """Yield what is invalid in the options."""
    for option in ("names", "keep"):
        for name in options[option]:
            if not _NAME.fullmatch(name):
                message = "%s contains an invalid project name: %s" % (
                    option,
                    name,
                )
                yield OptionProblem(
                    option, message, "Write the name alone, without a version."
                )
    both = sorted(
        {canonicalize_name(each) for each in options["names"]}
        & {*map(canonicalize_name, options["keep"])}
    )
    if both:
        yield OptionProblem(
            "keep",
            "%s is in names and in keep" % ", ".join(both),
            "Remove it from one of them.",
        )
