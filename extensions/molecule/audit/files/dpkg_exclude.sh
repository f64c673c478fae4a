#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# dpkg_exclude.sh FILE PACKAGE: have dpkg leave the file out, and unpack its package without it.
set -eu
echo "path-exclude=$1" >/etc/dpkg/dpkg.cfg.d/no-marker
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --yes --reinstall "$2"
rm -f "$1"
