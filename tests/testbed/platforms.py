# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platforms, one row each: what the host is called, and where its image comes from."""

from __future__ import annotations

from typing import NamedTuple

NAMESPACE = "localhost/pyfleet"
APT = "apt-get update && apt-get install --yes --no-install-recommends"


class Platform(NamedTuple):
    """A test host: its name in the inventory, its image, and the two ways to get that."""

    name: str
    image: str
    # The distribution's own image, and the command that gives it what Ansible needs.
    registry: str | None = None
    setup: str = ""
    # How it is built without a registry: the recipe (see images.RECIPES) and its argument.
    recipe: str | None = None
    argument: str = ""


APT_PYTHON = f"{APT} python3 ca-certificates"
DNF_PYTHON = "dnf --assumeyes install python3 python3-rpm"
# Landlock, pacman's sandbox, is not to be had in every container.
PACMAN_PYTHON = "sed -i 's/^#DisableSandbox/DisableSandbox/' /etc/pacman.conf && pacman -Sy --noconfirm python"

# Those that take longest come first, as they are built side by side; the name says what the host's facts say.
ROWS = (
    Platform(
        "fedora-43", f"{NAMESPACE}/fedora:43", "quay.io/fedora/fedora:43", f"{DNF_PYTHON} python3-libdnf5",
        "repack", "fedora forky 43 plain",
    ),
    Platform("debian-12", f"{NAMESPACE}/debian:12", "docker.io/library/debian:12", APT_PYTHON, "debian", "bookworm"),
    Platform(
        "fedora-40", f"{NAMESPACE}/fedora:40", "quay.io/fedora/fedora:40", f"{DNF_PYTHON} python3-dnf",
        "repack", "fedora trixie 40 plain",
    ),
    Platform(
        "archlinux", f"{NAMESPACE}/archlinux:rolling", "docker.io/library/archlinux:latest",
        PACMAN_PYTHON, "repack", "arch trixie rolling plain",
    ),
    Platform("debian-11", f"{NAMESPACE}/debian:11", "docker.io/library/debian:11", APT_PYTHON, "debian", "bullseye"),
    Platform("debian-13", f"{NAMESPACE}/debian:13", "docker.io/library/debian:13", APT_PYTHON, "debian", "trixie"),
    Platform(
        "ubuntu-24.04", f"{NAMESPACE}/ubuntu:24.04", "docker.io/library/ubuntu:24.04", APT_PYTHON, "ubuntu", "trixie"
    ),
    # Fedora ships no marker; sites that add one are this one.
    Platform("fedora-43-marked", f"{NAMESPACE}/fedora:43-marked", recipe="repack", argument="fedora forky 43 marked"),
    # No registry has macOS: this one is always built, and is no Mac.
    Platform("macos-like", f"{NAMESPACE}/macos-like:15", recipe="repack", argument="mac trixie 15 plain"),
    Platform("alpine-3", f"{NAMESPACE}/alpine:3", "docker.io/library/alpine:3", "apk add --no-cache python3"),
)  # fmt: skip
PLATFORMS = {platform.name: platform for platform in ROWS}
