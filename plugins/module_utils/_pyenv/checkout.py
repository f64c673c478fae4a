# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of a root, and pyenv itself in it, at a commit that is known. All of it runs as the owner."""

from __future__ import annotations

import os
import shutil
from typing import Sequence

from .._host.host import Host
from .._host.program_errors import find_deciding_lines
from .._process.commands import OperationError, Run
from .._process.environment import clean_environment
from .._process.write_file import make_directories
from .._process.writing_account import find_writing_account
from .._scan.read.trust import TrustReader

#: One of these is in every root that pyenv or this collection has worked in.
_TRACES = ("versions", "shims", "version", "plugins", "libexec/pyenv", ".git")
_OUTPUT = 2000  # characters of git's own message


def require_way_of_root(root: str) -> None:
    """Raise OperationError where this process is root's, and another user can change what is at a path."""
    with Host() as host:
        writer = find_writing_account(host, root)
    if writer is not None:
        raise OperationError(
            "unsafe-place",
            "%s is below a directory of %s" % (root, writer.name),
            "Set pyenv_user to that user, or correct pyenv_root.",
        )


class Checkout:
    """Works on one root.

    :param run: runs a command.
    """

    def __init__(self, run: Run, root: str) -> None:
        self._run = run
        self._root = root

    def create_directory(self) -> None:
        """Create the root for a pyenv that is elsewhere."""
        require_way_of_root(self._root)
        make_directories(self._root)
        self._require_owner()

    def update(self, repository: str, tag: str, commit: str) -> None:
        """Bring the files of pyenv to a tag of its repository, if that is the commit that it should be.

        Versions, plugins and archives in the root stay. Without the right commit, no file is changed.
        """
        self.create_directory()
        self._require_own_repository()
        self._git(["init", "--quiet"])
        reference = "refs/tags/" + tag
        refspec = "+%s:%s" % (reference, reference)
        self._git(
            ["fetch", "--quiet", "--no-tags", "--depth=1", "--", repository, refspec]
        )
        found = self._git(["rev-parse", "--verify", reference + "^{commit}"]).strip()
        if found != commit:
            raise OperationError(
                "other-commit",
                "%s of %s is the commit %s, and not %s"
                % (tag, repository, found, commit),
                "Find out why before you trust it; then set pyenv_commit.",
            )
        self._git(["checkout", "--quiet", "--detach", commit])

    def remove(self) -> None:
        """Remove the root with all that is in it."""
        require_way_of_root(self._root)
        self._require_owner()
        entries = os.listdir(self._root)
        is_known = any(
            os.path.lexists(os.path.join(self._root, name)) for name in _TRACES
        )
        if entries and not is_known:
            raise OperationError(
                "not-a-root",
                "%s has nothing of pyenv in it, and is not removed" % self._root,
                "Correct pyenv_root.",
            )
        shutil.rmtree(self._root)

    def _require_owner(self) -> None:
        owner = os.stat(self._root).st_uid
        if owner != os.geteuid():
            raise OperationError(
                "other-owner",
                "%s belongs to the user %d" % (self._root, owner),
                "Set pyenv_user to its owner, or correct pyenv_root.",
            )

    def _require_own_repository(self) -> None:
        """Raise OperationError where git as root would run programs that a configuration names which others can write."""
        tree = self._root + "/.git"
        with Host() as host:
            if host.uid != 0 or not host.lkind(tree):
                return
            trust = TrustReader(host).judge_trees([tree])
        if not trust.trusted:
            raise OperationError(
                "untrusted-root",
                "others than root can change %s: %s"
                % (tree, "; ".join(trust.because[:3])),
                "Remove their write permission, or remove the directory.",
            )

    def _git(self, arguments: Sequence[str]) -> str:
        environment, _credentials = clean_environment(
            None, {"GIT_TERMINAL_PROMPT": "0"}
        )
        command = ["git", "-c", "core.hooksPath=/dev/null", *arguments]
        try:
            done = self._run(command, environment, self._root, 0)
        except OSError as exc:
            message = "git cannot be started: %s" % (exc.strerror or exc)
            raise OperationError("no-git", message, "Install git.") from exc
        if done.status:
            said = (done.errors or done.output).strip()
            message = "git %s failed in %s: %s"
            raise OperationError(
                "git-failed",
                message % (arguments[0], self._root, find_deciding_lines(said)),
                "Correct pyenv_repository and pyenv_version, or what git says.",
                said[-_OUTPUT:],
            )
        return done.output
