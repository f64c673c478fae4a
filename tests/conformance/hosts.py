# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts that agreement is shown on: the test hosts, and Debian's with what apt and the wheelhouse have besides."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from testbed import wheelhouse
from testbed.containers import REPOSITORY, podman
from testbed.platforms import NAMESPACE, PLATFORMS

HERE = Path(__file__).resolve().parent
CORE = REPOSITORY / "plugins" / "module_utils"
PACKAGES = "python3-venv python3-pip pypy3"
#: Debian 11 has no pipx.
PIPX = {"debian-12": "1.1.0", "debian-13": "1.7.1"}
MAKER = HERE / "make_environments.sh"


def missing(what: str) -> None:
    """Skip loudly; in CI, where nothing may be missing, fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def pyenv_root() -> Path | None:
    """Return this machine's pyenv, whose builds are used in the containers, linked to the same path."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return root if (root / "versions").is_dir() else None


def packages(host: str) -> str:
    """Return what apt installs on a Debian host."""
    return PACKAGES + " pipx" * (host in PIPX)


def image(host: str, full: bool) -> str:
    """Return the image of a host, bare or (Debian's) with what apt has of pip, venv, PyPy and pipx."""
    bare = PLATFORMS[host].image
    if not full:
        return bare
    name = f"{NAMESPACE}/conformance:" + bare.rpartition(":")[2]
    recipe = f"FROM {bare}\nRUN apt-get update -q && apt-get install -qy --no-install-recommends {packages(host)}\n"
    podman(
        "build",
        "--layers",
        "--network=host",
        "--pull-never",
        f"--tag={name}",
        "--file=-",
        text=recipe,
    )
    return name


def image_with_environments(host: str) -> str:
    """Return the image of a Debian host on which each tool has made its environments; rebuilt when they change."""
    base, wheels = image(host, True), wheelhouse.ensure()
    digest = hashlib.sha256(
        MAKER.read_bytes() + (wheels / ".pins").read_bytes()
    ).hexdigest()
    # The layer is known by its command, and that by the digest.
    recipe = f"FROM {base}\nRUN sh /conformance/tests/{MAKER.name} /conformance/wheels # {digest}\n"
    volumes = [
        f"--volume={HERE}:/conformance/tests:ro",
        f"--volume={wheels}:/conformance/wheels:ro",
    ]
    name = base + "-environments"
    podman(
        "build", "--layers", "--network=none", "--pull-never", *volumes, f"--tag={name}", "--file=-", text=recipe
    )  # fmt: skip
    return name


def mounts(host: str, full: bool) -> dict[Path, str]:
    """Return what a container sees of this machine: the scan, these tests, the wheelhouse, and pyenv if it can run."""
    found = {
        CORE: "/conformance/collection/module_utils",
        HERE: "/conformance/tests",
        wheelhouse.ensure(): "/conformance/wheels",
    }
    pyenv = pyenv_root()
    if (
        pyenv is not None and full and host != "debian-11"
    ):  # its C library is older than what such builds ask for
        found[pyenv] = str(pyenv)
    return found
