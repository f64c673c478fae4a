# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which package is chosen, whether its versions are acceptable, and what is said about it."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.package_records import (
    DistroState,
    PackageCandidate,
    PackageVersions,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.plan import (
    ProjectResult,
    plan_packages,
)
from ansible_collections.pyfleet.python.plugins.module_utils._distro_package.spec import (
    OPTION_TABLE,
    make_spec,
    parse_request,
    validate_options,
)

TABLE = PackageCandidate("python3-yaml", "table", release="debian-12")
NAIVE = PackageCandidate("python3-pyyaml", "naive", guess=True)


def spec(*names: str, **options: Any) -> Any:
    defaults = {name: option.get("default") for name, option in OPTION_TABLE.items()}
    return make_spec({**defaults, "names": list(names), **options})


def result(
    requested: str,
    versions: Mapping[str, PackageVersions],
    candidates: Sequence[PackageCandidate] = (TABLE, NAIVE),
    **state: Any,
) -> ProjectResult:
    found = DistroState("apt", "3.11", {"pyyaml": tuple(candidates)}, versions, **state)
    (row,) = plan_packages(spec(requested), found).results
    return row


@pytest.mark.parametrize(
    ("requested", "installed", "candidate", "status"),
    [
        ("PyYAML", "", "6.0-3+b2", "install"),
        ("PyYAML>=6", "", "6.0-3+b2", "install"),
        ("PyYAML>=6.0.1", "", "6.0-3+b2", "unsuitable"),
        ("PyYAML<7,>=5", "5.4.1-1", "6.0-3", "installed"),
        ("PyYAML>=6", "5.4.1-1", "6.0-3", "upgrade"),
        ("PyYAML>=7", "5.4.1-1", "6.0-3", "unsuitable"),
        ("PyYAML==6.*", "", "2:6.0.2+dfsg-1~deb12u1", "install"),
        ("PyYAML~=6.0", "", "6.1~rc1-1", "install"),
        ("PyYAML>=6", "", "unversioned", "unsuitable"),
    ],
)
def test_versions_are_compared_by_their_upstream_part(
    requested: str, installed: str, candidate: str, status: str
) -> None:
    row = result(requested, {"python3-yaml": PackageVersions(installed, candidate)})
    assert (row.status, row.candidate) == (status, TABLE)
    assert (row.because == "") == (status != "unsuitable")


def test_the_version_of_metadata_is_more_exact_than_that_of_the_package() -> None:
    owner = PackageCandidate(
        "python3-yaml", "installed-metadata", installed_upstream="6.0.1"
    )
    row = result(
        "PyYAML>=6.0.1", {"python3-yaml": PackageVersions("6.0-3", "6.0-3")}, [owner]
    )
    assert (row.status, row.installed_upstream, row.verified) == (
        "installed",
        "6.0.1",
        True,
    )
    assert not result(
        "PyYAML", {"python3-yaml": PackageVersions("6.0-3", "6.0-3")}
    ).verified


def test_a_guess_is_used_only_where_its_package_exists() -> None:
    assert (
        result("PyYAML", {"python3-pyyaml": PackageVersions("", "6-1")}).candidate
        == NAIVE
    )
    nowhere = result("PyYAML", {}, [NAIVE])
    assert (nowhere.candidate.package, nowhere.status, nowhere.because) == (
        "",
        "missing",
        "apt has no package of PyYAML",
    )


def test_what_is_unknown_is_neither_available_nor_missing() -> None:
    found = DistroState(
        "apt", "3.11", {"pyyaml": (TABLE, NAIVE)}, {}, index_missing="no lists"
    )
    plan = plan_packages(spec("PyYAML"), found)
    (row,) = plan.results
    assert (row.status, row.available, row.satisfied, row.because) == (
        "unknown",
        None,
        None,
        "no lists",
    )
    assert (plan.install, plan.missing) == (("python3-yaml",), ())


