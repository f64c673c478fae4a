# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge one command: a call of pip, one that removes the marker, one that writes a setting."""

from __future__ import annotations

import posixpath
import re
from typing import Iterator, NamedTuple, Optional, Sequence

from .invocations import PYTHON, PipCall
from .shell_state import ShellState, is_true

MARKER = "EXTERNALLY-MANAGED"
_MARKER = re.compile(r"EXTERNALLY(-MANAGED|[-_]?\*)")
_REMOVERS = frozenset("rm unlink mv shred srm trash gio".split())
_PYTHON_REMOVES = re.compile(r"\b(unlink|remove|rename|replace|move|rmtree)\b")
_VARIABLE_IN_TEXT = re.compile(
    r"\b((?:PIP|UV)_BREAK_SYSTEM_PACKAGES)\\?[\"']?\s*[=:]\s*([\"']?[\w${}]*)"
)
_KEY_IN_TEXT = re.compile(
    r"\bbreak[-_]system[-_]packages\s*[=:]\s*([\"']?[\w${}]+)", re.IGNORECASE
)
_EXCLUDED = re.compile(r"(path-exclude|NoExtract)\b[^\n]*EXTERNALLY")
_SYSTEM_DIRECTORIES = ("", "/usr/bin", "/bin")


class Verdict(NamedTuple):
    """The rule and the message of a finding. Without a rule: an unknown base leaves it open."""

    rule: str
    message: str = ""


def judge_pip_call(call: PipCall, state: ShellState, root: bool) -> Optional[Verdict]:
    """Return what a call of pip brings; None where nothing is wrong."""
    if call.tool == "pip" and call.command == "config":
        return _judge_pip_config(call)
    if call.command not in ("install", "uninstall", "sync") or call.writes_elsewhere:
        return None
    if posixpath.dirname(call.program) not in _SYSTEM_DIRECTORIES:
        return None
    absolute = call.program.startswith("/")
    if state.active and not absolute and not root:
        return None
    if call.overrides:
        return Verdict(
            "break-system-packages",
            f"{call.tool} {call.command} with --break-system-packages writes into the system's Python.",
        )
    if call.tool == "uv" and not _uv_uses_system(call, state):
        return None
    return _judge_plain_call(call, state, root)


def _judge_plain_call(
    call: PipCall, state: ShellState, root: bool
) -> Optional[Verdict]:
    if root:
        return Verdict(
            "sudo-pip",
            f"pip {call.command} runs as root, outside of a virtual environment.",
        )
    if state.overridden or state.machine.unprotected:
        # The setting is the finding.
        return None
    marked = (
        state.base.system_marked if call.program.startswith("/") else state.base.marked
    )
    if marked is None:
        return _judge_call_on_unknown_base(call, state)
    if not marked:
        return None
    if state.base.overridden:
        return Verdict(
            "pip-on-marked-python",
            f"pip {call.command} writes into the system's Python of {state.base.name}: it works only as long as the "
            f"image overrides PEP 668 in {state.base.overridden}.",
        )
    return Verdict(
        "pip-on-marked-python",
        f"pip {call.command} fails on {state.base.name}, whose Python is externally managed (PEP 668).",
    )


def _judge_call_on_unknown_base(call: PipCall, state: ShellState) -> Optional[Verdict]:
    """Return what a call brings where it is not known whether the Python has the marker."""
    if state.place == "playbook":
        return Verdict(
            "pip-without-virtualenv",
            f"A command runs pip {call.command} for the system's Python.",
        )
    if state.machine.distribution_pip and state.place == "host":
        return Verdict(
            "pip-on-marked-python",
            f"pip {call.command} uses the distribution's pip ({state.machine.distribution_pip}): it fails where Python "
            "is externally managed, such as Debian 12, Ubuntu 23.04, Alpine 3.19, Arch and later.",
        )
    return Verdict("") if state.place in ("image", "ci") else None


def judge_marker_command(
    words: Sequence[str], statement: str
) -> Iterator[tuple[str, str]]:
    """Yield a finding where a command removes, moves, diverts or edits away the marker."""
    name, arguments = posixpath.basename(words[0]), list(words[1:])
    if name in _REMOVERS:
        message = _describe_remover(name, arguments, statement)
    else:
        message = _describe_other_removal(name, arguments)
    if message:
        yield "marker-removed", message


def _describe_remover(name: str, arguments: list[str], statement: str) -> str:
    """Return the message for rm, mv and the like, which may get the name of the marker from xargs; '' for none."""
    if any(_MARKER.search(word) for word in arguments):
        if _restores(name, arguments):
            return ""
        done = "moves" if name == "mv" else "deletes"
    elif "xargs" in statement and _MARKER.search(statement):
        done = "deletes"
    else:
        return ""
    return f"{name} {done} {MARKER}, so that pip writes into the system's Python."


def _describe_other_removal(name: str, arguments: list[str]) -> str:
    """Return the message for find, dpkg-divert or a Python program; '' for none."""
    named = [word for word in arguments if _MARKER.search(word)]
    if not named:
        return ""
    if name == "find" and ("-delete" in arguments or _removes_with_exec(arguments)):
        return f"find deletes {MARKER} of every Python that it finds."
    if name == "dpkg-divert" and not {"--remove", "--list"} & set(arguments):
        return f"dpkg-divert diverts {MARKER}: the protection stays off, also after updates."
    if PYTHON.match(name) and any(_PYTHON_REMOVES.search(word) for word in named):
        return f"A Python program removes {MARKER}."
    return ""


def judge_written_setting(
    text: str, targets: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield a finding where text that switches the protection off is written to a file."""
    where = targets[0]
    # printf '[global]\nkey = value\n'
    text = text.replace("\\n", "\n")
    if has_override_setting(text):
        yield (
            "break-system-packages-setting",
            f"The override of PEP 668 is written to {where}.",
        )
    if _EXCLUDED.search(text):
        yield (
            "marker-removed",
            f"The package manager is configured in {where} to leave {MARKER} out.",
        )


def has_override_setting(text: str) -> bool:
    """Return whether text sets the override: the variable of pip or uv, or the key of a configuration file."""
    values = [
        found.group(found.lastindex or 0) for found in _VARIABLE_IN_TEXT.finditer(text)
    ]
    values += [found.group(1) for found in _KEY_IN_TEXT.finditer(text)]
    return any(is_true(value) for value in values)


def _judge_pip_config(call: PipCall) -> Optional[Verdict]:
    arguments = list(call.arguments)
    if arguments[:1] != ["set"] or len(arguments) < 3 or not is_true(arguments[2]):
        return None
    if arguments[1].lower().replace("_", "-").endswith("break-system-packages"):
        return Verdict(
            "break-system-packages-setting",
            "pip config set switches the protection of PEP 668 off.",
        )
    return None


def _uv_uses_system(call: PipCall, state: ShellState) -> bool:
    if "--system" in call.options:
        return True
    return any(is_true(value) for value in state.variables.get("UV_SYSTEM_PYTHON", ()))


def _restores(name: str, arguments: list[str]) -> bool:
    """Return whether mv puts a marker back: its last argument is the marker itself."""
    return name == "mv" and posixpath.basename(arguments[-1]) == MARKER


def _removes_with_exec(arguments: list[str]) -> bool:
    return any(
        word in ("-exec", "-execdir", "-ok")
        and posixpath.basename(following) in _REMOVERS
        for word, following in zip(arguments, arguments[1:])
    )
