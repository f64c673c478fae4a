# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of projects, as the Python Packaging User Guide normalizes them."""

from __future__ import annotations

import re


def canonicalize_name(name: str) -> str:
    """Return the normalized form of a project's name: ``ruamel-yaml`` for ``Ruamel.YAML`` (PEP 503).

    Source: https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return re.sub(r"[-_.]+", "-", name).lower()
