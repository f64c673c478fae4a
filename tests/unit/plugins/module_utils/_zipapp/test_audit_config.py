# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a host that audits itself: what is read, and the sentence for what cannot be used."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.trusted_json import (
    Unusable,
)
from ansible_collections.pyfleet.python.plugins.module_utils._zipapp.audit_config import (
    read_config,
)

VALID = {"schema_version": 1, "options": {}, "result": "/var/lib/result.json"}

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only a file of root is trusted"
)


def write(tmp_path: Any, **changes: Any) -> str:
    path = tmp_path / "audit.json"
    path.write_text(json.dumps({**VALID, **changes}))
    path.chmod(0o600)
    return str(path)


def test_options_get_the_defaults_of_the_module(tmp_path: Any) -> None:
    listed = [{"name": "litellm", "reason": "compromised"}]
    config = read_config(write(tmp_path, options={"listed_packages": listed}))
    assert config.options["threshold"] == "medium"
    assert config.options["listed_packages"][0]["severity"] == "high"
    assert (config.textfile, config.inventory) == ("", "none")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 2}, "no schema_version 1"),
        ({"options": []}, "no valid options"),
        ({"result": None}, "no valid options, or no result"),
        ({"options": {"treshold": "high"}}, "audit has no option treshold"),
        ({"options": {"waivers": 7}}, "waivers is not a list"),
        ({"options": {"waivers": [1]}}, "1 is not a dictionary of options"),
        ({"result": "relative.json"}, "'relative.json' is not an absolute path"),
        ({"textfile": 5}, "5 is not an absolute path"),
        ({"textfile": "/a\0b"}, "is not an absolute path"),
        ({"inventory": "everything"}, "inventory is none of none, pythons, packages"),
        ({"inventory": ["packages"]}, "inventory is none of none, pythons, packages"),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(
    changes: Any, message: str, tmp_path: Any
) -> None:
    with pytest.raises(Unusable, match=message):
        read_config(write(tmp_path, **changes))
