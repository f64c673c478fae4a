# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a module whose work failed."""

from __future__ import annotations

from typing import Any, NoReturn

from .._process.commands import OperationError, describe_failure, serialize_error


def fail(module: Any, exc: OperationError) -> NoReturn:
    """End the module: what is wrong and what to do in one text, and the same for programs."""
    problem = serialize_error(exc)
    module.fail_json(msg=describe_failure(problem), problem=problem)
    raise AssertionError("fail_json came back")  # for the type checker: it does not
