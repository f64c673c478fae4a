# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Mac-like host: Homebrew's, python.org's and Apple's file trees around a Python that runs on Linux."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import donor as donors
from . import pythons

STAND_INS = Path(__file__).resolve().parents[1] / "mac"
LAYOUT = pythons.Layout("lib", "", rpath="$ORIGIN/../lib")
PIP, PIPX = "25.1.1", "1.18.4"
BREW = "opt/homebrew"
MARKER = """\
[externally-managed]
Error=To install Python packages system-wide, try brew install
 xyz, where xyz is the package that you want.
"""
PLIST = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>{}</dict></plist>
"""
USERS = {
    "etc/passwd": "admin:x:501:80:Admin:/Users/admin:/bin/bash\n",
    "etc/group": "admin:x:80:admin\n",
    "etc/shadow": "admin:*:20000:0:99999:7:::\n",
}


def assemble(donor: Path, root: Path, wheels: Path) -> None:
    """Make the host's root file system of the donor's userland, its Python, and what a Mac has besides."""
    donors.clean_copy(donor, root, donors.read(donor))
    for path in ("usr/bin/sudo", "etc/sudoers", "etc/sudoers.d"):
        donors.remove(root / path)
    tree = pythons.lay_out(donor, LAYOUT, "mac")
    pythons.bundle_pip(tree, wheels, PIP)
    pythons.install_wheel(tree, next(wheels.glob(f"pip-{PIP}-*.whl")), "brew")
    homebrew(tree, root)
    python_org(tree, root)
    command_line_tools(root)
    system(root)
    home = f"/{BREW}/Cellar/python@{tree.minor}/{tree.version}/Frameworks/Python.framework/Versions/{tree.minor}"
    pipx(root, wheels, home)
    compiled = " ".join((f"/{BREW}/lib", home, "/Library/Frameworks"))
    # What does not compile is not meant to: the libraries hold bad examples.
    inside(
        root, home, f"{home}/bin/python3 -m compileall -q {compiled} >/dev/null || true"
    )
    subprocess.run(
        ["chown", "-R", "501:80", root / BREW, root / "Users/admin"], check=True
    )


def inside(root: Path, home: str, script: str) -> None:
    """Run a piece of ``sh`` in the new host; $ORIGIN needs /proc, which is not there yet, so the library is named."""
    environment = {
        "LD_LIBRARY_PATH": f"{home}/lib",
        "PATH": "/opt/homebrew/bin:/usr/bin:/bin",
        "HOME": "/root",
    }
    subprocess.run(
        ["/usr/sbin/chroot", root, "/bin/sh", "-euc", script],
        check=True,
        env=environment,
    )


def properties(**values: str) -> str:
    """Return a property list of strings."""
    return PLIST.format(
        "".join(
            f"<key>{key}</key><string>{value}</string>" for key, value in values.items()
        )
    )


def link(path: Path, target: Path) -> None:
    """Make ``path`` a relative link to ``target``, as Homebrew's are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(os.path.relpath(target, path.parent))


def framework(tree: pythons.Tree, target: Path, inside: str) -> None:
    """Copy the tree to a framework's version directory, which its build configuration then names."""
    target.mkdir(parents=True)
    for name in ("bin", "lib"):
        subprocess.run(
            ["cp", "-a", tree.root / "usr" / name, target / name], check=True
        )
    (target / "Resources").mkdir()
    (target / "Resources/Info.plist").write_text(
        properties(CFBundleIdentifier="org.python.python", CFBundleVersion=tree.version)
    )
    for path in target.glob("lib/python3*/_sysconfig*_*"):
        if path.is_file():
            path.write_text(
                re.sub(r"(?<=['\" =])/usr(?=[/'\" ])", inside, path.read_text())
            )


