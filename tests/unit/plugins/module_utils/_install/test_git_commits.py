# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commit that a branch or a tag leads to, asked of a real repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Mapping, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.git_commits import (
    Repository,
    find_commits,
    parse_git_url,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
}
needs_git = pytest.mark.skipif(
    shutil.which("git") is None, reason="git is not installed"
)


def run(
    argv: Sequence[str], environment: Mapping[str, str], directory: str, seconds: float
) -> CommandResult:
    done = subprocess.run(
        argv,
        env=dict(environment),
        cwd=directory,
        timeout=seconds,
        capture_output=True,
        text=True,
        check=False,
    )
    return CommandResult(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("git+https://h/x.git", Repository("https://h/x.git", "HEAD")),
        ("git+https://h/x.git@main#egg=x", Repository("https://h/x.git", "main")),
        ("git+ssh://git@h/x@feature/y", Repository("ssh://git@h/x", "feature/y")),
        ("git+https://h/a@b/x@v1", Repository("https://h/a@b/x", "v1")),
        ("git+file:///srv/x", Repository("file:///srv/x", "HEAD")),
        ("hg+https://h/x", None),
        ("git+git@h:x", None),
        ("", None),
    ],
)
def test_urls(reference: str, expected: Repository | None) -> None:
    assert parse_git_url(reference) == expected


@needs_git
def test_branches_tags_and_hashes(tmp_path: Path) -> None:
    git = [
        "git",
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.com",
        "-C",
        str(tmp_path),
    ]

    def call(*words: str) -> str:
        return subprocess.run(
            [*git, *words], check=True, capture_output=True, text=True
        ).stdout.strip()

    call("init", "--quiet", "--initial-branch=main")
    call("commit", "--quiet", "--allow-empty", "-m", "one")
    one = call("rev-parse", "HEAD")
    call("tag", "-a", "v1", "-m", "annotated")
    call("branch", "v2/main")  # ends as the branch main does
    call("commit", "--quiet", "--allow-empty", "-m", "two")
    two = call("rev-parse", "HEAD")
    base = "git+file://%s" % tmp_path
    references = [
        base,
        base + "@main",
        base + "@v1",
        base + "@" + one[:8],
        base + "@gone",
        "-e " + base + "#egg=x",
    ]
    assert find_commits(run, references, ENVIRONMENT) == {
        base: two,
        base + "@main": two,
        base + "@v1": one,
        base + "@" + one[:8]: one[:8],
        "-e " + base + "#egg=x": two,
    }


@needs_git
def test_what_cannot_be_asked_is_left_out_and_no_credential_is_a_key() -> None:
    assert (
        find_commits(
            run,
            ["git+file:///nonexistent", "git+ext::sh -c true", "svn+https://h/x"],
            ENVIRONMENT,
        )
        == {}
    )

    def answer(argv: Sequence[str], *_more: object) -> CommandResult:
        assert not any("pass" in word for word in argv)
        return CommandResult(0, "0123\tHEAD\n", "")

    assert find_commits(answer, ["git+https://me:pass@h/x#egg=x"], ENVIRONMENT) == {
        "git+https://h/x#egg=x": "0123"
    }
