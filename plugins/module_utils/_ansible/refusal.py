# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a module that refuses an option."""

from __future__ import annotations

from typing import Any, NoReturn


def refuse(module: Any, option: str, message: str, hint: str) -> NoReturn:
    """End the module: one sentence on what is wrong, one on what to do, and the same for programs."""
    problem = {"code": "bad-option", "option": option, "message": message, "hint": hint}
    module.fail_json(msg="%s. %s" % (message, hint), problem=problem)
    raise AssertionError("fail_json came back")  # for the type checker: it does not
