# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is removed of pip's and what is reinstalled of the package manager's, over a tree with a real database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal import (
    converge as converging,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal import state
from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal.plan import (
    plan_removal,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal.remove_files import (
    remove_empty_directory,
    remove_file,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pip_removal.spec import (
    OPTION_TABLE,
    PipRemovalSpec,
    make_spec,
    validate_options,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    CommandResult,
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.classify.origin import (
    classify_packages,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read import (
    distributions as reader,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ownership import (
    read_ownership,
)

from ..fixtures import factories as make
from ..fixtures.package_databases import Package, dpkg
from ..fixtures.trees import Link, tree

ALL = PipRemovalSpec()
APT = make.APT
SIX = APT + "/six-1.17.0.dist-info"
OWNED = {
    APT + "/six.py": b"version = 1.16\n",
    APT + "/six-1.16.0.egg-info/PKG-INFO": b"Name: six\nVersion: 1.16.0\n",
}
RECORD = (
    "six.py,sha256=x,1\n__pycache__/six.cpython-313.pyc,,\nsix_more/__init__.py,,\nsix_more/data.txt,,\n"
    "six-1.17.0.dist-info/METADATA,,\nsix-1.17.0.dist-info/INSTALLER,,\nsix-1.17.0.dist-info/RECORD,,\n"
    "six-1.17.0.dist-info/gone,,\n"
)


def overwritten(**changes: Any) -> Dict[str, Any]:
    """Return a Debian host on which pip installed six over that of the package."""
    package = Package("python3-six", "1.16.0-4", tuple(OWNED), OWNED)
    return {
        **dpkg(package),
        APT + "/six.py": "version = 1.17\n",
        APT + "/six-1.16.0.egg-info/PKG-INFO": OWNED[
            APT + "/six-1.16.0.egg-info/PKG-INFO"
        ],
        APT + "/__pycache__/six.cpython-313.pyc": "",
        APT + "/six_more/__init__.py": "",
        APT + "/six_more/data.txt": "",
        SIX + "/METADATA": "Name: six\nVersion: 1.17.0\n",
        SIX + "/INSTALLER": "pip\n",
        SIX + "/RECORD": RECORD,
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        **changes,
    }


def plan(
    tmp_path: Path, monkeypatch: Any, files: Any, spec: PipRemovalSpec = ALL
) -> Any:
    """Plan a tree whose Python is given by hand: a real one would have to be an executable for this machine."""
    reading = make.reading()
    host = tree(tmp_path, files)

    def scan(host: Any, request: Any) -> Any:
        found = reader.read_distributions(
            host, [site.path for site in reading.site_directories]
        )
        modules = reader.read_modules(host, found)
        ownership = read_ownership(
            host, [*(row.location for row in found), *modules.values()]
        )
        packages = classify_packages(
            found, ownership, reading.site_directories, modules
        )
        return make.scan(make.python(make.installation(reading, packages=packages)))

    monkeypatch.setattr(state, "scan", scan)
    return plan_removal(state.read_distributions(host, spec))


def test_files_that_no_package_owns_are_removed_and_what_was_overwritten_is_reinstalled(
    tmp_path: Path, monkeypatch: Any
) -> None:
    found = plan(tmp_path, monkeypatch, overwritten())
    (removal,) = found.removals
    assert removal.distribution.name == "six"
    assert removal.files == (
        APT + "/six_more/__init__.py",
        APT + "/six_more/data.txt",
        SIX + "/METADATA",
        SIX + "/INSTALLER",
        SIX + "/RECORD",
    )
    assert set(removal.directories) == {APT + "/six_more", SIX, APT + "/__pycache__"}
    assert found.reinstalled == (("dpkg", "python3-six", "1.16.0-4"),)
    assert found.altered == (APT + "/six.py",)
    assert found.kept == ()


def test_what_is_as_shipped_is_not_reinstalled(
    tmp_path: Path, monkeypatch: Any
) -> None:
    files = overwritten()
    location = APT + "/cowsay-6.1.dist-info"
    files = {name: value for name, value in files.items() if not name.startswith(SIX)}
    files.update(
        {
            APT + "/six.py": OWNED[APT + "/six.py"],
            APT + "/cowsay.py": "",
            location + "/INSTALLER": "pip\n",
        }
    )
    files[location + "/METADATA"] = "Name: cowsay\nVersion: 6.1\n"
    files[location + "/RECORD"] = "cowsay.py,,\n"
    found = plan(tmp_path, monkeypatch, files)
    assert [row.distribution.name for row in found.removals] == ["cowsay"]
    assert found.reinstalled == ()


@pytest.mark.parametrize(
    ("shipped", "found_on_disk", "is_removed"),
    [
        (None, "pip\n", True),
        ("debian\n", "pip\n", True),
        ("pip\n", "pip\n", False),
        ("debian\n", "debian\n", False),
    ],
)
def test_the_very_version_of_the_package_is_found_by_the_installer_that_the_package_does_not_ship(
    tmp_path: Path, monkeypatch: Any, shipped: Any, found_on_disk: str, is_removed: bool
) -> None:
    owned = {
        APT + "/six.py": b"version = 1.17\n",
        SIX + "/METADATA": b"Name: six\nVersion: 1.17.0\n",
    }
    if shipped is not None:
        owned[SIX + "/INSTALLER"] = shipped.encode()
    files = overwritten(**dpkg(Package("python3-six", "1.17.0-1", tuple(owned), owned)))
    files[SIX + "/INSTALLER"] = found_on_disk
    found = plan(tmp_path, monkeypatch, files)
    assert bool(found.removals) is is_removed
    if is_removed:
        assert SIX + "/RECORD" in found.removals[0].files
        assert SIX + "/METADATA" not in found.removals[0].files


@pytest.mark.parametrize(
    "record",
    [
        "../../../../etc/passwd,,\n",
        "/etc/passwd,,\n",
        "six_more/../../../../../etc/passwd,,\n",
    ],
)
def test_a_record_that_leads_out_of_the_prefix_keeps_the_distribution(
    tmp_path: Path, monkeypatch: Any, record: str
) -> None:
    found = plan(
        tmp_path, monkeypatch, overwritten(**{SIX + "/RECORD": RECORD + record})
    )
    assert found.removals == ()
    (kept,) = found.kept
    assert "/etc/passwd" in kept.reason


@pytest.mark.parametrize(
    "row",
    [
        "../../../local/bin/tool,,\n",
        "../../../local/bin/tool,sha256=,\n",
        "../../../local/bin/tool,shake_128=x,\n",
        "../../../local/bin/tool,sha256=LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ,5\n",
    ],
)
def test_a_file_that_pip_did_not_install_beside_the_site_directory_keeps_it(
    tmp_path: Path, monkeypatch: Any, row: str
) -> None:
    files = overwritten(
        **{SIX + "/RECORD": RECORD + row, "usr/local/bin/tool": "the administrator's\n"}
    )
    found = plan(tmp_path, monkeypatch, files)
    assert found.removals == ()
    assert "usr/local/bin/tool" in found.kept[0].reason


def test_a_script_is_removed_as_pip_recorded_it(
    tmp_path: Path, monkeypatch: Any
) -> None:
    row = (
        "../../../local/bin/tool,sha256=LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ,5\n"
    )
    files = overwritten(
        **{SIX + "/RECORD": RECORD + row, "usr/local/bin/tool": "hello"}
    )
    (removal,) = plan(tmp_path, monkeypatch, files).removals
    assert "/usr/local/bin/tool" in removal.files


def test_without_a_record_it_stays(tmp_path: Path, monkeypatch: Any) -> None:
    files = overwritten()
    del files[SIX + "/RECORD"]
    found = plan(tmp_path, monkeypatch, files)
    assert (found.removals, found.reinstalled) == ((), ())
    assert "RECORD" in found.kept[0].reason


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        (PipRemovalSpec(names=("six",)), 1),
        (PipRemovalSpec(names=("requests",)), 0),
        (PipRemovalSpec(keep=("six",)), 0),
    ],
)
def test_names_and_keep(
    tmp_path: Path, monkeypatch: Any, spec: PipRemovalSpec, count: int
) -> None:
    assert len(plan(tmp_path, monkeypatch, overwritten(), spec).removals) == count


@pytest.mark.parametrize("shadowing", [False, True])
def test_below_usr_local_only_what_shadows_and_only_when_requested(
    tmp_path: Path, monkeypatch: Any, shadowing: bool
) -> None:
    local = make.LOCAL
    files = {
        name: value for name, value in overwritten().items() if not name.startswith(SIX)
    }
    for name in ("six", "cowsay"):
        location = "%s/%s-9.dist-info" % (local, name)
        files[location + "/METADATA"] = "Name: %s\nVersion: 9\n" % name
        files[location + "/INSTALLER"] = "pip\n"
        files[location + "/RECORD"] = "%s.py,,\n" % name
        files["%s/%s.py" % (local, name)] = ""
    found = plan(tmp_path, monkeypatch, files, PipRemovalSpec(shadowing=shadowing))
    assert [row.files for row in found.removals] == (
        [(local + "/six.py",)] if shadowing else []
    )
    assert found.reinstalled == ()


def test_links_of_a_package_are_compared_by_their_text(tmp_path: Path) -> None:
    owner = make.STDLIB_PACKAGE._replace(path="/usr/lib/x", link="target")
    host = tree(tmp_path, {"usr/lib/x": Link("target"), "usr/lib/y": Link("other")})
    assert state.is_intact(host, owner)
    assert not state.is_intact(host, owner._replace(path="/usr/lib/y"))
    assert not state.is_intact(host, owner._replace(path="/usr/lib/z"))


def test_nothing_is_removed_where_a_package_cannot_be_reinstalled(
    tmp_path: Path, monkeypatch: Any
) -> None:
    found = plan(tmp_path, monkeypatch, overwritten())
    monkeypatch.setattr(converging, "read_distributions", lambda _host, _spec: None)
    monkeypatch.setattr(converging, "plan_removal", lambda _state: found)
    monkeypatch.setattr(
        converging, "remove_file", lambda path: pytest.fail("removed " + path)
    )
    monkeypatch.setattr(converging, "are_restored", lambda _host, _paths: False)
    commands = []

    def run(argv: Any, *_rest: Any) -> CommandResult:
        commands.append(list(argv))
        return CommandResult(100, "", "E: Unable to fetch some archives\n")

    with pytest.raises(
        OperationError,
        match=r"dpkg could not restore .*six\.py of the package python3-six 1\.16",
    ):
        converging.converge(
            run, lambda: tree(tmp_path / "host", {"etc/passwd": ""}), ALL, check=False
        )
    assert commands[0][-1] == "python3-six=1.16.0-4"
    assert converging.converge(
        run, lambda: tree(tmp_path / "host", {"etc/passwd": ""}), ALL, check=True
    ).changed


# ----------------------------------------------------------------------- files


def test_a_file_is_removed_by_its_name_alone(tmp_path: Path) -> None:
    root = Path(os.path.realpath(tmp_path))
    (root / "a").mkdir()
    (root / "outside").write_text("kept")
    (root / "a/link").symlink_to(root / "outside")
    (root / "a/file").write_text("")
    assert remove_file(str(root / "a/file"))
    assert not remove_file(str(root / "a/file"))
    assert remove_file(str(root / "a/link"))
    assert (root / "outside").read_text() == "kept"
    with pytest.raises(IsADirectoryError):
        remove_file(str(root / "a"))


def test_no_link_above_a_file_is_followed(tmp_path: Path) -> None:
    root = Path(os.path.realpath(tmp_path))
    (root / "real").mkdir()
    (root / "real/file").write_text("kept")
    (root / "alias").symlink_to(root / "real")
    with pytest.raises(OSError, match="alias"):
        remove_file(str(root / "alias/file"))
    assert (root / "real/file").exists()


def test_only_empty_directories_are_removed(tmp_path: Path) -> None:
    root = Path(os.path.realpath(tmp_path))
    (root / "full").mkdir()
    (root / "full/file").write_text("")
    (root / "empty").mkdir()
    (root / "alias").symlink_to(root / "empty")
    assert not remove_empty_directory(str(root / "full"))
    assert not remove_empty_directory(str(root / "alias"))
    assert remove_empty_directory(str(root / "empty"))
    assert not remove_empty_directory(str(root / "empty"))
    assert not remove_empty_directory(str(root / "gone/below"))


# --------------------------------------------------------------------- options


def test_names_are_normalized_and_checked() -> None:
    options = {"names": ["Ruamel.YAML"], "keep": ["a_b"], "shadowing": True}
    assert set(options) == set(OPTION_TABLE)
    assert list(validate_options(options)) == []
    assert make_spec(options) == PipRemovalSpec(("ruamel-yaml",), ("a-b",), True)


@pytest.mark.parametrize(
    ("options", "option"),
    [({"names": ["six==1"]}, "names"), ({"names": ["a.b"], "keep": ["A-B"]}, "keep")],
)
def test_what_cannot_be_meant_is_refused(options: Dict[str, Any], option: str) -> None:
    (problem,) = validate_options(
        {"names": [], "keep": [], "shadowing": False, **options}
    )
    assert problem.option == option


def test_quoted_paths_of_a_record() -> None:
    assert state.parse_record(b'"a,b.py",sha256=x,1\r\nc.py,,\n\n') == (
        ("a,b.py", "sha256=x"),
        ("c.py", ""),
    )
