# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a list of words runs: wrappers such as sudo and env removed, calls of pip and uv recognised."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple, Optional, Sequence

_PIP = re.compile(r"pip-?(?:\d+(?:\.\d+)*)?$")
PYTHON = re.compile(r"(?:python|pypy)(?:\d+(?:\.\d+)*)?$")
_SHELLS = frozenset("sh bash dash ash zsh ksh".split())
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
#: Programs that run another, with their options that take a value, and the number of arguments before the program.
_WRAPPERS: dict[str, tuple[frozenset[str], int]] = {
    "sudo": (
        frozenset(
            "-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir".split()
        ),
        0,
    ),
    "doas": (frozenset("-u -C".split()), 0),
    "runuser": (frozenset("-u --user -g -G".split()), 0),
    "gosu": (frozenset(), 1),
    "su-exec": (frozenset(), 1),
    "setpriv": (frozenset(), 0),
    "env": (frozenset("-u --unset -C --chdir".split()), 0),
    "command": (frozenset(), 0),
    "builtin": (frozenset(), 0),
    "exec": (frozenset(["-a"]), 0),
    "nohup": (frozenset(), 0),
    "time": (frozenset("-f -o".split()), 0),
    "nice": (frozenset("-n --adjustment".split()), 0),
    "ionice": (frozenset("-c -n".split()), 0),
    "stdbuf": (frozenset("-i -o -e".split()), 0),
    "timeout": (frozenset("-s -k --signal --kill-after".split()), 1),
    "xargs": (
        frozenset(
            "-n -I -P -d -L -a -s -E --max-args --max-procs --delimiter --arg-file".split()
        ),
        0,
    ),
    "chroot": (frozenset(), 1),
    "arch-chroot": (frozenset(["-u"]), 1),
    "eatmydata": (frozenset(), 0),
    "fakeroot": (frozenset(), 0),
    "travis_retry": (frozenset(), 0),
    "retry": (frozenset("-t -s -m -d".split()), 0),
}
_BECOME = frozenset("sudo doas runuser gosu su-exec su".split())
#: Options of pip and uv that take a value, as far as they stand before the command or hide one.
_PIP_VALUES = frozenset(
    "--python --cache-dir --timeout --proxy --trusted-host --log --cert --client-cert --retries --exists-action "
    "--keyring-provider --use-feature --use-deprecated --directory --project --config-file".split()
)
_SSH_VALUES = frozenset(
    "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w".split()
)
_ELSEWHERE = ("--target", "--prefix", "--root", "-t", "--dry-run", "--python")


class Invocation(NamedTuple):
    """A program with its arguments, or the text of a script for a shell."""

    words: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...] = ()
    becomes_root: bool = False
    script: Optional[str] = None
    reads_stdin: bool = False


class PipCall(NamedTuple):
    """A call of pip, or of ``uv pip``. ``command`` is install, uninstall, config and so on."""

    tool: str
    program: str
    command: str
    options: tuple[str, ...]
    arguments: tuple[str, ...]

    @property
    def overrides(self) -> bool:
        """Return whether it has --break-system-packages; pip takes every unambiguous beginning of an option."""
        full = "--break-system-packages"
        return any(
            len(option) > 3 and full.startswith(option) for option in self.options
        )

    @property
    def writes_elsewhere(self) -> bool:
        """Return whether an option selects another place than the Python's own, which pip does not protect."""
        names = {option.partition("=")[0] for option in self.options}
        if self.tool == "uv" and "--python" in names:
            return not {"--system", "--break-system-packages"} & names
        return any(name in names for name in _ELSEWHERE)


def unwrap(words: Sequence[str]) -> Invocation:
    """Return the program that is run in the end, and what its wrappers change."""
    rest = list(words)
    assignments: list[tuple[str, str]] = []
    root = False
    while rest:
        assigned = _ASSIGNMENT.match(rest[0])
        name = posixpath.basename(rest[0])
        if assigned and not name.startswith("-"):
            assignments.append((assigned.group(1), assigned.group(2)))
            rest = rest[1:]
        elif name == "su":
            return _unwrap_su(rest, assignments)
        elif name in _SHELLS:
            return _unwrap_shell(rest, assignments, root)
        elif name == "ssh":
            return _unwrap_ssh(rest, assignments)
        elif name == "eval":
            return Invocation(
                (name,), tuple(assignments), root, script=" ".join(rest[1:])
            )
        elif name in _WRAPPERS:
            root = root or (name in _BECOME and _becomes_root(name, rest))
            rest = _skip_wrapper(rest)
        else:
            break
    return Invocation(tuple(rest), tuple(assignments), root)


