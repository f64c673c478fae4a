# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring about the images of the test hosts: from a registry where one answers, else built; each once per content."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Iterable, NamedTuple

from .containers import TestbedError, podman, say
from .platforms import PLATFORMS, Platform
from .recipes import BUILDER, IMAGES, RECIPES, SOURCE, WORKERS

DIGEST, ORIGIN = "io.pyfleet.digest", "io.pyfleet.origin"
REGISTRY_PATIENCE = 5


class Outcome(NamedTuple):
    """What became of a platform: its image's origin (``registry`` or ``built``), or why there is none.

    ``tried`` tells an image that could not be made from one that there is no way to make here.
    """

    platform: Platform
    origin: str
    problem: str = ""
    tried: bool = True
    seconds: float = 0.0


def digest_of(platform: Platform, origin: str) -> str:
    """Return the digest of all that decides the content of ``platform``'s image from ``origin``."""
    digest = hashlib.sha256(repr((origin, platform)).encode())
    if origin == "built":
        for name in RECIPES[str(platform.recipe)].sources:
            digest.update((SOURCE / name).read_bytes())
    return digest.hexdigest()


def present() -> dict[str, tuple[str, str]]:
    """Return (digest, origin) of every test image that podman holds, by image name."""
    answer = podman("images", "--filter", f"label={DIGEST}", "--format", "json")
    return {
        name: (image["Labels"][DIGEST], image["Labels"].get(ORIGIN, ""))
        for image in json.loads(answer.stdout or "[]")
        for name in image.get("Names") or ()
    }


@lru_cache(maxsize=None)
def answers(registry: str) -> bool:
    """Return whether the registry at host ``registry`` responds; a request for a login is a response."""
    host = "registry-1.docker.io" if registry == "docker.io" else registry
    try:
        urllib.request.urlopen(f"https://{host}/v2/", timeout=REGISTRY_PATIENCE).close()
    except urllib.error.HTTPError as error:
        return error.code in (200, 401)
    except (OSError, ValueError):
        return False
    return True


def pull(platform: Platform) -> None:
    """Build an image from the distribution's own, with what Ansible needs."""
    recipe = f"FROM {platform.registry}\n" + (
        f"RUN {platform.setup}\n" if platform.setup else ""
    )
    labels = [
        f"--label={DIGEST}={digest_of(platform, 'registry')}",
        f"--label={ORIGIN}=registry",
    ]
    podman(
        "build", "--pull", f"--tag={platform.image}", *labels, "--file=-", text=recipe
    )


def build(platform: Platform) -> None:
    """Build the image of ``platform`` from packages and hand it to podman."""
    archive = IMAGES / f"{platform.name}.tar"
    RECIPES[str(platform.recipe)].build(platform.argument, archive)
    try:
        changes = [
            f"LABEL {DIGEST}={digest_of(platform, 'built')}",
            f"LABEL {ORIGIN}=built",
        ]
        options = [option for change in changes for option in ("--change", change)]
        podman("import", "--quiet", *options, archive, platform.image)
    finally:
        archive.unlink(missing_ok=True)


def origins(platform: Platform, choice: str) -> list[str]:
    """Return the origins to try for ``platform``, best first; ``choice`` is registry, built or auto."""
    found = []
    if (
        choice != "built"
        and platform.registry
        and (choice == "registry" or answers(platform.registry.split("/")[0]))
    ):
        found.append("registry")
    if choice != "registry" and platform.recipe:
        found.append("built")
    return found


def ensure_one(
    platform: Platform, choice: str, held: dict[str, tuple[str, str]]
) -> Outcome:
    """See to it that the image of ``platform`` is there."""
    began = time.monotonic()
    problems = []
    current = held.get(platform.image)
    for origin in origins(platform, choice):
        if current == (digest_of(platform, origin), origin):
            return Outcome(platform, origin, seconds=time.monotonic() - began)
        say(f"{platform.name}: getting the image ({origin}) …")
        try:
            (pull if origin == "registry" else build)(platform)
            return Outcome(platform, origin, seconds=time.monotonic() - began)
        except TestbedError as error:
            problems.append(f"{origin}: {error}")
            say(f"{platform.name}: {origin} did not work: {error}")
    where = (
        "no registry answers and it has no built form"
        if choice == "auto"
        else f"it has no '{choice}' form"
    )
    return Outcome(
        platform,
        "",
        "; ".join(problems) or where,
        bool(problems),
        time.monotonic() - began,
    )


def ensure(names: Iterable[str], choice: str = "auto") -> list[Outcome]:
    """See to it that the images of the platforms ``names`` are there, and say what came from where.

    ``choice`` forces an origin (``registry`` or ``built``); ``auto`` prefers a registry that answers.
    """
    wanted = [PLATFORMS[name] for name in names]
    held = present()
    try:
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            return list(
                pool.map(lambda platform: ensure_one(platform, choice, held), wanted)
            )
    finally:
        shutil.rmtree(IMAGES, ignore_errors=True)


def clean() -> None:
    """Remove every image that was made here, the builder's too, with the containers that use them."""
    names = [*present(), BUILDER]
    held = [
        name
        for name in names
        if podman("image", "exists", name, check=False).returncode == 0
    ]
    if held:
        podman("rmi", "--force", *held)
