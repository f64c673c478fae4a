# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rebuild after a rollback uses the files that the current release was built from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._venv.inputs import (
    read_inputs,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.rebuild_plan import (
    pin_versions,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.rebuild_sources import (
    find_recorded_spec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
)

OLD, NEW = "0" * 16, "f" * 16


@pytest.fixture(name="sources")
def make_sources(tmp_path: Path) -> Path:
    """Two sets of files: a wheel, and a lock of the same name with other contents."""
    for name, version in ((OLD, "1.0"), (NEW, "2.0")):
        directory = tmp_path / "sources" / name
        directory.mkdir(parents=True)
        (directory / ("my_shop-%s-py3-none-any.whl" % version)).write_text(version)
        (directory / "lock.txt").write_text("shop==%s\n" % version)
    return tmp_path / "sources"


def wheel_spec(sources: Path, name: str, version: str, *others: str) -> EnvironmentSpec:
    wheel = "%s/%s/my_shop-%s-py3-none-any.whl" % (sources, name, version)
    return EnvironmentSpec(path="/opt/shop/venv", packages=(*others, wheel))


def record_of(spec: EnvironmentSpec, **packages: str) -> Dict[str, Any]:
    with Host() as host:
        return {
            "inputs": read_inputs(host, spec).digest,
            "packages": {"my-shop": "1.0", **packages},
        }


def found(spec: EnvironmentSpec, record: Dict[str, Any]) -> EnvironmentSpec:
    with Host() as host:
        return find_recorded_spec(host, spec, record)


def test_the_set_of_the_recorded_inputs_is_used(sources: Path) -> None:
    old = wheel_spec(sources, OLD, "1.0", "gunicorn")
    assert found(wheel_spec(sources, NEW, "2.0", "gunicorn"), record_of(old)) == old
    assert found(old, record_of(old)) == old


def test_a_lock_of_an_older_release_is_found_with_its_wheels(sources: Path) -> None:
    def spec(name: str) -> EnvironmentSpec:
        directory = "%s/%s" % (sources, name)
        return EnvironmentSpec(
            path="/opt/shop/venv", lock=directory + "/lock.txt", find_links=(directory,)
        )

    assert found(spec(NEW), record_of(spec(OLD))) == spec(OLD)


def test_where_other_packages_differ_the_versions_decide(sources: Path) -> None:
    record = record_of(wheel_spec(sources, OLD, "1.0", "gunicorn==1"), gunicorn="1")
    spec = found(wheel_spec(sources, NEW, "2.0", "gunicorn==2"), record)
    assert spec == wheel_spec(sources, OLD, "1.0", "gunicorn==2")
    pinned = pin_versions(spec, record, unchanged=False)
    assert pinned.packages == (spec.packages[1], "gunicorn==1", "my-shop==1.0")


def test_without_a_set_that_fits_nothing_changes(sources: Path) -> None:
    spec = wheel_spec(sources, NEW, "2.0")
    record = {"inputs": "other", "packages": {"my-shop": "3.0"}}
    assert found(spec, record) == spec
    plain = EnvironmentSpec(path="/opt/shop/venv", packages=("gunicorn",))
    assert found(plain, record) == plain
