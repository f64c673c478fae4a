# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the options of environments before anything is changed."""

from __future__ import annotations

import os
import re
from typing import Iterator, Sequence

from .._install.find_uv import UV_PYTHON
from .._scan.invalid_option import OptionProblem
from .._scan.project_name import canonicalize_name
from .spec import EnvironmentSpec, HealthCheck, Link

_RELEASE = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")
_MODE = re.compile(r"[0-7]{3,4}")
_PROJECT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")  # PEP 508, names
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_SCRIPT = re.compile(r"[^/\0\n]+")
#: Directories that may contain an environment, but never be one.
_NEVER = frozenset(
    "/ /Applications /Library /System /Users /Volumes /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt "
    "/opt/homebrew /private /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin "
    "/usr/sbin /usr/share /var /var/lib /var/tmp".split()
)


def validate_together(specs: Sequence[EnvironmentSpec]) -> Iterator[OptionProblem]:
    """Yield a problem for environments of one call that are the same, or of which one lies in another."""
    seen: dict[str, EnvironmentSpec] = {}
    for spec in specs:
        for path in seen:
            if spec.path == path:
                yield OptionProblem(
                    "path",
                    "two environments have the path %s" % path,
                    "List each environment once.",
                )
            elif (spec.path + "/").startswith(path + "/") or (path + "/").startswith(
                spec.path + "/"
            ):
                message = "one environment is inside another: %s and %s" % (
                    path,
                    spec.path,
                )
                yield OptionProblem(
                    "path", message, "Use a separate directory for each."
                )
        seen[spec.path] = spec


