#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Remove the copies that neither the inventory nor the record of a kept release names; print each that is removed.
#
# prune.sh DIRECTORY ENVIRONMENT KEPT ...
set -eu
directory=$1
releases=$(dirname "$2")/.$(basename "$2").releases
shift 2

for file in "$directory"/*; do
    for kept; do
        if [ "$file" = "$kept" ]; then continue 2; fi
    done
    if [ ! -f "$file" ] || grep -qsF "$file" "$releases"/*/.pyfleet.json; then continue; fi
    rm "$file"
    printf '%s\n' "$file"
done
