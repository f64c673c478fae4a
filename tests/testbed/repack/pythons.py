# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python as the other distributions lay it out, from Debian's build with Debian's changes undone."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import NamedTuple

from .donor import remove

SCRIPT = """#!/usr/bin/python3
import sys
from {module} import {attribute}
if __name__ == "__main__":
    sys.exit({call}())
"""
# One time stamp for all sources, so that the byte code's headers stay right in every archive.
EPOCH = "@1760000000"
LIBRARIES = (
    "argcomplete", "userpath", "platformdirs", "packaging", "click", "requests", "urllib3", "idna",
    "charset_normalizer", "certifi",
)  # fmt: skip
PRUNED = (
    "**/__pycache__", "_sysconfigdata__x86*", "sitecustomize.py", "EXTERNALLY-MANAGED", "test",
    "_distutils_system_mod.py", "config-*/*.a", "config-*/*.so", "config-*/*.o", "README.venv",
)  # fmt: skip
LAUNCHER = Path(__file__).resolve().parent / "launcher.c"
STAGE = "srv/python"

# Debian's changes, undone: (file, text where the cut begins, text where it ends, what takes its place).
CUTS = (
    (
        "site.py",
        "            if is_virtual_environment:\n",
        "            for libdir in libdirs:\n",
        "",
    ),
    (
        "site.py",
        "    is_virtual_environment = sys.base",
        "    for prefix in prefixes:",
        "",
    ),
    ("site.py", "For Debian and derivatives", 'If a file named "pyvenv.cfg"', ""),
    ("sysconfig/__init__.py", "    'deb_system': {", "    'posix_home': {", ""),
    (
        "sysconfig/__init__.py",
        '    if sys.base_prefix != sys.prefix or hasattr(sys, "real_prefix"):\n        # virtual',
        "    return {\n        'prefix': prefix_scheme",
        "",
    ),
    ("ensurepip/__init__.py", "def _ensurepip_is_disabled_in_debian", "__all__ =", ""),
    (
        "ensurepip/__init__.py",
        "    # Ensure that we are only running this inside of a virtual",
        "    if altinstall and default_pip",
        "",
    ),
)
SWAPS = (
    (
        "site.py",
        '"dist-packages")\n                sitepackages.append(path)',
        '"site-packages")\n                sitepackages.append(path)',
    ),
    ("site.py", "lib/python3/dist-packages.\n", "lib/python<version>/site-packages.\n"),
    ("sysconfig/__init__.py", "'posix_home', 'posix_local', 'deb_system'):", "'posix_home'):"),
    ("sysconfig/__init__.py", "        'prefix': prefix_scheme,\n", "        'prefix': 'posix_prefix',\n"),
    ("sysconfig/__init__.py", "get_path('platinclude', 'posix_prefix')", "get_path('platinclude')"),
)  # fmt: skip
# What Fedora changes (its patch 251): pip as root installs to /usr/local, and that is on the path.
FEDORA_SWAPS = (
    (
        "site.py",
        '    _trace("Processing global site-packages")\n',
        '    _trace("Processing global site-packages")\n'
        "    if ENABLE_USER_SITE and 'RPM_BUILD_ROOT' not in os.environ:\n"
        '        PREFIXES.insert(0, "/usr/local")\n',
    ),
    (
        "sysconfig/__init__.py",
        "        vars = {}\n    _extend_dict(vars, get_config_vars())\n",
        "        vars = {}\n"
        "    config = get_config_vars()\n"
        "    if scheme == 'posix_prefix' and sys.prefix == '/usr' and 'RPM_BUILD_ROOT' not in os.environ:\n"
        "        config = {**config, 'base': '/usr/local', 'platbase': '/usr/local'}\n"
        "    _extend_dict(vars, config)\n",
    ),
)


class Layout(NamedTuple):
    """Where a distribution keeps Python's parts, and which change of its own it makes."""

    platlib: str
    wheels: str
    swaps: tuple[tuple[str, str, str], ...] = ()
    # Where the interpreter looks for its library, when that is not where the linker does.
    rpath: str = ""


