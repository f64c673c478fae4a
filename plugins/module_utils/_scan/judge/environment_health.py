# SPDX-License-Identifier: GPL-3.0-or-later
"""Is an environment sound, and if not, what is wrong with it and what cures it?"""

from __future__ import annotations

from shlex import quote
from typing import Mapping, Sequence

from ..model import EnvironmentReading
from ..verdicts import Environment, JudgedEnvironment, Problem

#: These should be known, and break nothing; any other means that what is in it doesn't run, or not as itself.
LOW = frozenset(
    "config-incomplete home-missing left-over-version metadata-unknown-version unreadable version-unknown".split()
)
_MESSAGES = {
    "interpreter-missing": "Its interpreter is gone: bin/python {where} not there.",
    "interpreter-not-executable": "{its.resolved} may not be executed.",
    "base-missing": "Its interpreter is a copy, and the Python that it was copied from is no longer at {home}.",
    "version-unknown": "The version of its interpreter, {its.resolved}, is unknown.",
    "python-moved": "Its packages are for Python {made} and are not found: {link} is Python {its.base_language} now.",
    "left-over-version": "It has packages for Python {made}, which Python {its.base_language} does not import.",
    "home-missing": "pyvenv.cfg names {home} as its home, which does not exist.",
    "config-missing": "pyvenv.cfg is missing: its python runs as the base Python, and pip would install there.",
    "config-incomplete": "pyvenv.cfg has no `home`: the packages of the base Python are seen from inside.",
    "half-made": "It has no pip, as after a failed `python -m venv` or `uv venv --seed`.",
    "pip-missing": "bin/pip exists, but the pip that it starts does not.",
    "moved": "It was created as {its.made_at} and moved or copied here: its scripts start the Python there.",
    "metadata-unreadable": "pipx's record can't be read: {its.pipx.error}.",
    "metadata-unknown-version": "The metadata of pipx was read only in part: {its.pipx.doubt}.",
    "command-missing": "These commands of {its.pipx.application} are gone: {gone}.",
}
#: Besides, or with ``False`` instead of, making it anew.
_HINTS = {
    "interpreter-not-executable": ("Restore the modes of the files in its bin directory.", True),
    "half-made": ("Install what `python -m venv` needs (Debian, Ubuntu: python3-venv), if it did this.", True),
    "version-unknown": ("See the list of what could not be read.", False),
    "metadata-unknown-version": ("Manage it with the pipx that wrote it, or a newer one.", False),
}
_CURES = {
    "conda": "conda install --prefix {path} --force-reinstall python{version}",
    "pipx": "pipx reinstall {name}",
    "uv tool": "uv tool install --reinstall {name}",
    "uv": "uv venv --clear --python {python} {path}, then install its packages again",
    "virtualenv": "virtualenv --clear --python {python} {path}, then install its packages again",
    "venv": "{python} -m venv --clear {path}, then install its packages again",
}


def judge_environment(environment: Environment, interpreters: Sequence[tuple[str, str]] = ()) -> JudgedEnvironment:
    """Give the verdict; ``interpreters`` are (path, X.Y) of those on the host: hints name the one to rebuild with."""
    its, rebuild = environment.reading, _rebuild(environment, interpreters)
    fields = {
        "its": its,
        "where": "leads to %s, which is" % its.python_link if its.python_link else "is",
        "home": its.config.get("home", ""),
        "made": " and ".join(its.lib_languages),
        "link": its.python_link or its.resolved,
        "gone": ", ".join(its.pipx.missing_commands[:10]) if its.pipx else "",
    }
    problems = []
    for code in _codes(its, environment.kind):
        hint, anew = _HINTS.get(code, ("", True))
        hint = (hint + " " + rebuild).strip() if anew else hint
        problems.append(Problem(code, _MESSAGES[code].format(**fields), hint, "low" if code in LOW else "high"))
    for unread in _unread(its).items():
        message = "%s could not be read: %s." % unread
        problems.append(Problem("unreadable", message, "Run it again as root, or as the owner.", "low"))
    codes = {problem.code for problem in problems}
    unknown = codes & {"unreadable", "version-unknown"}
    return JudgedEnvironment(
        environment, "broken" if codes - LOW else "unknown" if unknown else "sound", tuple(problems)
    )


def _unread(its: EnvironmentReading) -> dict[str, str]:
    return {note.path: note.reason for note in its.unreadable if (note.path, note.code) != (its.python, "link-loop")}


def _codes(its: EnvironmentReading, kind: str) -> list[str]:
    """Give what is wrong: of each group the first that holds."""
    now, made, runs, unread = its.base_language, its.lib_languages, bool(its.resolved), _unread(its)
    base_gone, record, wanted = runs and its.base_stdlib is False, its.pipx, pip_wanted(its)
    read = not any(path.endswith("/pyvenv.cfg") for path in unread)
    no_pip = its.has_config and not its.has_pip and kind not in ("conda", "pipx")
    half_made = wanted if kind == "uv" else wanted is not False and not its.has_activate and its.has_packages is False
    groups: Sequence[Mapping[str, object]] = (
        {
            "interpreter-not-executable": its.executable is False,
            "interpreter-missing": not runs and its.python not in unread,
        },
        {
            "base-missing": base_gone,  # then it is of no version
            "version-unknown": runs and made and not now,
            "python-moved": runs and made and now not in made,
            "left-over-version": runs and len(made) > 1,
        },
        {"home-missing": runs and not base_gone and its.home_exists is False},
        {
            "config-missing": read and not (its.has_config or kind == "conda" or its.legacy_prefix),
            "config-incomplete": read and its.has_config and not its.config.get("home"),
        },
        {"half-made": no_pip and half_made, "pip-missing": no_pip and its.has_pip_script and kind != "uv"},
        {"moved": its.made_at},
        {
            "metadata-unreadable": record is not None and record.error,
            "metadata-unknown-version": record is not None and record.doubt,
        },
        {"command-missing": record is not None and record.missing_commands and runs},
    )
    return [next(code for code, holds in group.items() if holds) for group in groups if any(group.values())]


def pip_wanted(reading: EnvironmentReading) -> bool | None:
    """Tell whether it was made to have a pip of its own; None where its making is not on record.

    venv writes its command line since 3.11, and uv ``seed = true``; uv puts none in unless asked.
    """
    if "uv" in reading.config:
        return reading.config.get("seed", "").lower() == "true"
    command = reading.config.get("command", "").split()
    if "venv" in command:
        return "--without-pip" not in command
    return False if {"--no-pip", "--no-seed", "--without-pip"} & set(command) else None


def _rebuild(environment: Environment, interpreters: Sequence[tuple[str, str]]) -> str:
    """Say how it is made anew, with a Python of the version its packages are for, else with its base or python3."""
    reading, record = environment.reading, environment.reading.pipx
    fit = [path for path, language in interpreters if language in reading.lib_languages]
    recorded = record.application + record.suffix if record is not None and record.application else ""
    version = reading.conda.get("version", "")
    kind = "uv tool" if environment.kind == "uv" and reading.receipt else environment.kind
    return "As its owner: " + _CURES[kind].format(
        path=quote(reading.path),
        name=quote(recorded or reading.path.rpartition("/")[2]),
        python=quote((fit or [reading.base or "python3"])[0]),
        version="=" + version if version else "",
    )
