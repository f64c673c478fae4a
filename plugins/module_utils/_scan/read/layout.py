# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an interpreter's standard library and site directories lie, as it finds them itself."""

from __future__ import annotations

import os
import re
from typing import Iterator, Sequence

from ..._host.host import Host, User
from ..._host.record import NamedTuple
from ..model import SiteDirectory
from .executable import Executable

_LIBRARIES_LIMIT = 50  # lib/pythonX.Y below one prefix


class Layout(NamedTuple):
    """An interpreter's place in the file system, and the scheme of its site directories."""

    prefix: str  # sys.prefix
    stdlib: str  # sysconfig.get_path("stdlib"); '' where there is none
    library: (
        str  # the directory that really holds os.py; the same but with PyPy before 3.8
    )
    language: str
    variant: str
    name: str = "python"  # or pypy, in names of directories
    framework: str = ""
    vendor: str = "posix"  # or debian, fedora, homebrew, framework


def find_layout(host: Host, executable: Executable) -> tuple[Layout, str]:
    """Return the layout of a canonical executable, and the reason if it has no standard library.

    Landmarks are searched upwards, then in the compiled-in prefix, as in CPython's getpath.py and PyPy's initpath.py.
    """
    wanted = executable.language or "any version"
    problem = (
        f"no standard library for {wanted} was found above it or in /usr/local or /usr"
    )
    for prefix in dict.fromkeys(
        (*_above(executable.path), *_above(executable.library), "/usr/local", "/usr")
    ):
        found = _layouts(host, prefix.rstrip("/"), executable)
        if len(found) == 1:
            return found[0]._replace(prefix=prefix), ""
        if found:
            languages = ", ".join(layout.language for layout in found)
            problem = f"several standard libraries fit ({languages}) and which one it uses is unknown"
            break
    top = os.path.dirname(os.path.dirname(executable.path))
    return Layout(top, "", "", executable.language, executable.variant), problem


def _above(path: str) -> Iterator[str]:
    while path.strip("/"):
        path = os.path.dirname(path)
        yield path


def _layouts(host: Host, prefix: str, executable: Executable) -> list[Layout]:
    name, language = (
        "pypy" if executable.implementation == "pypy" else "python",
        executable.language,
    )
    old = _old_pypy(host, prefix) if name == "pypy" else []
    if old:
        return old
    found = []
    for tail in _library_names(host, prefix, name, executable):
        place = _library_place(host, prefix, tail, executable)
        if place:
            free_threaded = "t" if tail.endswith("t") else ""
            layout = Layout(
                prefix=prefix,
                stdlib=place,
                library=place,
                language=tail[len(name) :].rstrip("t"),
                variant=free_threaded + executable.variant.replace("t", ""),
                name=name,
            )
            found.append(layout)
    return found[:1] if language else found


def _library_names(
    host: Host, prefix: str, name: str, executable: Executable
) -> list[str]:
    """Return what the directory of the standard library may be called, such as python3.13 or python3.13t."""
    language = executable.language
    if language:
        # A free-threaded build may be known by its directory only.
        names = [name + language, name + language + "t"]
        return names[::-1] if "t" in executable.variant else names
    fits = re.compile(name + r"\d\.\d+t?").fullmatch
    found = {
        entry.name
        for top in ("lib", "lib64")
        for entry in host.list(f"{prefix}/{top}", fits)
    }
    return sorted(found)[:_LIBRARIES_LIMIT]


def _library_place(host: Host, prefix: str, tail: str, executable: Executable) -> str:
    """Return the directory of the standard library in lib or lib64; '' if neither has its landmarks."""
    marks = (tail + "/os.py", tail + "/os.pyc", tail.replace(".", "") + ".zip")
    tops = [f"{prefix}/{top}/" for top in ("lib", "lib64")]
    places = [
        top + tail for top in tops if any(host.is_file(top + mark) for mark in marks)
    ]
    if not places:
        return ""
    # A 64-bit program prefers a lib64 of its own.
    is_wide = executable.elf is not None and executable.elf.bits == 64
    has_own_lib64 = host.real(places[0]) != host.real(places[-1])
    return places[-1] if is_wide and has_own_lib64 else places[0]


def _old_pypy(host: Host, prefix: str) -> list[Layout]:
    """Find PyPy2 or PyPy before 3.8; where its directory is called 3, lib_pypy/….pypy37-pp73-….so has X.Y."""
    for name in ("3", "2.7"):
        library = f"{prefix}/lib-python/{name}"
        if host.is_file(library + "/os.py"):
            extensions = " ".join(
                entry.name for entry in host.list(prefix + "/lib_pypy")
            )
            tags = set(re.findall(r"\.pypy3(\d+)-", extensions))
            language = name
            if name == "3":
                language = "3." + tags.pop() if len(tags) == 1 else ""
            stdlib = f"{prefix}/lib-python/{language or name}"
            return [Layout(prefix, stdlib, library, language, variant="", name="pypy")]
    return []


