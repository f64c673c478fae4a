# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of an environment that cannot be meant so: found before anything is touched."""

from __future__ import annotations

import os
import re
from typing import Iterator, NamedTuple, Sequence

from .spec import EnvironmentSpec, Link

_RELEASE = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")
_MODE = re.compile(r"[0-7]{3,4}")
_SCRIPT = re.compile(r"[^/\0\n]+")
#: Directories that an environment may lie in, but never be.
_NEVER = frozenset(
    "/ /Applications /Library /System /Users /Volumes /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt "
    "/opt/homebrew /private /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin "
    "/usr/sbin /usr/share /var /var/lib /var/tmp".split()
)


class Refusal(NamedTuple):
    """Why an option is refused, and what to write instead."""

    option: str
    message: str
    hint: str


def refuse_together(specs: Sequence[EnvironmentSpec]) -> Iterator[Refusal]:
    """Find environments of one call that are the same, or of which one lies in another."""
    seen: dict[str, EnvironmentSpec] = {}
    for spec in specs:
        for path in seen:
            if spec.path == path:
                yield Refusal("path", "two environments have the path %s" % path, "Name each environment once.")
            elif (spec.path + "/").startswith(path + "/") or (path + "/").startswith(spec.path + "/"):
                message = "one environment lies in another: %s and %s" % (path, spec.path)
                yield Refusal("path", message, "Give each a directory of its own.")
        seen[spec.path] = spec


def refuse(spec: EnvironmentSpec) -> Iterator[Refusal]:
    """Find what is wrong with the options of one environment."""
    yield from _refuse_path(spec)
    yield from _refuse_contradictions(spec)
    yield from _refuse_values(spec)
    for link in spec.links:
        yield from _refuse_link(link)


def _refuse_path(spec: EnvironmentSpec) -> Iterator[Refusal]:
    if not spec.path.startswith("/"):
        yield Refusal("path", "path is not absolute: %s" % (spec.path or "(empty)"), "Begin it with a /.")
    elif spec.path in _NEVER:
        yield Refusal("path", "%s is no place for an environment" % spec.path, "Name a directory below it.")
    for option, paths in (
        ("requirements", spec.requirements),
        ("constraints", spec.constraints),
        ("lock", [spec.lock] if spec.lock else []),
        ("ca_bundle", [spec.ca_bundle] if spec.ca_bundle else []),
    ):
        for path in paths:
            if not path.startswith("/"):
                hint = "Give the absolute path of a file on the host; copy it there first if need be."
                yield Refusal(option, "%s names a path that is not absolute: %s" % (option, path), hint)


def _refuse_contradictions(spec: EnvironmentSpec) -> Iterator[Refusal]:
    asked = [name for name in ("packages", "requirements", "lock") if getattr(spec, name)]
    if spec.lock and len(asked) > 1:
        hint = "A lock is the whole environment: leave %s out, or lock it as well." % asked[0]
        yield Refusal("lock", "lock and %s contradict each other" % asked[0], hint)
    if spec.lock and spec.state == "latest":
        yield Refusal("lock", "lock and state=latest contradict each other", "Update the lock, with state=present.")
    if spec.lock and spec.constraints:
        yield Refusal(
            "lock", "lock and constraints contradict each other", "A lock has them all: leave constraints out."
        )
    if spec.release:
        for name in asked:
            yield Refusal("release", "release and %s contradict each other" % name, "Leave %s out to go back." % name)
        if spec.state != "present":
            message = "release and state=%s contradict each other" % spec.state
            yield Refusal("release", message, "Leave state out to switch to a release that was kept.")
        if spec.strategy != "atomic":
            yield Refusal("release", "strategy=in_place keeps no releases", "Take strategy=atomic.")
    if spec.health_check and spec.strategy != "atomic":
        hint = "Take strategy=atomic: then what fails the check never serves."
        yield Refusal("health_check", "strategy=in_place has no release to check before it serves", hint)
    if spec.require_hashes and spec.packages:
        hint = "Write the packages with their hashes into a file, and name it in requirements or lock."
        yield Refusal("require_hashes", "packages cannot carry hashes", hint)
    if spec.no_index and (spec.index_url or spec.extra_index_urls):
        yield Refusal("no_index", "no_index and an index contradict each other", "Leave one of them out.")


def _refuse_values(spec: EnvironmentSpec) -> Iterator[Refusal]:
    for package in spec.packages:
        if package.lstrip().startswith("-") or "\n" in package or not package.strip():
            hint = "Options, editable projects among them, go into a file that requirements names."
            yield Refusal("packages", "packages holds what is no requirement: %r" % package, hint)
    if spec.mode and not _MODE.fullmatch(spec.mode):
        yield Refusal("mode", "mode is not octal: %s" % spec.mode, "Write three or four octal digits, quoted: '0755'.")
    if spec.release and not _RELEASE.fullmatch(spec.release):
        hint = "Give the id that an earlier run returned as release or previous."
        yield Refusal("release", "release is not the id of a release: %s" % spec.release, hint)
    if spec.health_check and not (spec.health_check.command and spec.health_check.command[0]):
        yield Refusal("health_check", "health_check.command is empty", "Give a command and its arguments, as a list.")
    if spec.health_check and spec.health_check.timeout <= 0:
        message = "health_check.timeout is not positive: %g" % spec.health_check.timeout
        yield Refusal("health_check", message, "Give the seconds that the command may take.")
    for option in ("keep", "timeout", "lock_timeout"):
        if getattr(spec, option) < 0:
            yield Refusal(option, "%s is negative: %g" % (option, getattr(spec, option)), "Give 0 or more.")


def _refuse_link(link: Link) -> Iterator[Refusal]:
    if not link.directory.startswith("/"):
        message = "links names a directory that is not absolute: %s" % link.directory
        yield Refusal("links", message, "Give the absolute path of a directory.")
    for name in (link.name, link.alias or link.name):
        if not _SCRIPT.fullmatch(name) or name in (".", ".."):
            yield Refusal("links", "links names what is no name of a script: %r" % name, "Give a name without a slash.")
    if os.path.normpath(link.directory) != link.directory:
        message = "links names a directory in a roundabout way: %s" % link.directory
        yield Refusal("links", message, "Write it without . and .. and without a slash at its end.")
