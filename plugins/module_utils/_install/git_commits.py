# SPDX-License-Identifier: GPL-3.0-or-later
"""The commits that branches and tags of requirements (``git+URL@REVISION``) lead to now."""

from __future__ import annotations

import re
from typing import Dict, Mapping, NamedTuple, Optional, Sequence

from .._process.commands import OperationError, Run
from .._process.secrets import strip_text

_SECONDS = 60.0
_HASH = re.compile(r"[0-9a-f]{7,64}")
#: Where pip and uv look for a revision, in this order; ^{} is the commit of an annotated tag (gitrevisions(7)).
_PLACES = ("refs/heads/%s", "refs/tags/%s^{}", "refs/tags/%s", "%s")


class Repository(NamedTuple):
    """Where a requirement comes from."""

    url: str  # as git has it
    revision: str  # a branch, a tag or a part of a hash; HEAD where the requirement names none


def parse_git_url(reference: str) -> Optional[Repository]:
    """Parse ``git+URL[@REVISION][#FRAGMENT]``, without credentials; None for what is none.

    As in pip (``VersionControl.get_url_rev_and_auth``), a revision follows the last ``@`` of the path.
    """
    address = reference.partition("#")[0]
    scheme, separator, rest = address.partition("://")
    if not scheme.startswith("git+") or not separator:
        return None
    host, slash, path = rest.partition("/")
    path, _sign, revision = path.rpartition("@") if "@" in path else (path, "", "HEAD")
    return Repository(
        url="%s://%s%s%s" % (scheme[len("git+") :], host, slash, path),
        revision=revision,
    )


def find_commits(
    run: Run, references: Sequence[str], environment: Mapping[str, str]
) -> Dict[str, str]:
    """Return the commit of each reference, by its text without credentials; those that cannot be found are left out.

    :param references: as requirements have them; ``-e `` may precede them.
    :param environment: of git, with the credentials for its servers.
    """
    found: Dict[str, str] = {}
    for reference in references:
        key = strip_text(reference)[0]
        repository = parse_git_url(key[3:] if key.startswith("-e ") else key)
        commit = (
            _find_commit(run, repository, environment) if repository is not None else ""
        )
        if commit:
            found[key] = commit
    return found


def _find_commit(
    run: Run, repository: Repository, environment: Mapping[str, str]
) -> str:
    revision = repository.revision
    command = [
        "git",
        "ls-remote",
        "--quiet",
        "--",
        repository.url,
        revision,
        revision + "^{}",
    ]
    try:
        done = run(command, {**environment, "GIT_TERMINAL_PROMPT": "0"}, "/", _SECONDS)
    except (OSError, OperationError):
        return ""
    if done.status:
        return ""
    commits: Dict[str, str] = {}
    for line in done.output.splitlines():
        commit, _tab, name = line.partition("\t")
        commits[name] = commit
    for place in _PLACES:
        if place % revision in commits:
            return commits[place % revision]
    return revision if _HASH.fullmatch(revision) else ""
