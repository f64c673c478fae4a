# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `python_bootstrap` knows of ansible-core is what ansible-core says."""

from __future__ import annotations

from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="checked on a controller's Python")
config = pytest.importorskip(
    "ansible.config.manager", reason="needs a whole ansible-core"
)
release = pytest.importorskip("ansible.release", reason="needs a whole ansible-core")

CORES = (
    Path(__file__).resolve().parents[3] / "roles/python_bootstrap/vars/main/cores.yml"
)


def test_the_oldest_and_newest_python_are_those_that_this_core_looks_for() -> None:
    names = config.ConfigManager().get_config_value_and_origin(
        "INTERPRETER_PYTHON_FALLBACK"
    )[0]
    versions = [name[len("python") :] for name in names if name.startswith("python3.")]
    rows = yaml.safe_load(CORES.read_text(encoding="utf-8"))["__python_bootstrap_cores"]
    row = rows[".".join(release.__version__.split(".")[:2])]
    assert row == {"oldest": versions[-1], "newest": versions[0]}
