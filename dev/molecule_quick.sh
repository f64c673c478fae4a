#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run the scenario of every role once, on a platform of one of the families. Together they have every family, and several
# roles on each; every scenario on every platform is `make molecule`.
#
#   molecule_quick.sh             run them
#   molecule_quick.sh platforms   print the platforms, with commas between them
set -eu
cd "$(dirname "$0")/.."

make=${MAKE:-make}
pairs="
    app_venv:debian-13 python_guard:debian-13 venv_support:debian-13
    distro_packages:fedora-43 python_audit:fedora-43 uv:fedora-43
    pipx:archlinux pyenv:archlinux python_bootstrap:archlinux
    pipx:macos-like conda:macos-like
"

if [ "${1:-}" = platforms ]; then
    # shellcheck disable=SC2086 # a list
    printf '%s\n' $pairs | sed 's/.*://' | sort -u | paste -s -d , -
    exit 0
fi
for role in roles/*/; do
    case $pairs in *" $(basename "$role"):"*) ;; *)
        echo "dev/molecule_quick.sh names no platform for the role $(basename "$role")." >&2
        exit 1 ;;
    esac
done
failed=
for pair in $pairs; do
    "$make" molecule SCENARIO="${pair%%:*}" PLATFORM="${pair#*:}" || failed="$failed $pair"
done
if [ -n "$failed" ]; then
    echo "molecule-quick: failed:$failed" >&2
    exit 1
fi
