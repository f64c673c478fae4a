# SPDX-License-Identifier: GPL-3.0-or-later
"""Is an environment sound, and if not, what is wrong with it?"""

from __future__ import annotations

from typing import Mapping, Sequence

from ..model import EnvironmentReading
from ..verdicts import Environment, JudgedEnvironment, Problem
from .environment_cure import rebuild_cure

#: These should be known, and break nothing; any other means that what is in it doesn't run, or not as itself.
LOW = frozenset(
    "config-incomplete home-missing left-over-version metadata-unknown-version unreadable version-unknown".split()
)
_MESSAGES = {
    "interpreter-missing": "Its interpreter is gone: bin/python {where} not exist.",
    "interpreter-not-executable": "{its.resolved} may not be executed.",
    "interpreter-broken": "Its interpreter {its.resolved} does not start: {its.failure}.",
    "base-missing": "Its interpreter is a copy, and the Python that it was copied from is no longer at {home}.",
    "version-unknown": "The version of its interpreter, {its.resolved}, is unknown.",
    "python-moved": "Its packages are for Python {made} and are not found: {link} is Python {its.base_language} now.",
    "left-over-version": "It has packages for Python {made}, which Python {its.base_language} does not import.",
    "home-missing": "pyvenv.cfg names {home} as its home, which does not exist.",
    "config-missing": "pyvenv.cfg is missing: its python runs as the base Python, and pip would install there.",
    "config-incomplete": "pyvenv.cfg has no `home`: the packages of the base Python are seen from inside.",
    "name-missing": "Scripts that start {names} fail: it is missing or a dangling link, though {its.python} works.",
    "half-made": "It has no pip, as after a failed `python -m venv` or `uv venv --seed`.",
    "pip-missing": "bin/pip exists, but the pip that it starts does not.",
    "moved": "It was created as {its.made_at} and moved or copied here: its scripts start the Python there.",
    "metadata-unreadable": "pipx's record can't be read: {its.pipx.error}.",
    "metadata-unknown-version": "The metadata of pipx was read only in part: {its.pipx.doubt}.",
    "command-missing": "These commands of {its.pipx.application} are gone: {gone}.",
}
#: Besides, or with ``False`` instead of, rebuilding it.
_HINTS = {
    "interpreter-not-executable": (
        "Restore the modes of the files in its bin directory.",
        True,
    ),
    "half-made": (
        "Install what `python -m venv` needs (Debian, Ubuntu: python3-venv), if it did this.",
        True,
    ),
    "version-unknown": ("See the list of what could not be read.", False),
    "metadata-unknown-version": (
        "Manage it with the pipx that wrote it, or a newer one.",
        False,
    ),
}


def judge_environment(
    environment: Environment, interpreters: Sequence[tuple[str, str]] = ()
) -> JudgedEnvironment:
    """Judge an environment; ``interpreters`` are (path, X.Y) of those on the host: hints name the one to rebuild with.

    Health is broken with any problem but those of LOW, unknown where something could not be read, else sound.
    """
    its = environment.reading
    fields = _message_fields(its)
    problems = []
    for code in _codes(its, environment.kind):
        hint, rebuilt = _HINTS.get(code, ("", True))
        if rebuilt:
            hint = (hint + " " + rebuild_cure(environment, interpreters)).strip()
        severity = "low" if code in LOW else "high"
        problems.append(
            Problem(
                code=code,
                message=_MESSAGES[code].format(**fields),
                hint=hint,
                severity=severity,
            )
        )
    for path, reason in _unread(its).items():
        message, hint = (
            "%s could not be read: %s." % (path, reason),
            "Run it again as root, or as the owner.",
        )
        problems.append(
            Problem(code="unreadable", message=message, hint=hint, severity="low")
        )
    return JudgedEnvironment(
        environment, _health({problem.code for problem in problems}), tuple(problems)
    )


