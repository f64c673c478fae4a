# SPDX-License-Identifier: GPL-3.0-or-later
"""What the files of one environment say: what made it, what it stands on, and what has become of that."""

from __future__ import annotations

import os
import stat
from itertools import product
from typing import Callable, Tuple

from ..._host.host import Host, Missing, Note, Unreadable
from ..data.environment_entries import ENVIRONMENT_ENTRIES
from ..model import EnvironmentPlace, EnvironmentReading
from ..pipx_record import PipxReading
from .pyvenv_cfg import parse_activate, parse_pyvenv_cfg, parse_shebang

_FOREIGN_LIMIT = 20
_LIBRARIES_LIMIT = 20  # lib/pythonX.Y of one environment; real ones have one or two
_DEPTH_LIMIT = 200  # directories above the interpreter's
_OTHER_IMPLEMENTATIONS = (
    "pypy",
    "graalpy",
)  # how the names of their interpreters begin
_CONFIG_LIMIT = 64 * 1024  # bytes of a pyvenv.cfg; real ones have some 300
#: canonical executable -> ("3.13", "3.13.5"), each '' where unknown
Versions = Callable[[str], Tuple[str, str]]


def language_of(name: str) -> str:
    """Return the X.Y at the end of a name such as ``python3.13``, ``python3.13t`` or ``pypy3.11``; '' of any other."""
    for start in ("python", "pypy", "graalpy"):
        major, dot, minor = (
            name[len(start) :].rstrip("t").partition(".")
            if name.startswith(start)
            else ("", "", "")
        )
        if dot and (major + minor).isascii() and major.isdigit() and minor.isdigit():
            return major + "." + minor
    return ""


def read_conda(host: Host, prefix: str) -> dict[str, str]:
    """Return ``history`` of a conda prefix, and its Python's ``version`` and ``record``, N-V-B.json (CEP 26)."""
    place = prefix + "/conda-meta"
    names = [
        row.name
        for row in host.list(
            place, lambda name: name == "history" or name.startswith("python-")
        )
    ]
    found = {"history": place + "/history"} if "history" in names else {}
    for name in names if found else ():
        parts = name[: -len(".json")].rsplit("-", 2)
        if (
            name.endswith(".json")
            and len(parts) == 3
            and parts[0] == "python"
            and all(parts)
        ):
            found.update(version=parts[1], record=place + "/" + name)
    return found


def read_environment(
    host: Host,
    place: EnvironmentPlace,
    version_of: Versions,
    failure_of: Callable[[str], str] = lambda path: "",
) -> EnvironmentReading | None:
    """Read the environment at a place; None where there is none, such as a conda prefix without a Python.

    ``failure_of`` returns why a canonical executable does not start, '' where it does. None, and a note, for one that
    takes more than its share of time or memory to read.
    """
    nothing: EnvironmentReading | None = None
    return host.bounded(
        place.path,
        lambda: _read_environment(host, place, version_of, failure_of),
        nothing,
    )


def _read_environment(
    host: Host,
    place: EnvironmentPlace,
    version_of: Versions,
    failure_of: Callable[[str], str],
) -> EnvironmentReading | None:
    its = _open_directory(host, place.path)
    if its is None:
        return None
    pipx = _read_application(its, place)
    python, link, resolved, executable = its.python()
    if not (python or pipx or "pyvenv.cfg" in its.entries or "record" in its.conda):
        return None
    language, full = version_of(resolved) if resolved else ("", "")
    reading = EnvironmentReading(
        path=its.path,
        user=place.user,
        owner_uid=its.owner_uid,
        config=its.config,
        has_config="pyvenv.cfg" in its.entries,
        python=python,
        python_link=link,
        resolved=resolved,
        base=resolved,
        base_language=language or language_of(os.path.basename(resolved)),
        lib_languages=tuple(its.languages),
        site_packages=its.site_packages,
        home_exists=None,
        has_activate="activate" in its.scripts,
        has_pip=its.has_pip(),
        conda=its.conda,
        pipx=pipx,
        receipt=its.receipt(),
        full_version=its.conda.get("version", "") or full,
        unreadable=tuple(its.unreadable),
        executable=executable,
        has_pip_script="pip" in its.scripts,
    )
    reading = _add_base(its, reading)
    reading = _add_contents(its, reading)
    failure = ""
    if resolved:
        failure = failure_of(resolved) or its.no_library(language)
    return _add_condition(its, reading, failure)


