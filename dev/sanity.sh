#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run ansible-test sanity of one ansible-core on a copy of the repository.
#
#   sanity.sh 2.21      $TEST: a single test, e.g. validate-modules; $ARGS: further arguments
#
# ansible-test wants a real directory .../ansible_collections/pyfleet/python: it resolves the link that the others use.
# It keeps what it makes in the home, so it is given one of its own.
set -eu
cd "$(dirname "$0")/.."

core=$1
environment=$PWD/.build/envs/sanity-$core
work=$PWD/.build/sanity
home=$work/home
python=$environment/bin/python
tree=$work/$core/ansible_collections/pyfleet/python

# pip keeps the user's settings (an index, a proxy, certificates).
mkdir -p "$home/.config" "$home/.ansible/test/cache" "$work/bin"
for settings in .config/pip .pip "Library/Application Support/pip"; do
    if [ -e "$HOME/$settings" ] && [ ! -e "$home/$settings" ]; then
        mkdir -p "$(dirname "$home/$settings")"
        ln -s "$HOME/$settings" "$home/$settings"
    fi
done

# Targets' Pythons under their plain names, as ansible-test looks for them on PATH; shims of version managers left out.
sh dev/pythons.sh all | while IFS="	" read -r version path; do ln -sf "$path" "$work/bin/python$version"; done
plain_path=$(printf '%s\n' "$PATH" | tr ':' '\n' | grep -v '/shims$' | paste -s -d : -)

# ansible-test fetches get-pip.py from its own server. Only where that cannot be reached, ensurepip stands in for it.
pip_version=$("$python" -c '
import types
from ansible_test._internal.python_requirements import get_venv_packages
print(get_venv_packages(types.SimpleNamespace(version="3"))["pip"])')
get_pip=$home/.ansible/test/cache/get_pip_$(printf '%s' "$pip_version" | tr . _).py
if [ ! -e "$get_pip" ]; then
    url=https://ci-files.testing.ansible.com/ansible-test/get-pip-$pip_version.py
    if "$python" -c '
import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=20) as answer, open(sys.argv[2] + ".new", "wb") as file:
    shutil.copyfileobj(answer, file)' "$url" "$get_pip" 2>/dev/null; then
        mv "$get_pip.new" "$get_pip"
    else
        echo "==> $url cannot be reached: pip comes from ensurepip instead"
        rm -f "$get_pip.new"
        # Its wheels unpacked: to install them takes seconds in each of some twenty environments. Debian's has none.
        cat >"$get_pip" <<'PROGRAM'
import ensurepip, pathlib, sysconfig, zipfile
wheels = list(pathlib.Path(ensurepip.__file__).with_name("_bundled").glob("*.whl"))
for wheel in wheels:
    zipfile.ZipFile(wheel).extractall(sysconfig.get_path("purelib"))
if not wheels:
    ensurepip.bootstrap()
PROGRAM
    fi
fi

"$python" dev/sync_tree.py "$tree"
if [ -n "$(find "$tree/tests/sanity" -name 'ignore-*' 2>/dev/null)" ]; then
    echo "there are sanity ignore files; there shall be none" >&2
    exit 1
fi
echo "==> ansible-test sanity, core $core, $("$python" --version)"
cd "$tree"
# It asks git for the files, and the git of the checkout around this copy ignores them all.
git init --quiet
# shellcheck disable=SC2086 # a list of arguments
HOME=$home PATH=$work/bin:$environment/bin:$plain_path \
    "$python" "$environment/bin/ansible-test" sanity --color no ${TEST:+--test "$TEST"} ${ARGS:-}
