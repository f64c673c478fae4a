#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Say what there is of users, files and directories, a line each, fields between tabs. Reads only. On Linux it starts six
# programs at the most, for however many; where there is no getent, some more for each user.
#
# look.sh user:NAME file:PATH in:DIRECTORY above:PATH ...
set -uf
LC_ALL=C
export LC_ALL
tab='	'
newline='
'

# Print name, group and comment of each user who is there.
users() {
    if command -v getent >/dev/null 2>&1; then
        getent passwd "$@" | while IFS=: read -r name _password _uid gid comment _rest; do
            printf 'user\t%s\t%s\t%s\n' "$name" "$gid" "$comment"
        done
        return
    fi
    for name; do
        gid=$(id -g "$name" 2>/dev/null) || continue
        comment=$(dscl . -read "/Users/$name" RealName 2>/dev/null | sed -e 's/^RealName: *//' | tr -s '\n' ' ')
        comment=${comment# }
        printf 'user\t%s\t%s\t%s\n' "$name" "$gid" "${comment% }"
    done
}

# Print a word, mode, user and group by number, and the path, of each path that is there; with -L, of what links lead to.
state() {
    word=$1 follow=$2
    shift 2
    # The root is there on each host: where nothing is said of it, stat is that of BSD.
    said=$(stat ${follow:+"$follow"} -c "$word$tab%A$tab%u$tab%g$tab%n" -- / "$@" 2>/dev/null)
    if [ -z "$said" ]; then
        said=$(stat ${follow:+"$follow"} -f "$word$tab%Sp$tab%u$tab%g$tab%N" -- / "$@" 2>/dev/null)
    fi
    printf '%s\n' "$said"
}

# Print and add to `directories` each one from a path up to the root that is there.
climb() {
    at=$2
    while :; do
        if [ -d "${at:-/}" ]; then
            printf 'above\t%s\t%s\n' "$1" "${at:-/}"
            directories="$directories${at:-/}$newline"
        fi
        if [ -z "$at" ]; then break; fi
        at=${at%/*}
    done
}

# The directories that count are those that a path leads through, and those that links in it lead to.
above() {
    climb "$1" "$1"
    there=$1
    while [ -n "$there" ] && [ ! -d "$there" ]; do there=${there%/*}; done
    physical=$(cd -P "${there:-/}" && pwd -P)
    if [ "$physical" != "${there:-/}" ]; then climb "$1" "$physical"; fi
}

printf 'me\t%s\n' "$(id -u)"
names=''
directories=''
for asked; do
    shift
    what=${asked#*:}
    case $asked in
        user:*) names="$names $what" ;;
        file:*) if [ -e "$what" ] || [ -L "$what" ]; then set -- "$@" "$what"; fi ;;
        in:*) if [ -d "$what" ]; then printf 'in\t%s\n' "$what"; fi ;;
        above:*) above "$what" ;;
    esac
done
# shellcheck disable=SC2086  # no name of a user that the role takes has a space
if [ -n "$names" ]; then users $names; fi
if [ -n "$directories" ]; then
    # The files are kept for what comes next.
    (
        IFS=$newline
        # shellcheck disable=SC2086  # it is to be split, at line breaks alone
        state directory -L $directories
    )
fi
if [ $# -gt 0 ]; then
    state file "" "$@"
    for file; do
        shift
        if [ -f "$file" ]; then set -- "$@" "$file"; fi
    done
    echo digests
    if [ $# -eq 0 ]; then
        :
    elif command -v sha256sum >/dev/null 2>&1; then
        sha256sum -- "$@" 2>/dev/null
    else
        shasum -a 256 -- "$@" 2>/dev/null
    fi
fi
exit 0
