#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Report users, files and directories of a host, one record a line, fields separated by tabs. Reads only. On Linux it
# starts six programs at most, however many paths are asked for, and three more for each tree; without getent, some more
# for each user.
#
# gather.sh user:NAME file:PATH link:PATH exists:DIRECTORY parents:PATH tree:PATH ...
#
#   user:     `user`, name, gid and comment, where the user exists
#   file:     `file`, mode, uid, gid and path; after a line `digests`, as sha256sum prints it, the contents
#   link:     `link`, target and path, where the path is a symbolic link
#   exists:   `exists` and path, where it is a directory
#   parents:  `parent`, path and directory, for each existing directory that leads to the path; of each of these
#             `directory`, mode, uid, gid and path
#   tree:     `tree`, a digest of all files below the path, and the path
set -uf
LC_ALL=C
export LC_ALL
tab='	'
newline='
'

print_users() {
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

# print_status KIND -L|'' PATH ...: mode, uid, gid and path of each path that exists; with -L, of what links lead to.
print_status() {
    kind=$1 follow=$2
    shift 2
    # The root exists on each host: where nothing is printed for it, stat is that of BSD.
    output=$(stat ${follow:+"$follow"} -c "$kind$tab%A$tab%u$tab%g$tab%n" -- / "$@" 2>/dev/null)
    if [ -z "$output" ]; then
        output=$(stat ${follow:+"$follow"} -f "$kind$tab%Sp$tab%u$tab%g$tab%N" -- / "$@" 2>/dev/null)
    fi
    printf '%s\n' "$output"
}

print_digests() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum -- "$@" 2>/dev/null
    else
        shasum -a 256 -- "$@" 2>/dev/null
    fi
}

# Print a digest of the names and contents of all files below a directory, or of one file. Version control and bytecode
# are left out: neither is code that runs.
print_tree() {
    if [ -d "$1" ]; then
        cd -P "$1" || return
        set -- . "$1"
    else
        [ -f "$1" ] || return
        set -- "$1" "$1"
    fi
    program='sha256sum'
    command -v sha256sum >/dev/null 2>&1 || program='shasum -a 256'
    # shellcheck disable=SC2086  # a program and its options
    digest=$(find -L "$1" \( -name .git -o -name .hg -o -name .svn -o -name __pycache__ \) -prune -o -type f \
        -exec $program {} + 2>/dev/null | sort | $program)
    printf 'tree\t%s\t%s\n' "${digest%% *}" "$2"
}

# print_parents PATH FROM: print, and add to `directories`, each existing directory from FROM up to the root.
print_parents() {
    at=$2
    while :; do
        if [ -d "${at:-/}" ]; then
            printf 'parent\t%s\t%s\n' "$1" "${at:-/}"
            directories="$directories${at:-/}$newline"
        fi
        if [ -z "$at" ]; then break; fi
        at=${at%/*}
    done
}

# The directories that count are those that a path leads through, and those that links in it lead to.
print_all_parents() {
    print_parents "$1" "$1"
    existing=$1
    while [ -n "$existing" ] && [ ! -d "$existing" ]; do existing=${existing%/*}; done
    physical=$(cd -P "${existing:-/}" && pwd -P)
    if [ "$physical" != "${existing:-/}" ]; then print_parents "$1" "$physical"; fi
}

printf 'uid\t%s\n' "$(id -u)"
names=''
directories=''
for question; do
    shift
    what=${question#*:}
    case $question in
        user:*) names="$names $what" ;;
        file:*) if [ -e "$what" ] || [ -L "$what" ]; then set -- "$@" "$what"; fi ;;
        link:*) if [ -L "$what" ]; then printf 'link\t%s\t%s\n' "$(readlink -- "$what")" "$what"; fi ;;
        exists:*) if [ -d "$what" ]; then printf 'exists\t%s\n' "$what"; fi ;;
        parents:*) print_all_parents "$what" ;;
        tree:*) (print_tree "$what") ;;
    esac
done
# shellcheck disable=SC2086  # no name of a user that the role accepts has a space
if [ -n "$names" ]; then print_users $names; fi
if [ -n "$directories" ]; then
    # In a subshell: the files are needed afterwards.
    (
        IFS=$newline
        # shellcheck disable=SC2086  # split at line breaks alone
        print_status directory -L $directories
    )
fi
if [ $# -gt 0 ]; then
    print_status file "" "$@"
    for file; do
        shift
        if [ -f "$file" ]; then set -- "$@" "$file"; fi
    done
    echo digests
    if [ $# -gt 0 ]; then print_digests "$@"; fi
fi
exit 0