def tell_vendor(site_text: str, layout: Layout) -> str:
    """Name the scheme that this installation's own site.py follows, by what the vendors' patches to it say."""
    if '"dist-packages"' in site_text or "'dist-packages'" in site_text:
        return "debian"
    if 'PREFIXES.insert(0, "/usr/local")' in site_text and layout.prefix == "/usr":
        return "fedora"
    if "/Cellar/py" in layout.prefix:
        return "homebrew"
    return "framework" if layout.framework else "posix"


def _name(layout: Layout) -> str:
    return layout.name + layout.language + "t" * ("t" in layout.variant)


def site_packages(layout: Layout) -> list[tuple[str, str]]:
    """Return (path, role) of each directory of site.getsitepackages(), in its order."""
    prefix, name, language = layout.prefix.rstrip("/"), _name(layout), layout.language
    tops = (
        ("lib64", "lib") if layout.stdlib.startswith(prefix + "/lib64/") else ("lib",)
    )
    if layout.vendor == "debian":
        return _debian_site_packages(layout, prefix, tops)
    if layout.stdlib.startswith(prefix + "/lib-python/"):  # PyPy before 3.8
        return [(prefix + "/site-packages", "site")]
    if layout.vendor == "homebrew":
        prefix, tops = prefix.partition("/Cellar/")[0], ("lib",)
    own = [f"{prefix}/{top}/{name}/site-packages" for top in tops]
    if layout.vendor == "fedora":
        return _fedora_site_packages(own)
    if language.startswith("2."):
        own.append(prefix + "/lib/site-python")
    if layout.vendor == "framework" and layout.framework == "Python3":  # Apple's
        own.append(f"/Library/Python/{language}/site-packages")
    return [(path, "site") for path in own]


def _debian_site_packages(
    layout: Layout, prefix: str, tops: Sequence[str]
) -> list[tuple[str, str]]:
    name = _name(layout)
    own = [f"{prefix}/{top}/{name}/dist-packages" for top in tops]
    if layout.name == "pypy":
        own, prefix = [], prefix.partition("/lib/pypy3")[0]
    shared = []
    if layout.name == "pypy" or layout.language.startswith("3"):
        shared = [prefix + "/lib/python3/dist-packages"]
    local = f"{prefix}/local/lib/{name.rstrip('t')}/dist-packages"
    return [(local, "local"), *((path, "distribution") for path in shared + own)]


def _fedora_site_packages(own: Sequence[str]) -> list[tuple[str, str]]:
    local = [(path.replace("/usr/", "/usr/local/", 1), "local") for path in own]
    return local + [(path, "distribution") for path in own]


def purelib(layout: Layout) -> str:
    """Return the directory that pip installs into by default as root, outside of environments."""
    paths = [path for path, _role in site_packages(layout)]
    if layout.framework == "Python3" and layout.vendor == "framework":
        return paths[-1]
    return next(
        path
        for path in paths
        if not path.endswith(f"/lib64/{_name(layout)}/site-packages")
    )


def user_site(layout: Layout, home: str, base: str = "") -> str:
    """Return site.getusersitepackages() for a home directory; ``base`` is PYTHONUSERBASE."""
    home = home.rstrip("/")
    if layout.framework:
        return (
            base or f"{home}/Library/Python/{layout.language}"
        ) + "/lib/python/site-packages"
    return f"{base or home + '/.local'}/lib/{_name(layout)}/site-packages"


def read_site_directories(
    host: Host, layout: Layout, users: Sequence[User]
) -> tuple[SiteDirectory, ...]:
    """Return every site directory in the order of sys.path: those of users, the caller's first, then the host's."""
    caller = host.caller()
    env = host.env if host.live else {}
    home = env.get("HOME") or (caller.home if caller else "")
    own = (
        [user_site(layout, home, env.get("PYTHONUSERBASE", ""))]
        if home.startswith("/")
        else []
    )
    if not host.expired("user site directories"):
        own += [user_site(layout, user.home) for user in users]
    sites = dict.fromkeys([*((path, "user") for path in own), *site_packages(layout)])
    found = [SiteDirectory(path, role, host.is_dir(path)) for path, role in sites]
    return tuple(
        each for each in found if each.exists or each.role != "user" or each is found[0]
    )
