#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# distutils_alone.sh 3.N: install Debian's distutils of that Python without Debian's own demand that the default Python is
# no newer, under the name by which python3.N-venv asks for it.
set -eu
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
chmod 755 .
apt-get download -qq python3-distutils
dpkg-deb --raw-extract python3-distutils_*.deb tree
find tree/usr/lib -mindepth 1 -maxdepth 1 ! -name "python$1" -exec rm -r {} +
sed -i -e "s/^Package: .*/Package: python$1-distutils/" -e '/^\(Depends\|Provides\|Breaks\|Replaces\|Conflicts\):/d' tree/DEBIAN/control
rm -f tree/DEBIAN/md5sums tree/DEBIAN/p*
dpkg-deb --build --root-owner-group tree alone.deb >/dev/null
dpkg --install alone.deb
