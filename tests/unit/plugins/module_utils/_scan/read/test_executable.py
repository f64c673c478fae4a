# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file is: machine code of a Python, a script, Apple's shim, or something else."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Unreadable,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.executable import (
    read_executable,
)

from ...fixtures.elf_builder import Elf
from ...fixtures.trees import Executable, Fifo, Link, Mode, tree


def thin(libraries: Sequence[str]) -> bytes:
    """Make a 64-bit Mach-O file that loads these libraries (<mach-o/loader.h>)."""
    commands = b""
    for name in libraries:
        text = name.encode() + b"\0"
        text += bytes(-len(text) % 8)
        commands += struct.pack("<IIIIII", 0xC, 24 + len(text), 24, 2, 0, 0) + text
    return (
        struct.pack(
            "<IIIIIIII",
            0xFEEDFACF,
            0x0100000C,
            0,
            2,
            len(libraries),
            len(commands),
            0,
            0,
        )
        + commands
    )


def fat(libraries: Sequence[str]) -> bytes:
    """Make a fat file with two slices, the first 16 KiB in, as the linker does on Apple's processors."""
    slice_ = thin(libraries)
    arches = b"".join(
        struct.pack(">IIIII", 0x0100000C, 0, 0x4000 * place, len(slice_), 14)
        for place in (1, 2)
    )
    return (
        (struct.pack(">II", 0xCAFEBABE, 2) + arches).ljust(0x4000, b"\0")
        + slice_.ljust(0x4000, b"\0")
        + slice_
    )


FRAMEWORK = "/Library/Frameworks/Python.framework/Versions/3.13/Python"
SHIM = ["/usr/lib/libxcselect.dylib", "/usr/lib/libSystem.B.dylib"]


def read(root: Path, files: Any, path: str) -> Any:
    with tree(root, files) as host:
        return read_executable(host, path)


@pytest.mark.parametrize("build", [thin, fat])
def test_apples_shim_is_no_interpreter(tmp_path: Path, build: Any) -> None:
    assert (
        read(
            tmp_path, {"usr/bin/python3": Executable(build(SHIM))}, "/usr/bin/python3"
        ).kind
        == "shim"
    )


def test_a_framework_stub(tmp_path: Path) -> None:
    path = "/Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13"
    found = read(
        tmp_path, {path: Executable(fat([FRAMEWORK])), FRAMEWORK: thin([])}, path
    )
    assert (found.kind, found.implementation, found.language) == (
        "macho",
        "cpython",
        "3.13",
    )


def test_a_static_executable_tells_by_its_symbol(tmp_path: Path) -> None:
    found = read(tmp_path, {"usr/bin/python3.12": Elf("3.13.5")}, "/usr/bin/python3.12")
    assert (found.language, found.symbol, found.library) == ("3.13", "3.13.5", "")


@pytest.mark.parametrize(
    "library",
    [
        "opt/py/lib/libpython3.13.so.1.0",
        "usr/lib/x86_64-linux-gnu/libpython3.13.so.1.0",
    ],
)
def test_a_stub_is_read_through_its_library(tmp_path: Path, library: str) -> None:
    stub = Elf("", ("libpython3.13.so.1.0", "libc.so.6"), "$ORIGIN/../lib")
    found = read(
        tmp_path,
        {"opt/py/bin/python": stub, library: Elf("3.13.2")},
        "/opt/py/bin/python",
    )
    assert (found.language, found.symbol, found.library) == (
        "3.13",
        "3.13.2",
        "/" + library,
    )


def test_a_stub_without_its_library(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"opt/bin/python": Elf("", ("libpython3.9d.so.1.0",))},
        "/opt/bin/python",
    )
    assert (found.language, found.variant, found.library_missing) == (
        "3.9",
        "d",
        "libpython3.9d.so.1.0",
    )


@pytest.mark.parametrize(
    ("name", "needed", "told"),
    [
        ("python3.6m", (), ("cpython", "3.6", "m")),
        ("python3.13t", (), ("cpython", "3.13", "t")),
        ("python3.13d", (), ("cpython", "3.13", "d")),
        ("platform-python3.6", (), ("cpython", "3.6", "")),
        ("python3", (), ("cpython", "", "")),
        ("pypy3.11", ("libpypy3.11-c.so",), ("pypy", "3.11", "")),
        ("pypy3-c", ("libpypy3-c.so",), ("pypy", "", "")),
        ("python3", ("libpython3.7m.so.1.0",), ("cpython", "3.7", "m")),
        ("graalpy", (), ("graalpy", "", "")),
        ("ls", (), ("", "", "")),
    ],
)
def test_names(tmp_path: Path, name: str, needed: Sequence[str], told: Any) -> None:
    found = read(tmp_path, {"bin/" + name: Elf("", needed)}, "/bin/" + name)
    assert (found.implementation, found.language, found.variant) == told


