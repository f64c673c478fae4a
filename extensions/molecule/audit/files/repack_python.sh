#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# repack_python.sh DIRECTORY: the system's own Python as an installation of its own, without a marker; a stand-in for
# the builds that pyenv and uv bring, which come from places that tests cannot count on.
set -eu
python=$(readlink -f /usr/bin/python3)
name=${python##*/}
stdlib=$("$python" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
library=${stdlib#/usr/}
mkdir -p "$1/bin" "$1/${library%/*}"
cp -p "$python" "$1/bin/$name"
ln -s "$name" "$1/bin/python3"
cp -a "$stdlib" "$1/$library"
# pyfleet: ignore[marker-removed] a copy, which stands for a Python that ships no marker
rm -rf "$1/$library/EXTERNALLY-MANAGED" "$1/$library"/site-packages/* "$1/$library/sitecustomize.py"
# It has to run, or it stands for nothing.
"$1/bin/python3" -I -c 'import sys; sys.exit(sys.prefix != sys.argv[1])' "$1"
