#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Install what the tests need on a Debian or Ubuntu machine: podman and its parts, mmdebstrap, and the references that
# some answers are compared with (strace, rpm, the releases of distributions).
#
#   prepare_host.sh            what `make images` and what follows it need
#   prepare_host.sh reports    besides, what reads the reports in unit tests: a Chromium, and promtool
#
# Does nothing where all of it is there; says what to do where it may not, or cannot, install.
set -eu

packages="podman runc netavark aardvark-dns iptables uidmap mmdebstrap debian-archive-keyring zstd strace rpm distro-info-data"

reports=${1:-}
if [ -n "$reports" ]; then packages="$packages chromium prometheus"; fi

all_there() {
    if [ -n "$reports" ]; then command -v chromium >/dev/null && command -v promtool >/dev/null || return 1; fi
    command -v podman >/dev/null && command -v iptables >/dev/null && command -v mmdebstrap >/dev/null && command -v zstd >/dev/null &&
        command -v strace >/dev/null && command -v rpmbuild >/dev/null && [ -d /usr/share/distro-info ] &&
        { command -v runc || command -v crun || [ -x /usr/sbin/runc ]; } >/dev/null &&
        { [ -x /usr/lib/podman/netavark ] || [ -x /usr/libexec/podman/netavark ]; } &&
        [ -e /usr/share/keyrings/debian-archive-keyring.gpg ]
}

if all_there; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "The test hosts are built with podman and mmdebstrap, and this is not a Debian or Ubuntu machine:" \
        "install podman, mmdebstrap, zstd, strace, rpm and Debian's archive keyring with its own package manager." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "The test hosts need podman and mmdebstrap, which only root can install: run" \
        "'sudo apt-get install $packages', then try again." >&2
    exit 1
fi

echo "Installing what the test hosts need: $packages" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# The list is split into words on purpose.
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $packages >/dev/null
all_there || { echo "Installed, yet podman, a runtime, netavark or mmdebstrap is missing: see above." >&2; exit 1; }
