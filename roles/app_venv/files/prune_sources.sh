#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Remove the sets of copied files that neither the inventory nor the record of a kept release names; print each of them.
#
# prune_sources.sh SOURCES ENVIRONMENT KEPT_SET
set -eu
sources=$1
releases=$(dirname "$2")/.$(basename "$2").releases
kept=$3

for each in "$sources"/*; do
    if [ "$each" = "$kept" ] || [ -L "$each" ] || [ ! -e "$each" ]; then continue; fi
    if grep -qsF "$each" "$2/.pyfleet.json" "$releases"/*/.pyfleet.json; then continue; fi
    rm -r "$each"
    printf '%s\n' "$each"
done