def _open_directory(host: Host, path: str) -> _Directory | None:
    """Return the directory that a path leads to, with what lies in it; None where there is none."""
    real = host.real(path)
    info = host.lstat(real) if real is not None else None
    if real is None or info is None or not stat.S_ISDIR(info.st_mode):
        return None
    return _Directory(host, real, info.st_uid)


def _add_base(its: _Directory, reading: EnvironmentReading) -> EnvironmentReading:
    """Add what it stands on: of a copied interpreter, the one that it was copied from."""
    is_copied = not (reading.python_link or its.conda)
    return reading._replace(
        base=its.copied_from(reading.resolved) if is_copied else reading.resolved,
        home_exists=its.host.is_dir(its.home) if its.home else None,
        base_stdlib=its.base_stdlib() if is_copied else None,
    )


def _add_contents(its: _Directory, reading: EnvironmentReading) -> EnvironmentReading:
    """Add what its scripts, its libraries and its packages tell."""
    is_bare = not (reading.has_pip or reading.has_activate)
    return reading._replace(
        made_at=its.made_at(),
        has_packages=its.has_packages() if is_bare else None,
        legacy_prefix=its.legacy_prefix(),
    )


def _add_condition(
    its: _Directory, reading: EnvironmentReading, failure: str
) -> EnvironmentReading:
    """Add whether it starts, what else lies in its directory, and whether it is a release in use."""
    release_of, in_use = _release(its.host, its.path)
    return reading._replace(
        failure=failure,
        broken_names=its.broken_names() if reading.resolved else (),
        foreign=tuple(sorted(set(its.entries) - ENVIRONMENT_ENTRIES))[:_FOREIGN_LIMIT],
        release_of=release_of,
        in_use=in_use,
    )


def _read_application(its: _Directory, place: EnvironmentPlace) -> PipxReading | None:
    if "pipx_metadata.json" not in its.entries and place.via != "pipx":
        return None
    from .pipx_metadata import read_pipx

    return read_pipx(its.host, its.path, its.scripts)


def _is_package(name: str) -> bool:
    return name.endswith(
        (".dist-info", ".egg-info", ".egg-link", ".pth", ".start")
    )  # .start: PEP 829


def _release(host: Host, path: str) -> tuple[str, bool]:
    """Return the path of whose atomic releases a directory is one ('' none), and whether that path leads to it."""
    directory, name = os.path.split(os.path.dirname(path))
    if not (
        name.startswith(".")
        and name.endswith(".releases")
        and len(name) > len("..releases")
    ):
        return "", True
    stable = os.path.join(directory, name[1 : -len(".releases")])
    return stable, host.real(stable) == path


def _landmarks(languages: tuple[str, ...]) -> list[str]:
    """Return where below a prefix the standard library of one of these X.Y may lie."""
    return [
        "%s/python%s%s/os.py" % row
        for row in product(("/lib", "/lib64"), languages, ("", "t"))
    ]


