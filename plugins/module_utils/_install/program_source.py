# SPDX-License-Identifier: GPL-3.0-or-later
"""The source of a module of this collection, to be run by another Python."""

from __future__ import annotations

from types import ModuleType
from typing import Any


def program_source(module: ModuleType) -> str:
    """Return the source of an imported module, wherever it was imported from: a file, Ansible's archive, a zipapp.

    To be called when a file is imported: the archive is unreadable to a child that has given up root.
    """
    loader: Any = module.__spec__.loader if module.__spec__ is not None else None
    source = loader.get_source(module.__name__)
    assert isinstance(source, str)
    return source
