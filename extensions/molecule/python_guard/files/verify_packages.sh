#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# verify_packages.sh PYTHON: print what differs from the packages, and each distribution beside them that no package owns.
set -eu
directory=$("$1" -I -c 'import os, platformdirs; print(os.path.dirname(os.path.dirname(platformdirs.__file__)))')
if command -v dpkg >/dev/null; then
    dpkg --verify | grep -v '/usr/share/\(doc\|man\|locale\)/' || true
    owner='dpkg --search'
    apt-get check --quiet=2
elif command -v rpm >/dev/null; then
    rpm --verify --all --nomtime | grep "$directory" || true
    owner='rpm --query --file'
else
    pacman --query --check --check 2>&1 | grep "$directory" || true
    owner='pacman --query --owns'
fi
for metadata in "$directory"/*.dist-info/METADATA; do
    if ! $owner "$metadata" >/dev/null 2>&1; then echo "no package owns $metadata"; fi
done
