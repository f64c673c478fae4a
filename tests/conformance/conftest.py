# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several files of tests use: the ledger of a file, printed at the end of the run, and installers."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Iterator

import pytest
from convergence.packages import write_index
from testbed import figures, wheelhouse

sys.path.insert(0, str(Path(__file__).parent))

from cells import Ledger
from installers import Shop


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(figures)


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    book = Ledger()
    yield book
    figures.FIGURES.append(book.report())


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_index(
        tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("scratch")
    )


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return uv, and for each version of pip a directory such as ensurepip's."""
    house, target = wheelhouse.ensure(), tmp_path_factory.mktemp("programs")
    for version in ("20.3.4", "25.1.1", "26.3"):
        (target / version).mkdir()
        (wheel,) = house.glob(f"pip-{version}-*.whl")
        (target / version / wheel.name).symlink_to(wheel)
    (wheel,) = house.glob("uv-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith("/scripts/uv")]
        (target / "uv").write_bytes(archive.read(name))
    (target / "uv").chmod(0o755)
    return target


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory that each pip is unpacked in once: a call of the module does so for all that it makes."""
    return tmp_path_factory.mktemp("seed")


@pytest.fixture
def shop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    wheels: Path,
    programs: Path,
    seed: Path,
) -> Shop:
    return Shop(tmp_path, request.param, wheels, programs, seed)


@pytest.fixture
def made(shop: Shop) -> Shop:
    """Return an installer with an environment that has a pip."""
    shop.installer().create(shop.prefix, False, True)
    return shop