def test_other_files(tmp_path: Path) -> None:
    files = {"shim": Executable("#!/usr/bin/env bash\nexec pyenv exec\n"), "pip": Executable("#!/usr/bin/python3 -E\n"),
             "text": "x", "empty": "", "pipe": Fifo(), "dir/": None, "link": Link("nowhere")}  # fmt: skip
    with tree(tmp_path, files) as host:
        kinds = {
            name: read_executable(host, "/" + name).kind
            for name in ("shim", "pip", "text", "empty", "pipe", "dir")
        }
        assert kinds == {
            "shim": "script",
            "pip": "script",
            "text": "other",
            "empty": "other",
            "pipe": "other",
            "dir": "other",
        }
        assert read_executable(host, "/pip").shebang == "/usr/bin/python3"
        assert read_executable(host, "/nowhere").kind == ""
        assert read_executable(host, "/link").kind == ""


def test_an_unreadable_one_is_known_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tree(tmp_path, {"bin/python3.12": Mode(Elf("3.12.1").build(), 0o111)}) as host:

        def refuse(_path: str) -> None:
            raise Unreadable("permission", "permission denied")

        monkeypatch.setattr(host, "open", refuse)  # root could read it
        found = read_executable(host, "/bin/python3.12")
        assert (found.kind, found.language) == ("unreadable", "3.12")
        assert [note.code for note in host.notes] == ["permission"]


def symbols(*names: str) -> Elf:
    """Return an ELF file whose names, which libraries' are among, hold these."""
    return Elf("", names)


def test_a_program_that_is_no_python_is_none_whatever_its_name(tmp_path: Path) -> None:
    """mise's shims are links to, or copies of, mise."""
    files = {"usr/local/bin/python3": symbols("libc.so.6")}
    assert read(tmp_path, files, "/usr/local/bin/python3").kind == "shim"
    static = {"usr/local/bin/python3": symbols("Py_Main", "libc.so.6")}
    assert read(tmp_path / "static", static, "/usr/local/bin/python3").kind == "elf"
    graal = {"opt/graalpy/bin/graalpy": symbols("libc.so.6")}
    assert (
        read(tmp_path / "graal", graal, "/opt/graalpy/bin/graalpy").implementation
        == "graalpy"
    )


def test_a_truncated_file_does_not_start(tmp_path: Path) -> None:
    whole = Elf("3.13.5").build()
    assert (
        read(
            tmp_path, {"v/bin/python3.13": Executable(whole)}, "/v/bin/python3.13"
        ).failure
        == ""
    )
    for size in (len(whole) - 1, len(whole) // 2, 100):
        cut = read(
            tmp_path / str(size),
            {"v/bin/python3.13": Executable(whole[:size])},
            "/v/bin/python3.13",
        )
        assert cut.failure == "the file ends too early, or is damaged"


def test_a_library_that_is_needed_by_its_path(tmp_path: Path) -> None:
    """python-build-standalone, and Google's SDK, which bundles it."""
    name = "libpython3.13.so.1.0"
    files = {
        "opt/py/bin/python3.13": Elf("", ("$ORIGIN/../lib/" + name,)),
        "opt/py/lib/" + name: Elf("3.13.2"),
    }
    found = read(tmp_path, files, "/opt/py/bin/python3.13")
    assert (found.library, found.failure) == ("/opt/py/lib/" + name, "")


def test_a_library_in_usr_local_is_found_by_the_cache_only(tmp_path: Path) -> None:
    """ldconfig has to run after `make install`; musl has no cache, and searches there by itself."""
    name = "libpython3.13.so.1.0"
    files = {
        "usr/local/bin/python3.13": Elf("", (name,)),
        "usr/local/lib/" + name: Elf("3.13.2"),
    }
    lost = read(tmp_path / "lost", files, "/usr/local/bin/python3.13")
    assert (lost.library, lost.library_missing) == ("", name)
    assert name in lost.failure
    cache = (
        b"glibc-ld.so.cache1.1"
        + bytes(28)
        + b"\0%s\0/usr/local/lib/%s\0" % (name.encode(), name.encode())
    )
    cached = read(
        tmp_path / "cached",
        {**files, "etc/ld.so.cache": cache},
        "/usr/local/bin/python3.13",
    )
    assert (cached.library, cached.failure) == ("/usr/local/lib/" + name, "")
    musl = read(
        tmp_path / "musl",
        {**files, "lib/ld-musl-x86_64.so.1": ""},
        "/usr/local/bin/python3.13",
    )
    assert (musl.library, musl.failure) == ("/usr/local/lib/" + name, "")
