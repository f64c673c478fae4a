# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs that a host is a container, being built, WSL, CI's or immutable; strong if nothing else leaves them."""

from __future__ import annotations

from typing import Iterator

from ..._host.host import MIB, Host, Missing, Unreadable
from ..model import ContextSign

#: file, text in it, kind, what
_TEXTS = """
/proc/1/cgroup /docker/ container docker
/proc/1/cgroup /docker- container docker
/proc/1/cgroup /libpod- container podman
/proc/1/cgroup /kubepods container kubernetes
/proc/1/cgroup /lxc/ container lxc
/proc/1/cgroup /lxc.payload container lxc
/proc/1/cgroup /buildkit/ build buildkit
/proc/sys/kernel/hostname buildkitsandbox build buildkit
/run/.containerenv engine="buildah build buildah
"""
#: What an engine mounts over these files of an image tells it, with cgroup v2 as well: part of the source, kind, what.
_MOUNTED = ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/dev/termination-log")
_SOURCES = """
/docker/containers/ container docker
/overlay-containers/ container podman
/kubelet/pods/ container kubernetes
/buildkit/executor/ build buildkit
"""
_FILES = """
/.dockerenv container docker weak
/dev/lxd/sock container lxc strong
/kaniko/executor build kaniko strong
/run/WSL wsl wsl2 strong
/imagegeneration/imagedata.json disposable github-image strong
/run/ostree-booted immutable ostree strong
/etc/NIXOS immutable nixos strong
"""
#: variable, value or *, kind, what. A CI system's mark alone doesn't say that the machine is thrown away afterwards.
_VARIABLES = """
KUBERNETES_SERVICE_HOST * container kubernetes
WSL_DISTRO_NAME * wsl wsl
GITHUB_ACTIONS true ci github-actions
GITLAB_CI true ci gitlab
TF_BUILD true ci azure-pipelines
JENKINS_URL * ci jenkins
BUILDKITE true ci buildkite
CIRCLECI true ci circleci
TEAMCITY_VERSION * ci teamcity
RUNNER_ENVIRONMENT github-hosted disposable github-actions
CI_DISPOSABLE_ENVIRONMENT true disposable gitlab
AGENT_ISSELFHOSTED 0 disposable azure-pipelines
"""


def read_context(host: Host) -> tuple[ContextSign, ...]:
    """Return every sign with its evidence; all are weak in a directory tree in which nothing runs."""
    nothing: list[ContextSign] = []
    found = host.bounded(
        "context",
        lambda: [*_in_files(host), *_in_environments(host), *_in_mounts(host)],
        nothing,
    )
    signs = dict.fromkeys(found)
    if host.live or host.lstat("/proc/1") is not None:
        return tuple(signs)
    return tuple(sign._replace(strength="weak") for sign in signs)


def _rows(table: str) -> Iterator[list[str]]:
    return map(str.split, table.strip().splitlines())


def _quiet(host: Host, path: str) -> str:
    """Return a file's text; '' if it does not exist or, like /proc/1/environ, is not readable for this user."""
    try:
        return host.read(path, MIB).decode("utf-8", "surrogateescape")
    except (Missing, Unreadable):
        return ""


def _in_files(host: Host) -> Iterator[ContextSign]:
    texts = {path: _quiet(host, path) for path in {row[0] for row in _rows(_TEXTS)}}
    for path, text, kind, what in _rows(_TEXTS):
        if text in texts[path]:
            yield ContextSign(kind, what, "%s holds %s" % (path, text), "strong")
    for path in (
        "/run/systemd/container",
        "/run/host/container-manager",
    ):  # systemd's Container Interface
        name = _quiet(host, path).strip()[:40]
        if name:
            yield ContextSign("container", name, "%s says %s" % (path, name), "strong")
    for path, kind, what, strength in _rows(_FILES):
        if host.lstat(path) is not None:
            yield ContextSign(kind, what, "%s is there" % path, strength)
    yield from _podman(host)
    yield from _wsl(host)
    if host.lstat("/proc/vz") is not None and host.lstat("/proc/bc") is None:
        yield ContextSign(
            "container", "openvz", "/proc/vz is there, /proc/bc is not", "strong"
        )


def _podman(host: Host) -> Iterator[ContextSign]:
    """Yield the sign of podman, which mounts its file over whatever the image has there."""
    path = "/run/.containerenv"
    if host.lstat(path) is not None:
        is_mounted = any(mount.path == path for mount in host.mounts())
        strength = "strong" if is_mounted or _quiet(host, path) else "weak"
        yield ContextSign("container", "podman", "%s is there" % path, strength)


def _wsl(host: Host) -> Iterator[ContextSign]:
    """Yield the sign of WSL, whose kernel containers show as well; WSL 1 has none of its own: 4.4.0-19041-Microsoft."""
    release = _quiet(host, "/proc/sys/kernel/osrelease").strip()
    if "microsoft" in release.lower():
        what = "wsl1" if release.endswith("-Microsoft") else "wsl2"
        yield ContextSign("wsl", what, "the kernel is %s" % release[:80], "strong")


def _in_environments(host: Host) -> Iterator[ContextSign]:
    for variable, wanted, kind, what in [
        *_rows(_VARIABLES),
        ("CI", "true", "ci", ""),
        ("CI", "1", "ci", ""),
    ]:
        value = host.env.get(variable, "").lower()
        if value and wanted in ("*", value):
            yield ContextSign(
                kind, what, "the environment variable %s is set" % variable, "strong"
            )
    first = dict(
        pair.partition("=")[::2] for pair in _quiet(host, "/proc/1/environ").split("\0")
    )
    for owner, environment in (("of process 1", first), ("of this process", host.env)):
        name = environment.get("container", "")[:40]
        if name:
            yield ContextSign(
                "container",
                name,
                "the environment %s has container=%s" % (owner, name),
                "strong",
            )


def _in_mounts(host: Host) -> Iterator[ContextSign]:
    options = {}
    for fields in [
        line.split(" ") for line in _quiet(host, "/proc/self/mountinfo").splitlines()
    ]:
        if len(fields) > 5:
            options[fields[4]] = fields[5].split(",")
            for part, kind, what in _rows(_SOURCES) if fields[4] in _MOUNTED else ():
                if part in fields[3]:
                    yield ContextSign(
                        kind,
                        what,
                        "%s is mounted from %s" % (fields[4], fields[3][:100]),
                        "strong",
                    )
    where = "/usr" if "/usr" in options else "/"
    if "ro" in options.get(where, ()):  # then no package can be installed
        yield ContextSign(
            "immutable", "read-only-usr", "%s is mounted read-only" % where, "strong"
        )
