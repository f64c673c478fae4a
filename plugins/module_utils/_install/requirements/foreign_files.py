# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of other tools that people give as requirements or as a lock: what they are, and how to export them."""

from __future__ import annotations

import os
from typing import NamedTuple

from ..._process.commands import OperationError


class ForeignFile(NamedTuple):
    """A file that pip reads no requirements from."""

    name: str
    description: str
    hint: str


_CONDA_HINT = "Create that environment with Conda, or write its pip section into a requirements file."

_ROWS = (
    ForeignFile(
        name="pyproject.toml",
        description="describes a project",
        hint="Give the project's directory in packages, or export a lock: uv export -o pylock.toml",
    ),
    ForeignFile(
        name="uv.lock",
        description="is the lock of uv projects",
        hint="Export it, and use the result as lock: uv export --frozen --format pylock.toml -o pylock.toml",
    ),
    ForeignFile(
        name="poetry.lock",
        description="is the lock of Poetry",
        hint="Export it, and use the result as lock: poetry export -f requirements.txt -o requirements.txt",
    ),
    ForeignFile(
        name="pdm.lock",
        description="is the lock of PDM",
        hint="Export it, and use the result as lock: pdm export -o requirements.txt",
    ),
    ForeignFile(
        name="Pipfile.lock",
        description="is the lock of Pipenv",
        hint="Export it, and use the result as lock: pipenv requirements --hash > requirements.txt",
    ),
    ForeignFile(
        name="Pipfile",
        description="is Pipenv's list of requirements",
        hint="Lock and export it: pipenv lock && pipenv requirements --hash > requirements.txt",
    ),
    ForeignFile(
        name="setup.py",
        description="is a project's build script",
        hint="Give the project's directory in packages.",
    ),
    ForeignFile(
        name="setup.cfg",
        description="describes a project",
        hint="Give the project's directory in packages.",
    ),
    ForeignFile(
        name="environment.yml",
        description="is an environment file of Conda",
        hint=_CONDA_HINT,
    ),
    ForeignFile(
        name="environment.yaml",
        description="is an environment file of Conda",
        hint=_CONDA_HINT,
    ),
)
_BY_NAME = {row.name: row for row in _ROWS}


def reject_foreign_file(path: str, option: str) -> None:
    """Raise OperationError where a file given as ``option`` is that of another tool, by its name."""
    row = _BY_NAME.get(os.path.basename(path))
    if row is not None:
        message = "%s %s, not a requirements file: %s" % (
            row.name,
            row.description,
            path,
        )
        raise OperationError("foreign-file", "%s: %s" % (option, message), row.hint)
