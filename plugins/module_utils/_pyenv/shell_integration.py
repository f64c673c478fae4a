# SPDX-License-Identifier: GPL-3.0-or-later
"""PYENV_ROOT and PATH of shells, for everyone or for one user, without starting pyenv in any of them.

The directory of shims comes first on PATH, so that a shell starts as fast as before; ``pyenv init`` would start pyenv,
and write shims, in each.
"""

from __future__ import annotations

import os
import re
from typing import List, Tuple

from .._process.managed_files import ManagedBlock, ManagedFiles, read_file
from .program_source import PyenvPlace

_BLOCK = ManagedBlock("pyenv")
_ROOT = 'export PYENV_ROOT="%s"\n'
_POSIX = 'case "%s" in\n  %s) ;;\n  *) export PATH="%s:$PATH" ;;\nesac\n'
#: Anywhere on PATH, so that an active environment stays first; and first, where path_helper(8) of macOS sorts PATH
#: between two files of zsh.
_ANYWHERE = (":$PATH:", '*":$PYENV_ROOT/shims:"*')
_FIRST = ("$PATH:", '"$PYENV_ROOT/shims:"*')
_SHIMS = "$PYENV_ROOT/shims"
_PROGRAMS = "$PYENV_ROOT/shims:$PYENV_ROOT/bin"
_FISH = (
    'set --global --export PYENV_ROOT "%s"\n'
    'contains -- "$PYENV_ROOT/shims" $PATH; or set --global --export PATH %s $PATH\n'
)
_PROFILE_FILE = "/etc/profile.d/pyenv.sh"
_PATHS_FILE = "/etc/paths.d/pyenv"  # of macOS: path_helper(8)
_FISH_FILE = "/etc/fish/conf.d/pyenv.fish"
_USERS_FISH_FILE = ".config/fish/conf.d/pyenv.fish"
_BASH = (".bash_login", ".bash_profile", ".bashrc", ".profile")
_ZSH = (".zprofile", ".zshenv", ".zshrc")
#: Read by shells that are not interactive too: bash that sshd starts, and every zsh. Debian's .bashrc ends at once
#: where the shell is not interactive, so the block is at the top.
_AT_THE_TOP = (".bashrc", ".zshenv")
_OWN_LINE = re.compile(r"(?m)^(?![^\S\n]*#).*(?:PYENV_ROOT|pyenv init)")


class ShellIntegration:
    """Manages the files of one place.

    :param has_programs: pyenv itself is in the root.
    """

    def __init__(
        self, place: PyenvPlace, has_programs: bool, files: ManagedFiles
    ) -> None:
        self._place = place
        self._has_programs = has_programs
        self._files = files

    def converge(self, present: bool) -> None:
        """Bring the files to the requested state."""
        if self._place.home:
            self._converge_user(present)
        else:
            self._converge_everyone(present)

    def _converge_everyone(self, present: bool) -> None:
        texts = {
            _PROFILE_FILE: self._posix(_ANYWHERE),
            _PATHS_FILE: self._place.root + "/shims\n",
            _FISH_FILE: self._fish(),
        }
        for path, text in texts.items():
            if os.path.isdir(os.path.dirname(path)):
                self._files.write(path, text if present else "")

    def _converge_user(self, present: bool) -> None:
        home = self._place.home
        for name in shell_files(home, self._place.shell):
            path = os.path.join(home, name)
            lines = self._posix(_FIRST if name == ".zprofile" else _ANYWHERE)
            text = read_file(path)
            after = with_block(text, lines if present else "", name in _AT_THE_TOP)
            self._files.write_part(path, after, _BLOCK.find(text), _BLOCK.find(after))
        fish = os.path.join(home, _USERS_FISH_FILE)
        uses_fish = os.path.basename(self._place.shell) == "fish"
        if uses_fish or os.path.isdir(os.path.dirname(os.path.dirname(fish))):
            self._files.write(fish, self._fish() if present else "")

    def _posix(self, condition: Tuple[str, str]) -> str:
        added = _PROGRAMS if self._has_programs else _SHIMS
        return _ROOT % self._root_in_shells() + _POSIX % (*condition, added)

    def _fish(self) -> str:
        added = _PROGRAMS if self._has_programs else _SHIMS
        words = " ".join('"%s"' % word for word in added.split(":"))
        return _FISH % (self._root_in_shells(), words)

    def _root_in_shells(self) -> str:
        home, root = self._place.home, self._place.root
        if home and root.startswith(home + "/"):
            return "$HOME" + root[len(home) :]
        return root


def with_block(text: str, lines: str, at_the_top: bool) -> str:
    """Return a text with the block in it once; without it where it is empty, or where the user has lines of their own."""
    rest = _BLOCK.remove(text)
    if not lines or _OWN_LINE.search(rest):
        return rest
    block = _BLOCK.wrap(lines)
    if block in text and rest == text.replace(block, ""):
        return text
    if at_the_top:
        return block + rest
    separator = "\n" if rest and not rest.endswith("\n") else ""
    return rest + separator + block


def shell_files(home: str, shell: str) -> List[str]:
    """Return the files in which the shells of a user set variables: those that exist, and those of the login shell."""
    existing = [
        name for name in _BASH + _ZSH if os.path.exists(os.path.join(home, name))
    ]
    name = os.path.basename(shell)
    files = {each for each in existing if each in _BASH}
    if name == "zsh" or any(each in _ZSH for each in existing):
        files |= {".zshenv", ".zprofile"}
    if name == "bash":
        files |= {".bashrc", ".profile"}
    elif name not in ("zsh", "fish"):
        files.add(".profile")
    return sorted(files)
