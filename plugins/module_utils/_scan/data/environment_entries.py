# SPDX-License-Identifier: GPL-3.0-or-later
"""What tools put into the top directory of an environment; anything else there is somebody's own."""

from __future__ import annotations

#: By venv, virtualenv, uv, conda and pipx, and what packages install as data (share, man, include).
ENVIRONMENT_ENTRIES = frozenset(
    ".Python .gitignore .lock CACHEDIR.TAG bin conda-meta include lib lib-python lib64 lib_pypy local man "
    "pip-selfcheck.json pipx_metadata.json pypy pypy3 pyvenv.cfg share site-packages uv-receipt.toml".split()
)
