#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `make audit`: put ansible-core, and nothing else, into .venv, then let it run the collection on this machine.
#
#   PYTHON=/path/to/python3    take this one instead of the newest that is fit
#   AUDIT_ARGS='key=value …'   options for the modules
set -eu
cd "$(dirname "$0")/.."

venv=.venv
requirements=dev/requirements/ansible-core.txt
stamp=$venv/.made-by-make-audit
# Best first: those that ansible-core was released for, then newer ones.
versions="3.14 3.13 3.12 3.11 3.15 3.16 3.17"

say() { printf '%s\n' "$*" >&2; }
stop() { say "make audit: $*"; exit 1; }

if [ "$(id -u)" = 0 ]; then sudo=""; else sudo="sudo "; fi

# How a Python is to be had here, as the end of a sentence.
cure_python() {
    if command -v apt-get >/dev/null 2>&1; then
        package=$(apt-cache pkgnames python3.1 2>/dev/null | grep -E '^python3\.1[1-4]-venv$' | sort -V | tail -n 1) || true
        if [ -n "$package" ]; then
            echo "install one with: ${sudo}apt-get install $package"
        else
            echo "this release's own is too old (or run ${sudo}apt-get update first), so install one with uv or pyenv"
        fi
    elif [ -e /run/ostree-booted ]; then echo "install one with: brew, uv or pyenv (this system's /usr is read-only)"
    elif command -v dnf >/dev/null 2>&1; then
        if [ -e /etc/fedora-release ]; then package=python3; else package=python3.12; fi
        echo "install one with: ${sudo}dnf install $package"
    elif command -v zypper >/dev/null 2>&1; then echo "install one with: ${sudo}zypper install python313"
    elif command -v pacman >/dev/null 2>&1; then echo "install one with: ${sudo}pacman -S python"
    elif command -v apk >/dev/null 2>&1; then echo "install one with: ${sudo}apk add python3"
    elif command -v brew >/dev/null 2>&1; then echo "install one with: brew install python@3.13"
    elif [ "$(uname)" = Darwin ]; then echo "install one from https://www.python.org/downloads/macos/ or with Homebrew"
    else echo "install one with uv or pyenv"; fi
}

# How a Python that is here is completed: $1 its version, $2 its path.
cure_venv() {
    case $2 in
        /usr/bin/* | /bin/*)
            if command -v apt-get >/dev/null 2>&1; then
                echo "cure: ${sudo}apt-get install python$1-venv"
                return
            fi ;;
    esac
    echo "so $(cure_python)"
}

# No fit Python: say so in one sentence, with the cure.
give_up() {
    for version in $versions; do
        reasons=$(sh dev/pythons.sh why "$version")
        case $reasons in
            *" lacks "*)
                lacking=$(printf '%s\n' "$reasons" | tr ';' '\n' | sed 's/^ //' | grep ' lacks ' | head -n 1)
                path=${lacking%% lacks *}
                stop "$path lacks ${lacking##* lacks }, so it cannot make a virtual environment;" \
                     "$(cure_venv "$version" "$path")" ;;
            *"belongs to another user"*)
                stop "root runs no Python that another user owns (${reasons%%;*}): run make audit as that user, or" \
                     "name the one to trust with PYTHON=PATH" ;;
        esac
    done
    stop "no Python 3.11 or newer is on PATH or in the usual places; $(cure_python)"
}

# What .venv must have been made from to be used unchanged. It names its own place, as an environment cannot be moved.
wanted() {
    printf '%s\n' "$PWD/$venv" "${PYTHON:-automatic}"
    cat "$requirements"
}

make_venv() {
    if [ -e "$venv" ] && [ ! -e "$stamp" ]; then
        stop "$venv is there and was not made by make audit; move it away, or remove it."
    fi
    if [ -e "$venv" ] && [ ! -w "$venv" ]; then
        stop "$PWD/$venv belongs to another user, who ran make audit here before;" \
             "cure, in this directory: sudo chown -R $(id -un) $venv .build (or take a checkout of your own)."
    elif [ ! -e "$venv" ] && [ ! -w . ]; then
        stop "$(id -un) cannot write to $PWD; run it as the owner of this checkout, or take a checkout of your own."
    fi
    if [ -n "${PYTHON:-}" ]; then
        python=$PYTHON
    else
        say "Looking for a Python 3.11 or newer ..."
        # shellcheck disable=SC2086 # a list of versions
        python=$(sh dev/pythons.sh get $versions) || give_up
    fi
    say "Installing ansible-core into $venv with $python (the first time only) ..."
    # The empty stamp says whose the directory is from the first moment on; its text, that it is whole.
    if [ -d "$venv" ]; then : >"$stamp"; find "$venv" -mindepth 1 -maxdepth 1 ! -name "${stamp##*/}" -exec rm -rf {} +; fi
    mkdir -p "$venv"
    : >"$stamp"
    "$python" -m venv "$venv" || stop "$python could not make a virtual environment: its message is above."
    # pip's settings of the user stay in force (index, proxy, certificates) but those that send packages elsewhere.
    PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 \
        "$venv/bin/python" -m pip install --quiet -r "$requirements" ||
        stop "pip could not install ansible-core (its message is above); it needs a package index, or a mirror" \
             "named by PIP_INDEX_URL."
    wanted >"$stamp"
}

unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT
if [ ! -x "$venv/bin/python" ] || [ "$(wanted)" != "$(cat "$stamp" 2>/dev/null)" ]; then make_venv; fi
exec "$venv/bin/python" dev/audit.py
