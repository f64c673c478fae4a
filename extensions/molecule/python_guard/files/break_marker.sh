#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# break_marker.sh PYTHON DAMAGE: do to the EXTERNALLY-MANAGED file what people do: deleted, renamed, edited,
# emptied, directory, diverted, excluded, invented or none.
set -eu
marker=$("$1" -I -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')/EXTERNALLY-MANAGED
case $2 in
    none) ;;
    # pyfleet: ignore[marker-removed] what the role has to restore
    deleted) rm "$marker" ;;
    # pyfleet: ignore[marker-removed] what the role has to restore
    renamed) mv "$marker" "$marker.old" ;;
    emptied) : >"$marker" ;;
    # pyfleet: ignore[marker-removed] what the role has to restore
    directory) rm "$marker"; mkdir "$marker" ;;
    invented) printf '[externally-managed]\nError=Ask the platform team.\n' >"$marker" ;;
    edited) echo " Ask in the chat first." >>"$marker" ;;
    # pyfleet: ignore[marker-removed] what the role has to restore
    diverted) dpkg-divert --rename --add "$marker"; echo "# Ours." >"$marker" ;;
    excluded)
        if command -v dpkg >/dev/null; then
            # pyfleet: ignore[marker-removed] what the role has to restore
            echo "path-exclude=/usr/lib/python3*/EXTERNALLY-MANAGED" >/etc/dpkg/dpkg.cfg.d/zzz-no-marker
        else
            sed -i "s,^\[options\],&\nNoExtract = ${marker#/}," /etc/pacman.conf
        fi
        # pyfleet: ignore[marker-removed] what the role has to restore
        rm "$marker" ;;
    *) echo "break_marker.sh: no such damage: $2" >&2; exit 2 ;;
esac
