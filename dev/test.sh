#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run every part of `make test`, in two lanes side by side, for two cores.
#
#   test.sh "parts of this lane" "parts of the other, whose lines are marked"
#
# Each lane stops at its first part that fails, unless make was told to keep going.
set -eu
cd "$(dirname "$0")/.."

make=${MAKE:-make}
state=.build/test
keep_going=
case ${MAKEFLAGS-} in
    -*) ;;
    *) case ${MAKEFLAGS%% *} in *k*) keep_going=yes ;; esac ;;
esac
mkdir -p "$state"
rm -f "$state"/*

lane() {
    for part in $2; do
        began=$(date +%s)
        if "$make" "$part"; then result=passed; else result=FAILED; fi
        line="$part: $result in $(($(date +%s) - began)) s"
        echo "==> $line"
        echo "$line" >>"$state/$1"
        if [ "$result" = FAILED ] && [ -z "$keep_going" ]; then break; fi
    done
}

# Not awk: that of Debian gives a line only when it has read a block of them.
lane other "$2" 2>&1 | while IFS= read -r line; do printf '[containers] %s\n' "$line"; done &
lane this "$1"
wait

echo "make test:"
cat "$state/this" "$state/other"
! grep -q FAILED "$state"/*
