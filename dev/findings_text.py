# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation says of each rule, and the table that travels to hosts does not need."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """The prose on one rule."""

    title: str
    meaning: str
    cure: str
    source: str


TEXT = {
    "environment-broken": Text(
        "An environment's Python does not start, or runs without its packages",
        "The interpreter that the environment was made from is gone, its configuration is missing, or it was "
        "moved. Whatever is installed in it does not run.",
        "Make the environment anew at the same path, as its owner, and install its requirements again.",
        "https://docs.python.org/3/library/venv.html",
    ),
    "environment-incomplete": Text(
        "An environment was left half made",
        "What a failed `python3 -m venv` leaves: an interpreter and pyvenv.cfg, but no bin/activate and no "
        "pip. Tests for a file in it take it for done.",
        "Install what `venv` lacks (see venv-support-missing), then make the environment anew with `--clear`.",
        "https://docs.python.org/3/library/ensurepip.html",
    ),
    "environment-stale": Text(
        "An environment's base has moved to another minor version",
        "The environment's link now leads to another minor version of Python, as after an upgrade of the "
        "operating system. Its packages lie in the old version's directory and are no longer found.",
        "Make the environment anew with the Python that is there now, and install its requirements again.",
        "https://docs.python.org/3/library/venv.html",
    ),
    "interpreter-writable": Text(
        "Root would run a Python that another user can alter",
        "A Python on root's search paths, or the system's own, can be written by somebody other than root: "
        "the file, its library, its modules or a directory above. That user becomes root when root next runs "
        "it.",
        "Give what is named back to root and take the write permission from others, or take it from root's path.",
        "https://cwe.mitre.org/data/definitions/732.html",
    ),
    "marker-altered": Text(
        "The EXTERNALLY-MANAGED file is not what the package ships",
        "The file still stops pip, whatever it holds, but uv does not heed one that it can't read as UTF-8, "
        "and the text that should tell people what to do instead may be lost.",
        "Reinstall the package that ships the file.",
        "https://peps.python.org/pep-0668/",
    ),
    "marker-diverted": Text(
        "The EXTERNALLY-MANAGED file is diverted",
        "dpkg-divert keeps the file away from where pip looks, and survives each upgrade: pip may write among"
        " the operating system's own packages.",
        "Remove the diversion.",
        "https://manpages.debian.org/dpkg-divert.1",
    ),
    "marker-neutralised": Text(
        "The EXTERNALLY-MANAGED file is there, but something takes its effect away",
        "A configuration file, an environment variable or an old pip lets pip or uv write among the operating"
        " system's own packages, although the file says otherwise.",
        "Remove the setting or the old pip. Install applications in environments of their own.",
        "https://pip.pypa.io/en/stable/topics/configuration/",
    ),
    "marker-removed": Text(
        "The EXTERNALLY-MANAGED file that the distribution ships is gone",
        "Somebody deleted the file, or the package manager is told to leave it out. pip may write among the "
        "operating system's own packages until an update brings the file back, and then playbooks that "
        "counted on it fail.",
        "Reinstall the package that ships the file.",
        "https://peps.python.org/pep-0668/",
    ),
    "pip-in-system-packages": Text(
        "pip or uv installed into the directory of the distribution's packages",
        "The package manager does not know of these distributions. Its next update may overwrite them, and "
        "they may break the system's own tools.",
        "Install what needs them in an environment of its own, then take them out of the system's directory.",
        "https://peps.python.org/pep-0668/",
    ),
    "pipx-application-broken": Text(
        "A pipx application does not start",
        "The Python under the application's environment is gone or has moved, or pipx's record of it can't be read.",
        "Install the application again with the Python that is there now.",
        "https://pipx.pypa.io/stable/",
    ),
    "pipx-not-on-path": Text(
        "pipx applications whose commands are not on the search path",
        "The applications are installed, but the directory of their commands is on no search path that was "
        "read, so that people do not find them.",
        "Add the directory to the search path.",
        "https://pipx.pypa.io/stable/",
    ),
    "python-end-of-life": Text(
        "A Python that gets no more security fixes",
        "The Python developers have ended support for this minor version, and no vendor is known to support "
        "it in their place. The date is the table's own.",
        "Move what uses it to a version that is supported.",
        "https://devguide.python.org/versions/",
    ),
    "python-shadows-system": Text(
        "Another python3 comes before the system's on a search path",
        "Programs of the operating system that start `python3` by its bare name get a Python without the "
        "distribution's modules, and Ansible may choose it as its interpreter.",
        "Put the directory behind /usr/bin on that search path, or start the other Python by its full name.",
        "https://docs.ansible.com/ansible/latest/reference_appendices/interpreter_discovery.html",
    ),
    "shadows-system-package": Text(
        "A distribution lies before the operating system's own of the same name",
        "Below /usr/local, or in the caller's user site, lies a project that the operating system also has as"
        " a package, and is imported in its place; the system's own tools then run with a version that they "
        "don't know.",
        "Install what needs it in an environment of its own, then remove the copy that lies before the system's.",
        "https://peps.python.org/pep-0668/",
    ),
    "system-package-overwritten": Text(
        "pip wrote over the files of one of the distribution's packages",
        "The modules of a package of the operating system were replaced by another version. The package "
        "manager does not know it, and may put its own back at any update.",
        "Remove pip's record and reinstall the package that owns the files.",
        "https://peps.python.org/pep-0668/",
    ),
    "unknown-python": Text(
        "A Python that nothing known has put there",
        "No package manager owns it and it fits no provider that is known. Nobody updates it.",
        "Find out who uses it. Remove it, or accept it with a waiver that gives the reason.",
        "docs/providers.md",
    ),
    "venv-support-missing": Text(
        "`python3 -m venv` does not work",
        "The way out that everybody names, a virtual environment, fails on this Python, and leaves a "
        "half-made directory behind: a package of the distribution is missing.",
        "Install the missing package.",
        "https://docs.python.org/3/library/venv.html",
    ),
    "waiver-expired": Text(
        "A waiver has expired, and what it waived is still there",
        "The finding counts again. Until somebody renews the waiver or cures what it covered, this says so.",
        "Cure the finding, or renew the waiver with a new date.",
        "docs/audit.md",
    ),
}
