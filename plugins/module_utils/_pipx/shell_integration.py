# SPDX-License-Identifier: GPL-3.0-or-later
"""PATH and completion of shells for the commands of pipx, and what pipx leaves behind, for everyone or for one user.

All of it runs with the rights of the user that it is for.
"""

from __future__ import annotations

import os
import pwd
import shutil
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from .._process.commands import Run
from .._process.login_shell import LoginShell, login_path, run_at_login
from .._process.managed_files import ManagedBlock, ManagedFiles, read_file
from .._scan.project_name import canonicalize_name

_BLOCK = ManagedBlock("pipx")
_POSIX = 'case ":$PATH:" in\n  *":%(directory)s:"*) ;;\n  *) export PATH="$PATH:%(directory)s" ;;\nesac\n'
_FISH = 'contains -- "%(directory)s" $PATH; or set --global --export PATH $PATH "%(directory)s"\n'
_USER_DIRECTORY = "$HOME/.local/bin"
_FISH_FILE = ".config/fish/conf.d/pipx.fish"
_PROFILE_FILE = "/etc/profile.d/pipx.sh"
_PATHS_FILE = "/etc/paths.d/pipx"  # of macOS: path_helper(8)
_SHELL_FILES = (
    ".bash_profile",
    ".bash_login",
    ".bashrc",
    ".profile",
    ".zprofile",
    ".zshrc",
)
_PIPX_HOMES = (".local/pipx", ".local/share/pipx", "Library/Application Support/pipx")
_PIPX_TRACES = (".local/state/pipx", ".cache/pipx")


class Completion(NamedTuple):
    """Where a shell reads the completion of pipx."""

    shell: str
    for_everyone: str
    of_user: str  # below the home; '' where the shell has no directory for it
    packaged: Tuple[str, ...]  # of the distribution's package of pipx


COMPLETIONS = (
    Completion(
        shell="bash",
        for_everyone="/usr/local/share/bash-completion/completions/pipx",
        of_user=".local/share/bash-completion/completions/pipx",
        packaged=("/usr/share/bash-completion/completions/pipx",),
    ),
    Completion(
        shell="fish",
        for_everyone="/usr/local/share/fish/vendor_completions.d/pipx.fish",
        of_user=".config/fish/completions/pipx.fish",
        packaged=("/usr/share/fish/vendor_completions.d/pipx.fish",),
    ),
    Completion(
        shell="zsh",
        for_everyone="/usr/local/share/zsh/site-functions/_pipx",
        of_user="",
        packaged=(
            "/usr/share/zsh/vendor-completions/_pipx",
            "/usr/share/zsh/site-functions/_pipx",
        ),
    ),
)


class ShellSpec(NamedTuple):
    """The requested integration."""

    present: bool = True
    path: bool = True
    completion: bool = False
    applications: Tuple[
        str, ...
    ] = ()  # that are removed with pipx; in check mode they are still installed


