# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pyenv prints is read as a reason, with the library and the package of this platform."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.build_errors import (
    explain_failure,
    find_not_compiled,
    missing_error,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pyenv.libraries import (
    LIBRARIES,
    PROGRAMS,
)

#: From a build with pyenv 2.5.4 on Debian 13, without the headers of these libraries.
WARNINGS = """Installing Python-3.13.5...
Traceback (most recent call last):
  File "<string>", line 1, in <module>
ModuleNotFoundError: No module named '_bz2'
WARNING: The Python bz2 extension was not compiled. Missing the bzip2 lib?
WARNING: The Python readline extension was not compiled. Missing the GNU readline lib?
WARNING: The Python tkinter extension was not compiled and GUI subsystem has been detected. Missing the Tk toolkit?
Installed Python-3.13.5 to /opt/pyenv/versions/3.13.5
"""


def test_the_parts_that_were_not_compiled() -> None:
    assert find_not_compiled(WARNINGS) == ("bz2", "readline", "tkinter")
    assert find_not_compiled(
        "\x1b[31mERROR\x1b[0m: The Python ssl extension was not compiled. Missing the OpenSSL lib?"
    ) == ("ssl",)


@pytest.mark.parametrize(
    ("manager", "advice"),
    [
        ("apt", "Install with apt: libbz2-dev libssl-dev."),
        ("dnf", "Install with dnf: bzip2-devel openssl-devel."),
        ("apk", "Install with apk: bzip2-dev openssl-dev."),
        ("", "Install bzip2, OpenSSL with the headers."),
    ],
)
def test_the_package_is_named_for_the_platform(manager: str, advice: str) -> None:
    assert missing_error("3.13.5", ("ssl", "bz2"), manager).hint == advice


LIBRARY = "missing-library"
NOT_COMPILED = "ERROR: The Python %s extension was not compiled. Missing the lib?"


@pytest.mark.parametrize(
    ("output", "code", "message", "hint"),
    [
        ("configure: error: no acceptable C compiler found", LIBRARY, "a C compiler is missing", "gcc"),
        ("can't decompress data; zlib not available", LIBRARY, "zlib is missing", "zlib1g-dev"),
        (NOT_COMPILED % "ssl", LIBRARY, "OpenSSL is missing", "libssl-dev"),
        ("line 872: make: command not found", LIBRARY, "make is missing", "make"),
        ("checksum mismatch: /c/x (file is corrupt)", "checksum-mismatch", "another checksum", "cache"),
        ("error: failed to download x", "download-failed", "could not be downloaded", "mirror_url"),
        ("cp: No space left on device", "no-space", "the disk is full", "build_directory"),
        ("Segmentation fault", "build-failed", "could not be built", "/log"),
    ],
)  # fmt: skip
def test_the_reason_of_a_failure(
    output: str, code: str, message: str, hint: str
) -> None:
    failure = explain_failure("3.13.5", "checking...\n" + output, "/log", "apt")
    assert failure.code == code
    assert message in failure.message and hint in failure.hint
    assert failure.output.endswith(output)


def test_the_end_of_the_log_is_bounded() -> None:
    failure = explain_failure("3.13.5", "line\n" * 10_000, "/log", "apt")
    assert len(failure.output.splitlines()) == 40


@pytest.mark.parametrize(
    "row", [*LIBRARIES, *PROGRAMS.values()], ids=lambda row: row.extension
)
def test_every_library_has_a_package_on_every_platform(row: object) -> None:
    assert set(row.packages) == {"apt", "dnf", "pacman", "apk", "zypper", "brew"}  # type: ignore[attr-defined]


@given(st.text(max_size=500))
def test_no_output_stops_the_reader(text: str) -> None:
    assert explain_failure("3.13.5", text, "/log", "").code
