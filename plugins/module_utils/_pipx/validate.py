# SPDX-License-Identifier: GPL-3.0-or-later
"""Contradictions in the options of one application."""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple

from .requirement import exact_version
from .spec import PipxAppSpec

_PYTHON = re.compile(r"\d+\.\d+(?:\.\d+)?t?")  # that uv installs
_SUFFIX = re.compile(r"[A-Za-z0-9._@+-]*")


class Problem(NamedTuple):
    """Why an option is rejected, and what to write instead."""

    option: str
    message: str
    hint: str


def validate_spec(spec: PipxAppSpec) -> Iterator[Problem]:
    """Yield what is contradictory in the options of one application."""
    yield from _validate_state(spec)
    if not _SUFFIX.fullmatch(spec.suffix):
        message = "suffix is not valid in a file name: %r" % spec.suffix
        yield Problem("suffix", message, "Use letters, digits, - or _.")
    if spec.python_source == "uv" and not _PYTHON.fullmatch(spec.python_version):
        yield Problem(
            "python_source",
            "python_source=uv needs a version of Python",
            'Set python to a version such as "3.13" or "3.13.5".',
        )
    yield from _validate_inject(spec)


def _validate_state(spec: PipxAppSpec) -> Iterator[Problem]:
    if spec.state == "latest" and exact_version(spec.requirement.specifier):
        yield Problem(
            "state",
            "state=latest and an exact version contradict each other",
            "Omit one of them.",
        )
    if spec.state == "latest" and spec.pin:
        yield Problem(
            "pin",
            "state=latest and pin contradict each other",
            "Use state=present to keep the version.",
        )
    if spec.state == "absent" and (spec.inject or spec.pin or spec.reinstall):
        yield Problem(
            "state", "state=absent contradicts inject, pin and reinstall", "Omit them."
        )
    if spec.editable and not spec.requirement.text.startswith("/"):
        yield Problem(
            "editable",
            "editable needs a project on the host",
            "Set name to the absolute path of the project.",
        )


def _validate_inject(spec: PipxAppSpec) -> Iterator[Problem]:
    names = [each.name or each.text for each in spec.inject or ()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(
            "inject", "inject lists %s twice" % name, "List each package once."
        )
    application = spec.requirement.name
    if application and application in names:
        yield Problem(
            "inject",
            "%s is injected into itself" % application,
            "Remove it from inject.",
        )
