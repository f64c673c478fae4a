# SPDX-License-Identifier: GPL-3.0-or-later
"""The source of a module of this collection, to be run by another Python."""

from __future__ import annotations

from types import ModuleType
from typing import Any


def program_source(module: ModuleType) -> str:
    """Return the source of an imported module, wherever it was imported from: a file, Ansible's archive, a zipapp.

    Call it when a file is imported: the archive is unreadable to a child that has dropped root privileges. It is empty
    where the module's loader keeps no source (PEP 302), which none of these three does.
    """
    loader: Any = module.__spec__.loader if module.__spec__ is not None else None
    get_source = getattr(loader, "get_source", None)
    source = get_source(module.__name__) if get_source is not None else None
    return source if isinstance(source, str) else ""
