#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Check that containers can be used here; print one sentence with the reason and the cure, and end with 1, where not.
set -eu
cd "$(dirname "$0")/.."

if [ "$(uname)" != Linux ]; then
    echo "The test hosts are Linux containers: run make test on Linux to include them."
    exit 1
fi
if ! problem=$(sh tests/testbed/prepare_host.sh 2>&1 >/dev/null); then
    printf '%s\n' "$problem" | tail -n 1
    exit 1
fi
if ! problem=$(podman info 2>&1 >/dev/null); then
    case $problem in
        *overlay*) echo "podman has no overlay file system here: set STORAGE_DRIVER=vfs and try again." ;;
        *) echo "podman does not work here: $(printf '%s\n' "$problem" | tail -n 1)" ;;
    esac
    exit 1
fi
