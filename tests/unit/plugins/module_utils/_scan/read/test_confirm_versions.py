# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A trusted interpreter is run to confirm what was read; any other is not."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from typing import Any, List, Sequence

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Candidate,
    Request,
    Trust,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.confirm_versions import (
    confirm,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.interpreter import (
    read_interpreters,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.trust import (
    TrustReader,
)

pytestmark = pytest.mark.skipif(
    platform.system() != "Linux", reason="reads the Python that runs the test"
)


class Runner:
    """Stands for the module's runner; remembers what it was asked and answers with the real program's answer."""

    def __init__(self, answer: bytes = b"", status: int = 0) -> None:
        self.asked: List[Sequence[str]] = []
        self.answer = answer
        self.status = status

    def __call__(self, argv: Sequence[str], seconds: float) -> Any:
        self.asked.append(argv)
        if self.answer:
            return self.status, self.answer, b""
        done = subprocess.run(
            argv, stdout=subprocess.PIPE, timeout=seconds, check=False
        )
        return done.returncode, done.stdout, b""


def reading_of(host: Host, trusted: bool) -> Any:
    found = read_interpreters(
        host, [Candidate(os.path.realpath(sys.executable), "test")], (), Request()
    ).readings[0]
    return found._replace(trust=Trust(trusted))


def trusted_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the standard library as trusted, whoever owns it on this machine."""
    monkeypatch.setattr(
        TrustReader, "judge_below", lambda _self, _directory: Trust(True)
    )


def test_it_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted_below(monkeypatch)
    runner = Runner()
    with Host(run=runner) as host:
        found = confirm(host, reading_of(host, True))
    assert len(runner.asked) == 1
    assert list(runner.asked[0][1:5]) == ["-I", "-S", "-B", "-c"]
    assert found.versions[0].source == "interpreter"
    assert found.problems == ()


def test_it_contradicts(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted_below(monkeypatch)
    with Host(
        run=Runner(b'["3.1.4", "/elsewhere", "/elsewhere/lib/python3.1"]')
    ) as host:
        found = confirm(host, reading_of(host, True))
    assert [problem.split(" is ")[0] for problem in found.problems] == [
        "it says that its version", "it says that its prefix", "it says that its stdlib",
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [b"garbage", b"[1]", b"\xff", b"{}", b"[" * 100_000])
def test_it_babbles(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    trusted_below(monkeypatch)
    with Host(run=Runner(answer)) as host:
        assert confirm(host, reading_of(host, True)).problems == (
            "it was run to confirm this, and printed nothing usable",
        )


def test_the_untrusted_is_not_run() -> None:
    runner = Runner()
    with Host(run=runner) as host:
        reading = reading_of(host, False)
        assert confirm(host, reading) == reading
    assert runner.asked == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_one_file_of_another_in_the_standard_library_is_enough(tmp_path: Any) -> None:
    library = tmp_path / "lib" / "python3.13"
    (library / "json").mkdir(parents=True)
    (library / "json" / "__init__.py").write_text("")
    os.chown(str(library / "json" / "__init__.py"), 1000, 1000)
    runner = Runner()
    with Host(run=runner) as host:
        found = confirm(host, reading_of(host, True)._replace(stdlib=str(library)))
    assert runner.asked == []
    assert "json/__init__.py belongs to" in found.problems[-1]
