# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which wheels a host can use: the same as `packaging` says, which pip uses."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILES = Path(__file__).resolve().parents[3] / "roles/app_venv/files"
pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="it runs on a controller's Python"
)


@pytest.fixture(scope="module")
def wheelhouse() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wheelhouse", FILES / "wheelhouse.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def target(platform: str, *libc: str) -> dict[str, Any]:
    return {
        "platform": platform,
        "libc": list(libc),
        "markers": {"platform_machine": platform.rpartition("-")[2]},
    }


def test_of_this_machine_they_are_what_packaging_says(wheelhouse: ModuleType) -> None:
    tags = pytest.importorskip("packaging.tags")
    probe = subprocess.run(
        [sys.executable, "-I", FILES / "wheel_target.py"],
        check=True,
        capture_output=True,
    )
    assert sorted(wheelhouse.platforms(json.loads(probe.stdout))) == sorted(
        tags.platform_tags()
    )


@pytest.mark.parametrize(
    ("machine", "libc", "first", "last"),
    [
        (
            "linux-x86_64",
            ("glibc", "2.41"),
            "manylinux_2_41_x86_64",
            "manylinux1_x86_64",
        ),
        (
            "linux-aarch64",
            ("glibc", "2.28"),
            "manylinux_2_28_aarch64",
            "manylinux2014_aarch64",
        ),
        (
            "linux-armv7l",
            ("glibc", "2.36"),
            "manylinux_2_36_armv7l",
            "manylinux2014_armv7l",
        ),
    ],
)
def test_manylinux(
    wheelhouse: ModuleType, machine: str, libc: tuple[str, str], first: str, last: str
) -> None:
    found = wheelhouse.platforms(target(machine, *libc))
    assert (found[0], found[-2], found[-1]) == (first, last, machine.replace("-", "_"))


def test_others(wheelhouse: ModuleType) -> None:
    assert (
        wheelhouse.platforms(target("linux-x86_64", "musl", "1.2.5"))[0]
        == "musllinux_1_2_x86_64"
    )
    assert wheelhouse.platforms(target("macosx-11.0-arm64", "macos", "15.1")) == [
        "macosx_15_0_arm64"
    ]
    with pytest.raises(wheelhouse.WheelhouseError, match="not known"):
        wheelhouse.platforms(target("linux-x86_64", "", ""))


def test_a_lock_is_read_with_its_hashes(wheelhouse: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "pylock.toml"
    lock.write_text(
        'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1.0"\nmarker = "os_name == \'nt\'"\n'
        '[[packages.wheels]]\nname = "a-1.0-py3-none-any.whl"\nhashes = {sha256 = "00ff"}\n'
    )
    assert wheelhouse.read_lock(lock) == "a==1.0 ; os_name == 'nt' --hash=sha256:00ff\n"
    lock.write_text(
        '[[packages]]\nname = "a"\nversion = "1.0"\n[packages.sdist]\nname = "a-1.0.tar.gz"\n'
    )
    with pytest.raises(wheelhouse.WheelhouseError, match="a has no wheel"):
        wheelhouse.read_lock(lock)
