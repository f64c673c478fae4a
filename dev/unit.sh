#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run the unit tests on each Python.
#
#   unit.sh [3.N ...]     default: $PYTHONS, else all that are found
#   unit.sh ends          the oldest and the newest of these; the oldest as the full run does those between
#
# $TESTS narrows down to these files or folders; $ARGS goes to pytest, which runs in $WORKERS processes.
# Pythons 3.8 to 3.10 are targets and no controllers: they get the tests of what runs on targets. The programs of dev/ run
# on one Python, and are tried on the newest, as is the report in a browser. Pythons between the oldest and the newest get
# fewer examples of Hypothesis (see tests/unit/conftest.py), and neither the tests of what hostile files cost, which is a
# matter of the algorithm, nor those that read the sources, which are the same for all, nor what runs on controllers
# alone: the roles and the plugins get the oldest and the newest Python of a controller.
# With CI set, every version of $REQUIRED_PYTHONS must be there.
set -eu
cd "$(dirname "$0")/.."

supported="3.8 3.9 3.10 3.11 3.12 3.13 3.14"
make=${MAKE:-make}
failed=""
passed=""
missing=""

# shellcheck disable=SC2086 # a list of files
run() {
    version=$1
    # As in a recipe of make, quotes in ARGS are the shell's own.
    eval "set -- ${ARGS-}"
    "$make" -s ".build/envs/unit-$version/.stamp"
    case $version in
        3.8 | 3.9 | 3.10)
            tests=tests/unit/plugins/module_utils
            if [ -d tests/unit/plugins/modules ]; then tests="$tests tests/unit/plugins/modules"; fi ;;
        "$newest") tests=tests/unit ;;
        "$oldest_controller")
            tests="tests/unit --ignore=tests/unit/dev --ignore=tests/unit/plugins/plugin_utils/fleet_report/test_html_in_browser.py" ;;
        *) tests="tests/unit --ignore=tests/unit/dev --ignore=tests/unit/roles --ignore=tests/unit/plugins/plugin_utils" ;;
    esac
    examples=--hypothesis-profile=between
    if [ "$version" = "$newest" ] || { [ -z "$ends" ] && [ "$version" = "$oldest" ]; }; then examples=""; fi
    if [ -n "$examples" ]; then
        for subject in linear_time hostile costly_files; do
            tests="$tests --ignore=tests/unit/plugins/module_utils/_scan/test_$subject.py"
        done
    fi
    if [ "$version" != "$newest" ] && [ "$version" != "$oldest" ]; then
        tests="$tests --ignore=tests/unit/plugins/module_utils/test_architecture.py"
    fi
    workers=${WORKERS:-auto}
    # In a worker of the last xdist for Python 3.8, deep input overflows the stack.
    if [ "$version" = 3.8 ]; then workers=0; fi
    if [ -n "${TESTS:-}" ]; then tests=$TESTS; fi
    echo "==> unit tests on Python $version"
    HYPOTHESIS_STORAGE_DIRECTORY=.build/hypothesis ANSIBLE_HOME="$PWD/.build/ansible" \
        ".build/envs/unit-$version/bin/python" -m pytest -q -n "$workers" --junitxml=".build/reports/unit-$version.xml" \
        $examples $tests "$@"
}

ends=
if [ "$*" = ends ]; then
    ends=yes
    set --
fi
wanted="${*:-${PYTHONS:-}}"
if [ -z "$wanted" ]; then
    found=$(sh dev/pythons.sh all | cut -f 1)
    for version in $supported; do
        if printf '%s\n' "$found" | grep -qx "$version"; then
            wanted="$wanted $version"
        else
            missing="$missing $version"
            echo "==> Python $version is skipped: $(sh dev/pythons.sh why "$version")"
        fi
    done
    if [ -n "${CI:-}" ]; then
        for version in ${REQUIRED_PYTHONS:-}; do
            case " $missing " in *" $version "*) failed="$failed $version(missing)" ;; esac
        done
    fi
fi

# shellcheck disable=SC2086 # a list of versions
sorted=$(printf '%s\n' $wanted | sort -t . -k 2 -n)
oldest=$(printf '%s\n' "$sorted" | head -n 1)
newest=$(printf '%s\n' "$sorted" | tail -n 1)
oldest_controller=$(printf '%s\n' "$sorted" | grep -vxE '3\.(8|9|10)' | head -n 1 || true)
if [ -n "$ends" ]; then
    wanted=$oldest
    if [ "$newest" != "$oldest" ]; then wanted="$oldest $newest"; fi
fi
for version in $wanted; do
    if run "$version"; then passed="$passed $version"; else failed="$failed $version"; fi
done

echo "unit tests: passed on:${passed:- none}; failed on:${failed:- none}; skipped:${missing:- none}"
[ -z "$failed" ] && [ -n "$passed" ]