class ShellIntegration:
    """Manages the files of one place.

    :param run: runs a command.
    :param login: for whom.
    :param bin_directory: where the commands of pipx are.
    :param executable: pipx.
    """

    def __init__(
        self,
        run: Run,
        login: LoginShell,
        bin_directory: str,
        executable: str,
        files: ManagedFiles,
    ) -> None:
        self._run = run
        self._login = login
        self._bin_directory = bin_directory
        self._executable = executable
        self._files = files

    def converge(self, spec: ShellSpec) -> None:
        """Bring the files to the requested state; removal takes everything back, whatever the other options are."""
        if spec.path or not spec.present:
            if self._login.home:
                self._set_path_of_user(spec.present)
            else:
                self._set_path_for_everyone(spec.present)
        if spec.completion or not spec.present:
            for row in COMPLETIONS:
                self._set_completion(row, spec.present)
        if not spec.present:
            self._remove_leftovers(spec.applications)

    def _path_in_home(self, relative: str) -> str:
        return os.path.join(self._login.home, relative)

    def _set_path_for_everyone(self, present: bool) -> None:
        """Write a file only where a login shell does not search the directory anyway."""
        directory = self._bin_directory
        texts = {
            _PROFILE_FILE: _POSIX % {"directory": directory},
            _PATHS_FILE: directory + "\n",
        }
        for path, text in texts.items():
            if not os.path.isdir(os.path.dirname(path)):
                continue
            needed = os.path.exists(path) or directory not in login_path(
                self._run, self._login
            )
            self._files.write(path, text if present and needed else "")

    def _set_path_of_user(self, present: bool) -> None:
        block = _POSIX % {"directory": _USER_DIRECTORY} if present else ""
        for name in shell_files(self._login.home, self._login.shell):
            path = self._path_in_home(name)
            text = read_file(path)
            after = with_block(text, block, "/.local/bin")
            self._files.write_part(
                path, after, before=find_block(text), after=find_block(after)
            )
        has_fish = os.path.isdir(self._path_in_home(".config/fish"))
        if has_fish or os.path.basename(self._login.shell) == "fish":
            text = _FISH % {"directory": _USER_DIRECTORY} if present else ""
            self._files.write(self._path_in_home(_FISH_FILE), text)

    def _set_completion(self, row: Completion, present: bool) -> None:
        path = row.for_everyone
        if self._login.home:
            path = self._path_in_home(row.of_user) if row.of_user else ""
        if not path:
            return
        if not present:
            if "_python_argcomplete" in read_file(path):
                self._files.write(path, "")
            return
        if not shutil.which(row.shell) or any(
            os.path.exists(each) for each in row.packaged
        ):
            return
        text = self._completion_script(row.shell)
        if text is None and not os.path.exists(path):
            self._files.add_unknown(path)
        elif text:
            self._files.write(path, text)

    def _completion_script(self, shell: str) -> Optional[str]:
        """Return the script that argcomplete writes; '' where it is not installed; None while pipx is not installed."""
        if not os.path.exists(self._executable):
            return None
        directory = os.path.dirname(os.path.realpath(self._executable))
        for name in ("register-python-argcomplete", "register-python-argcomplete3"):
            program = os.path.join(directory, name)
            if os.access(program, os.X_OK):
                done = run_at_login(
                    self._run, self._login, [program, "--shell", shell, "pipx"]
                )
                return "" if done.status else done.output
        return ""

    def _remove_leftovers(self, removed: Sequence[str]) -> None:
        """Remove shared libraries, caches and logs of pipx where no application is left."""
        own_home = pwd.getpwuid(os.geteuid()).pw_dir
        homes = ["/opt/pipx"]
        other_homes = [os.path.join(own_home, each) for each in _PIPX_HOMES]
        if self._login.home:
            homes, other_homes = [self._path_in_home(each) for each in _PIPX_HOMES], []
        in_use = [home for home in homes if remaining_applications(home, removed)]
        traces_in_use = in_use or any(
            remaining_applications(home, removed) for home in other_homes
        )
        unused = [home for home in homes if home not in in_use]
        if not traces_in_use:
            unused += [
                os.path.join(self._login.home or own_home, each)
                for each in _PIPX_TRACES
            ]
        for path in unused:
            self._files.remove_directory(path)


def find_block(text: str) -> str:
    """Return the managed block in the text of a file; '' where there is none."""
    return _BLOCK.find(text)


def with_block(text: str, block: str, directory: str) -> str:
    """Return a text with the block in it once; without it where it is empty, or where another line has its effect."""
    rest = _BLOCK.remove(text)
    lines = [
        line.lower() for line in rest.splitlines() if not line.lstrip().startswith("#")
    ]
    if not block or any("path" in line and directory in line for line in lines):
        return rest
    requested = _BLOCK.wrap(block)
    if requested in text and rest == text.replace(requested, ""):
        return text
    separator = "\n" if rest and not rest.endswith("\n") else ""
    return rest + separator + requested


def shell_files(home: str, shell: str) -> List[str]:
    """Return the files in which the shells of a user set PATH: those that exist, and those of the login shell."""
    name = os.path.basename(shell)
    existing = [
        each for each in _SHELL_FILES if os.path.exists(os.path.join(home, each))
    ]
    required: Dict[str, Tuple[str, ...]] = {
        "bash": (".profile", ".bashrc"),
        "zsh": (".zprofile", ".zshrc"),
        "fish": (),
    }
    files = {*existing, *required.get(name, (".profile",))}
    if any(each.startswith(".z") for each in existing):
        files |= {".zprofile", ".zshrc"}
    return sorted(files)


def remaining_applications(home: str, removed: Sequence[str]) -> List[str]:
    """Return the applications in a home of pipx without those that are removed."""
    names = {canonicalize_name(name) for name in removed}
    venvs = os.path.join(home, "venvs")
    entries = os.listdir(venvs) if os.path.isdir(venvs) else []
    return [
        each
        for each in entries
        if each not in names and os.path.isdir(os.path.join(venvs, each))
    ]
