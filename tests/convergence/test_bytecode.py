# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever installs, and whichever environment of a call it is: nothing is left to be compiled when it is started."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from convergence.area import Area

#: Gives the files of site-packages whose bytecode the interpreter itself would not take as it is.
_STALE = """\
import importlib._bootstrap_external as b, importlib.util as u, json, pathlib, sys, sysconfig
stale = []
for path in pathlib.Path(sysconfig.get_path("purelib")).rglob("*.py"):
    try:
        data = pathlib.Path(u.cache_from_source(str(path))).read_bytes()
        assert b._classify_pyc(data, str(path), {}) == 0
        info = path.stat()
        b._validate_timestamp_pyc(data, int(info.st_mtime), info.st_size, str(path), {})
    except (OSError, ImportError) as exc:
        stale.append([str(path), str(exc)])
print(json.dumps(stale))
"""


@pytest.mark.parametrize("installer", ["pip", "uv"])
@pytest.mark.parametrize("pip", [True, False])
def test_nothing_is_left_to_compile(
    area: Area, tmp_path: Path, installer: str, pip: bool
) -> None:
    root = area.root / f"bytecode-{tmp_path.name}"
    root.mkdir()
    rows = [{"path": str(root / name / "venv")} for name in ("one", "two", "three")]
    shared = {
        "find_links": [str(area.wheels)],
        "no_index": True,
        "installer": installer,
        "pip": pip,
    }
    for version in ("1.0", "1.1"):
        packages = [f"alpha=={version}", "gamma[fast]"]
        answer = area.runner.run({"environments": rows, "packages": packages, **shared})
        assert answer.result.get("changed"), str(answer)
        for row in rows:
            python = row["path"] + "/bin/python"
            done = subprocess.run(
                [python, "-B", "-c", _STALE], check=True, capture_output=True, text=True
            )
            assert json.loads(done.stdout) == []
            said = subprocess.run(
                [python, "-B", "-m", "alpha"],
                check=True,
                capture_output=True,
                text=True,
            )
            assert said.stdout.split()[0] == version
