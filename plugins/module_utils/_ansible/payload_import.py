# SPDX-License-Identifier: GPL-3.0-or-later
"""Import from the archive that Ansible sends, compiling each module once.

The archive holds sources, and ``zipimport.zipimporter`` compiles a source twice: in ``get_filename()``, for the spec of
the module, and to run it (https://github.com/python/cpython/issues/141276). That is a third of what a module of this
collection takes to start.
"""

from __future__ import annotations

import sys
from zipimport import ZipImportError, zipimporter


def compile_once(loader: object) -> None:
    """Let modules that come from the archive of this loader be compiled once; do nothing for any other loader."""
    if not isinstance(loader, zipimporter):
        return
    archive = loader.archive

    class SourceImporter(zipimporter):
        """Import sources from one archive, which contains no bytecode."""

        def __init__(self, path: str) -> None:
            """Raise ZipImportError for a path that is not in the archive: another importer takes it."""
            super().__init__(path)
            if self.archive != archive:
                raise ZipImportError("not in %s: %s" % (archive, path), path=path)

        def get_filename(self, fullname: str) -> str:
            """Return the file of a module, without compiling it."""
            name = fullname.rpartition(".")[2]
            suffix = "/__init__.py" if self.is_package(fullname) else ".py"
            return "%s/%s%s%s" % (self.archive, self.prefix, name, suffix)

    sys.path_hooks.insert(0, SourceImporter)
    for path, importer in list(sys.path_importer_cache.items()):
        if isinstance(importer, zipimporter) and importer.archive == archive:
            del sys.path_importer_cache[path]
