#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# other_minor.sh 3.N: install Debian 12's Python on Debian 13, without what venv needs, but so that the package with that
# can be installed. Debian's distutils, which it asks for, demands that the default Python is no newer: it is installed
# without that, under the name by which python3.N-venv asks for it.
set -eu
export DEBIAN_FRONTEND=noninteractive
echo 'deb http://deb.debian.org/debian bookworm main' >/etc/apt/sources.list.d/bookworm.list
printf 'Package: *\nPin: release n=bookworm\nPin-Priority: 50\n' >/etc/apt/preferences.d/bookworm
apt-get update -qq
apt-get install -qq --yes --no-install-recommends "python$1" >/dev/null
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
