# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognise in the result of a failed task what went wrong with Python on the host."""

from __future__ import annotations

import re
import shlex
from typing import Any, Iterator, Mapping, NamedTuple, Optional

from ..source_audit.invocations import read_pip_call, unwrap

#: The texts of pip, uv, venv and the module pip, by problem; the first that matches counts.
_TEXTS = (
    ("externally-managed", r"externally-managed-environment|is externally managed"),
    (
        "ensurepip-missing",
        r"ensurepip is not available|No module named '?ensurepip|non-zero exit status .*ensurepip",
    ),
    (
        "venv-missing",
        r"No module named '?venv\b|Failed to find required executable \"?(virtualenv|pyvenv)\b",
    ),
    (
        "packaging-missing",
        r"required Python library \((packaging|setuptools)\)|No (setuptools|packaging)\b.* found",
    ),
    (
        "pip-missing",
        r"No module named '?pip\b|Unable to find any of pip3?\b|Failed to find required executable \"?pip3?\b",
    ),
)
_FIELDS = ("msg", "stderr", "stdout", "module_stderr", "module_stdout", "exception")


class Problem(NamedTuple):
    """A kind of failure, with the packages that the task wanted to install and its requirements file."""

    kind: str
    packages: tuple[str, ...] = ()
    requirements: str = ""


def find_problem(result: Mapping[str, Any]) -> Optional[Problem]:
    """Return the problem in the result of a failed task or of its loop; None where it failed for another reason."""
    for row in _failed_rows(result):
        # venv breaks its lines within a sentence.
        text = " ".join(
            " ".join(str(row.get(field) or "") for field in _FIELDS).split()
        )
        for kind, pattern in _TEXTS:
            if re.search(pattern, text):
                return Problem(
                    kind, tuple(_find_packages(row)), _find_requirements(row)
                )
    return None


def _failed_rows(result: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield result
    rows = result.get("results")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("failed"):
            yield row


def _arguments(row: Mapping[str, Any]) -> Mapping[str, Any]:
    arguments = (row.get("invocation") or {}).get("module_args")
    return arguments if isinstance(arguments, dict) else {}


def _find_packages(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names that the module pip, or a command of pip, was to install."""
    names = _arguments(row).get("name") or row.get("name")
    if isinstance(names, str):
        names = names.split(",")
    if isinstance(names, list) and names:
        yield from (str(name).strip() for name in names)
        return
    words = _command(row)
    call = read_pip_call(unwrap(words).words)
    if call is not None and call.command == "install":
        options_with_value = {"-r", "--requirement", "-c", "--constraint"}
        values = {
            after
            for option, after in zip(words, words[1:])
            if option in options_with_value
        }
        yield from (name for name in call.arguments if name not in values)


def _find_requirements(row: Mapping[str, Any]) -> str:
    path = _arguments(row).get("requirements")
    if path:
        return str(path)
    words = _command(row)
    return next(
        (
            after
            for word, after in zip(words, words[1:])
            if word in ("-r", "--requirement")
        ),
        "",
    )


def _command(row: Mapping[str, Any]) -> list[str]:
    command = row.get("cmd") or []
    if isinstance(command, list):
        return [str(word) for word in command]
    try:
        return shlex.split(str(command))
    except ValueError:
        return []
