#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Let galaxy-importer judge the built collection, as Galaxy does on upload. It only warns of lint errors: those count here.
set -eu
cd "$(dirname "$0")/.."

environment=$PWD/.build/envs/importer
work=$PWD/.build/importer
tarball=$(ls "$PWD"/.build/dist/pyfleet-python-*.tar.gz)
rm -rf "$work"
mkdir -p "$work"
cat >"$work/galaxy-importer.cfg" <<'CFG'
[galaxy-importer]
CHECK_REQUIRED_TAGS = True
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = True
RUN_FLAKE8 = False
LOG_LEVEL_MAIN = INFO
CFG

echo "==> galaxy-importer on ${tarball##*/}"
cd "$work"
status=0
GALAXY_IMPORTER_CONFIG=$work/galaxy-importer.cfg PATH=$environment/bin:$PATH ANSIBLE_HOME=$work/ansible \
    "$environment/bin/python" -m galaxy_importer.main "$tarball" >log 2>&1 || status=$?
cat log
if [ "$status" != 0 ]; then exit "$status"; fi
if grep -E '^(WARNING|ERROR):' log >/dev/null; then
    echo "galaxy-importer is not content: see the warnings above" >&2
    exit 1
fi
