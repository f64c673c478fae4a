# SPDX-License-Identifier: GPL-3.0-or-later
"""The code of .pth files that tools write without recording them.

A file with one of these names that runs any other code is reported as every other.
"""

from __future__ import annotations

from typing import Mapping

#: The only line of code that a file of this name has.
KNOWN_HOOKS: Mapping[str, str] = {
    # The releases of the module `venv` (_venv/releases.py).
    "_pyfleet_pin.pth": "import _pyfleet_pin; _pyfleet_pin.pin(locals().get('known_paths'))",
    # virtualenv >= 20 (create/via_global_ref/api.py) and uv (uv-virtualenv).
    "_virtualenv.pth": "import _virtualenv",
}
#: Lines that only reorder sys.path, in a file of any name: easy-install.pth of setuptools (command/easy_install.py,
#: RewritePthDistributions) in its two spellings, and _virtualenv_path_extensions.pth of virtualenvwrapper.
HARMLESS_LINES = frozenset(
    (
        "import sys; sys.__plen = len(sys.path)",
        "import sys; new=sys.path[sys.__plen:]; del sys.path[sys.__plen:]; p=getattr(sys,'__egginsert',0);"
        " sys.path[p:p]=new; sys.__egginsert = p+len(new)",
        "import sys; new = sys.path[sys.__plen:]; del sys.path[sys.__plen:]; p = getattr(sys, '__egginsert', 0);"
        " sys.path[p:p] = new; sys.__egginsert = p + len(new)",
    )
)
