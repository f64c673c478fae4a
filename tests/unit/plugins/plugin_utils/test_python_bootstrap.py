# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role python_bootstrap reads of its probe, installs, and fails for."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Sequence

import pytest

yaml = pytest.importorskip("yaml", reason="checked on a controller's Python")

from ansible_collections.pyfleet.python.plugins.plugin_utils.python_bootstrap import (
    Distributions,
    Probe,
    SupportedPythons,
    describe_unusable,
    find_commands,
    find_configured_interpreter,
    find_packages,
    find_supported,
    find_usable,
    parse_probe,
    validate_host,
)

ROLE = Path(__file__).resolve().parents[4] / "roles/python_bootstrap"
TABLES = yaml.safe_load(
    (ROLE / "vars/main/distributions.yml").read_text(encoding="utf-8")
)
DISTRIBUTIONS = Distributions(
    managers=TABLES["__python_bootstrap_managers"],
    shipped=TABLES["__python_bootstrap_shipped"],
)
SUPPORTED = SupportedPythons(core="2.21", oldest="3.9", newest="3.14")
BARE = {"system": "Linux", "manager": "apt-get", "manager_path": "/usr/bin/apt-get"}


def probe(host: Dict[str, str], *pythons: str) -> Probe:
    rows = [*host.items(), *(("python", python) for python in pythons)]
    return parse_probe(
        "Welcome!\r\n" + "".join("python_bootstrap:%s=%s\r\n" % row for row in rows)
    )


def errors(
    found: Probe, configured: str = "", packages: Sequence[str] = ()
) -> List[str]:
    return list(
        validate_host(found, DISTRIBUTIONS, SUPPORTED, configured, list(packages))
    )


def test_a_bare_host_gets_the_python_of_its_package_manager() -> None:
    found = probe(BARE)
    assert find_usable(found, "") is None
    assert errors(found) == []
    packages = find_packages([], found, DISTRIBUTIONS, SUPPORTED)
    assert packages == ["python3", "python3-apt"]
    commands = find_commands(packages, found, DISTRIBUTIONS)
    assert commands["refresh"] == "apt-get --quiet update"
    assert commands["install"].endswith("install python3 python3-apt")


def test_homebrew_is_called_by_its_path_for_the_newest_supported_python() -> None:
    found = probe(
        {
            "system": "Darwin",
            "manager": "brew",
            "manager_path": "/opt/home brew/bin/brew",
        }
    )
    packages = find_packages([], found, DISTRIBUTIONS, SUPPORTED)
    assert find_commands(packages, found, DISTRIBUTIONS) == {
        "refresh": "",
        "install": "NONINTERACTIVE=1 '/opt/home brew/bin/brew' install python@3.14",
    }


def test_requested_packages_are_quoted() -> None:
    found = probe(BARE)
    packages = find_packages(["python3.12", "a;b"], found, DISTRIBUTIONS, SUPPORTED)
    assert find_commands(packages, found, DISTRIBUTIONS)["install"].endswith(
        "install python3.12 'a;b'"
    )


def test_paths_of_pythons_may_have_spaces() -> None:
    found = probe(BARE, "usable 3.13.5 /opt/my python/bin/python3")
    usable = find_usable(found, "")
    assert usable is not None and usable.path == "/opt/my python/bin/python3"


def test_a_configured_interpreter_is_the_only_one_that_counts() -> None:
    found = probe(BARE, "usable 3.13.5 /usr/bin/python3")
    assert find_usable(found, "/usr/bin/python3.9") is None
    assert find_usable(found, "/usr/bin/python3") is not None
    (error,) = errors(found, configured="/opt/none/bin/python3")
    assert error == (
        "ansible_python_interpreter is /opt/none/bin/python3, which is not a Python that Ansible can use, while"
        " /usr/bin/python3 (3.13.5) is one: set it to that."
    )
    assert errors(found, configured="/usr/bin/python3.13") == []


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("/usr/bin/python3", "/usr/bin/python3"),
        ("auto_silent", ""),
        (None, ""),
        ("/usr/bin/env python3", ""),
    ],
)
def test_only_a_path_is_a_configured_interpreter(value: str, path: str) -> None:
    assert find_configured_interpreter(value) == path


@pytest.mark.parametrize(
    ("host", "pythons", "message"),
    [
        ({"system": "FreeBSD"}, [], "the host reports FreeBSD"),
        ({**BARE, "image_based": "yes"}, [], "runs from an image (ostree)"),
        ({"system": "Darwin"}, [], "neither Homebrew nor the Command Line Tools"),
        (
            {"system": "Linux", "stranded": "dnf"},
            [],
            "lost the Python that its own package manager dnf",
        ),
        (
            {"system": "Linux"},
            [],
            "none of the package managers that this role supports: apt-get, dnf5,",
        ),
        (
            BARE,
            ["too-old 3.7.3 /usr/bin/python3"],
            "Python 3.7.3 at /usr/bin/python3 is too old for ansible-core 2.21",
        ),
        (
            {**BARE, "release": "debian-10", "title": "Debian 10"},
            [],
            "Debian 10 ships Python 3.7, which is too old",
        ),
    ],
)
def test_errors(host: Dict[str, str], pythons: List[str], message: str) -> None:
    assert message in errors(probe(host, *pythons))[0]


def test_a_newer_python_can_be_named_where_the_distribution_has_an_old_one() -> None:
    host = {**BARE, "release": "debian-10", "title": "Debian 10"}
    assert (
        errors(probe(host, "too-old 3.7.3 /usr/bin/python3"), packages=["python3.12"])
        == []
    )


def test_a_host_that_answers_nothing_is_told_with_what_the_shell_said() -> None:
    assert "neither: sh: not found." in errors(parse_probe("", "sh: not found\n"))[0]


def test_what_is_unusable_is_told() -> None:
    assert describe_unusable(probe(BARE)) == "This host has no Python."
    text = describe_unusable(probe(BARE, "incomplete 3.13.5 /usr/bin/python3"))
    assert text == "Ansible cannot use /usr/bin/python3, which is incomplete."


def test_a_later_core_has_the_last_row() -> None:
    cores = yaml.safe_load((ROLE / "vars/main/cores.yml").read_text(encoding="utf-8"))[
        "__python_bootstrap_cores"
    ]
    assert find_supported(cores, "2.19").oldest == "3.8"
    assert find_supported(cores, "9.9") == SupportedPythons(
        core="9.9", oldest="3.9", newest="3.14"
    )


def test_the_probe_finds_this_python() -> None:
    settings = {
        "minimum": "3.8",
        "configured": sys.executable,
        "names": "python3",
        "managers": "apt-get",
    }
    script = "".join(
        "%s=%s\n" % (key, shlex.quote(value)) for key, value in settings.items()
    )
    script += (ROLE / "files/probe.sh").read_text(encoding="utf-8")
    printed = subprocess.run(
        ["sh", "-c", script], stdout=subprocess.PIPE, check=True
    ).stdout.decode()
    usable = find_usable(parse_probe(printed), sys.executable)
    assert usable is not None
    assert usable.version == "%d.%d.%d" % sys.version_info[:3]
