# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of pip and uv installs into an environment."""

from __future__ import annotations

from .._process.commands import OperationError
from .._scan.select import Interpreter
from .host_state import HostState
from .spec import EnvironmentSpec


def require_pip(spec: EnvironmentSpec) -> str:
    """Return pip, the one installer of editable projects from version control."""
    if spec.installer == "uv":
        message = "uv installs no editable project from version control (-e git+URL)"
        hint = "Set installer=pip, or write NAME @ git+URL for a project that is not edited on the host."
        raise OperationError("uv-cannot", message, hint)
    return "pip"


def choose_installer(
    spec: EnvironmentSpec,
    found: HostState,
    interpreter: Interpreter,
    *,
    uv: str,
    pip_only: bool,
) -> str:
    """Return pip or uv; an environment keeps its installer, so that a uv that appears changes nothing."""
    if spec.installer == "uv" and not uv:
        hint = "Install uv where only root can alter it, or set installer=pip."
        raise OperationError("no-uv", "installer=uv, but no trusted uv was found", hint)
    if spec.installer != "auto":
        return spec.installer
    if found.present.installer in ("pip", "uv") and (
        uv or found.present.installer == "pip"
    ):
        return found.present.installer
    if uv and (not pip_only or interpreter.venv is False):
        return "uv"
    return "pip"