def test_an_old_version_without_package_lists_is_unknown() -> None:
    versions = {"python3-yaml": PackageVersions("5.4-1", "5.4-1")}
    found = DistroState(
        "apt", "3.11", {"pyyaml": (TABLE,)}, versions, index_missing="no lists"
    )
    plan = plan_packages(spec("PyYAML>=6"), found)
    assert (plan.results[0].status, plan.install, plan.missing) == (
        "unknown",
        ("python3-yaml",),
        (),
    )


def test_the_plan_names_each_package_once_and_says_what_is_missing() -> None:
    versions = {"python3-yaml": PackageVersions("", "6.0-3")}
    found = DistroState("apt", "3.11", {"pyyaml": (TABLE,)}, versions)
    plan = plan_packages(spec("PyYAML>=5", "pyyaml<7", "PyYAML>=9", "litellm"), found)
    assert plan.install == ("python3-yaml",)
    assert plan.missing == ("PyYAML>=9", "litellm")
    assert plan.message == (
        "apt: 2 to install, 1 in another version only, 1 without a package. python3-yaml is 6.0, not PyYAML>=9."
        " apt has no package of litellm."
        " Use a virtual environment (pyfleet.python.venv), or pipx for applications (pyfleet.python.pipx_app)"
    )


def test_homebrew_has_the_reason_and_the_alternative() -> None:
    found = DistroState(
        "homebrew", "3.13", unsupported="Homebrew packages hardly any Python libraries"
    )
    plan = plan_packages(spec("requests", "six"), found)
    assert plan.missing == ("requests", "six")
    assert plan.message.startswith(
        "homebrew: 2 without a package. Homebrew packages hardly any Python libraries. Use"
    )


@pytest.mark.parametrize(
    ("text", "name", "specifier"),
    [
        ("Ruamel.YAML >= 0.17, <1", "ruamel-yaml", ">=0.17,<1"),
        ("requests (>=2)", "requests", ">=2"),
        ("zope.interface", "zope-interface", ""),
    ],
)
def test_requirements_by_name_are_parsed(text: str, name: str, specifier: str) -> None:
    request = parse_request(text)
    assert request is not None
    assert (request.name, request.specifier) == (name, specifier)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"names": ["requests[socks]>=2"]}, "'requests[socks]>=2' has extras"),
        ({"names": ["requests; python_version<'3.9'"]}, "has a marker"),
        (
            {"names": ["requests @ https://example.com/requests.whl"]},
            "is not a name with an optional specifier",
        ),
        ({"names": ["requests>=banana"]}, "has no valid specifier"),
        ({"names": ["--requirement"]}, "is not a name with an optional specifier"),
        ({"names": ["a" * 300]}, "is not a name with an optional specifier"),
        (
            {"names": ["a"], "packages_by_release": {"a": "python3-a"}},
            "are not a dictionary",
        ),
        (
            {"names": ["a"], "packages_by_release": {"a": {"debian-13": "--option=x"}}},
            "'--option=x' is not the name of a package",
        ),
        (
            {"names": ["a"], "packages_by_release": {"a": {"debian-13": None}}},
            "None is not the name of a package",
        ),
        ({}, "neither names nor search is set"),
        ({"search": "a b"}, "search is not part of a name"),
        ({"names": ["requests"], "python": "3.12.1"}, "python is not a minor version"),
    ],
)
def test_invalid_options_are_explained(
    options: Mapping[str, Any], message: str
) -> None:
    params = {name: option.get("default") for name, option in OPTION_TABLE.items()}
    (problem,) = validate_options({**params, **options})
    assert message in problem.message
    assert problem.hint


def test_the_message_stays_short() -> None:
    names = ["nothing-%d" % number for number in range(500)]
    message = plan_packages(spec(*names), DistroState("apt", "3.11")).message
    assert message.startswith(
        "apt: 500 without a package. apt has no package of nothing-0. "
    )
    assert ". And 490 more, in projects. Use a virtual environment" in message
