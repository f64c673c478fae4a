# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the record of a converge into the environment that it built; it holds no credentials."""

from __future__ import annotations

import json
import os
import tempfile
import time
from types import MappingProxyType
from typing import Any, Dict, List, Mapping

from .._install.contents import Contents
from .._scan.select import Interpreter
from .inputs import Inputs
from .spec import OPTIONS, EnvironmentSpec
from .state import RECORD, SCHEMA


def write_record(
    prefix: str,
    spec: EnvironmentSpec,
    *,
    inputs: Inputs,
    contents: Contents,
    installer: Dict[str, str],
    base: Interpreter,
    commits: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write the record of the environment at ``prefix``.

    The paths that it was installed from are in it: the role app_venv keeps files of the controller that a record names.

    :param inputs: what was requested; its digest is '' where it was not installed by a converge.
    :param commits: that references into version control led to, by their text without credentials.
    :param installer: its `installer` (pip or uv) and `installer_version`.
    """
    record = {
        "schema": SCHEMA,
        "inputs": inputs.digest,
        "input_files": list(inputs.files),
        "commits": dict(commits),
        "digest": contents.digest,
        "python": base.path,
        "version": base.version,
        "packages": dict(contents.packages),
        "builds": dict(contents.builds),
        "scripts": list(contents.scripts),
        "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **installer,
        **_recorded_options(spec),
    }
    write_whole(
        os.path.join(prefix, RECORD),
        json.dumps(record, indent=1, sort_keys=True) + "\n",
        0o644,
    )


def _recorded_options(spec: EnvironmentSpec) -> Dict[str, Any]:
    options = {row.name: getattr(spec, row.name) for row in OPTIONS if row.is_recorded}
    return {**options, "links": _link_rows(spec)}


def _link_rows(spec: EnvironmentSpec) -> List[List[str]]:
    return [[link.directory, link.alias or link.name, link.name] for link in spec.links]


def write_whole(path: str, text: str, mode: int) -> None:
    """Write a file completely or not at all."""
    fd, draft = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".pyfleet-")
    try:
        with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        os.chmod(draft, mode)
        os.rename(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
