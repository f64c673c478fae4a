#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# install_over.sh PYTHON PIP WHEELHOUSE PROJECT...: install projects with pip over those of the distribution, as people do.
set -eu
python=$1 pip=$2 wheelhouse=$3
shift 3
directory=$("$python" -I -c 'import os, platformdirs; print(os.path.dirname(os.path.dirname(platformdirs.__file__)))')
set -- --no-index --find-links="$wheelhouse" --no-cache-dir --no-deps --upgrade --disable-pip-version-check "$@"
if command -v pacman >/dev/null; then
    # Here pip installs where the distribution does, and first removes what the distribution has.
    "$python" "$pip" install --break-system-packages --ignore-requires-python --root-user-action=ignore "$@"
else
    "$python" "$pip" install --target "$directory" --root-user-action=ignore "$@"
fi
