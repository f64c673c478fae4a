# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role python_bootstrap does on a host, from the output of its probe; the host may have no Python."""

from __future__ import annotations

import re
import shlex
from typing import Any, Iterator, Mapping, NamedTuple, Optional, Sequence

_LINE = re.compile(r"^python_bootstrap:(\w+)=(.*?)\r?$", re.MULTILINE)
#: Directories from which the role takes the interpreter of an inventory as missing, and not as misspelt.
_INSTALLED_BY_THE_ROLE = ("/usr/bin/", "/opt/homebrew/", "/usr/local/")


class SupportedPythons(NamedTuple):
    """The Pythons on hosts that an ansible-core works with, as 3.N."""

    core: str
    oldest: str
    newest: str


class ProbedPython(NamedTuple):
    """A Python that the probe has started."""

    state: str  # usable, too-old, incomplete or broken
    version: str
    path: str


class Probe(NamedTuple):
    """The output of files/probe.sh."""

    host: Mapping[
        str, str
    ]  # system, release, title, image_based, discovered, manager, manager_path, stranded
    pythons: Sequence[ProbedPython]
    errors: str  # of the shell, where it printed nothing


class Distributions(NamedTuple):
    """The tables of the role, in vars/main/distributions.yml."""

    managers: Mapping[
        str, Mapping[str, Any]
    ]  # by package manager: packages, install, and refresh where there is one
    shipped: Mapping[str, str]  # by release: the version of a Python 3 that is too old


def find_supported(
    cores: Mapping[str, Mapping[str, str]], core: str
) -> SupportedPythons:
    """Return what an ansible-core supports; a later one than all in the table has the last row."""
    row = cores.get(core) or list(cores.values())[-1]
    return SupportedPythons(core=core, oldest=row["oldest"], newest=row["newest"])


def find_configured_interpreter(value: Optional[str]) -> str:
    """Return the path in `ansible_python_interpreter`; empty where it leaves the choice to Ansible, as `auto` does."""
    text = value or ""
    return text if text.startswith("/") and not re.search(r"\s", text) else ""


def parse_probe(output: str, errors: str = "") -> Probe:
    """Parse the output of files/probe.sh; a login may print other lines before it."""
    host: dict[str, str] = {}
    pythons = []
    for key, value in _LINE.findall(output):
        if key == "python":
            pythons.append(ProbedPython(*value.split(" ", 2)))
        else:
            host[key] = value
    return Probe(host, pythons, errors.strip())


def find_usable(probe: Probe, configured: str) -> Optional[ProbedPython]:
    """Return the Python for Ansible: the configured one, where there is one, else the first that works."""
    for python in probe.pythons:
        if python.state == "usable" and configured in ("", python.path):
            return python
    return None


def describe_unusable(probe: Probe) -> str:
    """Return in one sentence why Ansible has no Python."""
    if not probe.pythons:
        return "This host has no Python."
    first = probe.pythons[0]
    return f"Ansible cannot use {first.path}, which is {first.state}."


def find_packages(
    requested: Sequence[str],
    probe: Probe,
    distributions: Distributions,
    supported: SupportedPythons,
) -> list[str]:
    """Return the packages to install: those of the variable, or the distribution's Python 3 with Ansible's bindings."""
    if requested:
        return list(requested)
    names = distributions.managers.get(probe.host.get("manager", ""), {}).get(
        "packages", ()
    )
    return [name.format(newest=supported.newest) for name in names]


def find_commands(
    packages: Sequence[str], probe: Probe, distributions: Distributions
) -> dict[str, str]:
    """Return the shell commands that `refresh` the package lists, empty for none, and `install` the packages."""
    manager = distributions.managers.get(probe.host.get("manager", ""), {})
    if not manager:
        return {"refresh": "", "install": ""}
    path = shlex.quote(probe.host.get("manager_path", ""))
    install = manager["install"].format(manager_path=path)
    return {
        "refresh": manager.get("refresh", ""),
        "install": " ".join([install, *map(shlex.quote, packages)]),
    }


def validate_host(
    probe: Probe,
    distributions: Distributions,
    supported: SupportedPythons,
    configured: str,
    requested: Sequence[str],
) -> Iterator[str]:
    """Yield one sentence for each reason why no Python can be installed, the first cause first."""
    yield from _validate_system(probe)
    yield from _validate_interpreter(probe, configured)
    if not requested:
        yield from _validate_age(probe, supported)
    yield from _validate_manager(probe, distributions)
    if not requested:
        yield from _validate_release(probe, distributions, supported)


def _validate_system(probe: Probe) -> Iterator[str]:
    system = probe.host.get("system")
    if system is None:
        answer = probe.errors or "no answer"
        yield f"This role supports Linux and macOS, and the host reports neither: {answer}."
    elif system not in ("Linux", "Darwin"):
        yield f"This role supports Linux and macOS, and the host reports {system}."


def _validate_interpreter(probe: Probe, configured: str) -> Iterator[str]:
    usable = find_usable(probe, "")
    if configured and usable and not configured.startswith(_INSTALLED_BY_THE_ROLE):
        yield (
            f"ansible_python_interpreter is {configured}, which is not a Python that Ansible can use, while"
            f" {usable.path} ({usable.version}) is one: set it to that."
        )


def _validate_age(probe: Probe, supported: SupportedPythons) -> Iterator[str]:
    old = [python for python in probe.pythons if python.state == "too-old"]
    if old:
        yield (
            f"Python {old[0].version} at {old[0].path} is too old for ansible-core {supported.core}, which needs"
            f" {supported.oldest} or newer on hosts: name a newer one in python_bootstrap_packages, or upgrade the"
            " host."
        )


def _validate_manager(probe: Probe, distributions: Distributions) -> Iterator[str]:
    host = probe.host
    if "image_based" in host:
        yield (
            "This host runs from an image (ostree), which a package manager does not change: add Python to the image,"
            " or layer it with `rpm-ostree install python3` and restart the host."
        )
    if "manager" in host:
        return
    if host.get("system") == "Darwin":
        yield (
            "This Mac has neither Homebrew nor the Command Line Tools, which include a Python: run `xcode-select"
            " --install` on it, or install the one from python.org."
        )
    elif "stranded" in host:
        yield (
            f"This host has lost the Python that its own package manager {host['stranded']} is written in: unpack the"
            " package python3 by hand (`rpm2cpio`), or reinstall the host."
        )
    else:
        names = ", ".join(distributions.managers)
        yield f"This host has no Python, and none of the package managers that this role supports: {names}."


def _validate_release(
    probe: Probe, distributions: Distributions, supported: SupportedPythons
) -> Iterator[str]:
    shipped = distributions.shipped.get(probe.host.get("release", ""))
    if shipped and _numbers(shipped) < _numbers(supported.oldest):
        yield (
            f"{probe.host.get('title')} ships Python {shipped}, which is too old for ansible-core {supported.core}:"
            " name a newer one in python_bootstrap_packages."
        )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
