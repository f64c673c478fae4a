# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web application with a dependency from PyPI."""

from __future__ import annotations

import sys
from typing import Any, Callable
from wsgiref.simple_server import make_server

import cowsay


def application(
    _environ: dict[str, Any], start_response: Callable[..., object]
) -> list[bytes]:
    """Respond to every request with the path of the environment."""
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [cowsay.get_output_string("cow", sys.prefix).encode()]


if __name__ == "__main__":
    make_server("", 8000, application).serve_forever()
