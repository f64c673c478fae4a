# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What signs add up to, and above all: what is thrown away and what is not."""

from __future__ import annotations

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.context import (
    classify_context,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    ContextSign,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Context,
)


def sign(kind, what, strength="strong", evidence="x"):
    return ContextSign(kind, what, evidence, strength)


KERNEL = sign("wsl", "wsl2", evidence="the kernel is 6.6-microsoft-standard-WSL2")


def test_nothing():
    assert classify_context([]) == Context()


@pytest.mark.parametrize(
    "signs",
    [
        [
            sign("container", "docker"),
            sign("container", "podman"),
        ],  # containers run for years
        [sign("container", "kubernetes")],
        [sign("ci", "github-actions")],  # a runner of one's own is a server
        [
            sign("ci", "jenkins"),
            sign("container", "docker"),
        ],  # so is Jenkins in a container
        [sign("container", "docker", "weak")],
        [sign("build", "kaniko", "weak")],  # an image's tree, mounted
        [sign("disposable", "github-image", "weak")],
        [sign("wsl", "wsl2"), sign("immutable", "ostree")],
    ],
)
def test_kept(signs):
    assert classify_context(signs).throwaway is False


@pytest.mark.parametrize(
    "signs",
    [
        [sign("build", "buildah"), sign("container", "podman")],
        [sign("build", "buildkit")],
        [sign("disposable", "github-actions"), sign("ci", "github-actions")],
        [sign("disposable", "gitlab")],
    ],
)
def test_thrown_away(signs):
    assert classify_context(signs).throwaway is True


def test_weak_signs_are_kept_and_decide_nothing():
    context = classify_context(
        [
            sign("container", "docker", "weak"),
            sign("container", "podman"),
            sign("ci", ""),
        ]
    )
    assert (context.container, context.ci) == ("podman", "unknown")
    assert len(context.signs) == 3
    weak = classify_context(
        [sign("container", "docker", "weak"), sign("immutable", "ostree", "weak")]
    )
    assert (weak.container, weak.immutable, len(weak.signs)) == ("", "", 2)


def test_a_named_ci_goes_before_the_variable_that_all_set():
    assert classify_context([sign("ci", "gitlab"), sign("ci", "")]).ci == "gitlab"
    assert classify_context([sign("disposable", "github-image")]).ci == "github-image"


def test_a_container_on_wsl_is_a_container():
    assert classify_context([KERNEL]).wsl == "wsl2"
    assert (
        classify_context([KERNEL, sign("container", "docker", "weak")]).wsl == "wsl2"
    )  # imported from an image
    assert classify_context([KERNEL, sign("container", "docker")]).wsl == ""
    assert (
        classify_context([KERNEL, sign("container", "docker"), sign("wsl", "wsl2")]).wsl
        == "wsl2"
    )
    assert (
        classify_context(
            [
                sign("wsl", "wsl1", evidence="the kernel is 4.4.0-Microsoft"),
                sign("wsl", ""),
            ]
        ).wsl
        == "wsl1"
    )
