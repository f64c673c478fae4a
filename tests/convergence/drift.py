# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and accidents do to environments, and what is to be true of them at the end."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path
from typing import Callable, NamedTuple

from .packages import write_project


class Place(NamedTuple):
    """Where one case happens."""

    root: Path
    wheels: Path
    python: str
    other: str

    @property
    def venv(self) -> Path:
        return self.root / "venv"

    @property
    def site(self) -> Path:
        return next(self.venv.glob("lib/python*/site-packages"))

    def at(self, name: str) -> Path:
        return (
            self.site / name[len("{site}/") :]
            if name.startswith("{site}/")
            else self.root / name
        )


Deed = Callable[[Place], None]
Truth = Callable[[Place], object]


def listing(prefix: Path) -> dict[str, str]:
    """Return the distributions of an environment, as their metadata names them."""
    found = {}
    for path in prefix.glob("lib/python*/site-packages/*.dist-info/METADATA"):
        head = path.read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
        name, version = (
            re.search(rf"^{key}: (.*)$", head, re.MULTILINE)
            for key in ("Name", "Version")
        )
        if name and version:
            found[re.sub(r"[-_.]+", "-", name[1]).lower()] = version[1]
    return found


# -- what is done -----------------------------------------------------------------------------------------------------
def write(name: str, text: str) -> Deed:
    def deed(place: Place) -> None:
        path = place.at(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_text(text)

    return deed


def remove(name: str) -> Deed:
    def deed(place: Place) -> None:
        place.at(name).unlink()

    return deed


def chmod(mode: int) -> Deed:
    return lambda place: place.venv.chmod(mode)


def make_directory(place: Place) -> None:
    place.venv.mkdir()


def foreign_link(place: Place) -> None:
    (place.root / "elsewhere").mkdir()
    place.venv.symlink_to(place.root / "elsewhere")


def take_out(name: str) -> Deed:
    """Remove a distribution, its scripts left lying."""

    def deed(place: Place) -> None:
        for path in [
            *place.site.glob(f"{name}-*.dist-info"),
            place.site / name,
            place.site / f"{name}.py",
        ]:
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()

    return deed


def put_in(*stems: str) -> Deed:
    """Put distributions in, in the place of what is there of them."""

    def deed(place: Place) -> None:
        for stem in stems:
            take_out(stem.split("-")[0])(place)
            with zipfile.ZipFile(place.wheels / f"{stem}-py3-none-any.whl") as wheel:
                wheel.extractall(place.site)

    return deed


def plain(*stems: str, pip: bool = True) -> Deed:
    """Make an environment as one makes it by hand."""

    def deed(place: Place) -> None:
        bare = [] if pip else ["--without-pip"]
        subprocess.run(
            [place.python, "-m", "venv", *bare, str(place.venv)],
            check=True,
            capture_output=True,
        )
        put_in(*stems)(place)

    return deed


def surround(place: Place) -> None:
    """Make an environment in the directory of an application, as `python -m venv .` does."""
    plain()(place)
    write("venv/app.py", "mine\n")(place)


def is_surrounded(place: Place) -> None:
    """The application is there, in a directory and not behind a link."""
    assert (place.venv / "app.py").read_text() == "mine\n"
    assert not place.venv.is_symlink()


def half_make(place: Place) -> None:
    """Leave what `python -m venv` leaves where ensurepip fails."""
    subprocess.run(
        [place.python, "-m", "venv", "--without-pip", str(place.venv)],
        check=True,
        capture_output=True,
    )
    config = place.venv / "pyvenv.cfg"
    config.write_text(config.read_text().replace("--without-pip ", ""))
    for name in ("activate", "activate.csh", "activate.fish", "Activate.ps1"):
        (place.venv / "bin" / name).unlink()


def lose_interpreter(place: Place) -> None:
    """Let the links lead to a Python that an upgrade of the system has taken away."""
    for path in (place.venv / "bin").glob("python*"):
        path.unlink()
        path.symlink_to("/usr/bin/python3.1-of-the-old-release")


def lose_release(place: Place) -> None:
    shutil.rmtree(os.path.realpath(place.venv))


def edit_project(version: str) -> Deed:
    def deed(place: Place) -> None:
        write_project(place.root / "project", "project", version, "A = 2  # edited\n")

    return deed


def break_project(place: Place) -> None:
    write_project(
        place.root / "project",
        "project",
        "1.0",
        "A = 2\n",
        fails="the project cannot be built",
    )


# -- what is true -----------------------------------------------------------------------------------------------------
def say(*command: str | Path) -> str:
    return subprocess.run(
        list(map(str, command)), check=True, capture_output=True, text=True, cwd="/"
    ).stdout.strip()


def runs(version: str, script: bool = True) -> Truth:
    def truth(place: Place) -> None:
        expected = " ".join([version] * 3)
        if script:
            assert say(place.venv / "bin" / "alpha") == expected
        assert say(place.venv / "bin" / "python", "-m", "alpha") == expected

    return truth


def link_runs(name: str, version: str) -> Truth:
    def truth(place: Place) -> None:
        assert say(place.root / "bin" / name) == " ".join([version] * 3)
        assert os.readlink(place.root / "bin" / name).startswith(
            os.path.realpath(place.venv) + "/"
        )

    return truth


def project_says(number: int) -> Truth:
    def truth(place: Place) -> None:
        assert say(
            place.venv / "bin" / "python", "-c", "import project; print(project.A)"
        ) == str(number)

    return truth


def reads(name: str, text: str) -> Truth:
    def truth(place: Place) -> None:
        assert not place.at(name).is_symlink()
        assert place.at(name).read_text() == text

    return truth


def is_gone(name: str) -> Truth:
    def truth(place: Place) -> None:
        assert not os.path.lexists(place.at(name))

    return truth


def nothing_is_there(place: Place) -> None:
    left = [
        name
        for name in os.listdir(place.root)
        if name == "venv" or name.startswith(".")
    ]
    assert left == []


def is_directory(place: Place) -> None:
    assert place.venv.is_dir()
    assert not place.venv.is_symlink()
    assert not (place.root / ".venv.releases").exists()


def has_mode(mode: int) -> Truth:
    def truth(place: Place) -> None:
        assert stat.S_IMODE(place.venv.stat().st_mode) == mode

    return truth


def has_releases(number: int) -> Truth:
    def truth(place: Place) -> None:
        assert len(list((place.root / ".venv.releases").iterdir())) == number

    return truth


def sees_base(expected: bool) -> Truth:
    def truth(place: Place) -> None:
        code = "import sys; print([p for p in sys.path if p.startswith(sys.base_prefix) and p.endswith('-packages')])"
        assert (say(place.venv / "bin" / "python", "-c", code) != "[]") == expected

    return truth


def stands_on_other(place: Place) -> None:
    assert os.path.realpath(place.venv / "bin" / "python") == place.other


def is_owned(name: str) -> Truth:
    """Everything of the current release belongs to this user; its parent directories are root's."""

    def truth(place: Place) -> None:
        uid = pwd.getpwnam(name).pw_uid
        prefix = os.path.realpath(place.venv)
        paths = [
            prefix,
            *(
                os.path.join(top, each)
                for top, names, files in os.walk(prefix)
                for each in names + files
            ),
        ]
        assert [path for path in paths if os.lstat(path).st_uid != uid] == []
        assert os.lstat(place.root).st_uid == os.lstat(place.venv).st_uid == 0

    return truth


def has_group(name: str) -> Truth:
    def truth(place: Place) -> None:
        assert place.venv.stat().st_gid == grp.getgrnam(name).gr_gid

    return truth
