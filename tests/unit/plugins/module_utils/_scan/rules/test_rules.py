# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule over a hand-built host: what it says, of what, and on what it stays silent."""

from __future__ import annotations

from typing import Any, List

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.verdict import (
    needed,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Candidate,
    Diversion,
    Exclusion,
    Owner,
    Ownership,
    PipConfigFile,
    PipReading,
    Settings,
    SiteDirectory,
    System,
    SystemCommand,
    Trust,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.rules.registry import (
    BY_KEY,
    CHECKS,
    RULES,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.rules.rule import (
    SEVERITIES,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Context,
    Effective,
    Finding,
    Override,
    Package,
    Undecided,
    VenvVerdict,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures import (
    factories as make,
)

#: What is judged by a function; waiver-expired is judged over the findings of the others.
CHECKED = sorted({rule.key for check in CHECKS for rule in check.rules})
PYENV = "/home/alice/.pyenv/versions/3.9.18/bin/python3.9"


def said(rule: str, host: Any) -> List[Any]:
    checks = [check for check in CHECKS if rule in {each.key for each in check.rules}]
    return [row for check in checks for row in check.function(host) if row.rule == rule]


def found(rule: str, host: Any) -> Finding:
    """Return the one finding of a rule."""
    (only,) = said(rule, host)
    assert isinstance(only, Finding)
    assert (only.rule, only.severity) == (rule, BY_KEY[rule].severity)
    assert only.id == "%s:%s" % (rule, only.subject)
    assert only.message
    assert only.cure
    return only


def undecided(rule: str, host: Any) -> Undecided:
    (only,) = said(rule, host)
    assert isinstance(only, Undecided)
    assert only.rule == rule
    assert only.reason
    return only


# ------------------------------------------------------------------------- table


def test_the_rules_are_those_of_the_contract() -> None:
    contract = (
        "marker-removed marker-altered marker-diverted marker-neutralised pip-in-system-packages "
        "system-package-overwritten shadows-system-package venv-support-missing environment-broken "
        "environment-incomplete environment-stale pipx-application-broken pipx-not-on-path python-end-of-life "
        "python-shadows-system interpreter-writable waiver-expired unknown-python "
        "system-python-broken listed-package startup-hook pip-config-ignored conda-commercial-channel"
    )
    assert sorted(contract.split()) == [rule.key for rule in RULES]
    assert set(CHECKED) == set(BY_KEY) - {"waiver-expired"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_each_rule_has_all_that_a_reader_needs(rule: Any) -> None:
    assert rule.severity in SEVERITIES
    assert rule.cure.endswith(".")
    assert set(rule.needs) <= {
        "installations",
        "environments",
        "packages",
        "pip_config",
    }


@pytest.mark.parametrize("text", [rule.cure for rule in RULES])
def test_no_cure_is_to_break_the_protection(text: str) -> None:
    assert "break-system-packages" not in text
    assert "rm " not in text


def test_a_subset_is_gathered_only_for_the_rules_that_judge_it() -> None:
    assert needed(["environment-broken"]) == ("environments",)
    assert needed(["marker-removed", "pipx-not-on-path"]) == (
        "environments",
        "installations",
    )
    assert needed(["waiver-expired"]) == ()
    assert needed(BY_KEY) == ("environments", "installations", "packages", "pip_config")


@pytest.mark.parametrize("rule", CHECKED)
def test_nothing_is_said_of_a_sound_host(rule: str) -> None:
    host = make.host(
        make.python(),
        environments=(
            make.environment(),
            make.environment(
                kind="pipx", pipx=make.pipx_reading(), path="/opt/pipx/venvs/black"
            ),
        ),
        commands=(make.command("/usr/bin/python3", make.EXE),),
        search_paths=(make.search_path("login", "/usr/local/bin", "/usr/bin"),),
    )
    assert said(rule, host) == []


@pytest.mark.parametrize("rule", CHECKED)
def test_nothing_is_said_of_a_host_without_python(rule: str) -> None:
    assert said(rule, make.host()) == []


# ------------------------------------------------------------------------ markers


def test_a_deleted_marker_is_put_back_by_the_package_that_ships_it() -> None:
    host = make.host(
        make.python(None, make.managed("missing", because="there is no such file"))
    )
    finding = found("marker-removed", host)
    assert finding.subject == make.MARKER
    assert finding.cure == "apt-get install --reinstall libpython3.13-stdlib"
    assert finding.evidence == (
        "there is no such file",
        "shipped by libpython3.13-stdlib 3.13.5-2 (dpkg)",
    )


@pytest.mark.parametrize(
    ("manager", "package", "system", "cure"),
    [
        ("pacman", "python", System("arch"), "pacman -S python"),
        ("apk", "python3", System("alpine"), "apk fix --reinstall python3"),
        (
            "rpm",
            "python313-base",
            System("opensuse-tumbleweed", like=("opensuse", "suse")),
            "zypper install --force python313-base",
        ),
        ("rpm", "python3-libs", System("fedora"), "dnf reinstall python3-libs"),
        (
            "homebrew",
            "python@3.13",
            System(kernel="darwin"),
            "brew reinstall python@3.13",
        ),
        (
            "portage",
            "dev-python/gentoo-common",
            System("gentoo"),
            "emerge --oneshot dev-python/gentoo-common",
        ),
        ("xbps", "python3", System("void"), "xbps-install --force python3"),
    ],
)
def test_each_package_manager_has_its_command(
    manager: str, package: str, system: System, cure: str
) -> None:
    record = make.installation(marker_owner=Owner(make.MARKER, manager, package, "1"))
    assert (
        found(
            "marker-removed",
            make.host(make.python(record, make.managed("missing")), system=system),
        ).cure
        == cure
    )


def test_a_python_of_uv_is_reinstalled_by_uv() -> None:
    record = make.installation(
        provider="uv", package=None, marker_owner=None, system=False
    )
    cure = found(
        "marker-removed", make.host(make.python(record, make.managed("missing")))
    ).cure
    assert cure == "uv python install --reinstall 3.13"


def test_on_an_image_based_system_nothing_is_reinstalled_in_place() -> None:
    record = make.installation(
        marker_owner=Owner(make.MARKER, "rpm", "python3-libs", "1")
    )
    host = make.host(
        make.python(record, make.managed("missing")),
        context=Context(immutable="ostree"),
        system=System("fedora"),
    )
    cure = found("marker-removed", host).cure
    assert "ostree" in cure
    assert "dnf" not in cure


def test_a_marker_that_dpkg_is_told_to_leave_out_needs_more_than_a_reinstall() -> None:
    ownership = Ownership(
        ("dpkg",),
        exclusions=(
            Exclusion(
                "/usr/lib/python3*/EXTERNALLY-MANAGED", True, "/etc/dpkg/dpkg.cfg.d/x"
            ),
        ),
    )
    finding = found(
        "marker-removed",
        make.host(make.python(None, make.managed("excluded")), ownership=ownership),
    )
    assert "/etc/dpkg/dpkg.cfg.d/x" in finding.cure
    assert finding.cure.endswith("apt-get install --reinstall libpython3.13-stdlib")


def test_where_the_state_is_unknown_the_rule_does_not_pass() -> None:
    verdict = make.managed("unknown", because="rpm's database can't be read")
    answer = undecided("marker-removed", make.host(make.python(None, verdict)))
    assert answer.subject == make.MARKER
    assert answer.reason == "rpm's database can't be read"


def test_a_python_of_nobody_known_has_no_marker_to_miss() -> None:
    record = make.installation(provider="unknown", package=None, system=False)
    assert (
        said("marker-removed", make.host(make.python(record, make.managed("unknown"))))
        == []
    )


@pytest.mark.parametrize("state", ["intact", "unexpected", "not_expected"])
def test_a_marker_that_is_as_it_should_be(state: str) -> None:
    host = make.host(make.python(None, make.managed(state)))
    assert [row for rule in CHECKED for row in said(rule, host)] == []


def test_an_altered_marker() -> None:
    finding = found(
        "marker-altered",
        make.host(make.python(None, make.managed("modified", because="md5 differs"))),
    )
    assert finding.cure == "apt-get install --reinstall libpython3.13-stdlib"
    assert "md5 differs" in finding.evidence


@pytest.mark.parametrize(
    ("by", "cure"),
    [
        ("", "dpkg-divert --rename --remove " + make.MARKER),
        (
            "site-policy",
            "dpkg-divert --package site-policy --rename --remove " + make.MARKER,
        ),
    ],
)
def test_a_diverted_marker(by: str, cure: str) -> None:
    ownership = Ownership(
        ("dpkg",), diversions=(Diversion(make.MARKER, make.MARKER + ".distrib", by),)
    )
    finding = found(
        "marker-diverted",
        make.host(make.python(None, make.managed("diverted")), ownership=ownership),
    )
    assert finding.cure == cure


SETTING = "[global] break-system-packages = true"


def test_a_setting_is_one_finding_however_many_pythons_it_opens() -> None:
    row = Override("pip", "/etc/pip.conf", SETTING, "")
    other = make.installation(make.reading("/usr/bin/python3.14", "3.14"))
    host = make.host(
        make.python(None, make.managed(overrides=(row,))),
        make.python(
            other,
            make.managed(
                marker="/usr/lib/python3.14/EXTERNALLY-MANAGED", overrides=(row,)
            ),
        ),
        settings=Settings((PipConfigFile("/etc/pip.conf", "global", "", ()),)),
    )
    finding = found("marker-neutralised", host)
    assert finding.subject == "/etc/pip.conf"
    assert (
        finding.cure
        == "Edit /etc/pip.conf: remove `break-system-packages = true` below [global]."
    )
    assert finding.evidence[0] == "/etc/pip.conf: " + SETTING
    assert finding.evidence[1:] == (
        "applies to /usr/bin/python3.13",
        "applies to /usr/bin/python3.14",
    )


def test_a_variable_of_the_process_is_named_by_its_name() -> None:
    row = Override("pip", "environment", "PIP_BREAK_SYSTEM_PACKAGES=1", "")
    finding = found(
        "marker-neutralised",
        make.host(make.python(None, make.managed(overrides=(row,)))),
    )
    assert finding.subject == "environment: PIP_BREAK_SYSTEM_PACKAGES"
    assert finding.cure.startswith("Unset PIP_BREAK_SYSTEM_PACKAGES where")


def test_a_variable_of_a_file_is_taken_out_of_it() -> None:
    row = Override("pip", "/etc/environment", "PIP_BREAK_SYSTEM_PACKAGES=1", "")
    finding = found(
        "marker-neutralised",
        make.host(make.python(None, make.managed(overrides=(row,)))),
    )
    assert (
        finding.cure
        == "Edit /etc/environment: remove what sets PIP_BREAK_SYSTEM_PACKAGES."
    )


@pytest.mark.parametrize("state", ["missing", "diverted", "excluded"])
def test_what_would_take_the_effect_away_once_the_file_is_back_is_told_at_once(
    state: str,
) -> None:
    row = Override("pip", "/etc/pip.conf", SETTING, "")
    found(
        "marker-neutralised",
        make.host(make.python(None, make.managed(state, overrides=(row,)))),
    )


def test_an_old_pip_is_removed_not_overridden() -> None:
    path = make.LOCAL + "/pip-22.3.dist-info"
    read = make.reading(pip=PipReading("22.3", path))
    row = Override("pip", path, "pip 22.3", "")
    finding = found(
        "marker-neutralised",
        make.host(make.python(make.installation(read), make.managed(overrides=(row,)))),
    )
    assert finding.subject == path
    assert finding.cure.startswith("Remove the old pip")


def test_a_setting_for_one_user_says_so_and_weighs_the_same_on_a_throwaway_host() -> (
    None
):
    row = Override("uv", "/home/alice/.config/uv/uv.toml", SETTING, "alice")
    context = Context(ci="github-actions", throwaway=True)
    finding = found(
        "marker-neutralised",
        make.host(make.python(None, make.managed(overrides=(row,))), context=context),
    )
    assert "for alice" in finding.message
    assert finding.severity == "high"


def test_where_no_marker_is_there_a_setting_takes_nothing_away() -> None:
    verdict = make.managed(
        "not_expected", overrides=(Override("pip", "/etc/pip.conf", SETTING, ""),)
    )
    assert said("marker-neutralised", make.host(make.python(None, verdict))) == []


def test_an_effect_that_could_not_be_told_is_no_pass() -> None:
    verdict = make.managed(pip=Effective(None, "/etc/pip.conf can't be read"))
    assert (
        undecided("marker-neutralised", make.host(make.python(None, verdict))).reason
        == "pip: /etc/pip.conf can't be read"
    )


# ----------------------------------------------------------------------- packages


def package(
    name: str,
    directory: str,
    origin: str,
    owner: str = "",
    *,
    version: str = "1.0",
    overwrites: str = "",
) -> Package:
    location = "%s/%s-%s.dist-info" % (directory, name, version)
    return Package(name, version, location, "", origin, owner, overwrites)


APT_SIX = package("six", make.APT, "distribution", "python3-six", version="1.17.0")


def with_packages(*packages: Package, **changes: Any) -> Any:
    return make.python(make.installation(packages=packages, **changes))


def test_pip_among_the_packages_of_the_distribution_is_one_finding_a_directory() -> (
    None
):
    intruders = (package("toml", make.APT, "pip"), package("attrs", make.APT, "uv"))
    second = make.installation(
        make.reading("/usr/bin/python3.14", "3.14"), packages=(APT_SIX, *intruders)
    )
    finding = found(
        "pip-in-system-packages",
        make.host(with_packages(APT_SIX, *intruders), make.python(second)),
    )
    assert finding.subject == make.APT
    assert finding.evidence == ("attrs 1.0 (uv)", "toml 1.0 (pip)")
    assert finding.message == "2 that no package owns: attrs, toml"


def test_what_pip_put_into_usr_local_is_where_it_belongs() -> None:
    assert (
        said(
            "pip-in-system-packages",
            make.host(with_packages(APT_SIX, package("toml", make.LOCAL, "pip"))),
        )
        == []
    )


def test_arch_has_one_directory_for_both() -> None:
    site = "/usr/lib/python3.13/site-packages"
    read = make.reading(site_directories=(SiteDirectory(site, "site", True),))
    packages = (
        package("six", site, "distribution", "python-six"),
        package("toml", site, "pip"),
    )
    assert (
        found(
            "pip-in-system-packages",
            make.host(make.python(make.installation(read, packages=packages))),
        ).subject
        == site
    )


@pytest.mark.parametrize("manager", ["conda", "nix", ""])
def test_in_pythons_of_ones_own_pip_is_welcome(manager: str) -> None:
    owner = Owner(make.EXE, manager, "python", "3.13") if manager else None
    host = make.host(
        with_packages(package("toml", make.APT, "pip"), system=False, package=owner)
    )
    assert said("pip-in-system-packages", host) == []


def test_packages_that_nobody_could_be_asked_about_are_no_pass() -> None:
    ownership = Ownership((), unknown=(("rpm", "the database is BerkeleyDB"),))
    host = make.host(
        with_packages(package("six", make.APT, "unknown")), ownership=ownership
    )
    assert "BerkeleyDB" in undecided("pip-in-system-packages", host).reason


def test_a_package_overwritten_by_pip_is_reinstalled() -> None:
    over = package("toml", make.APT, "pip", overwrites="python3-toml", version="0.10.2")
    finding = found("system-package-overwritten", make.host(with_packages(over)))
    assert finding.subject == over.location
    assert (
        finding.cure
        == "Remove %s. Then: apt-get install --reinstall python3-toml" % over.location
    )


def test_a_copy_before_the_distributions_is_found_whatever_its_spelling() -> None:
    mine = package("Zope.Interface", make.LOCAL, "pip", version="7.0")
    theirs = package(
        "zope_interface",
        make.APT,
        "distribution",
        "python3-zope.interface",
        version="6.0",
    )
    finding = found(
        "shadows-system-package", make.host(with_packages(mine, theirs, APT_SIX))
    )
    assert finding.subject == make.LOCAL
    assert finding.evidence == (
        "Zope.Interface 7.0 comes before 6.0 (python3-zope.interface)",
    )


def test_a_copy_of_what_the_distribution_does_not_have_shadows_nothing() -> None:
    assert (
        said(
            "shadows-system-package",
            make.host(with_packages(package("flask", make.LOCAL, "pip"), APT_SIX)),
        )
        == []
    )


# ------------------------------------------------------------------- environments


@pytest.mark.parametrize(
    ("codes", "kind", "rule"),
    [
        (("interpreter-missing",), "venv", "environment-broken"),
        (("config-missing",), "virtualenv", "environment-broken"),
        (("python-moved",), "venv", "environment-stale"),
        (("half-made",), "venv", "environment-incomplete"),
        (("python-moved", "home-missing"), "uv", "environment-stale"),
        (("pip-missing",), "venv", "environment-broken"),
        (("interpreter-missing", "half-made"), "venv", "environment-broken"),
        (("interpreter-missing",), "pipx", "pipx-application-broken"),
        (("python-moved",), "pipx", "pipx-application-broken"),
        (("interpreter-missing",), "conda", "environment-broken"),
    ],
)
def test_an_environment_falls_under_one_rule(codes: Any, kind: str, rule: str) -> None:
    host = make.host(environments=(make.environment(*codes, kind=kind),))
    assert [key for key in CHECKED if said(key, host)] == [rule]
    finding = found(rule, host)
    assert finding.subject == "/opt/app"
    assert finding.cure == "cure " + codes[0]


def test_what_breaks_nothing_is_no_finding() -> None:
    host = make.host(
        environments=(make.environment("home-missing", health="sound", severity="low"),)
    )
    assert [key for key in CHECKED if said(key, host)] == []


def test_an_environment_that_could_not_be_read_is_no_pass() -> None:
    host = make.host(
        environments=(make.environment("unreadable", health="unknown", severity="low"),)
    )
    assert undecided("environment-broken", host).subject == "/opt/app"


def pipx_host(path: str, home: str, *directories: str, name: str = "login") -> Any:
    application = make.environment(
        path=path, kind="pipx", pipx=make.pipx_reading(home=home)
    )
    return make.host(
        environments=(application,),
        search_paths=(make.search_path(name, *directories),),
    )


def test_commands_of_global_applications_must_be_on_the_login_path() -> None:
    finding = found(
        "pipx-not-on-path",
        pipx_host("/opt/pipx/venvs/black", "/opt/pipx", "/usr/bin", "/bin"),
    )
    assert finding.subject == "/usr/local/bin"
    assert "black" in finding.message


def test_commands_of_the_callers_applications_may_be_on_either_path() -> None:
    home = "/root/.local/share/pipx"
    finding = found(
        "pipx-not-on-path", pipx_host(home + "/venvs/black", home, "/usr/bin")
    )
    assert finding.subject == "/root/.local/bin"
    assert finding.cure == "As root: `pipx ensurepath`"
    on_it = pipx_host(home + "/venvs/black", home, "/root/.local/bin", name="process")
    assert said("pipx-not-on-path", on_it) == []


def test_of_another_users_path_nothing_is_claimed() -> None:
    home = "/home/alice/.local/share/pipx"
    assert (
        said("pipx-not-on-path", pipx_host(home + "/venvs/black", home, "/usr/bin"))
        == []
    )


# ------------------------------------------------------------------- interpreters


def other(path: str, language: str, provider: str = "pyenv", **changes: Any) -> Any:
    read = make.reading(path, language, **changes)
    return make.python(
        make.installation(
            read, provider=provider, package=None, system=False, version=language + ".1"
        )
    )


def test_end_of_life_is_the_tables_own_date() -> None:
    finding = found("python-end-of-life", make.host(make.python(), other(PYENV, "3.9")))
    assert finding.subject == PYENV
    assert "2025-10-31" in finding.message
    assert (
        said("python-end-of-life", make.host(other(PYENV, "3.9"), today="2025-10-31"))
        == []
    )
    assert (
        said("python-end-of-life", make.host(other(PYENV, "3.9"), today="2025-11-01"))
        != []
    )


def test_no_wolf_is_cried_at_what_the_vendor_supports() -> None:
    read = make.reading("/usr/bin/python3.9", "3.9")
    rhel9 = make.python(
        make.installation(
            read,
            provider="rhel",
            package=Owner("/usr/bin/python3.9", "rpm", "python3", "3.9.21"),
        )
    )
    system = System("rhel", "9.5", ("fedora",), "Red Hat Enterprise Linux 9.5", "linux")
    assert said("python-end-of-life", make.host(rhel9, system=system)) == []
    assert (
        said("python-end-of-life", make.host(other(PYENV, "3.9"), system=system)) != []
    )
    assert found(
        "python-end-of-life", make.host(rhel9, system=system, today="2032-06-01")
    ).cure.startswith("Upgrade Red Hat Enterprise Linux 9.5 to")


def test_the_way_to_a_supported_version_is_that_of_the_tool() -> None:
    cure = found(
        "python-end-of-life",
        make.host(other(PYENV, "3.9", prefix="/home/alice/.pyenv/versions/3.9.18")),
    ).cure
    assert "Python 3.11 to 3.15" in cure
    assert "pyfleet.python.pyenv_python: versions=3.9.18 state=absent root=" in cure


def test_a_python_of_uv_is_replaced_with_the_module_that_manages_it() -> None:
    prefix = "/opt/uv/python/cpython-3.9.1-linux-x86_64-gnu"
    old = other(prefix + "/bin/python3.9", "3.9", "uv", prefix=prefix)
    cure = found("python-end-of-life", make.host(old)).cure
    assert "with pyfleet.python.uv_python, rebuild the environments" in cure
    assert "versions=3.9.1 state=absent install_dir=/opt/uv/python" in cure


def test_a_python_of_unknown_version_has_no_end() -> None:
    assert said("python-end-of-life", make.host(other("/opt/x/bin/python", ""))) == []


def test_an_unknown_python() -> None:
    record = make.installation(
        make.reading("/opt/v/bin/python3.11", "3.11"),
        provider="unknown",
        provider_because="no row fits",
    )
    finding = found("unknown-python", make.host(make.python(record)))
    assert (finding.subject, finding.evidence) == (
        "/opt/v/bin/python3.11",
        ("no row fits",),
    )


def test_missing_venv_support_names_the_package() -> None:
    verdict = VenvVerdict(False, False, "python3.13-venv", "ensurepip is not there")
    finding = found("venv-support-missing", make.host(make.python(None, None, verdict)))
    assert finding.cure == "apt-get install python3.13-venv"


def test_venv_support_is_not_asked_of_pythons_that_never_had_it() -> None:
    verdict = VenvVerdict(False, False, "", "no venv")
    two = make.installation(make.reading("/usr/bin/python2.7", "2.7"))
    embedded = make.installation(
        make.reading("/opt/v/bin/python3", "3.11"), system=False, package=None
    )
    assert (
        said(
            "venv-support-missing",
            make.host(
                make.python(two, None, verdict), make.python(embedded, None, verdict)
            ),
        )
        == []
    )


def test_venv_support_that_could_not_be_told() -> None:
    undecided(
        "venv-support-missing",
        make.host(
            make.python(None, None, VenvVerdict(None, True, "", "wheels unreadable"))
        ),
    )


def test_another_python_before_the_systems() -> None:
    mine = "/usr/local/bin/python3.12"
    commands = tuple(
        make.command("/usr/local/bin/python3", mine, on=on) for on in ("login", "sudo")
    )
    finding = found(
        "python-shadows-system",
        make.host(make.python(), other(mine, "3.12"), commands=commands),
    )
    assert finding.subject == "/usr/local/bin/python3"
    assert (
        "on the login PATH and the sudo PATH, and not the system's own /usr/bin/python3"
        in finding.message
    )


def test_a_shim_and_an_environment_shadow_too_but_not_what_the_system_does_not_have() -> (
    None
):
    shim = make.command(
        "/home/alice/.pyenv/shims/python3", "", kind="script", on="process"
    )
    active = make.command("/opt/app/bin/python3", "/opt/app", kind="environment")
    unversioned = make.command(
        "/opt/app/bin/python", "/opt/app", name="python", kind="environment"
    )
    pip = make.command("/usr/local/bin/pip3", "", name="pip3", kind="script")
    host = make.host(make.python(), commands=(shim, active, unversioned, pip))
    rows = said("python-shadows-system", host)
    assert [row.subject for row in rows] == [
        "/home/alice/.pyenv/shims/python3",
        "/opt/app/bin/python3",
    ]
    names = (
        Candidate("/usr/bin/python", "PATH"),
        Candidate("/usr/bin/python3", "PATH"),
    )
    arch = make.python(make.installation(make.reading(names=names)))
    assert (
        len(
            said(
                "python-shadows-system",
                make.host(arch, commands=(shim, active, unversioned, pip)),
            )
        )
        == 3
    )


def test_an_activated_environment_shadows_only_where_it_stays() -> None:
    commands = tuple(
        make.command("/opt/app/bin/python3", "/opt/app", kind="environment", on=on)
        for on in ("process", "login")
    )
    here = make.host(make.python(), commands=commands[:1], activated=("/opt/app",))
    assert said("python-shadows-system", here) == []
    other_one = make.host(make.python(), commands=commands[:1], activated=("/opt/b",))
    assert len(said("python-shadows-system", other_one)) == 1
    both = make.host(make.python(), commands=commands, activated=("/opt/app",))
    finding = found("python-shadows-system", both)
    assert "is /opt/app/bin/python3 on the login PATH, and" in finding.message


def test_without_a_system_python_nothing_is_shadowed() -> None:
    mine = "/usr/local/bin/python3.12"
    host = make.host(
        other(mine, "3.12"), commands=(make.command("/usr/local/bin/python3", mine),)
    )
    assert said("python-shadows-system", host) == []


def test_a_python_on_sudos_path_that_alice_can_alter() -> None:
    clause = "/home/alice/.pyenv belongs to alice"
    row = other(PYENV, "3.9", trust=Trust(False, (clause,)), owner_uid=1000)
    finding = found(
        "interpreter-writable",
        make.host(
            make.python(), row, commands=(make.command("/opt/bin/python3", PYENV),)
        ),
    )
    assert finding.subject == PYENV
    assert finding.evidence == (clause, "python3 on the sudo PATH is /opt/bin/python3")


def test_alices_own_python_is_her_own_business() -> None:
    row = other(
        PYENV,
        "3.9",
        trust=Trust(False, ("/home/alice belongs to alice",)),
        owner_uid=1000,
    )
    assert said("interpreter-writable", make.host(make.python(), row)) == []


def test_the_path_of_a_caller_who_is_not_root_is_not_roots() -> None:
    row = other(PYENV, "3.9", trust=Trust(True), owner_uid=1000)
    on_process = (make.command(PYENV, PYENV, on="process"),)
    assert (
        said(
            "interpreter-writable",
            make.host(make.python(), row, commands=on_process, caller=make.ALICE),
        )
        == []
    )
    assert found(
        "interpreter-writable",
        make.host(make.python(), row, commands=on_process, caller=make.ROOT),
    )


def test_an_environment_of_alice_on_sudos_path() -> None:
    environment = make.environment(path="/srv/tools", owner_uid=1000)
    on_sudo = (
        make.command("/srv/tools/bin/python3", "/srv/tools", kind="environment"),
    )
    finding = found(
        "interpreter-writable",
        make.host(make.python(), environments=(environment,), commands=on_sudo),
    )
    assert "alice" in finding.message


def test_the_systems_own_python_counts_on_any_path_and_unknown_trust_is_no_pass() -> (
    None
):
    bad = make.python(
        make.installation(
            make.reading(
                trust=Trust(False, ("/usr/bin can be written by group staff",))
            )
        )
    )
    assert found("interpreter-writable", make.host(bad)).subject == make.EXE
    unknown = make.python(
        make.installation(make.reading(trust=Trust(None, ("/usr/lib can't be read",))))
    )
    assert (
        undecided("interpreter-writable", make.host(unknown)).reason
        == "/usr/lib can't be read"
    )


# ------------------------------------------------------------------ the system's own command


def system_command(kind: str, target: str = "", link: str = "", **readings: Any) -> Any:
    owner = Owner("/usr/bin/python3", "dpkg", "python3-minimal", "3.13.5-1")
    ownership = Ownership(("dpkg",), owners={"/usr/bin/python3": owner})
    command = SystemCommand("/usr/bin/python3", kind, target, link)
    return {"ownership": ownership, "system_command": command, **readings}


@pytest.mark.parametrize(
    ("kind", "target", "link", "message"),
    [
        (
            "interpreter",
            "/usr/local/bin/python3.12",
            "/etc/alternatives/python3",
            "starts /usr/local/bin/python3.12",
        ),
        ("environment", "/opt/app", "/opt/app/bin/python", "starts /opt/app"),
        ("dangling", "", "python3.11", "points to python3.11, which does not exist"),
        ("missing", "", "", "is missing, though python3-minimal ships it"),
    ],
)
def test_the_systems_python3_led_away(
    kind: str, target: str, link: str, message: str
) -> None:
    local = other("/usr/local/bin/python3.12", "3.12")
    finding = found(
        "system-python-broken",
        make.host(make.python(), local, **system_command(kind, target, link)),
    )
    assert finding.subject == "/usr/bin/python3"
    assert message in finding.message
    assert finding.cure.endswith("apt-get install --reinstall python3-minimal")
    assert ("update-alternatives" in finding.cure) is link.startswith(
        "/etc/alternatives/"
    )


def test_another_python_of_the_distributions_own_is_led_away_too() -> None:
    """deadsnakes, or Debian's second Python: the modules of apt are for one version only."""
    second = make.python(make.installation(make.reading("/usr/bin/python3.14", "3.14")))
    commands = system_command(
        "interpreter", "/usr/bin/python3.14", "/etc/alternatives/python3"
    )
    assert found("system-python-broken", make.host(make.python(), second, **commands))


@pytest.mark.parametrize("kind", ["interpreter", "script"])
def test_the_systems_own_python3_is_sound(kind: str) -> None:
    """Gentoo's is a wrapper of its own."""
    target = make.EXE if kind == "interpreter" else ""
    assert (
        said(
            "system-python-broken",
            make.host(make.python(), **system_command(kind, target, "python3.13")),
        )
        == []
    )


def test_alternatives_between_pythons_of_rhel_are_its_own_way() -> None:
    owner = Owner("/usr/bin/python3.11", "rpm", "python3.11", "3.11.9")
    second = make.installation(
        make.reading("/usr/bin/python3.11", "3.11"), package=owner, system=False
    )
    command = SystemCommand(
        "/usr/bin/python3",
        "interpreter",
        "/usr/bin/python3.11",
        "/etc/alternatives/python3",
    )
    host = make.host(
        make.python(),
        make.python(second),
        ownership=Ownership(("rpm",)),
        system_command=command,
    )
    assert said("system-python-broken", host) == []


def test_without_a_system_python_no_command_is_missed() -> None:
    command = SystemCommand("/usr/bin/python3", "missing")
    mine = other("/usr/local/bin/python3.12", "3.12")
    assert said("system-python-broken", make.host(mine, system_command=command)) == []


def test_a_python_of_the_system_that_does_not_start() -> None:
    row = make.python(
        make.installation(make.reading(failure="the file ends too early"))
    )
    finding = found("system-python-broken", make.host(row))
    assert (
        finding.message
        == "the operating system's Python does not start: the file ends too early"
    )
    assert finding.cure == "apt-get install --reinstall python3.13-minimal"


# ------------------------------------------------------------------ atomic releases


def test_a_kept_release_is_not_judged_and_the_one_in_use_by_the_path_that_people_know() -> (
    None
):
    place = "/srv/.app.releases/"
    kept = make.environment(
        "interpreter-missing", path=place + "1", release_of="/srv/app", in_use=False
    )
    current = make.environment(
        "interpreter-missing", path=place + "2", release_of="/srv/app"
    )
    assert (
        found("environment-broken", make.host(environments=(kept, current))).subject
        == "/srv/app"
    )
    assert said("environment-broken", make.host(environments=(kept,))) == []
