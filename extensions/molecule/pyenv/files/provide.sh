#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Provide pyenv where a host would get it from, and packages without files for what builds need.
#
#   provide.sh apt PACKAGE...      what Debian's pyenv depends on and no build of CPython needs, as one package
#   provide.sh pacman PACKAGE...   the stand-in and the packages, in a repository of pacman that comes first
#   provide.sh rpm PACKAGE...      the stand-in, and the packages as one, installed
#   provide.sh brew PACKAGE...     bottles of the stand-in and of the packages
#   provide.sh git                 a repository of the stand-in; prints the commit of its tag
set -eu
here=$(dirname "$(readlink -f "$0")")
kind=$1
shift
work=$(mktemp -d)

# lay_out DIRECTORY: the files of pyenv
lay_out() {
    mkdir -p "$1/libexec" "$1/bin" "$1/plugins/python-build/share/python-build"
    cp "$here/pyenv_stand_in.sh" "$1/libexec/pyenv"
    chmod 0755 "$1/libexec/pyenv"
    ln -s ../libexec/pyenv "$1/bin/pyenv"
    touch "$1/plugins/python-build/share/python-build/3.12.1" "$1/plugins/python-build/share/python-build/3.13.5"
}

# package_for_pacman NAME: from what is below the directory NAME, with its row in the database of the repository
package_for_pacman() {
    archive=$1-2.8.1-1-any.pkg.tar.zst
    mkdir -p "$work/$1" "$work/database/$1-2.8.1-1"
    printf 'pkgname = %s\npkgver = 2.8.1-1\narch = any\n' "$1" >"$work/$1/.PKGINFO"
    find "$work/$1" -mindepth 1 -maxdepth 1 -printf '%P\n' |
        tar --zstd -C "$work/$1" -cf "$repository/$archive" -T -
    {
        printf '%%FILENAME%%\n%s\n\n%%NAME%%\n%s\n\n%%VERSION%%\n2.8.1-1\n\n%%ARCH%%\nany\n\n' "$archive" "$1"
        printf '%%CSIZE%%\n%s\n\n' "$(stat -c %s "$repository/$archive")"
        printf '%%SHA256SUM%%\n%s\n\n' "$(sha256sum "$repository/$archive" | cut -d' ' -f1)"
    } >"$work/database/$1-2.8.1-1/desc"
}

case $kind in
    apt)
        mkdir -p "$work/nothing/DEBIAN"
        {
            printf 'Package: pyenv-needs-without-files\nVersion: 1\nArchitecture: all\n'
            printf 'Maintainer: pyfleet contributors <nobody@example.com>\nDescription: none\n'
            echo "Provides: $*" | sed 's/ /, /g; s/:,/:/'
        } >"$work/nothing/DEBIAN/control"
        dpkg-deb --build "$work/nothing" "$work/nothing.deb"
        dpkg --install "$work/nothing.deb"
        ;;
    pacman)
        repository=$here/repository
        mkdir "$repository"
        lay_out "$work/pyenv/usr/share/pyenv"
        mkdir "$work/pyenv/usr/bin"
        ln -s ../share/pyenv/libexec/pyenv "$work/pyenv/usr/bin/pyenv"
        for name in pyenv "$@"; do package_for_pacman "$name"; done
        (cd "$work/database" && tar -czf "$repository/stand-in.db" -- *)
        {
            sed '/^\[core\]/,$d' /etc/pacman.conf
            printf '[stand-in]\nSigLevel = Never\nServer = file://%s\n\n' "$repository"
            sed -n '/^\[core\]/,$p' /etc/pacman.conf
        } >"$work/pacman.conf"
        cp "$work/pacman.conf" /etc/pacman.conf
        pacman -Sy
        ;;
    rpm)
        lay_out "$work/pyenv"
        {
            printf 'Name: pyenv\nVersion: 2.8.1\nRelease: 1\nSummary: pyenv\nLicense: MIT\nBuildArch: noarch\nAutoReqProv: no\n'
            for name; do echo "Provides: $name"; done
            printf '%%description\nA stand-in.\n%%install\nmkdir -p %%{buildroot}/usr/share %%{buildroot}/usr/bin\n'
            printf 'cp -a %s %%{buildroot}/usr/share/\n' "$work/pyenv"
            printf 'ln -s ../share/pyenv/libexec/pyenv %%{buildroot}/usr/bin/pyenv\n'
            printf '%%files\n/usr/share/pyenv\n/usr/bin/pyenv\n'
        } >"$work/pyenv.spec"
        command -v rpmbuild || dnf --assumeyes install rpm-build
        rpmbuild --quiet --define "_topdir $work" --define "_rpmdir $work" -bb "$work/pyenv.spec"
        rpm --install "$work"/noarch/pyenv-*.rpm
        ;;
    brew)
        bottles=/opt/homebrew/Library/Bottles
        lay_out "$bottles/pyenv--2.8.1"
        for name; do mkdir -p "$bottles/$name--1/bin"; done
        ;;
    git)
        lay_out "$here/pyenv.git"
        cd "$here/pyenv.git"
        git init --quiet
        git add .
        git -c user.name=Nobody -c user.email=nobody@example.com commit --quiet --message="A stand-in for pyenv"
        git tag v2.8.1
        chmod -R a+rX "$here"
        git rev-parse HEAD >"$here/commit"
        ;;
esac
rm -r "$work"