class _Directory:
    def __init__(self, host: Host, path: str, owner_uid: int) -> None:
        self.host, self.path, self.bin = host, path, path + "/bin/"
        self.owner_uid = owner_uid
        self.unreadable: list[Note] = []
        self.entries: dict[str, str] = dict(host.list(path))
        self.scripts: dict[str, str] = {}
        if "bin" in self.entries:
            self.scripts = dict(host.list(path + "/bin"))
        self.config = self._config() if "pyvenv.cfg" in self.entries else {}
        home = self.config.get("home", "")
        self.home = home if home.startswith("/") else ""
        self.conda = read_conda(host, path) if "conda-meta" in self.entries else {}
        self.libraries = self._libraries()
        names = [os.path.basename(library) for library in self.libraries]
        self.languages = list(dict.fromkeys(map(language_of, names)))
        self.site_packages = self._site_packages()

    def _libraries(self) -> list[str]:
        """Return the directories lib/pythonX.Y and lib64/pythonX.Y."""
        tops = ["lib"] if "lib" in self.entries else []
        if self.entries.get("lib64") == "directory":
            tops.append("lib64")
        # Conda has a link lib/python3.1 to its lib/python3.1X.
        kinds = ("directory",) if self.conda else ("directory", "link")
        found = []
        for top in tops:
            for name, kind in self.host.list(self.path + "/" + top, language_of):
                if kind in kinds:
                    found.append("%s/%s/%s" % (self.path, top, name))
        return found[:_LIBRARIES_LIMIT]

    def _site_packages(self) -> tuple[str, ...]:
        homes = list(self.libraries)
        if self._is_old_pypy():
            homes = [self.path]
        elif "site-packages" in self.entries:
            homes.append(self.path)
        return tuple(home + "/site-packages" for home in homes)

    def _is_old_pypy(self) -> bool:
        """Return whether it is PyPy before 3.8: it imports from <path>/site-packages, though venv makes a lib/pythonX.Y."""
        interpreter = os.path.basename(self.host.real(self.bin + "python") or "")
        if "pypy3" not in self.scripts or not interpreter.startswith("pypy"):
            return False
        return not any(
            library.startswith(self.path + "/lib/pypy") for library in self.libraries
        )

    def receipt(self) -> str:
        """Return the path of what uv recorded of a tool; '' where there is none."""
        name = "uv-receipt.toml"
        return self.path + "/" + name if name in self.entries else ""

    def has_packages(self) -> bool:
        """Return whether anything is installed in it."""
        return any(self.host.list(site, _is_package) for site in self.site_packages)

    def legacy_prefix(self) -> str:
        """Return the prefix of the base, which virtualenv before 20 recorded; '' with pyvenv.cfg, and of conda."""
        if "pyvenv.cfg" in self.entries or self.conda:
            return ""
        names = [library + "/orig-prefix.txt" for library in self.libraries]
        return "".join(self.host.text(name, 4096) or "" for name in names).strip()

    def _config(self) -> dict[str, str]:
        where = self.path + "/pyvenv.cfg"
        try:
            return parse_pyvenv_cfg(self.host.read(where, _CONFIG_LIMIT))
        except Missing:
            self.unreadable.append(
                Note(where, "dangling", "a symbolic link that leads nowhere")
            )
        except Unreadable as exc:
            self.host.note(where, exc.code, exc.reason)
            self.unreadable.append(Note(where, exc.code, exc.reason))
        return {}

    def python(self) -> tuple[str, str, str, bool | None]:
        """Return its path, the text of its link, where that leads, and whether that may be executed."""
        usual = [
            "python",
            "python3",
            "pypy3",
            "pypy",
            *sorted(filter(language_of, self.scripts)),
        ]
        names = [name for name in usual if name in self.scripts]
        if not names:
            return "", "", "", None
        python, link = self.bin + names[0], self._outward_link(names[0])
        resolved = self.host.real(python)
        info = self.host.lstat(resolved) if resolved is not None else None
        if resolved is not None and info is not None:
            return python, link, resolved, bool(info.st_mode & 0o111)
        try:  # leads it nowhere, or to where nobody may look?
            self.host.open(python).close()
        except Missing:
            pass
        except Unreadable as exc:
            self.unreadable.append(Note(python, exc.code, exc.reason))
        return python, link, "", None

    def _outward_link(self, name: str) -> str:
        """Return the link out of ``bin``, the last of python -> python3 -> /usr/bin/python3; '' of a copy."""
        for _turn in range(10):
            target = (
                (self.host.readlink(self.bin + name) or "")
                if self.scripts[name] == "link"
                else ""
            )
            if target not in self.scripts:
                return target
            name = target
        return name  # a loop

    def broken_names(self) -> tuple[str, ...]:
        """Return which of python and python3 are missing or lead nowhere, though another name works."""
        names = [
            name
            for name in ("python", "python3")
            if name == "python" or name in self.scripts
        ]
        return tuple(name for name in names if self.host.real(self.bin + name) is None)

    def no_library(self, language: str) -> str:
        """Return that a linked CPython finds no standard library, as getpath.py searches it; '' where it may."""
        if (
            not language
            or self.scripts.get("python") == "file"
            or self.base_stdlib((language,)) is not False
        ):
            return ""
        resolved = (
            self.host.real(self.bin + "python")
            or self.host.real(self.bin + "python3")
            or ""
        )
        for prefix in (
            os.path.dirname(os.path.dirname(resolved)),
            "/usr",
            "/usr/local",
        ):  # where it may be built for
            if any(
                self.host.is_file(prefix + name) for name in _landmarks((language,))
            ):
                return ""
        return "no standard library of Python %s is above %s" % (language, self.home)

    def has_pip(self) -> bool:
        """Return whether ``python -m pip`` finds a pip: its own, or the one that pipx shares by a .pth."""
        for site in self.site_packages:
            if self.host.lstat(site + "/pip/__init__.py") is not None:
                return True
            lines = (self.host.text(site + "/pipx_shared.pth") or "").splitlines()[:5]
            if any(
                line.startswith("/")
                and self.host.is_file(line.strip() + "/pip/__init__.py")
                for line in lines
            ):
                return True
        return False

    def copied_from(self, copy: str) -> str:
        """Return the interpreter that a copied one was copied from, by pyvenv.cfg; '' where that is gone."""
        names = [
            *("python" + language for language in self.languages),
            "python3",
            "python",
        ]
        paths = [
            self.config.get("base-executable", ""),
            self.config.get("executable", ""),
        ]
        for path in paths + [
            self.home.rstrip("/") + "/" + name for name in names if self.home
        ]:
            canonical = self.host.real(path) if path.startswith("/") else None
            if (
                canonical is not None
                and canonical != copy
                and self.host.is_file(canonical)
            ):
                return canonical
        return ""

    def is_cpython(self) -> bool:
        """Return whether nothing names another implementation: pyvenv.cfg by virtualenv and uv, else the interpreter.

        PyPy's own ``python -m venv`` writes no ``implementation``.
        """
        resolved = (
            self.host.real(self.bin + "python")
            or self.host.real(self.bin + "python3")
            or ""
        )
        named = self.config.get("implementation", "CPython").lower()
        return named == "cpython" and not os.path.basename(resolved).startswith(
            _OTHER_IMPLEMENTATIONS
        )

    def base_stdlib(self, languages: tuple[str, ...] = ()) -> bool | None:
        """Return whether the standard library is found from ``home`` upwards, as CPython's getpath.py searches it.

        None where this is not known: PyPy, a framework build, or a pyvenv.cfg without ``home``.
        """
        above = self.home.rstrip("/")
        languages = languages or tuple(self.languages)
        is_too_deep = above.count("/") > _DEPTH_LIMIT
        is_elsewhere = (
            not self.is_cpython()
            or ".framework/" in above
            or self.host.system == "darwin"
        )
        if not self.home or not languages or is_elsewhere or is_too_deep:
            return None
        names = _landmarks(languages)
        while not any(self.host.is_file(above + name) for name in names):
            if not above:
                return False
            above = above.rpartition("/")[0]
        return True

    def made_at(self) -> str:
        """Return the directory that bin/pip, or bin/activate, was made for; '' where it is this one.

        pip and its like write the path into each script: moved, they start the Python of another directory, or none.
        """
        named = ""
        for name in ("pip", "pip3", "" if self.conda else "activate"):
            if named or self.scripts.get(name) != "file":
                continue
            data = self.host.content(self.bin + name, 64 * 1024) or b""
            named = (
                parse_activate(data)
                if name == "activate"
                else os.path.dirname(os.path.dirname(parse_shebang(data)))
            )
        return "" if not named or self.host.real(named) == self.path else named
