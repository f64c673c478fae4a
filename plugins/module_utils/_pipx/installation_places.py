# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pipx and its commands are for everyone, and for each user of a host."""

from __future__ import annotations

import os
from typing import NamedTuple, Sequence, Tuple

from .._process.accounts import Account, find_account, shell_of
from .._process.commands import OperationError


class InstallationPlace(NamedTuple):
    """Where pipx is installed in an environment of its own, for everyone or for one user."""

    user: str  # '' for everyone
    home: str  # '' for everyone
    shell: str
    bin_directory: str
    environment: str  # the environment of pipx itself, whether it exists or not
    has_environment: bool


class Accounts(NamedTuple):
    """The users of a request."""

    places: Tuple[InstallationPlace, ...]
    unknown_users: Tuple[str, ...] = ()
    users_without_home: Tuple[str, ...] = ()


def find_places(scope: str, users: Sequence[str]) -> Accounts:
    """Return where pipx is for everyone (scope=global), or for the named users; without names, for the caller."""
    if scope == "global":
        return Accounts((_place_for_everyone(),))
    found, unknown = [], []
    for name in users or [str(os.geteuid())]:
        try:
            found.append(find_account(name))
        except OperationError:
            unknown.append(name)
    return Accounts(
        places=tuple(_place_of(account) for account in found),
        unknown_users=tuple(unknown),
        users_without_home=tuple(
            account.name for account in found if not os.path.isdir(account.home)
        ),
    )


def _place_for_everyone() -> InstallationPlace:
    environment = "/opt/pipx-environment"
    return InstallationPlace(
        user="",
        home="",
        shell="/bin/sh",
        bin_directory="/usr/local/bin",
        environment=environment,
        has_environment=os.path.lexists(environment),
    )


def _place_of(account: Account) -> InstallationPlace:
    home = account.home.rstrip("/")
    environment = home + "/.local/share/pipx-environment"
    return InstallationPlace(
        user=account.name,
        home=home,
        shell=shell_of(account),
        bin_directory=home + "/.local/bin",
        environment=environment,
        has_environment=os.path.lexists(environment),
    )
