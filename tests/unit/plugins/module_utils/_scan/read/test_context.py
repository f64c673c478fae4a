# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs of containers, image builds, WSL, CI and immutable systems, as the files of such places are."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Mount
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.context import (
    read_context,
)

from ...fixtures.trees import Fifo, tree

RUNNING = {"proc/1/environ": b"PATH=/bin\0"}


def signs(tmp_path, *file_sets, **host):
    files = {}
    for each in (RUNNING, *file_sets):
        files.update(each)
    return {
        (sign.kind, sign.what, sign.strength)
        for sign in read_context(tree(tmp_path, files, **host))
    }


def test_a_plain_server_has_none(tmp_path):
    files = {
        "proc/1/cgroup": "0::/init.scope\n",
        "proc/self/mountinfo": "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n",
        "proc/sys/kernel/osrelease": "6.12.43+deb13-amd64\n",
        "proc/sys/kernel/hostname": "db1\n",
        "usr/bin/python3": "",
    }
    assert signs(tmp_path, files, env={"PATH": "/usr/bin", "TERM": "xterm"}) == set()


@pytest.mark.parametrize(
    ("files", "sign"),
    [
        ({".dockerenv": ""}, ("container", "docker", "weak")),
        (
            {"proc/1/cgroup": "12:pids:/docker/0a1b\n"},
            ("container", "docker", "strong"),
        ),
        (
            {"proc/1/cgroup": "0::/system.slice/docker-0a1b.scope\n"},
            ("container", "docker", "strong"),
        ),
        (
            {"proc/1/cgroup": "11:cpu:/libpod_parent/libpod-0a1b\n"},
            ("container", "podman", "strong"),
        ),
        (
            {"proc/1/cgroup": "0::/kubepods/burstable/pod1\n"},
            ("container", "kubernetes", "strong"),
        ),
        ({"proc/1/environ": b"A=b\0container=lxc\0"}, ("container", "lxc", "strong")),
        (
            {"run/systemd/container": "systemd-nspawn\n"},
            ("container", "systemd-nspawn", "strong"),
        ),
        ({"run/.containerenv": ""}, ("container", "podman", "weak")),
        (
            {"run/.containerenv": 'engine="podman-5.4.2"\n'},
            ("container", "podman", "strong"),
        ),
        (
            {"run/.containerenv": 'engine="buildah-1.39.3"\nname="x"\n'},
            ("build", "buildah", "strong"),
        ),
        (
            {"proc/sys/kernel/hostname": "buildkitsandbox\n"},
            ("build", "buildkit", "strong"),
        ),
        ({"kaniko/executor": ""}, ("build", "kaniko", "strong")),
        (
            {"imagegeneration/imagedata.json": "[]"},
            ("disposable", "github-image", "strong"),
        ),
        ({"run/ostree-booted": ""}, ("immutable", "ostree", "strong")),
        (
            {"proc/sys/kernel/osrelease": "6.6.87.2-microsoft-standard-WSL2\n"},
            ("wsl", "wsl2", "strong"),
        ),
        (
            {"proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft\n"},
            ("wsl", "wsl1", "strong"),
        ),
    ],
)
def test_signs_in_files(tmp_path, files, sign):
    assert sign in signs(tmp_path, files)


def test_docker_with_cgroup_v2_shows_in_what_it_mounts(tmp_path):
    line = "601 590 8:1 /var/lib/docker/containers/0a1b/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n"
    files = {"proc/1/cgroup": "0::/\n", "proc/self/mountinfo": line}
    assert signs(tmp_path, files) == {("container", "docker", "strong")}


def test_a_host_of_containers_is_none(tmp_path):
    lines = (
        "30 1 0:50 / /var/lib/docker/containers/0a1b/mounts/shm rw - tmpfs shm rw\n"
        "31 1 0:51 / /run/containers/storage/overlay-containers/0a1b/userdata/shm rw - tmpfs shm rw\n"
        "32 1 8:1 /var/lib/kubelet/pods/7f/v/x /var/lib/kubelet/pods/7f/volume-subpaths/x rw - ext4 /dev/sda1 rw\n"
    )
    assert (
        signs(
            tmp_path,
            {"proc/self/mountinfo": lines, "proc/1/cgroup": "0::/init.scope\n"},
        )
        == set()
    )


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("21 1 8:1 / / ro,relatime - ext4 /dev/sda1 rw\n", True),
        (
            "21 1 8:1 / / ro - ext4 /dev/sda1 rw\n22 21 8:2 / /usr rw - ext4 /dev/sda2 rw\n",
            False,
        ),
        (
            "21 1 8:1 / / rw - btrfs /dev/sda1 rw\n22 21 8:2 / /usr ro - erofs /dev/sda2 ro\n",
            True,
        ),
        ("21 1 8:1 / / rw,errors=remount-ro - ext4 /dev/sda1 ro\n", False),
        ("garbage\n\n1 2\n", False),
    ],
)
def test_read_only_usr(tmp_path, lines, found):
    assert (
        ("immutable", "read-only-usr", "strong")
        in signs(tmp_path, {"proc/self/mountinfo": lines})
    ) is found


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            {"GITHUB_ACTIONS": "true", "RUNNER_ENVIRONMENT": "self-hosted"},
            {("ci", "github-actions", "strong")},
        ),
        (
            {"GITHUB_ACTIONS": "true", "RUNNER_ENVIRONMENT": "github-hosted"},
            {
                ("ci", "github-actions", "strong"),
                ("disposable", "github-actions", "strong"),
            },
        ),
        ({"GITLAB_CI": "true"}, {("ci", "gitlab", "strong")}),
        (
            {"GITLAB_CI": "true", "CI_DISPOSABLE_ENVIRONMENT": "true"},
            {("ci", "gitlab", "strong"), ("disposable", "gitlab", "strong")},
        ),
        (
            {"TF_BUILD": "True", "AGENT_ISSELFHOSTED": "0"},
            {
                ("ci", "azure-pipelines", "strong"),
                ("disposable", "azure-pipelines", "strong"),
            },
        ),
        (
            {"TF_BUILD": "True", "AGENT_ISSELFHOSTED": "1"},
            {("ci", "azure-pipelines", "strong")},
        ),
        ({"CI": "true"}, {("ci", "", "strong")}),
        ({"CI": "false", "GITHUB_ACTIONS": "false"}, set()),
        ({"container": "oci"}, {("container", "oci", "strong")}),
    ],
)
def test_signs_in_the_environment(tmp_path, env, expected):
    assert signs(tmp_path, env=env) == expected


def test_in_a_tree_where_nothing_runs_every_sign_is_weak(tmp_path):
    files = {
        ".dockerenv": "",
        "run/ostree-booted": "",
        "kaniko/executor": "",
        "run/systemd/container": "oci",
    }
    assert {sign.strength for sign in read_context(tree(tmp_path, files))} == {"weak"}


def test_podmans_empty_file_counts_where_it_is_mounted(tmp_path):
    host = tree(tmp_path, {"run/.containerenv": ""}, env={})
    host.mounts = lambda: (Mount("/run/.containerenv", "tmpfs"), Mount("/", "overlay"))
    host.live = True
    assert [(sign.what, sign.strength) for sign in read_context(host)] == [
        ("podman", "strong")
    ]


def test_traps(tmp_path):
    files = {
        "proc/1/environ": Fifo(),
        "proc/1/cgroup": Fifo(),
        "run/systemd/container": b"\xff" * 500,
        "proc/vz/": None,
    }
    found = signs(tmp_path, files)
    assert ("container", "openvz", "strong") in found
    assert all(len(what) <= 40 for _kind, what, _strength in found)
