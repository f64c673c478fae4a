# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of the role pyenv: their options and results are those of their documentation, and where pyenv comes from."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.doc_fragments import _pyenv_place
from ansible_collections.pyfleet.python.plugins.module_utils._ansible import (
    pyenv_host_modules,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.package_managers import (
    ProgramPackage,
    find_missing_packages,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv import (
    program_source,
    shell_integration,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.libraries import (
    LIBRARIES,
    PROGRAMS,
)
from ansible_collections.pyfleet.python.plugins.modules import (
    pyenv_info,
    pyenv_root,
    pyenv_shell_integration,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run

COMMIT = "bec9a562a59e48a730fe3320fe90c6999c82886c"
VARIABLES = Path(__file__).resolve().parents[4] / "roles/pyenv/vars/main"
#: In every system of these, or in curl's place, or more than a build needs.
NOT_LISTED = {
    "apk": {"make", "musl-dev", "tk-dev"},
    "apt": {"tk-dev"},
    "brew": {"curl", "gcc", "glibc", "gnu-tar", "make", "patch", "tcl-tk"},
    "dnf": {"curl", "tk-devel"},
    "pacman": {"glibc", "make", "patch", "tk"},
    "zypper": {"tk-devel"},
}


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        (pyenv_info, pyenv_host_modules.INFO_ARGUMENTS),
        (pyenv_root, pyenv_host_modules.ROOT_ARGUMENTS),
        (pyenv_shell_integration, pyenv_host_modules.SHELL_ARGUMENTS),
    ],
)
def test_the_options_are_documented(module: Any, arguments: Any) -> None:
    documentation = yaml.safe_load(module.DOCUMENTATION)
    assert (
        "pyfleet.python._pyenv_place" in documentation["extends_documentation_fragment"]
    )
    place = yaml.safe_load(_pyenv_place.ModuleDocFragment.DOCUMENTATION)
    documented = {**place["options"], **documentation["options"]}
    assert set(documented) == set(arguments)
    for name, argument in arguments.items():
        for key in ("type", "elements", "choices", "default", "required"):
            assert documented[name].get(key) == argument.get(key), (name, key)


def load(name: str) -> Dict[str, Any]:
    found: Dict[str, Any] = yaml.safe_load((VARIABLES / name).read_text())
    return found


@pytest.mark.parametrize("manager", sorted(NOT_LISTED))
def test_the_role_installs_what_a_failed_build_names(manager: str) -> None:
    named = {row.packages[manager] for row in (*LIBRARIES, *PROGRAMS.values())}
    listed = set(load("build_packages.yml")["__pyenv_known_build_packages"][manager])
    assert named - listed == NOT_LISTED[manager]


def test_the_commit_of_the_default_version_is_known() -> None:
    defaults = yaml.safe_load((VARIABLES.parents[1] / "defaults/main.yml").read_text())
    known = load("releases.yml")["__pyenv_known_commits"]
    assert len(known[defaults["pyenv_version"]]) == 40


@pytest.fixture
def gather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """Return a function that runs pyenv_info on a host with a package manager and perhaps a checkout."""

    def run_on(package: ProgramPackage, has_checkout: bool, source: str) -> Any:
        if has_checkout:
            (tmp_path / ".git").mkdir()
            (tmp_path / ".git/HEAD").write_text(COMMIT + "\n")
        monkeypatch.setattr(program_source, "find_package", lambda *_given: package)
        monkeypatch.setattr(program_source, "find_manager", lambda _host: "apt")
        monkeypatch.setattr(
            program_source, "find_missing_packages", lambda *given: tuple(given[2])
        )
        options = {
            "root": str(tmp_path),
            "source": source,
            "minimum_version": "2.5",
            "commit": COMMIT,
            "build_packages": {"apt": ["gcc"], "dnf": ["bzip2"]},
        }
        return run(pyenv_info, capsys, options)

    return run_on


@pytest.mark.parametrize(
    ("package", "has_checkout", "source", "expected"),
    [
        (ProgramPackage("apt", "pyenv", installed="2.5.4"), False, "auto", "distribution"),
        (
            ProgramPackage("apt", "pyenv", candidate="2.5.4", may_install=True),
            False,
            "auto",
            "distribution",
        ),
        (ProgramPackage("apt", "pyenv", candidate="2.5.4"), False, "auto", "repository"),
        (ProgramPackage("dnf", "pyenv", installed="2.4.1"), False, "auto", "repository"),
        (ProgramPackage("apt", "pyenv", installed="2.5.4"), True, "auto", "repository"),
        (
            ProgramPackage("apt", "pyenv", installed="2.5.4"),
            True,
            "distribution",
            "distribution",
        ),
        (ProgramPackage(), False, "auto", "repository"),
        (ProgramPackage(), False, "distribution", "No package of pyenv is known"),
        (
            ProgramPackage("dnf", "pyenv", candidate="2.4.1", may_install=True),
            False,
            "distribution",
            "dnf has pyenv 2.4.1, and 2.5 is the oldest",
        ),
    ],
)  # fmt: skip
def test_where_pyenv_comes_from(
    package: ProgramPackage, has_checkout: bool, source: str, expected: str, gather: Any
) -> None:
    answer = gather(package, has_checkout, source)
    if answer.get("failed"):
        assert expected in answer["msg"]
        return
    assert answer["source"] == expected
    assert "gcc" in answer["missing_packages"]
    if has_checkout and expected == "repository":
        assert answer["installed"]
        assert answer["packages"] == ["gcc"]
    documented = yaml.safe_load(pyenv_info.RETURN)
    assert set(documented) - {"problem"} == set(answer) - {"changed", "invocation"}
    assert set(documented["package"]["contains"]) == set(answer["package"])


@pytest.mark.parametrize("root", ["relative", "/opt", "/srv/with space", "/srv/$HOME"])
def test_a_root_that_shells_would_read_otherwise(root: str, capsys: Any) -> None:
    failed = run(pyenv_info, capsys, {"root": root})
    assert failed["problem"]["code"] == "invalid-root"


@pytest.fixture
def root_of_nobody() -> Iterator[Path]:
    """Yield a root that nobody owns, and the way to which is root's."""
    with tempfile.TemporaryDirectory(prefix="pyfleet-", dir="/root") as directory:
        path = Path(directory) / "pyenv"
        path.mkdir()
        os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
        yield path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root puts a root on all PATHs")
@pytest.mark.parametrize("below", ["", "/below/it", "/missing"])
@pytest.mark.parametrize("check", [True, False], ids=["check mode", "for real"])
def test_the_root_of_a_user_is_not_put_on_the_path_of_everyone(
    below: str,
    check: bool,
    root_of_nobody: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    profile = root_of_nobody.parent / "profile.d"
    profile.mkdir()
    monkeypatch.setattr(shell_integration, "_PROFILE_FILE", str(profile / "pyenv.sh"))
    for name in ("_PATHS_FILE", "_FISH_FILE"):
        monkeypatch.setattr(shell_integration, name, "/nonexistent/pyenv")
    options = {"root": str(root_of_nobody) + below, "_ansible_check_mode": check}
    failed = run(pyenv_shell_integration, capsys, options)
    assert failed["problem"]["code"] == "unsafe-place"
    assert "is below a directory of nobody" in failed["msg"]
    assert "Set pyenv_user" in failed["msg"]
    assert not list(profile.iterdir())
    # It is no longer one when root owns it.
    os.chown(root_of_nobody, 0, 0)
    assert run(pyenv_shell_integration, capsys, options)["changed"]
    written = [path.name for path in profile.iterdir()]
    assert written == ([] if check else ["pyenv.sh"])


def test_a_failure_of_git_is_told_with_its_words(tmp_path: Path, capsys: Any) -> None:
    options = {
        "root": str(tmp_path / "root"),
        "repository": str(tmp_path / "no-repository"),
        "tag": "v2.5.4",
        "commit": COMMIT,
    }
    failed = run(pyenv_root, capsys, options)
    assert "fatal: " in failed["msg"] and "no-repository" in failed["msg"]
    assert "fatal: " in failed["problem"]["output"]


def test_a_repository_with_credentials(tmp_path: Path, capsys: Any) -> None:
    url = "https://user:secret@git.example.com/pyenv.git"
    options = {"root": str(tmp_path), "repository": url, "commit": COMMIT}
    failed = run(pyenv_root, capsys, options)
    assert "process list" in failed["msg"]


@pytest.mark.parametrize(
    ("manager", "output", "missing"),
    [
        ("apt", "installed gcc\nconfig-files make\n", ("make", "patch")),
        (
            "dnf",
            "gcc-15.2.1-1.fc43.x86_64\nno package provides make\nno package provides patch\n",
            ("make", "patch"),
        ),
        ("pacman", "make\npatch\n", ("make", "patch")),
        ("apk", "gcc\n", ("make", "patch")),
        ("", "", ("gcc", "make", "patch")),
    ],
)
def test_which_packages_are_missing(manager: str, output: str, missing: Any) -> None:
    answer = CommandResult(1, output, "")
    names = ("gcc", "make", "patch")
    assert find_missing_packages(lambda *_given: answer, manager, names) == missing
