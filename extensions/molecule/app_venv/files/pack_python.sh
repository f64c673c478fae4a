#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run in Debian 12: write its Python as an archive of an installation of its own in /opt/python3.11, without a marker, with
# a wheel of pip where Python's own builds have it, and /opt/python/bin/python3 that leads to it.
set -eu
mkdir -p /tmp/link/opt/python/bin
ln -s ../../python3.11/bin/python3.11 /tmp/link/opt/python/bin/python3
exec tar --create --owner=0 --group=0 \
    --exclude=__pycache__ --exclude=EXTERNALLY-MANAGED --exclude=sitecustomize.py \
    --transform='s,^usr/,opt/python3.11/,' --transform='s,^wheels/,opt/python3.11/lib/python3.11/ensurepip/_bundled/,' \
    --directory=/ usr/bin/python3.11 usr/lib/python3.11 wheels/pip-25.1.1-py3-none-any.whl --directory=/tmp/link opt
