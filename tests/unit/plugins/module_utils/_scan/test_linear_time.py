# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each parser, given one, two and four times of its worst input: four times as much takes about four times as long.

What is compared is processor time of this process, the best of several; a quadratic parser takes sixteen times as long.
A step in the cost of memory, as where the allocator begins to map pages, is passed by twice and four times the sizes;
a quadratic parser fails at all of them.
"""

from __future__ import annotations

import contextlib
import io
import struct
import time
from typing import Any, Callable, Dict, List, Tuple

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Host,
    _parse_passwd,
)
from ansible_collections.pyfleet.python.plugins.module_utils._host.wildcard import (
    matches_wildcard,
)
from ansible_collections.pyfleet.python.plugins.module_utils._install.requirements.parse import (
    parse_reference,
    parse_requirements,
    project_path,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.shell_profile import (
    parse_profile,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.sudoers import (
    parse_secure_path,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read import (
    db_apk,
    db_conda,
    db_dpkg,
    db_pacman,
    db_portage,
    db_xbps,
    rpm_header,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.condarc import (
    CondarcError,
    parse_condarc,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.distributions import (
    parse_metadata,
    parse_module,
    parse_pip_version,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.dpkg_status import (
    DpkgStatus,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.elf import (
    parse_elf,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.installer_config import (
    parse_pip_config,
    parse_uv_config,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ownership_query import (
    OwnershipAnswer,
    make_query,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.plist import (
    parse_plist,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.python_version import (
    parse_patchlevel,
    parse_sysconfig_data,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.pyvenv_cfg import (
    parse_activate,
    parse_pyvenv_cfg,
    parse_shebang,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.startup_hooks import (
    code_lines,
    find_recorded,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.system import (
    parse_os_release,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.trust import (
    parse_group,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.variables import (
    parse_assignments,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.redact import (
    redact,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.specifier import (
    matches,
    parse_specifier,
)

from ..fixtures.elf_builder import Elf

UNITS = 3000  # of the smallest input
ALLOWED = 9.0  # times as long for four times as much; linear is 4, quadratic 16
FLOOR = 0.004  # seconds: what is faster is linear enough
TRIES = 12


def profile(text: str) -> str:
    return parse_profile(text, "/bin", "/root", True)


def dpkg_status(data: bytes) -> None:
    status = DpkgStatus(data)
    list(status.stems(status.packages()))
    status.version("x")


def listed(data: bytes) -> None:
    with Host() as host:
        query = make_query(host, ["/usr/bin/python3", "/usr/lib/python3/os.py"])
    answer = OwnershipAnswer("dpkg", query)
    answer.query.matches_in(data)


def condarc(text: str) -> None:
    with contextlib.suppress(CondarcError):
        parse_condarc(text)


def specifier(text: str) -> None:
    clauses = parse_specifier(text)
    if clauses is not None:
        matches("1.0", clauses)


def header(count: int) -> bytes:
    """Build an index of many entries, each of which is the whole store."""
    store = b"x\0" * count
    index = b"".join(
        struct.pack(">IIII", 1117, 8, 0, count) for _number in range(count)
    )
    return struct.pack(">II", count, len(store)) + index + store


def elf(count: int) -> io.BytesIO:
    """Build a program that needs many libraries, each by the same long name."""
    built = Elf("", tuple(["l" * count] * 40), ":".join(["$ORIGIN"] * count)).build()
    return io.BytesIO(built)


def numbered(form: str, count: int) -> str:
    return "".join(form % number for number in range(count))


def requirements(data: bytes) -> None:
    for line in parse_requirements(data):
        parse_reference(line)
        project_path(line)


Case = Tuple[Callable[[Any], Any], Callable[[int], Any]]
CASES: Dict[str, Case] = {
    "pip.conf: keys of DEFAULT in every section": (
        parse_pip_config,
        lambda n: (
            b"[DEFAULT]\n"
            + numbered("k%d=\n", n).encode()
            + numbered("[%d]\n", n).encode()
        ),
    ),
    "pip.conf: blanks in a key": (
        parse_pip_config,
        lambda n: b"[a]\nk" + b" " * n * 10 + b"v\n",
    ),
    "pip.conf: lines that are nothing": (
        parse_pip_config,
        lambda n: b"[a]\n" + b"x\n" * n,
    ),
    "pip.conf: empty lines of a value": (
        parse_pip_config,
        lambda n: b"[a]\nk = v\n" + b"\n" * n + b" x\n",
    ),
    "pip.conf: brackets": (parse_pip_config, lambda n: b"[" * n + b"\n"),
    "uv.toml: an open string of escapes": (
        parse_uv_config,
        lambda n: b'"' + b'\\"' * n,
    ),
    "uv.toml: an open long string of quotes": (
        parse_uv_config,
        lambda n: b'a = """' + b'""x' * n,
    ),
    "uv.toml: an open literal": (parse_uv_config, lambda n: b"a = '''" + b"''x" * n),
    "uv.toml: words": (parse_uv_config, lambda n: b"a " * n),
    "uv.toml: pairs": (
        parse_uv_config,
        lambda n: numbered("a.b.c%d = 1\n", n).encode(),
    ),
    "METADATA: blanks in a name": (
        parse_metadata,
        lambda n: b"Name: a" + b" " * n * 10 + b"b\n",
    ),
    "METADATA: many names": (parse_metadata, lambda n: b"Name: a\n" * n),
    "condarc: words of a list": (condarc, lambda n: "channels: [" + "a, " * n + "]\n"),
    "condarc: items": (condarc, lambda n: "channels:\n" + "  - 'a' # b\n" * n),
    "condarc: quotes and signs of comments": (
        condarc,
        lambda n: "a: '" + '#" ' * n + "\n",
    ),
    "condarc: nested keys": (
        condarc,
        lambda n: "custom_multichannels:\n" + numbered("  k%d:\n    - a\n", n),
    ),
    "specifier: clauses": (specifier, lambda n: ",".join(["<2"] * n)),
    "specifier: a long version": (specifier, lambda n: "==" + "1." * n + "1"),
    "specifier: blanks": (specifier, lambda n: "<" + " " * n * 10 + "," + " " * n * 10),
    ".pth: import lines": (
        lambda data: code_lines(data, "pth"),
        lambda n: b"import a\n" * n,
    ),
    ".pth: one long line": (
        lambda data: code_lines(data, "pth"),
        lambda n: b"import " + b" " * n * 10,
    ),
    "RECORD: rows that are sought": (
        lambda data: find_recorded(data, {b"a.pth"}),
        lambda n: b"a.pth,sha256=x,1\n" * n,
    ),
    "RECORD: a long path": (parse_module, lambda n: b"a/" * n * 10),
    "RECORD: many rows": (parse_module, lambda n: b"a/b/c.py,,\n" * n),
    "pip: blanks after __version__": (
        parse_pip_version,
        lambda n: "__version__" + " " * n * 10,
    ),
    "pip: an open __version__": (parse_pip_version, lambda n: "__version__ = '\n" * n),
    "plist: keys without an end": (parse_plist, lambda n: b"<key>" * n),
    "plist: keys without a value": (parse_plist, lambda n: b"<key>a</key>" * n),
    "sysconfig: values without an end": (
        parse_sysconfig_data,
        lambda n: "build_time_vars = {" + "\n 'prefix': 'x" * n + "}",
    ),
    "sysconfig: blanks": (
        parse_sysconfig_data,
        lambda n: "build_time_vars = {\n" + " " * n * 10 + "}",
    ),
    "patchlevel.h": (parse_patchlevel, lambda n: "PY_VERSION " * n),
    "os-release: backslashes": (parse_os_release, lambda n: 'A="' + "\\" * n + '"'),
    "pyvenv.cfg: equals signs": (parse_pyvenv_cfg, lambda n: b"=" * n * 10),
    "pyvenv.cfg: keys": (parse_pyvenv_cfg, lambda n: numbered("k%d = v\n", n).encode()),
    "a script's head": (
        parse_shebang,
        lambda n: b"#!/bin/sh\n'''exec' " + b'"' * n * 10,
    ),
    "activate": (parse_activate, lambda n: b"VIRTUAL_ENV=$x\n" * n),
    "passwd: colons": (lambda text: list(_parse_passwd(text)), lambda n: ":" * n * 10),
    "passwd: accounts": (
        lambda text: list(_parse_passwd(text)),
        lambda n: numbered("u%d:x:1:1::/h:/s\n", n),
    ),
    "group: members": (parse_group, lambda n: "g:x:1:" + "a," * n),
    "profile: a variable in a variable": (
        profile,
        lambda n: "A=" + "x" * n * 2 + "\nB=" + "$A" * n * 10,
    ),
    "profile: entries of PATH": (profile, lambda n: numbered("append_path /%x\n", n)),
    "profile: conditions": (profile, lambda n: "if x\n" * n),
    "profile: quotes": (profile, lambda n: "A=" + "\"'" * n),
    "profile: names": (profile, lambda n: numbered("A%d=$HOME$PATH\n", n)),
    "profile: blanks of a function": (
        profile,
        lambda n: "function" + " " * n * 10 + "x",
    ),
    "sudoers: commas": (parse_secure_path, lambda n: "Defaults " + ", " * n * 5),
    "sudoers: blanks": (parse_secure_path, lambda n: "Defaults" + " " * n * 10),
    "sudoers: options": (parse_secure_path, lambda n: "Defaults " + "secure_path," * n),
    "variables: exports": (parse_assignments, lambda n: "export PIP_USER=1 " * n),
    "variables: lines": (
        parse_assignments,
        lambda n: "a; export PIP_USER=1\n" * (n // 10),
    ),
    "dpkg: packages": (dpkg_status, lambda n: numbered("\nPackage: p%d\n", n).encode()),
    "dpkg: one package many times": (dpkg_status, lambda n: b"\nPackage: x" * n),
    "dpkg: a list of nothing": (listed, lambda n: b"\n" * n * 50),
    "dpkg: diversions": (db_dpkg.parse_diversions, lambda n: "/a\n/b\n:\n" * n),
    "dpkg: rules": (
        lambda text: list(db_dpkg.parse_options(text, "x")),
        lambda n: "path-exclude=" + " " * n * 10,
    ),
    "dpkg: md5 sums": (
        lambda data: db_dpkg.find_md5(data, b"/a b"),
        lambda n: b"  a b" * n * 10,
    ),
    "pacman: an mtree": (
        lambda data: db_pacman.find_entries(data, {b"/a"}),
        lambda n: b"./a " + b"b=c " * n,
    ),
    "pacman: options": (
        lambda text: list(db_pacman.parse_options(text)),
        lambda n: "[options]\n" + "a = b\n" * n,
    ),
    "apk: files": (
        lambda data: list(db_apk.parse_files(data)),
        lambda n: b"F:a\nR:b\n" * n,
    ),
    "portage: arrows": (
        lambda data: list(db_portage.parse_contents(data)),
        lambda n: b"sym a" + b" -> " * n * 10,
    ),
    "portage: blanks": (
        lambda data: list(db_portage.parse_contents(data)),
        lambda n: b"obj" + b" " * n * 10,
    ),
    "portage: a name": (db_portage.split_name, lambda n: "a-1" * n),
    "xbps: keys without an end": (
        lambda data: list(db_xbps.parse_files(data)),
        lambda n: b"<key>file</key>" * n,
    ),
    "xbps: entries": (
        lambda data: list(db_xbps.parse_files(data)),
        lambda n: b"<key>file</key><string>/a</string></dict>" * n,
    ),
    "xbps: blanks": (
        lambda data: list(db_xbps.parse_files(data)),
        lambda n: b"<key>file</key>" + b" " * n * 10,
    ),
    "conda: a record": (
        db_conda.parse_record,
        lambda n: b'{"files":[' + b'"a",' * n + b'"a"]}',
    ),
    "rpm: an index over the whole store": (
        rpm_header.parse_package,
        lambda n: header(n // 4),
    ),
    "ELF: long names": (parse_elf, elf),
    "redaction: URLs in one word": (redact, lambda n: "http://a:b@" * n),
    "redaction: URLs in one line": (redact, lambda n: "http://a:b c " * n),
    "redaction: URLs without an end": (redact, lambda n: "http://a:b" * n),
    "redaction: schemes": (redact, lambda n: "a://" * n),
    "redaction: one @ at the end": (redact, lambda n: "http://a:80/ " * n + "@"),
    "redaction: at signs": (redact, lambda n: "http://a:b" + "@" * n * 10),
    "requirements: blanks": (
        requirements,
        lambda n: b"a" + b" " * n * 5 + b"x" + b"\t" * n * 5 + b";",
    ),
    "requirements: blanks in a path": (
        requirements,
        lambda n: b"./a" + b" " * n * 10 + b"x",
    ),
    "requirements: brackets": (requirements, lambda n: b"./a" + b"[" * n * 10),
    "requirements: a long option": (requirements, lambda n: b"-e " + b"a" * n * 10),
    "requirements: a quoted option": (
        requirements,
        lambda n: b"-e '" + b"a" * n * 10 + b"'",
    ),
    "requirements: short lines with quotes": (
        requirements,
        lambda n: b"-e 'a'\n" * (n // 4),
    ),
    "requirements: dashes": (requirements, lambda n: b"./a" + b"--" * n * 5),
    "requirements: continued": (requirements, lambda n: b"\\\n" * n),
    "requirements: at signs": (
        requirements,
        lambda n: b"a" + b" @" * n + b" git+https://h/x",
    ),
    "requirements: numbers": (
        requirements,
        lambda n: b"a" + b" #x" * n + b"\n" + b"#" * n * 5,
    ),
    "a pattern": (lambda name: matches_wildcard(name, "*a*a*a*b"), lambda n: "a" * n),
}


def processor_time(work: Callable[[Any], Any], value: Any) -> float:
    began = time.process_time()
    work(value)
    return time.process_time() - began


def best_times(case: Case, sizes: List[int]) -> List[float]:
    """Return the shortest of several times for each size, stopping early where the last is short enough."""
    work, build = case
    best = [float("inf")] * len(sizes)
    for _try in range(TRIES):
        for at, size in enumerate(sizes):
            best[at] = min(best[at], processor_time(work, build(size)))
        if is_linear(best):
            break
    return best


def is_linear(times: List[float]) -> bool:
    return times[-1] <= ALLOWED * max(times[0], FLOOR)


@pytest.mark.parametrize("name", CASES)
def test_four_times_as_much_takes_about_four_times_as_long(name: str) -> None:
    measured = []
    for scale in (1, 2, 4):
        sizes = [UNITS * scale, 4 * UNITS * scale]
        times = best_times(CASES[name], sizes)
        if is_linear(times):
            return
        measured.extend("%d: %.4f s" % pair for pair in zip(sizes, times))
    pytest.fail("%s: %s" % (name, ", ".join(measured)))


def test_a_quadratic_parser_fails() -> None:
    """The comparison must be able to fail."""
    quadratic: Case = (
        lambda text: sum(1 for _one in text for _other in text),
        lambda n: "a" * n,
    )
    assert not is_linear(best_times(quadratic, [400, 1600]))
