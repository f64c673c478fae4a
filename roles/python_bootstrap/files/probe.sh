#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Report what a host has, one answer a line, and change nothing. Needs a POSIX shell and nothing else.
# The action python_bootstrap_probe sets before it: minimum (3.9), names (what Ansible looks for, in its order), configured (a path or nothing)
# and managers (package managers, the preferred ones first).
set -u
: "${minimum:?}" "${names:?}" "${managers:?}" "${configured=}"

report() { printf 'python_bootstrap:%s=%s\n' "$1" "$2"; }

# Ansible's modules need these; Debian's python3-minimal is a Python without them.
imports='import sys
print("%d.%d.%d" % sys.version_info[:3])
if sys.version_info[:2] < tuple(int(part) for part in sys.argv[1].split(".")):
    sys.exit(3)
import base64, fcntl, grp, hashlib, json, locale, logging, platform, pwd, select, selectors, shlex, shutil, subprocess
import syslog, tempfile, zipfile'

usable=""
tried=" "
# Start one Python, unless there is a usable one already; only one that Ansible itself would start.
try() {
    if [ -n "$usable" ] || [ ! -x "$1" ] || [ -d "$1" ]; then return; fi
    case $tried in *" $1 "*) return ;; esac
    tried="$tried$1 "
    # Without the Command Line Tools, what lies there on a Mac opens a dialogue on its screen.
    case $system:$1 in Darwin:/usr/bin/*) return ;; esac
    version=$("$1" -I -B -c "$imports" "$minimum" 2>/dev/null </dev/null)
    case $?:$version in
        0:?*) state=usable usable=$1 ;;
        3:?*) state=too-old ;;
        *:?*) state=incomplete ;;
        *) state=broken version=0 ;;
    esac
    report python "$state $version $1"
}

system=$(uname -s)
if [ -f /System/Library/CoreServices/SystemVersion.plist ]; then system=Darwin; fi
report system "$system"
if [ -r /etc/os-release ]; then
    (
        # shellcheck source=/dev/null
        . /etc/os-release
        report release "${PLATFORM_ID:-${ID:-}-${VERSION_ID:-}}"
        report title "${PRETTY_NAME:-${ID:-}}"
    )
fi
if [ -e /run/ostree-booted ]; then report image_based yes; fi

# The system's own Python comes before newer ones.
if [ -n "$configured" ]; then try "$configured"; fi
try /usr/bin/python3
discovered=""
for name in $names; do
    if path=$(command -v "$name"); then
        if [ -z "$discovered" ]; then discovered=$path; fi
        try "$path"
    fi
done
if [ "$system" = Darwin ]; then
    for directory in /opt/homebrew/bin /usr/local/bin /Library/Frameworks/Python.framework/Versions/Current/bin \
        /Library/Developer/CommandLineTools/usr/bin; do
        try "$directory/python3"
    done
fi
if [ -n "$usable" ]; then
    if [ -n "$discovered" ] && ! [ "$discovered" -ef "$usable" ]; then report discovered "$discovered"; fi
    exit 0
fi

PATH=$PATH:/usr/sbin:/sbin
if [ "$system" = Darwin ]; then PATH=/opt/homebrew/bin:/usr/local/bin; fi
stranded=""
for manager in $managers; do
    if path=$(command -v "$manager"); then
        # dnf 4 and yum are written in Python: they may have lost theirs.
        case $manager in
            dnf | yum)
                if ! "$manager" --version >/dev/null 2>&1 </dev/null; then
                    stranded=${stranded:-$manager}
                    continue
                fi ;;
        esac
        report manager "$manager"
        report manager_path "$path"
        exit 0
    fi
done
if [ -n "$stranded" ]; then report stranded "$stranded"; fi
