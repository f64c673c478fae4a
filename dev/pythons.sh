#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Find the Pythons of this machine that can make a virtual environment.
#
#   pythons.sh all             one line "3.N<tab>path" for each minor version, oldest first
#   pythons.sh get 3.N [...]   the path of the first of these that is fit
#   pythons.sh why 3.N         why that one is not fit, in a few words
#
# A candidate is run before it is believed: a pyenv shim without a version behind it, a Debian Python without
# python3-venv, a build without ssl are passed over. Root runs no Python that another user owns.
set -eu

oldest=8
newest=19
uid=$(id -u)
me=$0

# Directories in which a python3.N may be: PATH first, as its order is the user's choice. One per line, as paths hold spaces.
directories() {
    printf '%s\n' "$PATH" | tr ':' '\n'
    printf '%s\n' /usr/bin /usr/local/bin /opt/homebrew/bin /opt/local/bin /home/linuxbrew/.linuxbrew/bin
    home=${HOME:-/nonexistent}
    printf '%s\n' "$home/.local/bin"
    for d in "${PYENV_ROOT:-$home/.pyenv}"/versions/3.*/bin \
             "${XDG_DATA_HOME:-$home/.local/share}"/uv/python/cpython-3.*/bin \
             "${MISE_DATA_DIR:-${XDG_DATA_HOME:-$home/.local/share}/mise}"/installs/python/3.*/bin \
             "${ASDF_DATA_DIR:-$home/.asdf}"/installs/python/3.*/bin \
             "${RUNNER_TOOL_CACHE:-/opt/hostedtoolcache}"/Python/3.*/*/bin \
             /Library/Frameworks/Python.framework/Versions/3.*/bin; do
        printf '%s\n' "$d"
    done
}

# The files named python3.N in those directories, without repetition.
named() {
    directories | awk 'NF && !seen[$0]++' | while IFS= read -r d; do
        if [ -x "$d/python3.$1" ] && [ -f "$d/python3.$1" ]; then printf '%s\n' "$d/python3.$1"; fi
    done
}

# Root may run what root owns, any other user what is theirs or root's.
ours() {
    [ -n "$(find -L "$1" -prune \( -user 0 -o -user "$uid" \) 2>/dev/null)" ]
}

# Say "fit" and the path that the Python itself gives (a shim's is the real one), or what is wrong with a candidate.
examine() {
    if ! ours "$1"; then echo "belongs to another user"; return; fi
    answer=$("$1" -I -c '
import sys
lacks = []
for name in ("venv", "ensurepip", "ssl", "zlib"):
    try:
        __import__(name)
    except ImportError:
        lacks.append(name)
print("is not what its name says" if sys.version_info[:2] != (3, int(sys.argv[1])) else
      "is not a final release" if sys.version_info[3] != "final" else
      "lacks " + " and ".join(lacks) if lacks else "fit " + sys.executable)
' "$2" 2>/dev/null </dev/null) || answer="does not run"
    printf '%s\n' "${answer:-does not run}"
}

# The first fit python3.N; status 1 where there is none.
get() {
    named "$1" | while IFS= read -r candidate; do
        answer=$(examine "$candidate" "$1")
        if [ "${answer#fit }" != "$answer" ]; then printf '%s\n' "${answer#fit }"; break; fi
    done | grep .
}

why() {
    reasons=$(named "$1" | while IFS= read -r candidate; do
        printf '%s %s\n' "$candidate" "$(examine "$candidate" "$1")"
    done | awk '{printf "%s%s", sep, $0; sep = "; "}')
    printf '%s\n' "${reasons:-no python3.$1 found}"
}

minor() {
    case $1 in
        3.[0-9] | 3.[0-9][0-9]) printf '%s\n' "${1#3.}" ;;
        *) echo "$me: not a version such as 3.13: $1" >&2; exit 2 ;;
    esac
}

case ${1-} in
    all)
        n=$oldest
        while [ "$n" -le "$newest" ]; do
            if path=$(get "$n"); then printf '3.%s\t%s\n' "$n" "$path"; fi
            n=$((n + 1))
        done ;;
    get)
        shift
        for version; do
            n=$(minor "$version")
            if get "$n"; then exit 0; fi
        done
        exit 1 ;;
    why) n=$(minor "${2-}"); why "$n" ;;
    *) echo "usage: $me all | get 3.N ... | why 3.N" >&2; exit 2 ;;
esac
