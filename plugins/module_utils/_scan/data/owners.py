# SPDX-License-Identifier: GPL-3.0-or-later
"""Package managers, by what tells that one is there: any of these paths; with none, the path asked tells."""

from __future__ import annotations

from typing import Mapping

#: The first that knows a path is its owner: those that own whole directories come first.
OWNERS: Mapping[str, tuple[str, ...]] = {
    "nix": (),  # Nix manual, Store Path: /nix/store/<32 characters>-<name>-<version>
    "guix": (),  # Guix manual, The Store: /gnu/store/<32 characters>-<name>-<version>
    "homebrew": (),  # Homebrew/brew tab.rb: <prefix>/Cellar/<formula>/<version>/INSTALL_RECEIPT.json
    "conda": (),  # conda/base/constants.py PREFIX_MAGIC_FILE: <prefix>/conda-meta/history
    "dpkg": (
        "/var/lib/dpkg/status",
        "/var/lib/dpkg/status.d",
    ),  # dpkg(1) FILES; status.d: distroless images
    "rpm": ("/usr/lib/sysimage/rpm", "/var/lib/rpm"),  # rpm macros, _dbpath
    "pacman": ("/var/lib/pacman/local",),  # pacman(8) --dbpath; libalpm be_local.c
    "apk": (
        "/lib/apk/db/installed",
        "/usr/lib/apk/db/installed",
    ),  # apk-tools database.c apk_db_fdb_read
    "portage": ("/var/db/pkg",),  # portage(5)
    "xbps": ("/var/db/xbps",),  # xbps-pkgdb(1) FILES
    "slackware": ("/var/lib/pkgtools/packages", "/var/log/packages"),  # installpkg(8)
}
