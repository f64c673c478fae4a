# SPDX-License-Identifier: GPL-3.0-or-later
"""What rebuilds an environment, and destroys nothing that is not the environment's own."""

from __future__ import annotations

from shlex import quote
from typing import Sequence

from ..verdicts import Environment

#: Where the directory holds nothing but the environment.
_CLEAR = {
    "uv": "uv venv --clear --python {python} {path}, then install its packages again",
    "virtualenv": "virtualenv --clear --python {python} {path}, then install its packages again",
    "venv": "{python} -m venv --clear {path}, then install its packages again",
}
#: Where it holds more, such as a project or a home.
_WITHIN = {
    "uv": "uv venv --allow-existing --python {python} {path}",
    "virtualenv": "virtualenv --python {python} {path}",
    "venv": "{python} -m venv {path}",
}
_APPLICATION = {
    "conda": "conda install --prefix {path} --force-reinstall python{version}",
    "pipx": "pipx reinstall {name}",
    "uv tool": "uv tool install --reinstall {name}",
}


def rebuild_cure(
    environment: Environment, interpreters: Sequence[tuple[str, str]]
) -> str:
    """Return how an environment is rebuilt, with a Python of the version its packages are for, else its base's.

    ``interpreters`` are (path, X.Y) of those on the host.
    """
    reading = environment.reading
    if reading.release_of:
        return (
            "Converge it again with the role app_venv, or with the module pyfleet.python.venv and path=%s: "
            "that builds a new release beside the others." % reading.release_of
        )
    kind = (
        "uv tool" if environment.kind == "uv" and reading.receipt else environment.kind
    )
    fit = [path for path, language in interpreters if language in reading.lib_languages]
    version = reading.conda.get("version", "")
    fields = {
        "path": quote(reading.path),
        "name": quote(_recorded_name(environment)),
        "python": quote((fit or [reading.base or "python3"])[0]),
        "version": "=" + version if version else "",
    }
    if kind in _APPLICATION:
        return "As its owner: " + _APPLICATION[kind].format(**fields)
    if reading.foreign:
        return _within(reading.path, reading.foreign, _WITHIN[kind].format(**fields))
    return "As its owner: " + _CLEAR[kind].format(**fields)


def _within(path: str, foreign: Sequence[str], command: str) -> str:
    """Return the cure for an environment in a directory that holds more than the environment."""
    parts = "bin, lib, lib64, include and pyvenv.cfg"
    if path == "/usr" or path.count("/") < 2:
        return "%s is not a place for an environment: remove %s/pyvenv.cfg." % (
            path,
            path.rstrip("/"),
        )
    return (
        "%s also holds what is not the environment's (%s), so do not clear it. As its owner: remove only %s there, "
        "run `%s`, then install its packages again"
        % (path, ", ".join(foreign[:3]), parts, command)
    )


def _recorded_name(environment: Environment) -> str:
    """Return the name that pipx or uv knows an application by."""
    record = environment.reading.pipx
    if record is not None and record.application:
        return record.application + record.suffix
    return environment.reading.path.rpartition("/")[2]