def homebrew(tree: pythons.Tree, root: Path) -> None:
    """Lay out the keg of python@3.X and the links to it."""
    brew, formula = root / BREW, f"python@{tree.minor}"
    keg = brew / "Cellar" / formula / tree.version
    home = keg / "Frameworks/Python.framework/Versions" / tree.minor
    framework(tree, home, f"/{home.relative_to(root)}")
    stdlib = home / "lib" / f"python{tree.minor}"
    (stdlib / "EXTERNALLY-MANAGED").write_text(MARKER)
    shutil.copy(STAND_INS / "sitecustomize.py", stdlib)
    shared = brew / "lib" / f"python{tree.minor}" / "site-packages"
    shared.parent.mkdir(parents=True)
    (stdlib / "site-packages").rename(shared)
    link(stdlib / "site-packages", shared)
    link(keg / "Frameworks/Python.framework/Versions/Current", home)
    for name in (f"python{tree.minor}", "python3"):
        link(keg / "bin" / name, home / "bin" / f"python{tree.minor}")
        link(brew / "bin" / name, keg / "bin" / name)
    link(keg / "libexec/bin/python", home / "bin" / f"python{tree.minor}")
    for name in (formula, "python3", "python"):
        link(brew / "opt" / name, keg)
    for name in ("pip3", f"pip{tree.minor}"):
        script = home / "bin/pip3"
        script.write_text(
            script.read_text().replace(
                "/usr/bin/python3", f"/{BREW}/opt/{formula}/bin/python{tree.minor}"
            )
        )
        shutil.copy(script, keg / "bin" / name)
        link(brew / "bin" / name, keg / "bin" / name)
    (keg / ".brew").mkdir()
    (keg / ".brew" / f"{formula}.rb").write_text(
        "# The formula lies here; this host needs no more of it.\n"
    )
    source = {
        "tap": "homebrew/core",
        "versions": {"stable": tree.version},
        "spec": "stable",
    }
    receipt = {"homebrew_version": "5.0.0", "poured_from_bottle": True, "installed_on_request": True, "source": source,
               "time": 1760000000, "changed_files": [], "runtime_dependencies": []}  # fmt: skip
    (keg / "INSTALL_RECEIPT.json").write_text(json.dumps(receipt))
    script = brew / "bin/brew"
    script.write_text(
        f"#!/{BREW}/bin/python{tree.minor} -I\n" + (STAND_INS / "brew.py").read_text()
    )
    script.chmod(0o755)
    (brew / "Library/Bottles").mkdir(parents=True)
    (brew / "Library/Bottles/EXTERNALLY-MANAGED").write_text(MARKER)


def python_org(tree: pythons.Tree, root: Path) -> None:
    """Lay out what python.org's installer leaves: a framework of its own, without a marker, linked in /usr/local."""
    home = root / "Library/Frameworks/Python.framework/Versions" / tree.minor
    framework(tree, home, f"/{home.relative_to(root)}")
    for name in ("pip", "pip3"):
        donors.remove(home / "bin" / name)
    (root / "usr/local/bin").mkdir(parents=True, exist_ok=True)
    (root / f"usr/local/bin/python{tree.minor}").symlink_to(
        f"/{home.relative_to(root)}/bin/python{tree.minor}"
    )


def command_line_tools(root: Path) -> None:
    """Lay out Apple's Python 3.9 as files only: it cannot run here, and no scan may run it."""
    tools = root / "Library/Developer/CommandLineTools"
    home = tools / "Library/Frameworks/Python3.framework/Versions/3.9"
    (home / "lib/python3.9/site-packages").mkdir(parents=True)
    (home / "lib/python3.9/os.py").write_text('"""Only the landmark."""\n')
    (home / "bin").mkdir()
    shutil.copy(STAND_INS / "python3-shim", home / "bin/python3.9")
    (home / "Resources").mkdir()
    (home / "Resources/Info.plist").write_text(
        properties(CFBundleIdentifier="com.apple.python3", CFBundleVersion="3.9.6")
    )
    link(home / "bin/python3", home / "bin/python3.9")
    link(tools / "usr/bin/python3", home / "bin/python3.9")


def system(root: Path) -> None:
    """Put in place what tells that this is a Mac, the shim that is no Python, and the one user."""
    for name, place in (
        ("python3-shim", "usr/bin/python3"),
        ("sw_vers", "usr/bin/sw_vers"),
        ("sysctl", "usr/sbin/sysctl"),
    ):
        donors.remove(root / place)
        shutil.copy(STAND_INS / name, root / place)
    version = root / "System/Library/CoreServices/SystemVersion.plist"
    version.parent.mkdir(parents=True)
    version.write_text(
        properties(
            ProductName="macOS", ProductVersion="15.5", ProductBuildVersion="24F74"
        )
    )
    for directory, mode in (
        ("private/var/tmp", 0o1777),
        ("Users/admin", 0o755),
        ("Applications", 0o755),
    ):
        (root / directory).mkdir(parents=True)
        (root / directory).chmod(mode)
    for file, line in USERS.items():
        with (root / file).open("a") as out:
            out.write(line)


def pipx(root: Path, wheels: Path, home: str) -> None:
    """Make the bottle of pipx as Homebrew does: a virtual environment in libexec, made by the host's own Python."""
    keg = f"/{BREW}/Cellar/pipx/{PIPX}"
    bottle = root / BREW / "Library/Bottles" / f"pipx--{PIPX}"
    (root / "wheels").mkdir()
    for wheel in wheels.glob("*.whl"):
        shutil.copy(wheel, root / "wheels")
    script = (
        f"/opt/homebrew/bin/python3 -m venv --without-pip {keg}/libexec\n"
        f"{keg}/libexec/bin/python /wheels/pip-{PIP}-py3-none-any.whl/pip install --quiet --no-index "
        f"--find-links=/wheels pipx=={PIPX}\n"
        f"mkdir {keg}/bin && ln -s ../libexec/bin/pipx {keg}/bin/pipx\n"
    )
    inside(root, home, script)
    shutil.move(root / keg[1:], bottle)
    donors.remove(root / keg[1:].rpartition("/")[0])
    donors.remove(root / "wheels")
