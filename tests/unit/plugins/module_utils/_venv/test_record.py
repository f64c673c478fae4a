# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a release names every path that it was installed from: roles keep those files as long as it."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._install.contents import (
    Contents,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.select import (
    Interpreter,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.inputs import (
    read_inputs,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.record import (
    write_record,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.spec import (
    EnvironmentSpec,
)


def test_requirements_their_includes_archives_and_local_directories_are_named(
    tmp_path: Path,
) -> None:
    wheel, included, requirements = (
        tmp_path / name for name in ("shop-1.0-py3-none-any.whl", "more.txt", "all.txt")
    )
    wheel.write_bytes(b"PK")
    included.write_text("six\n")
    requirements.write_text("-r more.txt\n")
    spec = EnvironmentSpec(
        path="/srv/app/venv",
        packages=(str(wheel), "six"),
        requirements=(str(requirements),),
        find_links=(str(tmp_path), "https://wheels.example.com/"),
    )
    with Host() as host:
        inputs = read_inputs(host, spec)
    assert set(inputs.files) == {
        str(wheel),
        str(included),
        str(requirements),
        str(tmp_path),
    }
    contents = Contents({"six": "1.16.0"}, {"six": ""}, "digest", True)
    base = Interpreter("/usr/bin/python3", "3.13.5", "cpython", True, True)
    installer = {"installer": "pip", "installer_version": "25.1"}
    write_record(
        str(tmp_path),
        spec,
        inputs=inputs,
        contents=contents,
        installer=installer,
        base=base,
    )
    record = json.loads((tmp_path / ".pyfleet.json").read_text())
    assert (
        record["input_files"] == list(inputs.files)
        and record["inputs"] == inputs.digest
    )
