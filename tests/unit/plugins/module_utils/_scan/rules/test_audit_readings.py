# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules over what an audit reads beside a scan: startup code, listed packages, ignored files, channels of conda."""

from __future__ import annotations

from typing import Any, List

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.audit_model import (
    AuditReadings,
    CondaInstallation,
    CondaPackage,
    Condarc,
    IgnoredPipConfig,
    StartupHook,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.rules.registry import (
    CHECKS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.specifier import (
    parse_specifier,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Finding,
    ListedPackage,
    Package,
    Undecided,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures import (
    factories as make,
)


def results(rule: str, host: Any, **more: Any) -> List[Any]:
    listed = more.pop("listed", ())
    host = host._replace(more=AuditReadings(**more), listed_packages=listed)
    checks = [check for check in CHECKS if rule in {each.key for each in check.rules}]
    return [row for check in checks for row in check.function(host)]


def entry(name: str, versions: str = "", severity: str = "high") -> ListedPackage:
    clauses = parse_specifier(versions)
    assert clauses is not None
    return ListedPackage(
        name=name,
        versions=versions,
        clauses=clauses,
        reason="stolen keys",
        severity=severity,
    )


def package(name: str, version: str, directory: str) -> Package:
    location = "%s/%s-%s.dist-info" % (directory, name, version)
    return Package(name, version, location, "pip", "pip", "")


VENV = "/srv/app/lib/python3.13/site-packages"
APP = make.environment(path="/srv/app")
HOST = make.host(
    make.python(
        make.installation(
            packages=(
                package("LiteLLM", "1.82.7", make.LOCAL),
                package("six", "1", make.APT),
            )
        )
    ),
    environments=(
        APP._replace(
            environment=APP.environment._replace(
                packages=(package("litellm", "1.82.9", VENV),)
            )
        ),
    ),
)


# --------------------------------------------------------------- listed packages


def test_a_listed_version_is_found_where_it_is_and_no_other() -> None:
    (finding,) = results(
        "listed-package",
        HOST,
        listed=(entry("litellm", "==1.82.7"), entry("litellm", "==1.82.8")),
    )
    assert finding.subject == make.LOCAL + "/LiteLLM-1.82.7.dist-info"
    assert (finding.message, finding.severity) == (
        "LiteLLM 1.82.7 is listed: stolen keys",
        "high",
    )
    assert make.LOCAL in finding.cure


def test_every_version_and_the_severity_of_the_entry() -> None:
    rows = results("listed-package", HOST, listed=(entry("litellm", severity="low"),))
    assert [(row.subject.rpartition("/")[0], row.severity) for row in rows] == [
        (make.LOCAL, "low"),
        (VENV, "low"),
    ]
    assert "installed in /srv/app" in rows[1].evidence


@pytest.mark.parametrize("version", ["", "2004-final"])
def test_a_version_that_cannot_be_compared_is_undecided(version: str) -> None:
    host = make.host(
        make.python(make.installation(packages=(package("x", version, make.LOCAL),)))
    )
    (row,) = results("listed-package", host, listed=(entry("x", "<2"),))
    assert isinstance(row, Undecided)


def test_a_record_of_conda_counts_where_no_distribution_answers_for_the_project() -> (
    None
):
    records = (
        CondaPackage(
            "openssl", "3.0.1", "/srv/app/conda-meta/openssl-3.0.1-0.json", "/srv/app"
        ),
        CondaPackage(
            "litellm", "1.82.7", "/srv/app/conda-meta/litellm-1.82.7-0.json", "/srv/app"
        ),
        CondaPackage(
            "litellm", "1.82.7", "/srv/two/conda-meta/litellm-1.82.7-0.json", "/srv/two"
        ),
    )
    listed = (entry("openssl", "<3.1"), entry("litellm", "==1.82.7"))
    rows = results("listed-package", HOST, listed=listed, conda_packages=records)
    assert [row.subject for row in rows] == [
        make.LOCAL + "/LiteLLM-1.82.7.dist-info", records[0].path, records[2].path,
    ]  # fmt: skip


# ------------------------------------------------------------------ startup code


def test_startup_code_says_who_runs_it_and_what_it_is() -> None:
    hook = StartupHook(
        "/s/x.pth", "pth", ("import os; os.system('x')",), "/usr/bin/python3.13"
    )
    (row,) = results("startup-hook", make.host(), startup_hooks=(hook,))
    assert (row.subject, row.severity) == ("/s/x.pth", "medium")
    assert row.evidence == ("read by /usr/bin/python3.13", "import os; os.system('x')")
    assert "no RECORD and no package owns it" in row.message


def test_altered_and_unknown_startup_code() -> None:
    hook = StartupHook("/s/sitecustomize.py", "sitecustomize", (), "/srv/app")
    altered, unknown = (
        hook._replace(record="/s/x.dist-info/RECORD"),
        hook._replace(unknown="rpm: not run"),
    )
    (row,) = results("startup-hook", make.host(), startup_hooks=(altered,))
    assert "/s/x.dist-info/RECORD" in row.message
    (row,) = results("startup-hook", make.host(), startup_hooks=(unknown,))
    assert isinstance(row, Undecided)


# -------------------------------------------------------------------- pip.conf


def test_all_that_pip_ignores_of_one_file_is_one_finding() -> None:
    rows = (
        IgnoredPipConfig("/etc/pip.conf", "section", "globl", "no command", "global"),
        IgnoredPipConfig("/etc/pip.conf", "key", "install.x", "no option"),
    )
    (row,) = results("pip-config-ignored", make.host(), ignored_pip_configs=rows)
    assert (row.subject, row.severity) == ("/etc/pip.conf", "low")
    assert row.message == "pip ignores the section [globl]: no command, and 1 more"
    assert "pyfleet.python.pip_config" in row.cure
    assert len(row.evidence) == 2


@pytest.mark.parametrize("what", ["place", "file", "key"])
def test_each_kind_names_the_module_that_cures_it(what: str) -> None:
    row = IgnoredPipConfig(
        "/etc/pip/pip.conf", what, "global.x", "why", "/etc/pip.conf"
    )
    (finding,) = results("pip-config-ignored", make.host(), ignored_pip_configs=(row,))
    assert "pyfleet.python.pip_config" in finding.cure
    assert "why" in finding.message


# ----------------------------------------------------------------------- conda


def conda(
    *files: Condarc, version: str = "24.5.0", owner: str = "root"
) -> CondaInstallation:
    return CondaInstallation("/opt/conda", version, owner, files)


def condarc(
    *channels: str, path: str = "/opt/conda/.condarc", user: str = "", **more: Any
) -> Condarc:
    return Condarc(path, user, channels, **more)


@pytest.mark.parametrize(
    "installation",
    [
        conda(condarc("conda-forge")),
        conda(
            condarc(
                "https://conda.anaconda.org/conda-forge",
                "https://repo.example.com/pkgs/main",
            )
        ),
        conda(version="25.9.0"),
        conda(condarc("defaults", default_channels=("conda-forge",))),
        conda(condarc("defaults"), condarc("x", denied=("defaults",))),
        conda(condarc("conda-forge", path="/root/.condarc", user="root")),
    ],
)
def test_conda_forge_alone_is_no_finding(installation: CondaInstallation) -> None:
    assert (
        results(
            "conda-commercial-channel", make.host(), conda_installations=(installation,)
        )
        == []
    )


@pytest.mark.parametrize(
    ("installation", "subject"),
    [
        (conda(condarc("conda-forge", "defaults")), "/opt/conda/.condarc"),
        (conda(condarc("https://repo.anaconda.com/pkgs/main")), "/opt/conda/.condarc"),
        (
            conda(condarc("https://u:p@repo.anaconda.com:443/pkgs/r")),
            "/opt/conda/.condarc",
        ),
        (conda(condarc("pkgs/main")), "/opt/conda/.condarc"),
        (conda(), "/opt/conda"),
        (conda(version="25.8.1"), "/opt/conda"),
        (
            conda(condarc("conda-forge", path="/home/a/.condarc", user="alice")),
            "/opt/conda",
        ),
        (
            conda(
                condarc(
                    "defaults",
                    default_channels=("https://repo.anaconda.com/pkgs/main",),
                )
            ),
            "/opt/conda/.condarc",
        ),
    ],
)
def test_channels_of_anaconda_are_found_where_they_are_configured(
    installation: CondaInstallation, subject: str
) -> None:
    (row,) = results(
        "conda-commercial-channel", make.host(), conda_installations=(installation,)
    )
    assert isinstance(row, Finding)
    assert (row.subject, row.severity) == (subject, "low")
    assert "conda-forge" in row.cure


def test_a_file_that_is_not_understood_is_undecided_and_not_taken_for_none() -> None:
    unknown = Condarc("/opt/conda/.condarc", "", unknown="tags")
    (row,) = results(
        "conda-commercial-channel", make.host(), conda_installations=(conda(unknown),)
    )
    assert isinstance(row, Undecided)