FEDORA = Layout("lib64", "/usr/share/python-wheels/", FEDORA_SWAPS)
ARCH = Layout("lib", "")


class Tree(NamedTuple):
    """A Python that was laid out below ``root``, which lies inside the donor that can run it."""

    donor: Path
    root: Path
    minor: str
    version: str
    layout: Layout

    @property
    def stdlib(self) -> Path:
        """The standard library's directory."""
        return self.root / "usr" / self.layout.platlib / f"python{self.minor}"

    @property
    def purelib(self) -> Path:
        """Where packages of pure Python go."""
        return self.root / "usr/lib" / f"python{self.minor}" / "site-packages"


def lay_out(donor: Path, layout: Layout, name: str) -> Tree:
    """Lay out the donor's Python as ``layout`` says, below a directory ``name`` of the donor."""
    root = donor / STAGE / name
    remove(root)
    minor = (donor / "usr/bin/python3").readlink().name.removeprefix("python")
    header = (donor / f"usr/include/python{minor}/patchlevel.h").read_text()
    version = re.findall(r'#define PY_VERSION\s+"([^"]+)"', header)[0]
    tree = Tree(donor, root, minor, version, layout)
    tree.stdlib.parent.mkdir(parents=True)
    (root / "usr/bin").mkdir()
    subprocess.run(
        ["cp", "-a", donor / f"usr/lib/python{minor}", tree.stdlib], check=True
    )
    prune(tree)
    for file, begin, end, new in CUTS:
        cut(tree.stdlib / file, begin, end, new)
    for file, old, new in (*SWAPS, *layout.swaps):
        swap(tree.stdlib / file, old, new)
    describe(tree)
    install_binaries(tree)
    (tree.stdlib / "site-packages").mkdir()
    tree.purelib.mkdir(parents=True, exist_ok=True)
    return tree


def prune(tree: Tree) -> None:
    """Remove Debian's own additions, byte code and what only compiling needs."""
    for pattern in PRUNED:
        for found in list(tree.stdlib.glob(pattern)):
            remove(found)
    for details in list(tree.stdlib.glob("build-details.*.json")):
        details.rename(tree.stdlib / "build-details.json")


def cut(path: Path, begin: str, end: str, new: str) -> None:
    """Replace the text from ``begin`` up to ``end``; raises ValueError when Debian's source no longer has them."""
    text = path.read_text()
    start = text.index(begin)
    path.write_text(text[:start] + new + text[text.index(end, start) :])


def swap(path: Path, old: str, new: str) -> None:
    """Replace the one occurrence of ``old``; raises ValueError when there is not exactly one."""
    text = path.read_text()
    if text.count(old) != 1:
        raise ValueError(f"{path}: {text.count(old)} times, not once: {old!r}")
    path.write_text(text.replace(old, new))


def describe(tree: Tree) -> None:
    """Make the recorded build configuration tell of the new places."""
    platlib = f"/usr/{tree.layout.platlib}"
    for path in (
        *tree.stdlib.glob("_sysconfigdata_*.py"),
        *tree.stdlib.glob("_sysconfig_vars_*.json"),
    ):
        text = path.read_text()
        text = text.replace("/usr/lib/x86_64-linux-gnu", platlib)
        text = text.replace(
            f"/usr/lib/python{tree.minor}", f"{platlib}/python{tree.minor}"
        )
        text = re.sub(
            r"""(['"]PLATLIBDIR['"]: ['"])lib""", rf"\g<1>{tree.layout.platlib}", text
        )
        text = re.sub(
            r"""(['"]WHEEL_PKG_DIR['"]: ['"])[^'"]*""",
            rf"\g<1>{tree.layout.wheels}",
            text,
        )
        path.write_text(text)


