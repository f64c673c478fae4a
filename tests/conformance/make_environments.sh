#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes environments on a Debian host, each by the real tool, out of the wheelhouse and without a network. They are kept
# in an image, as that takes a minute. Argument: the wheelhouse's directory.
set -eu
wheels=$1
export LC_ALL=C.UTF-8 PIP_NO_INDEX=1 PIP_FIND_LINKS="$wheels" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1
export UV_NO_INDEX=1 UV_FIND_LINKS="$wheels" UV_OFFLINE=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
cd /srv

python3 -m venv venv
python3 -m venv --without-pip without-pip
python3 -m venv --without-pip --copies --system-site-packages copies
pypy3 -m venv --without-pip pypy
venv/bin/python -m pip install --quiet uv
venv/bin/uv pip install --quiet --python venv/bin/python virtualenv
venv/bin/uv venv --quiet uv
venv/bin/virtualenv --quiet --no-download --no-periodic-update virtualenv

if python3 -c 'import pipes' 2>/dev/null; then # what virtualenv 20.4 imports; Python 3.13 dropped it
	venv/bin/uv pip install --quiet --python without-pip/bin/python virtualenv==20.4.7
	without-pip/bin/virtualenv --quiet --no-download --no-periodic-update old-virtualenv
fi

if [ "$version" != 3.9 ]; then # no pipx of the wheelhouse has all that it takes for Debian 11's Python
	venv/bin/uv pip install --quiet --python venv/bin/python pipx
	venv/bin/pipx install --global --suffix=_new cowsay
fi
if [ -x /usr/bin/pipx ]; then
	/usr/bin/pipx install cowsay
fi

# A Python that is taken away afterwards, as an upgrade of the distribution does it.
mkdir -p /opt/gone/bin
cp "/usr/bin/python$version" /opt/gone/bin/
"/opt/gone/bin/python$version" -m venv --without-pip dangling
rm -r /opt/gone
# uv puts the pip in last.
if UV_FIND_LINKS=/nonexistent venv/bin/uv venv --quiet --no-config --seed half-made 2>/dev/null; then
	echo "uv made an environment whole that it had no pip for" >&2
	exit 1
fi
rm -rf /root/.cache
