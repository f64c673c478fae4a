#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run every part of `make test`, in two lanes side by side, for two cores.
#
#   test.sh "parts of this lane" "parts of the other, whose lines are marked"
#
# A lane that has finished takes over what the other has not begun: the other lane from the end of this one's list, and
# never the other way round, since containers share one store of images.
# Where containers cannot be used, the other lane is left out, and the reason is printed; with CI set that is an error.
# A lane begins nothing after a part has failed, unless make was told to keep going.
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
rm -rf "$state"
mkdir -p "$state/begun" "$state/results"

lane() {
    for part in $2; do
        # The lane that makes the directory runs the part.
        mkdir "$state/begun/$part" 2>/dev/null || continue
        if [ -z "$keep_going" ] && has_failed; then break; fi
        began=$(date +%s)
        if "$make" "$part"; then result=passed; else result=FAILED; fi
        line="$part: $result in $(($(date +%s) - began)) s"
        echo "==> $line"
        echo "$line" >>"$state/results/$1"
    done
}

has_failed() {
    grep -qs FAILED "$state/results/this" "$state/results/other"
}

reversed=
for part in $1; do reversed="$part $reversed"; done

left_out=
reason=$(sh dev/containers_ready.sh 2>&1) || left_out=$2

# Not awk: that of Debian gives a line only when it has read a block of them.
if [ -z "$left_out" ]; then
    lane other "$2 $reversed" 2>&1 | while IFS= read -r line; do printf '[containers] %s\n' "$line"; done &
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
cat "$state"/results/*
if [ -n "$left_out" ]; then
    echo "LEFT OUT, not tested: $left_out. $reason"
    if [ -n "${CI:-}" ]; then
        echo "FAILED: with CI set, nothing may be left out." >&2
        exit 1
    fi
fi
! has_failed
