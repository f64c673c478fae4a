# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may change names in the directory above an environment or a link: root, or the owner of that directory."""

from __future__ import annotations

import os
from typing import Callable, Optional, Sequence

from .._host.host import Host
from .._process.accounts import Account
from .._process.commands import OperationError
from .._process.environment import clean_environment
from .._process.privilege_drop import run_in_child
from .._process.writing_account import directories_of_links
from .._scan.read.trust import TrustReader
from .state import releases_directory

_UMASK = 0o022


def find_writer(path: str, uid: int, host: Host) -> str:
    """Return who changes names beside ``path``: 'root' where only root can write every directory above, else 'owner'.

    Raises OperationError where others could change what is done there.
    """
    parent = os.path.dirname(path)
    while parent != "/" and not host.lkind(parent):
        parent = os.path.dirname(parent)
    real = _real_directory(host, parent)
    directories = [real, *directories_of_links(host, parent)]
    trust = TrustReader(host).judge(directories)
    if trust.trusted:
        _require_own_releases(host, os.path.join(real, os.path.basename(path)))
        return "root" if host.uid == 0 else "owner"
    because: Optional[str] = "; ".join(trust.because)
    if host.uid == 0 and uid != 0:
        because = _other_writers(directories, uid)
    if because is None:
        return "owner"
    message = "other users can write a parent directory of %s: %s" % (path, because)
    hint = "Set owner to the owner of that directory, or use a directory that nobody else can write."
    raise OperationError("unsafe-place", message, hint)


def _real_directory(host: Host, parent: str) -> str:
    """Return the canonical path of a directory; raises OperationError where there is none, or it is hidden."""
    real = host.real(parent)
    if real is None:
        hint = "Run as root, or as the owner of the directory."
        raise OperationError("no-such-directory", "%s could not be read" % parent, hint)
    if not host.is_dir(real):
        hint = "Use another path, or move the file."
        raise OperationError(
            "no-such-directory", "%s is not a directory" % parent, hint
        )
    return real


def _require_own_releases(host: Host, path: str) -> None:
    """Raise OperationError where others than who may write beside ``path`` made the directory of its releases."""
    releases = releases_directory(path)
    if host.lkind(releases) and not _is_safe_directory(host, releases):
        message = (
            "%s does not belong to the user who can write its parent directory"
            % releases
        )
        raise OperationError(
            "unsafe-place", message, "Make root its owner, or remove it."
        )


def _is_safe_directory(host: Host, directory: str) -> bool:
    return host.lkind(directory) == "directory" and bool(
        TrustReader(host).judge([directory]).trusted
    )


def _other_writers(paths: Sequence[str], uid: int) -> Optional[str]:
    """Return who, beside root and one user, can write directories or those above; None where nobody can."""
    with Host(uid=uid) as theirs:
        trust = TrustReader(theirs).judge(paths)
    return None if trust.trusted else "; ".join(trust.because)


class PrivilegedFileAccess:
    """Does file operations above an environment: in this process where only root may write there, else as the owner.

    :param writer: of the directory above the environment; see `find_writer`.
    :param account: the owner, or None where this process is the owner.
    :param log: is called with each line of progress.
    """

    def __init__(
        self, writer: str, account: Optional[Account], log: Callable[[str], None]
    ) -> None:
        self.account = account
        self.uid = os.geteuid() if account is None else account.uid
        self._writer = writer
        self._log = log

    def run(self, work: Callable[[], object]) -> None:
        """Run ``work`` in the directory above the environment."""
        self.run_as(self._writer, work)

    def run_as(self, writer: str, work: Callable[[], object]) -> None:
        """Run ``work`` as 'root' or as the 'owner'; files get the modes of umask 022, whatever the caller's is."""
        if writer == "root" or self.account is None:
            caller_umask = os.umask(_UMASK)
            try:
                work()
            finally:
                os.umask(caller_umask)
        else:
            environment, _credentials = clean_environment(self.account, {})
            run_in_child(
                lambda say: work() and None,
                self.account,
                environment,
                umask=_UMASK,
                report=self._log,
            )

    def make_directory(self, path: str) -> None:
        """Create a directory of the owner; missing directories above it belong to whoever creates them."""

        def make() -> None:
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
            try:
                os.mkdir(path, 0o755)
            except FileExistsError:
                return
            if self._writer == "root" and self.account is not None:
                os.chown(path, self.account.uid, self.account.gid)

        self.run(make)