def read_pip_call(words: Sequence[str]) -> Optional[PipCall]:
    """Return the call of pip or ``uv pip`` that these words are, or None."""
    if not words:
        return None
    tool, rest = _find_tool(words)
    if not tool:
        return None
    command, rest = _first_argument(rest)
    if not command:
        return None
    return PipCall(
        tool=tool,
        program=words[0],
        command=command,
        options=tuple(word for word in rest if word.startswith("-")),
        arguments=tuple(word for word in rest if not word.startswith("-")),
    )


def _find_tool(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return pip or uv, and what follows ``pip``; '' where the words call neither."""
    name, rest = posixpath.basename(words[0]), list(words[1:])
    if PYTHON.match(name):
        rest = _skip_python_options(rest)
        if rest[:1] != ["-m"] or rest[1:2] not in (["pip"], ["uv"]):
            return "", []
        name, rest = rest[1], rest[2:]
    if name == "uv":
        command, rest = _first_argument(rest)
        return ("uv" if command == "pip" else ""), rest
    return ("pip" if _PIP.match(name) else ""), rest


def _skip_python_options(words: list[str]) -> list[str]:
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c", "-"):
        # -Im is -I -m.
        if rest[0].endswith("m") and not rest[0].startswith("--"):
            return ["-m", *rest[1:]]
        rest = rest[2:] if rest[0] in ("-W", "-X") else rest[1:]
    return rest


def _first_argument(words: list[str]) -> tuple[str, list[str]]:
    """Return the first word that is no option, and all others in their order."""
    before: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            return word, before + rest
        before.append(word)
        if word in _PIP_VALUES and rest:
            rest.pop(0)
    return "", before


def _skip_wrapper(words: list[str]) -> list[str]:
    values, arguments = _WRAPPERS[posixpath.basename(words[0])]
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "--":
            break
        if option in values and rest:
            rest.pop(0)
    while rest and arguments and _ASSIGNMENT.match(rest[0]):
        rest.pop(0)
    return rest[arguments:]


def _becomes_root(name: str, words: list[str]) -> bool:
    """Return whether a wrapper runs the program as root: without another user's name."""
    if name in ("gosu", "su-exec"):
        return words[1:2] == ["root"]
    for index, word in enumerate(words):
        if word in ("-u", "--user") and index + 1 < len(words):
            return words[index + 1] in ("root", "#0")
        if word.startswith("--user=") or (word.startswith("-u") and len(word) > 2):
            return word in ("--user=root", "-uroot")
    return True


def _unwrap_ssh(words: list[str], assignments: list[tuple[str, str]]) -> Invocation:
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in _SSH_VALUES and rest:
            rest.pop(0)
    script = " ".join(rest[1:]) or None
    return Invocation(
        ("ssh",), tuple(assignments), script=script, reads_stdin=script is None
    )


def _unwrap_su(words: list[str], assignments: list[tuple[str, str]]) -> Invocation:
    users, script = [], None
    rest = words[1:]
    while rest:
        word = rest.pop(0)
        if word in ("-c", "--command") and rest:
            script = rest.pop(0)
        elif word == "-s" and rest:
            rest.pop(0)
        elif not word.startswith("-"):
            users.append(word)
    return Invocation(
        ("su",), tuple(assignments), not users or users[0] == "root", script=script
    )


def _unwrap_shell(
    words: list[str], assignments: list[tuple[str, str]], root: bool
) -> Invocation:
    rest = words[1:]
    while rest and rest[0][:1] in "-+" and rest[0] != "--":
        option = rest.pop(0)
        if re.fullmatch(r"-[a-z]*c", option):
            # Of `-euo pipefail -c TEXT` the c stands alone; of `-ec TEXT` it ends the option.
            return Invocation(
                tuple(words[:1]),
                tuple(assignments),
                root,
                script=rest[0] if rest else None,
            )
        if re.fullmatch(r"[-+][a-z]*o", option) and rest:
            rest.pop(0)
    stdin = not rest or "-s" in words
    return Invocation(tuple(words), tuple(assignments), root, reads_stdin=stdin)
