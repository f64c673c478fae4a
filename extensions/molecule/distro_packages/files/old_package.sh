#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Install a python3-attr 1.0 that has nothing but the metadata of attrs.
set -eu
root=$(mktemp -d)
metadata=$root/usr/lib/python3/dist-packages/attrs-1.0.dist-info
mkdir -p "$root/DEBIAN" "$metadata"
chmod 755 "$root"
printf 'Metadata-Version: 2.1\nName: attrs\nVersion: 1.0\n' >"$metadata/METADATA"
cat >"$root/DEBIAN/control" <<'EOF'
Package: python3-attr
Version: 1.0-1
Architecture: all
Maintainer: pyfleet contributors <nobody@example.com>
Description: attrs of a long time ago
EOF
dpkg-deb --build "$root" "$root.deb"
dpkg --install "$root.deb"
