# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons of uv for the option `python_source` of `venv` and `pipx_app`."""

from __future__ import annotations

import os
from typing import Callable

from .._process.commands import OperationError, Run
from .._uv.converge import Converger
from .._uv.plan import python_path
from .._uv.spec import UvPythonSpec, parse_request


def make_provider(run: Run, check: bool) -> Callable[[str], str]:
    """Return what installs a version of Python where it is missing, and returns the path of its interpreter.

    It works as the user who runs the task, in that user's directory of uv_python. What another directory or a mirror
    needs is read from the variables of uv.
    """
    converger = Converger(run, check)

    def provide(version: str) -> str:
        request = parse_request(version)
        if request is None:
            raise OperationError(
                "bad-option",
                "uv cannot install Python %s" % version,
                'Set python to a version such as "3.13".',
            )
        variables = os.environ
        result = converger.converge(
            UvPythonSpec(
                requests=(request,),
                install_dir=variables.get("UV_PYTHON_INSTALL_DIR", "").rstrip("/"),
                mirror=variables.get("UV_PYTHON_INSTALL_MIRROR", ""),
                python_downloads_json_url=variables.get(
                    "UV_PYTHON_DOWNLOADS_JSON_URL", ""
                ),
            )
        )
        if result.failed is not None:
            raise result.failed
        if result.plan is None or result.after is None or (check and result.changed):
            because = result.unresolved or "uv would install it first"
            message = "Python %s is not installed yet: %s" % (version, because)
            raise OperationError("python-not-yet", message)
        return python_path(result.after, result.plan.pythons[0])

    return provide
