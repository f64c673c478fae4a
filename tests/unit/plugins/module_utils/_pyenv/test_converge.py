# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A root is brought to its spec with a stand-in for pyenv: its programs are shell scripts that build nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Mapping, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv import (
    change as change_module,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.converge import (
    converge,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.spec import (
    BuildOptions,
    PyenvSpec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Trust

#: Does what `pyenv install` and `pyenv uninstall` leave behind, by the definition's first word.
PYENV = """#!/bin/sh
set -eu
for version do :; done
prefix=$PYENV_ROOT/versions/$version
if [ "$1" = uninstall ]; then rm -r "$prefix"; exit; fi
mkdir -p "$prefix/bin"
echo "options: ${PYTHON_CONFIGURE_OPTS-} $MAKE_OPTS"
case $(cat "$PYENV_ROOT/plugins/python-build/share/python-build/$version") in
    fails) echo "no acceptable C compiler found"; exit 1 ;;
    killed) kill -9 $PPID $$ ;;
    warns) echo "WARNING: The Python bz2 extension was not compiled. Missing the bzip2 lib?" ;;
esac
touch "$prefix/bin/python"
echo "Installed $version"
"""


def run(
    argv: Sequence[str], environment: Mapping[str, str], directory: str, seconds: float
) -> CommandResult:
    done = subprocess.run(
        argv, env=dict(environment), cwd=directory, capture_output=True, check=False
    )
    return CommandResult(done.returncode, done.stdout.decode(), done.stderr.decode())


def no_process(*_arguments: Any) -> CommandResult:
    raise AssertionError("a process was started")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root with three definitions."""
    # Directories above those of the tests can be written by others.
    monkeypatch.setattr(
        change_module.TrustReader, "judge", lambda *_arguments: Trust(True, ())
    )
    monkeypatch.setattr(
        change_module.TrustReader, "judge_trees", lambda *_arguments: Trust(True, ())
    )
    monkeypatch.setattr(change_module, "find_missing_headers", lambda *_any: ())
    top = tmp_path / "pyenv"
    definitions = top / "plugins/python-build/share/python-build"
    definitions.mkdir(parents=True)
    (top / "libexec").mkdir()
    (top / "bin").mkdir()
    (top / "libexec/pyenv").write_text(PYENV)
    (top / "libexec/pyenv").chmod(0o755)
    (top / "bin/pyenv").symlink_to("../libexec/pyenv")
    for name, text in (
        ("3.12.1", "works"),
        ("3.13.5", "works"),
        ("3.13.4", "fails"),
        ("3.14.0", "warns"),
        ("3.11.1", "killed"),
    ):
        (definitions / name).write_text(text)
    return top


def spec(root: Path, *versions: str, **fields: Any) -> PyenvSpec:
    return PyenvSpec(root=str(root), versions=versions)._replace(**fields)


def test_check_mode_predicts_what_is_done_and_the_second_run_starts_nothing(
    root: Path,
) -> None:
    wanted = spec(root, "3.13", "3.12", global_versions=("3.13",))
    predicted = converge(no_process, wanted, check=True)
    assert not (root / "versions").exists()
    done = converge(run, wanted, check=False)
    assert done.plan == predicted.plan
    assert (root / "version").read_text() == "3.13.5\n"
    assert "Installed 3.13.5" in (root / "build-logs/3.13.5.log").read_text()
    assert not converge(no_process, wanted, check=False).plan.changes()


def test_global_alone_starts_nothing_and_is_set_again(root: Path) -> None:
    wanted = spec(root, "3.13", global_versions=("3.13", "system"))
    converge(run, wanted, check=False)
    (root / "version").write_text("3.9.1\n")
    assert converge(no_process, wanted, check=False).plan.changes()
    assert (root / "version").read_text() == "3.13.5\nsystem\n"
    converge(no_process, wanted._replace(global_versions=()), check=False)
    assert not (root / "version").exists()


def test_removal_takes_the_version_out_of_global(root: Path) -> None:
    converge(run, spec(root, "3.13", "3.12", global_versions=("3.13",)), check=False)
    converge(run, spec(root, "3.13", state="absent"), check=False)
    assert [path.name for path in (root / "versions").iterdir()] == ["3.12.1"]
    assert not (root / "version").exists()


def test_options_reach_pyenv_by_its_variables(root: Path) -> None:
    build = BuildOptions(configure_options=("--with-lto", "--enable-shared"), jobs=3)
    converge(run, spec(root, "3.13.5", build=build), check=False)
    log = (root / "build-logs/3.13.5.log").read_text()
    assert "options: --with-lto --enable-shared -j3" in log


def test_a_build_that_fails_leaves_nothing(root: Path) -> None:
    with pytest.raises(OperationError, match="a C compiler is missing") as caught:
        converge(run, spec(root, "3.13.4"), check=False)
    assert "no acceptable C compiler found" in caught.value.output
    assert list((root / "versions").iterdir()) == []


def test_a_rebuild_that_fails_leaves_the_old_one(root: Path) -> None:
    converge(run, spec(root, "3.13.5"), check=False)
    (root / "versions/3.13.5/bin/mine").touch()
    definition = root / "plugins/python-build/share/python-build/3.13.5"
    definition.write_text("fails")
    changed = spec(root, "3.13.5", rebuild="changed", build=BuildOptions(cflags="-O0"))
    with pytest.raises(OperationError):
        converge(run, changed, check=False)
    assert (root / "versions/3.13.5/bin/mine").exists()
    definition.write_text("works")
    done = converge(run, changed, check=False)
    assert [row.action for row in done.plan.versions] == ["rebuilt"]
    assert not (root / "versions/3.13.5/bin/mine").exists()
    assert sorted(os.listdir(root / "versions")) == ["3.13.5"]
    assert not converge(no_process, changed, check=False).plan.changes()


def test_a_required_part_that_was_not_compiled(root: Path) -> None:
    with pytest.raises(OperationError, match="bz2") as caught:
        converge(run, spec(root, "3.14"), check=False)
    assert caught.value.code == "missing-library"
    assert not (root / "versions/3.14.0").exists()
    lenient = spec(root, "3.14", build=BuildOptions(required_extensions=("ssl",)))
    done = converge(run, lenient, check=False)
    assert done.builds[0].missing_extensions == ("bz2",)


def test_a_killed_build_is_undone_by_the_next_run(root: Path) -> None:
    with pytest.raises(OperationError):
        converge(run, spec(root, "3.11"), check=False)
    # The work was killed, so that nobody could clean up.
    (root / "versions/3.11.1/bin").mkdir(parents=True, exist_ok=True)
    (root / "versions/3.11.1/bin/python").touch()
    (root / "versions/.3.11.1.building").touch()
    converge(run, spec(root, "3.13"), check=False)
    assert os.listdir(root / "versions") == ["3.13.5"]


def test_offline_names_the_archive_that_is_missing(root: Path) -> None:
    text = 'install_package "Python-3.13.5" "https://www.python.org/x.tar.xz#%s" x\n'
    definition = root / "plugins/python-build/share/python-build/3.13.5"
    definition.write_text(text % ("0" * 64))
    wanted = spec(root, "3.13.5", build=BuildOptions(offline=True))
    with pytest.raises(
        OperationError, match=r"Python-3\.13\.5\.tar\.xz is not in"
    ) as error:
        converge(no_process, wanted, check=True)
    assert "https://www.python.org/x.tar.xz" in error.value.hint
    (root / "cache").mkdir()
    (root / "cache/Python-3.13.5.tar.xz").write_text("another")
    with pytest.raises(OperationError, match="another checksum"):
        converge(no_process, wanted, check=False)


def test_without_a_root_check_mode_says_what_it_cannot_know(tmp_path: Path) -> None:
    wanted = spec(tmp_path / "none", "3.13", global_versions=("3.13",))
    predicted = converge(no_process, wanted, check=True)
    assert predicted.plan.changes() and "cannot know" in predicted.unresolved
    with pytest.raises(OperationError, match="is not a directory"):
        converge(no_process, wanted, check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused here")
def test_root_runs_no_pyenv_that_others_can_write(tmp_path: Path) -> None:
    for name in ("bin", "versions", "plugins/python-build/share/python-build"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "plugins/python-build/share/python-build/3.13.5").touch()
    (tmp_path / "bin/pyenv").write_text(PYENV)
    (tmp_path / "bin/pyenv").chmod(0o777)
    with pytest.raises(OperationError) as caught:
        converge(no_process, spec(tmp_path, "3.13.5"), check=False)
    assert caught.value.code == "untrusted-root"
