#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Say what there is of users, files and directories, a line each, fields between tabs. Reads only.
#
# look.sh user:NAME file:PATH in:DIRECTORY above:PATH ...
set -u
LC_ALL=C
export LC_ALL

# Print mode, user and group of a path, by their numbers.
state() {
    # shellcheck disable=SC2012  # no other command prints this alike on Linux and macOS
    ls -ldn "$@" 2>/dev/null | {
        read -r mode _links uid gid _rest && printf '%s\t%s\t%s' "$mode" "$uid" "$gid"
    }
}

digest() {
    { sha256sum <"$1" 2>/dev/null || shasum -a 256 <"$1" 2>/dev/null; } | cut -d ' ' -f 1
}

comment() {
    if command -v getent >/dev/null 2>&1; then
        getent passwd "$1" | cut -d : -f 5
    else
        dscl . -read "/Users/$1" RealName 2>/dev/null | sed -e 's/^RealName: *//' | tr -s '\n' ' ' | sed -e 's/^ //; s/ $//'
    fi
}

# Each directory from the path up to the root, those that are there.
climb() {
    at=$2
    while :; do
        if [ -d "$at" ]; then printf 'above\t%s\t%s\t%s\n' "$1" "$at" "$(state -L "$at")"; fi
        if [ "$at" = / ]; then break; fi
        at=$(dirname "$at")
    done
}

printf 'me\t%s\n' "$(id -u)"
for asked; do
    what=${asked#*:}
    case $asked in
        user:*)
            if gid=$(id -g "$what" 2>/dev/null); then printf 'user\t%s\t%s\t%s\n' "$what" "$gid" "$(comment "$what")"; fi ;;
        file:*)
            if [ -e "$what" ] || [ -L "$what" ]; then
                printf 'file\t%s\t%s\t%s\n' "$what" "$(state "$what")" "$(digest "$what")"
            fi ;;
        in:*)
            if [ -d "$what" ]; then
                printf 'in\t%s\n' "$what"
            fi ;;
        above:*)
            climb "$what" "$what"
            there=$what
            while [ ! -d "$there" ]; do there=$(dirname "$there"); done
            physical=$(cd -P "$there" && pwd -P)
            if [ "$physical" != "$there" ]; then climb "$what" "$physical"; fi ;;
    esac
done
