#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run every part of `make test`, in two lanes side by side, for two cores.
#
#   test.sh "parts of this lane" "parts of the other, whose lines are marked"
#
# Where containers cannot be used, the other lane is left out, and the reason is printed; with CI set that is an error.
# Each lane stops at its first part that fails, unless make was told to keep going.
set -eu
cd "$(dirname "$0")/.."

make=${MAKE:-make}
state=.build/test
keep_going=
MAKEFLAGS=${MAKEFLAGS-}
case $MAKEFLAGS in
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

left_out=
reason=$(sh dev/containers_ready.sh 2>&1) || left_out=$2

# Not awk: that of Debian gives a line only when it has read a block of them.
if [ -z "$left_out" ]; then
    lane other "$2" 2>&1 | while IFS= read -r line; do printf '[containers] %s\n' "$line"; done &
    lane this "$1"
else
    echo "==> LEFT OUT: $left_out. $reason" >&2
    here=
    for part in $1; do
        # The rest of conformance needs the images.
        if [ "$part" = conformance ]; then part=conformance-here; fi
        here="$here $part"
    done
    lane this "$here"
fi
wait

echo "make test:"
cat "$state"/*
if [ -n "$left_out" ]; then
    echo "LEFT OUT, not tested: $left_out. $reason"
    if [ -n "${CI:-}" ]; then
        echo "FAILED: with CI set, nothing may be left out." >&2
        exit 1
    fi
fi
! grep -q FAILED "$state"/*
