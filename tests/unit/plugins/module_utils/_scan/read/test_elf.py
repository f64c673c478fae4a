# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ELF files of both widths and byte orders, those of the running Python, and garbage."""

from __future__ import annotations

import io
import platform
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan import (
    pep440 as version,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.elf import (
    parse_elf,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.executable import (
    read_executable,
)

from ...fixtures.elf_builder import Elf, version_hex

SAMPLE = Elf("3.13.5", ("libm.so.6", "libc.so.6"), "$ORIGIN/../lib:/opt/lib").build()


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_width_and_byte_order(bits: int, order: str) -> None:
    image = Elf(
        "3.14.0rc2",
        ("libpython3.14.so.1.0", "libc.so.6"),
        "$ORIGIN/../lib:/x",
        bits,
        order,
    ).build()
    elf = parse_elf(io.BytesIO(image))
    assert elf is not None
    assert (elf.bits, elf.py_version) == (bits, version_hex("3.14.0rc2"))
    assert elf.needed == ("libpython3.14.so.1.0", "libc.so.6")
    assert elf.search == ("$ORIGIN/../lib", "/x")


def test_no_symbol() -> None:
    elf = parse_elf(io.BytesIO(Elf("", ("libpython3.9.so.1.0",), rpath="/old").build()))
    assert elf is not None
    assert (elf.py_version, elf.search) == (0, ("/old",))


@pytest.mark.skipif(platform.system() != "Linux", reason="ELF is what Linux has")
def test_the_running_python() -> None:
    found = read_executable(Host(), str(Path(sys.executable).resolve()))
    assert found.kind == "elf"
    assert found.language in ("%d.%d" % sys.version_info[:2], "")
    if sys.version_info >= (3, 11) and sys.implementation.name == "cpython":
        assert found.symbol == version.from_hex(sys.hexversion)
    else:
        assert found.symbol == ""


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x7fELF\x02\x01", b"\x7fELF\x01\x02", b"\x7fELF\x02\x02"]),
)
def test_garbage(data: bytes, start: bytes) -> None:
    parse_elf(io.BytesIO(start + data))


@given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=16))
def test_damage(at: int, damage: bytes) -> None:
    parse_elf(io.BytesIO(SAMPLE[:at] + damage + SAMPLE[at + len(damage) :]))


@given(st.integers(0, len(SAMPLE)))
def test_a_cut_file(size: int) -> None:
    elf = parse_elf(io.BytesIO(SAMPLE[:size]))
    assert elf is None or elf.py_version in (0, version_hex("3.13.5"))
