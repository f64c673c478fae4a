# SPDX-License-Identifier: GPL-3.0-or-later
"""Links to the commands and manual pages of an application: created where they are missing, removed with it."""

from __future__ import annotations

import os
from typing import Iterator, Sequence

from .._process.write_file import make_directories


def create_links(directory: str, bin_directory: str, commands: Sequence[str]) -> None:
    """Link commands of the environment ``directory`` into ``bin_directory``; replace dangling links only."""
    make_directories(bin_directory)
    scripts = os.listdir(directory + "/bin")
    for command in commands:
        script = _script_of(command, scripts)
        path = os.path.join(bin_directory, command)
        if script and not os.path.exists(path):
            if os.path.islink(path):
                os.unlink(path)
            os.symlink(os.path.join(directory, "bin", script), path)


def _script_of(command: str, scripts: Sequence[str]) -> str:
    """Return the script that a command stands for: of that name, or of a name that a suffix was added to."""
    if command in scripts:
        return command
    candidates = [script for script in scripts if _has_suffix(script, command)]
    return max(candidates, key=len, default="")


def _has_suffix(script: str, command: str) -> bool:
    """Return whether a command is a script's name with a suffix at its end, or before its last dot."""
    stem, extension = os.path.splitext(script)
    before_dot = command.startswith(stem) and command.endswith(extension)
    return before_dot or command.startswith(script)


def remove_links(
    directory: str, bin_directory: str, man_directory: str, dangling_only: bool
) -> None:
    """Remove the links to commands, manual pages and completions that lead into an environment."""
    for parent in _link_directories(bin_directory, man_directory):
        for name in os.listdir(parent) if os.path.isdir(parent) else ():
            path = os.path.join(parent, name)
            if not os.path.islink(path) or (dangling_only and os.path.exists(path)):
                continue
            target = os.path.normpath(os.path.join(parent, os.readlink(path)))
            if (target + "/").startswith(directory + "/"):
                os.unlink(path)


def _link_directories(bin_directory: str, man_directory: str) -> Iterator[str]:
    yield bin_directory
    completions = os.path.join(
        os.path.dirname(man_directory), "fish/vendor_completions.d"
    )
    for parent in (man_directory, completions):
        if os.path.isdir(parent):
            yield from (os.path.join(parent, name) for name in os.listdir(parent))
