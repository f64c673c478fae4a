# SPDX-License-Identifier: GPL-3.0-or-later
"""The module `uv_info` of the role uv."""

from __future__ import annotations

from typing import Any, Dict, NoReturn

from ansible.module_utils.basic import AnsibleModule

from .._process.commands import OperationError
from .._process.run_text import run_text
from .._uv.program_source import find_source
from .failure import fail

UV_INFO_ARGUMENTS: Dict[str, Any] = {
    "source": {
        "type": "str",
        "choices": ["auto", "distribution", "environment"],
        "default": "auto",
    },
}


def gather_info(module: AnsibleModule) -> NoReturn:
    """Return where uv comes from, and end the module."""
    try:
        found = find_source(run_text, module.params["source"])
    except OperationError as exc:
        fail(module, exc)
    module.exit_json(
        **{**found._asdict(), "package": found.package._asdict()}, changed=False
    )
    raise AssertionError("exit_json came back")  # for the type checker: it does not
