# SPDX-License-Identifier: GPL-3.0-or-later
"""Which conda, mamba or micromamba works for an environment, and where a named environment is: by files alone."""

from __future__ import annotations

import os
from typing import Iterator, NamedTuple, Optional

from .._host.host import Host
from .._process.commands import OperationError
from .._process.writing_account import find_writing_account
from .._scan.read.pyvenv_cfg import parse_shebang
from .._scan.read.trust import TrustReader
from .spec import TOOLS, EnvironmentSpec

#: Directories of the usual installations, each with ``bin``; the first that has the tool is used.
_SYSTEM_ROOTS = (
    "/opt/conda",
    "/opt/miniforge3",
    "/opt/miniforge",
    "/opt/mambaforge",
    "/opt/miniconda3",
    "/opt/micromamba",
    "/opt/homebrew",
    "/usr/local",
    "/usr",
)
_HOME_ROOTS = (
    "miniforge3",
    "mambaforge",
    "miniconda3",
    "anaconda3",
    "micromamba",
    ".local",
)
_MICROMAMBA_ROOTS = ("micromamba", ".local/share/mamba")
_HINT = "Install one with the role pyfleet.python.conda, or set executable."


class Tool(NamedTuple):
    """The program that changes environments."""

    kind: str  # conda, mamba, micromamba
    path: str
    root_prefix: str  # of the installation; '' where it has none

    @property
    def is_python(self) -> bool:
        """Return whether it is the program of a Python package; the others are binaries."""
        return self.kind == "conda"


def find_tool(host: Host, spec: EnvironmentSpec, home: str) -> Optional[Tool]:
    """Return the tool that a spec names, or else the first that is found; None where there is none."""
    for path in _candidates(spec, home):
        kind = _kind_of(spec, path)
        if kind and host.is_file(path):
            root = spec.root_prefix or _root_of(host, kind, path, home)
            return Tool(kind, path, root)
    return None


def require_tool(host: Host, spec: EnvironmentSpec, home: str) -> Tool:
    """Return the tool of a spec; raise OperationError where there is none."""
    tool = find_tool(host, spec, home)
    if tool is not None:
        return tool
    if spec.executable:
        message = "%s is not a file" % spec.executable
    else:
        message = "there is no %s" % (
            "conda, mamba or micromamba" if spec.tool == "auto" else spec.tool
        )
    raise OperationError("no-tool", message, _HINT)


def _candidates(spec: EnvironmentSpec, home: str) -> Iterator[str]:
    if spec.executable:
        yield spec.executable
        return
    names = TOOLS if spec.tool == "auto" else (spec.tool,)
    roots = [spec.root_prefix] if spec.root_prefix else []
    roots += _SYSTEM_ROOTS
    roots += [os.path.join(home, name) for name in _HOME_ROOTS] if home else []
    for root in roots:
        for name in names:
            yield "%s/bin/%s" % (root.rstrip("/"), name)


def _kind_of(spec: EnvironmentSpec, path: str) -> str:
    name = os.path.basename(path)
    if spec.tool != "auto":
        return spec.tool
    return name if name in TOOLS else "conda"


def _root_of(host: Host, kind: str, path: str, home: str) -> str:
    """Return the prefix of the installation that a tool is part of; micromamba has one of its own choice."""
    above = os.path.dirname(os.path.dirname(host.real(path) or path))
    if host.is_file(above + "/conda-meta/history"):
        return above
    if kind != "micromamba":
        return ""
    places = [os.path.join(home, name) for name in _MICROMAMBA_ROOTS]
    return next((place for place in places if host.is_dir(place)), places[-1])


def find_prefix(
    host: Host, spec: EnvironmentSpec, name: str, home: str, uid: int
) -> str:
    """Return the prefix of a spec: its own, that of an environment of this name, or where a new one goes.

    conda puts new environments below its own prefix where the user may write there, and else into ``~/.conda/envs``.
    """
    if spec.prefix:
        return os.path.normpath(spec.prefix)
    root = _find_root_prefix(host, spec, home)
    if name == "base":
        if root:
            return root
        raise OperationError("no-tool", "there is no prefix that base could be", _HINT)
    shared = root.rstrip("/") + "/envs" if root else ""
    own = os.path.join(home, ".conda/envs") if home else ""
    for directory in filter(None, (shared, own)):
        if host.is_file("%s/%s/conda-meta/history" % (directory, name)):
            return "%s/%s" % (directory, name)
    directory = shared if root and _may_write(host, root, uid) else own
    if not directory:
        message = "the prefix of the environment %s is not known" % name
        raise OperationError("no-root-prefix", message, "Set prefix or root_prefix.")
    return "%s/%s" % (directory, name)


def _find_root_prefix(host: Host, spec: EnvironmentSpec, home: str) -> str:
    """Return the root prefix of a spec, or else that of its tool; '' where there is none."""
    if spec.root_prefix:
        return spec.root_prefix
    tool = find_tool(host, spec, home)
    return tool.root_prefix if tool is not None else ""


def _may_write(host: Host, root: str, uid: int) -> bool:
    """Return whether a user may add environments to a root prefix; one that is not there yet becomes the user's."""
    if uid == 0:
        return True
    info = host.lstat(root)
    return info is None or info.st_uid == uid


def require_trusted(host: Host, tool: Tool, prefix: str) -> None:
    """Raise OperationError where root would run a program, or work in a directory, that another user can alter."""
    reader = TrustReader(host)
    real = host.real(tool.path) or tool.path
    above = os.path.dirname(tool.path)
    link = os.path.join(host.real(above) or above, os.path.basename(tool.path))
    interpreter = parse_shebang(host.content(real, 4096, True) or b"")
    files = [each for each in (link, real, host.real(interpreter)) if each]
    trust = reader.judge(files)
    if trust.trusted is True and tool.is_python and tool.root_prefix:
        trust = reader.judge_environment(tool.root_prefix)
    if trust.trusted is not True:
        message = "root must not run %s: %s" % (tool.path, "; ".join(trust.because))
        hint = "Use a conda that only root can alter, or set owner."
        raise OperationError("untrusted-tool", message, hint)
    require_trusted_directory(host, prefix)


def require_trusted_directory(host: Host, prefix: str) -> None:
    """Raise OperationError where root would write a prefix that another user can alter, or lead elsewhere by a link."""
    try:
        writer = find_writing_account(host, prefix)
        because = "it belongs to %s" % writer.name if writer is not None else ""
    except OperationError as exc:
        because = exc.message
    if because:
        message = "root must not write %s: %s" % (prefix, because)
        hint = "Change the owner of these directories to root, or set owner to their owner."
        raise OperationError("untrusted-directory", message, hint)
