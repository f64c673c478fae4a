# SPDX-License-Identifier: GPL-3.0-or-later
"""Contradictions in the options of one application."""

from __future__ import annotations

import re
from typing import Iterator

from .._install.find_uv import UV_PYTHON
from .._scan.invalid_option import OptionProblem
from .requirement import exact_version
from .spec import PipxAppSpec

_SUFFIX = re.compile(r"[A-Za-z0-9._@+-]*")


def validate_spec(spec: PipxAppSpec) -> Iterator[OptionProblem]:
    """Yield what is contradictory in the options of one application."""
    yield from _validate_state(spec)
    if not _SUFFIX.fullmatch(spec.suffix):
        message = "suffix is not valid in a file name: %r" % spec.suffix
        yield OptionProblem("suffix", message, "Use letters, digits, - or _.")
    if spec.python_source == "uv" and not UV_PYTHON.fullmatch(spec.python_version):
        yield OptionProblem(
            "python_source",
            "python_source=uv needs a version of Python",
            'Set python to a version such as "3.13" or "3.13.5".',
        )
    yield from _validate_inject(spec)


def _validate_state(spec: PipxAppSpec) -> Iterator[OptionProblem]:
    if spec.state == "latest" and exact_version(spec.requirement.specifier):
        yield OptionProblem(
            "state",
            "state=latest and an exact version contradict each other",
            "Omit one of them.",
        )
    if spec.state == "latest" and spec.pin:
        yield OptionProblem(
            "pin",
            "state=latest and pin contradict each other",
            "Use state=present to keep the version.",
        )
    if spec.state == "absent" and (spec.inject or spec.pin or spec.reinstall):
        yield OptionProblem(
            "state", "state=absent contradicts inject, pin and reinstall", "Omit them."
        )
    if spec.editable and not spec.requirement.text.startswith("/"):
        yield OptionProblem(
            "editable",
            "editable needs a project on the host",
            "Set name to the absolute path of the project.",
        )


def _validate_inject(spec: PipxAppSpec) -> Iterator[OptionProblem]:
    names = [each.name or each.text for each in spec.inject or ()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield OptionProblem(
            "inject", "inject lists %s twice" % name, "List each package once."
        )
    application = spec.requirement.name
    if application and application in names:
        yield OptionProblem(
            "inject",
            "%s is injected into itself" % application,
            "Remove it from inject.",
        )
