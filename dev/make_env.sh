#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Make a virtual environment for a tool of this repository, from scratch.
#
#   make_env.sh DIRECTORY "3.13 3.12 ..." PIP-ARGUMENT...
#
# The first fit Python of those named is taken. The stamp DIRECTORY/.stamp is written last, so a broken-off run is repeated.
set -eu

directory=$1
versions=$2
shift 2

here=$(dirname "$0")
# shellcheck disable=SC2086 # a list of versions
if ! python=$("$here/pythons.sh" get $versions); then
    echo "$directory needs one of Python $versions; none here can make a virtual environment." >&2
    for version in $versions; do
        printf '  %s: %s\n' "$version" "$("$here/pythons.sh" why "$version")" >&2
    done
    exit 1
fi

echo "==> $directory: with $python"
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT
PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_USER PIP_REQUIRE_VIRTUALENV PIP_DISABLE_PIP_VERSION_CHECK
rm -rf "$directory"
mkdir -p "$(dirname "$directory")"
"$python" -m venv "$directory"
# Python compiles what is imported; pip would compile all of it.
"$directory/bin/python" -m pip install --quiet --no-compile "$@"
date -u +%Y-%m-%dT%H:%M:%SZ >"$directory/.stamp"
