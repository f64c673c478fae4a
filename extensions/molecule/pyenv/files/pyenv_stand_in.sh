#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Stands for pyenv: what a version leaves in the root, and shims that carry PYENV_ROOT and the path of pyenv. Its Pythons are
# links to the host's.
set -eu
self=$(readlink -f "$0")
root=${PYENV_ROOT:-$HOME/.pyenv}
command=${1:-}
shift || true

case $command in
    --version)
        echo "pyenv 2.8.1"
        ;;
    install)
        for version; do :; done
        definition=$(dirname "$self")/../plugins/python-build/share/python-build/$version
        if [ ! -e "$definition" ]; then
            echo "python-build: definition not found: $version" >&2
            exit 2
        fi
        bin=$root/versions/$version/bin
        mkdir -p "$bin" "$root/shims"
        python=/usr/bin/python3
        [ ! -x /opt/homebrew/bin/python3 ] || python=/opt/homebrew/bin/python3
        for name in python python3 "python${version%.*}"; do
            ln -s "$python" "$bin/$name"
            {
                echo '#!/usr/bin/env bash'
                echo "export PYENV_ROOT=\"$root\""
                echo "exec \"$self\" exec $name \"\$@\""
            } >"$root/shims/$name"
            chmod 0755 "$root/shims/$name"
        done
        echo "Installed Python-$version to $root/versions/$version"
        ;;
    uninstall)
        for version; do :; done
        rm -r "$root/versions/$version"
        ;;
    exec)
        name=$1
        shift
        exec "$root/versions/$(cat "$root/version")/bin/$name" "$@"
        ;;
    *)
        echo "this stand-in for pyenv does not know: $command" >&2
        exit 1
        ;;
esac
