# SPDX-License-Identifier: GPL-3.0-or-later
"""A pip out of ensurepip's wheel, unpacked once: to be put into environments, and to work on those without one.

`ensurepip` in each environment takes seconds. The wheel unpacked and its bytecode compiled is linked in hundredths.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import re
import shutil
import tempfile
import zipfile
from contextlib import suppress
from typing import List, Optional, Sequence

from .._process.commands import OperationError
from .._scan import pep440 as versions
from .bytecode import Bytecode
from .copy_files import link_or_copy

_WHEEL = re.compile(r"pip-([0-9][^-]*)-py[23.py]*-none-any\.whl")
_SHEBANG_LIMIT = 127  # bytes, of Linux before 5.1
_SCRIPT = """\
%s
# -*- coding: utf-8 -*-
import re
import sys
from pip._internal.cli.main import main
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit(main())
"""


class PipBootstrap:
    """The pip of one wheel, unpacked in a directory.

    :param directory: where it is, or shall be, unpacked; private to this user.
    :param wheels: where ensurepip's wheel lies, or ''.
    :param bytecode: compiles what is unpacked, where more than one environment will have it.
    """

    def __init__(
        self, directory: str, wheels: str, bytecode: Optional[Bytecode] = None
    ) -> None:
        self._directory = directory
        self._wheels = wheels
        self._bytecode = bytecode

    def version(self) -> str:
        """Return the version of the wheel's pip, or '' if there is no wheel."""
        names = (
            os.listdir(self._wheels)
            if self._wheels and os.path.isdir(self._wheels)
            else []
        )
        found = [match.group(1) for match in map(_WHEEL.fullmatch, names) if match]
        return max(found, key=versions.release) if found else ""

    def is_whole(self, python: str) -> bool:
        """Return whether the wheel contains all that pip needs; Debian 11's needs the wheels beside it."""
        return os.path.isdir(
            os.path.join(self.unpack(python), "pip", "_vendor", "requests")
        )

    def unpack(self, python: str) -> str:
        """Return the directory that contains the package `pip`, after unpacking it for ``python``."""
        target = os.path.join(
            self._directory, "pip-%s-%s" % (self.version(), os.path.basename(python))
        )
        if os.path.isdir(target):
            return target
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        draft = tempfile.mkdtemp(prefix="pip-", dir=self._directory)
        try:
            self._extract(draft)
            if self._bytecode is not None:
                self._bytecode.complete(draft)
            with suppress(OSError):  # another run of this user was first
                os.rename(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return target

    def _extract(self, directory: str) -> None:
        """Unpack the wheel; one without what pip needs together with those beside it, which its pip then finds."""
        names = sorted(os.listdir(self._wheels))
        own = next(
            each for each in names if each.startswith("pip-%s-" % self.version())
        )
        with zipfile.ZipFile(os.path.join(self._wheels, own)) as archive:
            archive.extractall(directory)
        if not os.path.isdir(os.path.join(directory, "pip", "_vendor", "requests")):
            for name in names:
                if name.endswith("-none-any.whl") and name != own:
                    with zipfile.ZipFile(os.path.join(self._wheels, name)) as archive:
                        # Without their metadata, or pip would take them for distributions of the environment.
                        members = [
                            each
                            for each in archive.namelist()
                            if ".dist-info/" not in each
                        ]
                        archive.extractall(directory, members)

    def put_into(self, prefix: str, python: str) -> None:
        """Install the wheel's pip into the environment at ``prefix``, as the wheel's specification says."""
        source = self.unpack(python)
        remove_pip(prefix)
        site = site_of(prefix)
        information = "pip-%s.dist-info" % self.version()
        shutil.copytree(
            os.path.join(source, "pip"),
            os.path.join(site, "pip"),
            copy_function=link_or_copy,
        )
        shutil.copytree(
            os.path.join(source, information), os.path.join(site, information)
        )
        minor = os.path.basename(os.path.dirname(site))  # python3.13
        scripts = []
        for name in ("pip", "pip3", "pip" + minor[len("python") :]):
            path = os.path.join(prefix, "bin", name)
            data = (_SCRIPT % _shebang(os.path.join(prefix, "bin", "python"))).encode(
                "utf-8", "surrogateescape"
            )
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, 0o755)
            digest = (
                base64.urlsafe_b64encode(hashlib.sha256(data).digest())
                .rstrip(b"=")
                .decode("ascii")
            )
            scripts.append(
                [os.path.relpath(path, site), "sha256=" + digest, str(len(data))]
            )
        _complete(os.path.join(site, information), scripts)


def _shebang(python: str) -> str:
    """Return the first lines of a script; a shell starts what the kernel would not accept, as pip does it."""
    if len(os.fsencode(python)) + 3 <= _SHEBANG_LIMIT and " " not in python:
        return "#!" + python
    return "#!/bin/sh\n'''exec' \"%s\" \"$0\" \"$@\"\n' '''" % python


def _complete(information: str, scripts: Sequence[List[str]]) -> None:
    with open(os.path.join(information, "INSTALLER"), "w", encoding="ascii") as file:
        file.write("pip\n")
    told = io.StringIO(newline="")
    name = os.path.basename(information)
    csv.writer(told, lineterminator="\n").writerows(
        [*scripts, [name + "/INSTALLER", "", ""]]
    )
    with open(
        os.path.join(information, "RECORD"), "a", encoding="utf-8", newline=""
    ) as file:
        file.write(told.getvalue())


def site_of(prefix: str) -> str:
    """Return the site-packages of a new environment; raise OperationError if there is none."""
    lib = os.path.join(prefix, "lib")
    for name in sorted(os.listdir(lib)) if os.path.isdir(lib) else ():
        site = os.path.join(lib, name, "site-packages")
        if name.startswith(("python", "pypy")) and os.path.isdir(site):
            return site
    raise OperationError(
        "no-site-packages",
        "%s has no site-packages" % prefix,
        "Remove it, and run again.",
    )


def has_pip(prefix: str) -> str:
    """Return the version of the pip in an environment, or '' if it has none or an incomplete one."""
    try:
        site = site_of(prefix)
        if not os.path.isfile(
            os.path.join(site, "pip", "__main__.py")
        ) or not _information(site):
            return ""
        with open(os.path.join(site, "pip", "__init__.py"), encoding="utf-8") as file:
            match = re.search(
                r"^__version__\s*=\s*['\"]([^'\"]+)", file.read(), re.MULTILINE
            )
    except (OSError, ValueError, OperationError):
        return ""
    return match.group(1) if match else ""


def _information(site: str) -> List[str]:
    return [
        name
        for name in os.listdir(site)
        if re.fullmatch(r"pip-[^-]+\.(dist|egg)-info", name)
    ]


def remove_pip(prefix: str) -> None:
    """Remove pip, or what is left of it, from an environment, with the scripts that its RECORD lists."""
    site, scripts = site_of(prefix), os.path.join(prefix, "bin")
    for name in _information(site):
        rows: List[str] = []
        record = os.path.join(site, name, "RECORD")
        with suppress(OSError, ValueError, csv.Error), open(
            record, encoding="utf-8", newline=""
        ) as file:
            rows = [row[0] for row in csv.reader(file) if row]
        for row in rows:
            path = os.path.normpath(os.path.join(site, row))
            if row.startswith("../") and os.path.dirname(path) == scripts:
                with suppress(FileNotFoundError):
                    os.unlink(path)
        shutil.rmtree(os.path.join(site, name))
    shutil.rmtree(os.path.join(site, "pip"), ignore_errors=True)
