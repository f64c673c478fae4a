# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installer reads in a dry run in place of an environment, so that it writes nothing into it."""

from __future__ import annotations

import os
import shutil

from .build_task import Installer


def make_view(prefix: str, work: str, installer: Installer) -> str:
    """Return a directory in which the environment at ``prefix`` can be read, and nothing is written into it.

    uv writes a lock into the environment, even in a dry run. With it, this is an environment of links.
    """
    if installer.name != "uv":
        return prefix
    view = os.path.join(work, "view")
    os.makedirs(os.path.join(view, "bin"))
    shutil.copyfile(
        os.path.join(prefix, "pyvenv.cfg"), os.path.join(view, "pyvenv.cfg")
    )
    for name in os.listdir(prefix):
        if name.startswith("lib"):
            _link_library(os.path.join(prefix, name), os.path.join(view, name))
    for name in os.listdir(os.path.join(prefix, "bin")):
        if name.startswith(("python", "pypy")):
            os.symlink(
                os.path.join(prefix, "bin", name), os.path.join(view, "bin", name)
            )
    return view


def _link_library(source: str, target: str) -> None:
    """Make ``lib`` of a view: a directory of its own, as readers of environments follow no link there."""
    if os.path.islink(source):  # lib64, to lib
        os.symlink(os.readlink(source), target)
        return
    os.mkdir(target)
    for name in os.listdir(source):
        os.symlink(os.path.join(source, name), os.path.join(target, name))
