#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run the scenarios on the platforms of a scope. Every scenario on every platform is `make molecule`.
#
#   molecule.sh quick             each role on one platform; together they are of every family
#   molecule.sh full              each scenario on the platforms that differ for it
#   molecule.sh platforms SCOPE   print the platforms of a scope, with commas between them
set -eu
cd "$(dirname "$0")/.."

make=${MAKE:-make}

# scenario, the platform of the quick scope or -, and those of the full scope. What a scenario leaves out:
# - ubuntu-24.04 differs from debian-12 in its package names and versions, fedora-40 from fedora-43 in its package manager,
#   fedora-43-marked in the EXTERNALLY-MANAGED file. Environments and reports depend on none of these.
# - debian-11 has no pipx that pipx_app works with.
# - conda and pyenv bring or build Pythons of their own, with what each family has for that.
table() {
    cat <<'TABLE'
app_venv          debian-13   debian-11,debian-13,fedora-43,archlinux,macos-like
audit             -           all
conda             macos-like  debian-11,debian-13,fedora-43,archlinux,macos-like
distro_packages   fedora-43   debian-11,debian-12,debian-13,ubuntu-24.04,fedora-40,fedora-43,archlinux,macos-like
pipx              archlinux   debian-11,debian-12,debian-13,fedora-43,archlinux,macos-like
pipx_app          -           debian-12,debian-13,ubuntu-24.04,fedora-43,archlinux,macos-like
pyenv             archlinux   debian-11,debian-13,fedora-43,archlinux,macos-like
python_audit      fedora-43   debian-11,debian-13,fedora-43,archlinux,macos-like
python_bootstrap  archlinux   debian-11,debian-12,debian-13,fedora-40,fedora-43,fedora-43-marked,archlinux,macos-like
python_guard      archlinux   all
uv                fedora-43   all
venv              -           debian-11,debian-13,fedora-43,archlinux,macos-like
venv_support      debian-13   debian-11,debian-12,debian-13,ubuntu-24.04,fedora-43,fedora-43-marked,archlinux,macos-like
TABLE
}

# Print the platforms of scenario $2 in scope $1: "all", a list with commas, or nothing.
platforms_of() {
    case $1 in quick) column=2 ;; full) column=3 ;; esac
    table | awk -v name="$2" -v column="$column" '$1 == name && $column != "-" { print $column }'
}

scenarios() {
    for playbook in extensions/molecule/*/converge.yml; do basename "$(dirname "$playbook")"; done
}

if [ "${1:-}" = platforms ]; then
    all=
    for scenario in $(scenarios); do all="$all,$(platforms_of "$2" "$scenario")"; done
    echo "$all" | tr , '\n' | sed '/^$/d' | sort -u | paste -s -d , -
    exit 0
fi
scope=$1

for scenario in $(scenarios); do
    if [ -z "$(platforms_of full "$scenario")" ]; then
        echo "dev/molecule.sh names no platform for the scenario $scenario." >&2
        exit 1
    fi
done
for role in roles/*/; do
    if [ -z "$(platforms_of quick "$(basename "$role")")" ]; then
        echo "dev/molecule.sh names no platform of the quick scope for the role $(basename "$role")." >&2
        exit 1
    fi
done

failed=
times=
for scenario in $(scenarios); do
    platforms=$(platforms_of "$scope" "$scenario")
    if [ -z "$platforms" ]; then continue; fi
    if [ "$platforms" = all ]; then platforms=; fi
    began=$(date +%s)
    result=passed
    "$make" molecule SCENARIO="$scenario" PLATFORM="$platforms" || result=FAILED
    if [ "$result" = FAILED ]; then failed="$failed $scenario"; fi
    line="$scenario on ${platforms:-all platforms}: $result in $(($(date +%s) - began)) s"
    echo "==> molecule: $line"
    times="$times
  $line"
done
echo "molecule, scope $scope:$times"
if [ -n "$failed" ]; then
    echo "molecule: failed:$failed" >&2
    exit 1
fi