def _health(codes: set[str]) -> str:
    if codes - LOW:
        return "broken"
    return "unknown" if codes & {"unreadable", "version-unknown"} else "sound"


def _message_fields(its: EnvironmentReading) -> dict[str, object]:
    return {
        "its": its,
        "where": "points to %s, which does" % its.python_link
        if its.python_link
        else "does",
        "home": its.config.get("home", ""),
        "made": " and ".join(its.lib_languages),
        "link": its.python_link or its.resolved,
        "names": " and ".join("bin/" + name for name in its.broken_names),
        "gone": ", ".join(its.pipx.missing_commands[:10]) if its.pipx else "",
    }


def _unread(its: EnvironmentReading) -> dict[str, str]:
    return {
        note.path: note.reason
        for note in its.unreadable
        if (note.path, note.code) != (its.python, "link-loop")
    }


def _codes(its: EnvironmentReading, kind: str) -> list[str]:
    """Return what is wrong: of each group the first that holds."""
    groups = (
        _interpreter_problems(its),
        _version_problems(its),
        _configuration_problems(its, kind),
        {"name-missing": bool(its.broken_names)},
        _pip_problems(its, kind),
        {"moved": bool(its.made_at)},
        _pipx_problems(its),
        {
            "command-missing": bool(
                its.pipx and its.pipx.missing_commands and its.resolved
            )
        },
    )
    found = []
    for group in groups:
        found += [code for code, holds in group.items() if holds][:1]
    if its.resolved and not _base_gone(its) and its.home_exists is False:
        found.append("home-missing")
    return found


def _base_gone(its: EnvironmentReading) -> bool:
    return bool(its.resolved) and its.base_stdlib is False


def _interpreter_problems(its: EnvironmentReading) -> Mapping[str, bool]:
    return {
        "interpreter-not-executable": its.executable is False,
        "interpreter-missing": not its.resolved and its.python not in _unread(its),
        "interpreter-broken": bool(its.failure) and not _base_gone(its),
    }


def _version_problems(its: EnvironmentReading) -> Mapping[str, bool]:
    runs, made, now = bool(its.resolved), its.lib_languages, its.base_language
    return {
        "base-missing": _base_gone(its),  # then it is of no version
        "version-unknown": runs and bool(made) and not now,
        "python-moved": runs and bool(made) and now not in made,
        "left-over-version": runs and len(made) > 1,
    }


def _configuration_problems(its: EnvironmentReading, kind: str) -> Mapping[str, bool]:
    read = not any(path.endswith("/pyvenv.cfg") for path in _unread(its))
    expected = kind != "conda" and not its.legacy_prefix
    return {
        "config-missing": read and expected and not its.has_config,
        "config-incomplete": read and its.has_config and not its.config.get("home"),
    }


def _pip_problems(its: EnvironmentReading, kind: str) -> Mapping[str, bool]:
    if not its.has_config or its.has_pip or kind in ("conda", "pipx"):
        return {}
    expected = pip_wanted(its)
    half_made = (
        expected is not False and not its.has_activate and its.has_packages is False
    )
    if kind == "uv":
        half_made = bool(expected)
    return {"half-made": half_made, "pip-missing": its.has_pip_script and kind != "uv"}


def _pipx_problems(its: EnvironmentReading) -> Mapping[str, bool]:
    if its.pipx is None:
        return {}
    return {
        "metadata-unreadable": bool(its.pipx.error),
        "metadata-unknown-version": bool(its.pipx.doubt),
    }


def pip_wanted(reading: EnvironmentReading) -> bool | None:
    """Return whether it was made to have a pip of its own; None where that is not on record.

    venv writes its command line since 3.11, and uv ``seed = true``; uv puts none in unless asked.
    """
    if "uv" in reading.config:
        return reading.config.get("seed", "").lower() == "true"
    command = reading.config.get("command", "").split()
    if "venv" in command:
        return "--without-pip" not in command
    return False if {"--no-pip", "--no-seed", "--without-pip"} & set(command) else None
