# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty environment, made by the standard library's venv."""

from __future__ import annotations

import os
import re
import shutil
from typing import List, Mapping

from .._process.commands import OperationError, Run


def prompt_of(prefix: str) -> str:
    """Return the name that a shell shows: for a release, that of its environment."""
    parent = os.path.basename(os.path.dirname(prefix))
    match = re.fullmatch(r"\.(.+)\.releases", parent)
    return match.group(1) if match else os.path.basename(prefix)


def create_with_venv(
    run: Run,
    python: str,
    prefix: str,
    system_site_packages: bool,
    environment: Mapping[str, str],
) -> None:
    """Make an environment without a pip at ``prefix``, an empty directory or none; a failure leaves nothing."""
    options: List[str] = ["--without-pip", "--symlinks", "--prompt", prompt_of(prefix)]
    options += ["--system-site-packages"] if system_site_packages else []
    there = os.path.isdir(prefix)
    done = run([python, "-I", "-m", "venv", *options, prefix], environment, "/", 300.0)
    if done.status:
        empty(prefix, there)
        words = (done.errors + done.output).strip()
        raise OperationError(
            "not-created",
            "%s could not create an environment" % python,
            "See its output.",
            words,
        )


def empty(prefix: str, keep: bool) -> None:
    """Remove what a failed attempt left; with ``keep``, all but the directory itself."""
    for name in os.listdir(prefix) if os.path.isdir(prefix) else ():
        path = os.path.join(prefix, name)
        if name == ".pyfleet-aside":
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    if not keep and os.path.isdir(prefix):
        os.rmdir(prefix)
