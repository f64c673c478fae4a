# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a scan."""

from __future__ import annotations

import os
from typing import Any, Sequence

from .._scan.invalid_option import InvalidOption
from .._scan.model import Request
from .._scan.scan_request import make_request
from .refusal import refuse


def read_request(module: Any, subset: Sequence[str]) -> Request:
    """Return the request of a scan; end the module with a message if an option is invalid."""
    root = module.params["root"]
    if not os.path.isabs(root) or not os.path.isdir(root):
        refuse(
            module,
            "root",
            "root is not a directory: %s" % root,
            "Set it to the directory where the image is mounted.",
        )
    try:
        return make_request(module.params, subset)
    except InvalidOption as exc:
        refuse(module, exc.option, exc.message, exc.hint)