def install_binaries(tree: Tree) -> None:
    """Put the shared library and a launcher for it in place: Debian's own has Debian's paths compiled in."""
    library = f"libpython{tree.minor}.so.1.0"
    target = tree.root / "usr" / tree.layout.platlib / library
    shutil.copy2(tree.donor / "usr/lib/x86_64-linux-gnu" / library, target)
    include = tree.donor / "usr/include"
    command = [
        "gcc",
        "-O2",
        f"-I{include}/python{tree.minor}",
        f"-idirafter{include}",
        f'-DPLATLIB=L"{tree.layout.platlib}"',
    ]
    command += [
        "-Wl,--unresolved-symbols=ignore-in-shared-libs",
        "-o",
        str(tree.root / f"usr/bin/python{tree.minor}"),
    ]
    if tree.layout.rpath:
        command.append(f"-Wl,-rpath,{tree.layout.rpath}")
    subprocess.run([*command, str(LAUNCHER), str(target)], check=True)
    (tree.root / "usr/bin/python3").symlink_to(f"python{tree.minor}")
    (tree.root / "usr/bin/python").symlink_to("python3")


def bundle_pip(tree: Tree, wheels: Path, version: str) -> None:
    """Copy the wheel that ensurepip installs to where it looks if no wheel directory is configured."""
    bundled = tree.stdlib / "ensurepip/_bundled"
    bundled.mkdir()
    shutil.copy(next(wheels.glob(f"pip-{version}-*.whl")), bundled)


def newest(wheels: Path, name: str) -> Path:
    """Return the wheel of the newest release of ``name``."""
    return max(
        wheels.glob(f"{name}-*-none-any.whl"),
        key=lambda path: [int(n) for n in path.name.split("-")[1].split(".")],
    )


def install_wheel(
    tree: Tree, wheel: Path, installer: str
) -> tuple[str, str, list[str]]:
    """Unpack ``wheel`` as a distribution's package does; return its name, version and top-level paths in the root.

    rpm's packages carry no RECORD (rpm is the record), pacman's do.
    """
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tree.purelib)
        tops = sorted({entry.split("/")[0] for entry in archive.namelist()})
    metadata = tree.purelib / f"{name}-{version}.dist-info"
    (metadata / "INSTALLER").write_text(f"{installer}\n")
    if installer == "rpm":
        (metadata / "RECORD").unlink()
    parser = configparser.ConfigParser(delimiters="=")
    parser.read(metadata / "entry_points.txt")
    scripts = (
        dict(parser["console_scripts"]) if parser.has_section("console_scripts") else {}
    )
    for script, target in scripts.items():
        module, call = target.split("[")[0].strip().split(":")
        path = tree.root / "usr/bin" / script
        path.write_text(
            SCRIPT.format(module=module, attribute=call.split(".")[0], call=call)
        )
        path.chmod(0o755)
    return (
        name,
        version,
        [f"{relative(tree, tree.purelib)}/{top}" for top in tops]
        + [f"usr/bin/{s}" for s in scripts],
    )


def relative(tree: Tree, path: Path) -> str:
    """Return ``path`` as the new host will see it, without the leading slash."""
    return str(path.relative_to(tree.root))


def compile_all(tree: Tree) -> None:
    """Compile all of the tree with the donor's own interpreter, for the paths it will have."""
    inside = "/" + str(tree.root.relative_to(tree.donor))
    subprocess.run(
        ["find", tree.root, "-exec", "touch", "-h", "-d", EPOCH, "{}", "+"], check=True
    )
    libraries = sorted(
        {
            f"{inside}/usr/lib/python{tree.minor}",
            f"{inside}/usr/{tree.layout.platlib}/python{tree.minor}",
        }
    )
    command = [
        "chroot",
        str(tree.donor),
        f"/usr/bin/python{tree.minor}",
        "-m",
        "compileall",
        "-q",
        "-s",
        inside,
        "-p",
        "/",
    ]
    # lib2to3's bad examples and the like do not compile, nor need they.
    subprocess.run([*command, *libraries], check=False, stdout=subprocess.DEVNULL)