def validate_environment(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    """Yield what is wrong with the options of one environment."""
    yield from _validate_path(spec)
    yield from _validate_contradictions(spec)
    yield from _validate_packages_absent(spec)
    yield from _validate_values(spec)
    for link in spec.links:
        yield from _validate_link(link)


def _validate_path(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    if not spec.path.startswith("/"):
        yield OptionProblem(
            "path",
            "path is not absolute: %s" % (spec.path or "(empty)"),
            "Start it with a slash.",
        )
    elif spec.path in _NEVER:
        yield OptionProblem(
            "path",
            "%s must not be an environment" % spec.path,
            "Set a directory below it.",
        )
    for option, paths in (
        ("requirements", spec.requirements),
        ("constraints", spec.constraints),
        ("lock", [spec.lock] if spec.lock else []),
        ("chdir", [spec.chdir] if spec.chdir else []),
        ("ca_bundle", [spec.ca_bundle] if spec.ca_bundle else []),
    ):
        for path in paths:
            if not path.startswith("/"):
                hint = "Set the absolute path of a file on the host; copy it to the host first."
                yield OptionProblem(
                    option,
                    "%s contains a path that is not absolute: %s" % (option, path),
                    hint,
                )


def _validate_contradictions(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    sources = [
        name for name in ("packages", "requirements", "lock") if getattr(spec, name)
    ]
    if spec.lock:
        yield from _validate_lock(spec, sources)
    if spec.release:
        yield from _validate_release(spec, sources)
    if spec.health_check and spec.strategy != "atomic":
        hint = "Set strategy=atomic: then a release that fails the check is never switched in."
        yield OptionProblem(
            "health_check",
            "strategy=in_place has no release to check before it is used",
            hint,
        )
    if spec.python_source == "uv":
        yield from _validate_uv_python(spec.python)
    if spec.require_hashes and spec.packages:
        hint = "Write the packages with their hashes into a file, and list it in requirements or lock."
        yield OptionProblem("require_hashes", "packages cannot carry hashes", hint)
    if spec.no_index and (spec.index_url or spec.extra_index_urls):
        yield OptionProblem(
            "no_index",
            "no_index and an index contradict each other",
            "Omit one of them.",
        )


def _validate_lock(
    spec: EnvironmentSpec, sources: Sequence[str]
) -> Iterator[OptionProblem]:
    if len(sources) > 1:
        hint = (
            "A lock lists the complete environment: omit %s, or add it to the lock."
            % sources[0]
        )
        yield OptionProblem(
            "lock", "lock and %s contradict each other" % sources[0], hint
        )
    if spec.state == "latest":
        yield OptionProblem(
            "lock",
            "lock and state=latest contradict each other",
            "Update the lock file, and use state=present.",
        )
    if spec.constraints:
        yield OptionProblem(
            "lock",
            "lock and constraints contradict each other",
            "A lock lists all versions: omit constraints.",
        )


def _validate_release(
    spec: EnvironmentSpec, sources: Sequence[str]
) -> Iterator[OptionProblem]:
    for name in sources:
        yield OptionProblem(
            "release",
            "release and %s contradict each other" % name,
            "Omit %s to roll back." % name,
        )
    if spec.state != "present":
        message = "release and state=%s contradict each other" % spec.state
        yield OptionProblem(
            "release", message, "Omit state to switch to a kept release."
        )
    if spec.strategy != "atomic":
        yield OptionProblem(
            "release", "strategy=in_place keeps no releases", "Use strategy=atomic."
        )


def _validate_uv_python(python: str) -> Iterator[OptionProblem]:
    if not UV_PYTHON.fullmatch(python):
        yield OptionProblem(
            "python_source",
            "python_source=uv needs a version of Python, not %s" % (python or "none"),
            'Set python to a version such as "3.13" or "3.13.5".',
        )


def _validate_packages_absent(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    option = "packages_absent"
    requested = {
        canonicalize_name(match.group(1))
        for match in map(_NAME.match, spec.packages)
        if match
    }
    for name in spec.packages_absent:
        if not _PROJECT.fullmatch(name):
            hint = "Write names only, without versions and extras."
            yield OptionProblem(
                option,
                "%s contains an invalid project name: %r" % (option, name),
                hint,
            )
        elif canonicalize_name(name) in requested:
            message = "%s and packages contradict each other: both contain %s" % (
                option,
                name,
            )
            yield OptionProblem(option, message, "Remove it from one of them.")
        elif canonicalize_name(name) == "pip" and spec.pip:
            yield OptionProblem(
                option,
                "%s contains pip" % option,
                "Set pip=false for an environment without pip.",
            )
    if spec.packages_absent and spec.lock:
        hint = "A lock lists the complete environment: remove them from the lock."
        yield OptionProblem(option, "lock and %s contradict each other" % option, hint)
    if spec.packages_absent and spec.release:
        message = "release and %s contradict each other" % option
        yield OptionProblem(option, message, "Omit %s to roll back." % option)


def _validate_values(spec: EnvironmentSpec) -> Iterator[OptionProblem]:
    for package in spec.packages:
        if package.lstrip().startswith("-") or "\n" in package or not package.strip():
            hint = "Put options and editable projects into a requirements file."
            yield OptionProblem(
                "packages",
                "packages contains an invalid requirement: %r" % package,
                hint,
            )
    if spec.mode and not _MODE.fullmatch(spec.mode):
        yield OptionProblem(
            "mode",
            "mode is not octal: %s" % spec.mode,
            "Write three or four octal digits, quoted: '0755'.",
        )
    if spec.release and not _RELEASE.fullmatch(spec.release):
        hint = "Set the id that an earlier run returned as release or previous."
        yield OptionProblem(
            "release", "release is not the id of a release: %s" % spec.release, hint
        )
    if spec.health_check:
        yield from _validate_health_check(spec.health_check)
    for option in ("keep", "timeout", "lock_timeout"):
        if getattr(spec, option) < 0:
            yield OptionProblem(
                option,
                "%s is negative: %g" % (option, getattr(spec, option)),
                "Set 0 or more.",
            )


def _validate_health_check(check: HealthCheck) -> Iterator[OptionProblem]:
    if not (check.command and check.command[0]):
        hint = "Set a command and its arguments, as a list."
        yield OptionProblem("health_check", "health_check.command is empty", hint)
    if check.timeout <= 0:
        message = "health_check.timeout is not positive: %g" % check.timeout
        yield OptionProblem(
            "health_check",
            message,
            "Set the number of seconds that the command may take.",
        )


def _validate_link(link: Link) -> Iterator[OptionProblem]:
    if not link.directory.startswith("/"):
        message = "links contains a directory that is not absolute: %s" % link.directory
        yield OptionProblem("links", message, "Set the absolute path of a directory.")
    for name in (link.name, link.alias or link.name):
        if not _SCRIPT.fullmatch(name) or name in (".", ".."):
            yield OptionProblem(
                "links",
                "links contains an invalid name of a script: %r" % name,
                "Set a name without a slash.",
            )
    if os.path.normpath(link.directory) != link.directory:
        message = "links names a directory that is not normalized: %s" % link.directory
        yield OptionProblem(
            "links", message, "Write it without . and .. and without a trailing slash."
        )
