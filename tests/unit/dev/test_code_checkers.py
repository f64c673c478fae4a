# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dev/code_metrics.py counts what it says, and the checkers find what they are for and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[3] / "dev"

PROGRAM = '''
"""A module."""

TEXT = """one
two"""


def pick(self, a, b, c, d, e, f):
    """Give one of them."""
    # A comment.
    if a and b:
        return call(1, 2, 3, 4, 5, 6)
    return c if d else e
'''


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEV / program), *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_program.py").write_text("VALUE = 1\n")
    return tmp_path


def report(*arguments: str | Path) -> dict[str, str]:
    lines = run("code_metrics.py", *arguments).stdout.splitlines()[1:]
    return {line[:57].strip(): line[57:].strip() for line in lines}


def test_metrics_of_a_small_program(tree: Path) -> None:
    found = report(tree)
    # Lines: TEXT, def, if, return, return; docstrings and comments are none.
    assert found["files"] == "1"
    assert found["lines of code"] == "5"
    assert found["complexity, greatest"] == "4"
    assert found["functions with more than 5 positional parameters"] == "1"
    assert found["calls with more than 5 positional arguments"] == "1"
    assert found["conditional expressions per 1,000 lines"] == "200.0"
    assert found["nested conditional expressions"] == "0"
    assert found["of them with Give, Tell, Take, Say, Have"] == "1"


def test_expression_nodes_per_line(tmp_path: Path) -> None:
    # a = b + c: four nodes (a, the sum, b, c) in one line; d: one node in the next.
    (tmp_path / "program.py").write_text("a = b + c\nd\n")
    assert report(tmp_path)["expression nodes per line"] == "2.50"


def test_tests_are_counted_on_request(tree: Path) -> None:
    assert report("--tests", tree)["files"] == "2"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("x = 1 if a else 2 if b else 3\n", 1),
        ("x = 1 if (2 if a else b) else 3\n", 1),
        ("x = [1 if a else 2 for a in (b if c else d)]\n", 0),
    ],
)
def test_nested_conditionals(tmp_path: Path, source: str, status: int) -> None:
    path = tmp_path / "program.py"
    path.write_text(source)
    answer = run("lint_nested_conditionals.py", path)
    assert answer.returncode == status, answer.stdout + answer.stderr
    assert (f"{path}:1:" in answer.stdout) == bool(status)


def function_of(complexity: int) -> str:
    """Return the source of a function with that number."""
    operands = " or ".join(["a"] * complexity)
    return f"def pick(a):\n    return {operands}\n"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (function_of(12), None),
        (function_of(13), 1),
        ("# Complex: a flat table of cases.\n" + function_of(13), None),
        ("# Complex: a flat table.\n@decorated\n@cached\n" + function_of(13), None),
        ("@decorated\n# Complex: a flat table.\n" + function_of(13), None),
        ("# Complex:\n" + function_of(13), 2),
        ("# It is complex.\n" + function_of(13), 2),
        ("# Complex: a flat table.\n\n" + function_of(13), 3),
        ("# Complex: a flat table.\ndef other(): pass\n" + function_of(13), 3),
        ("class A:\n    async " + function_of(13).replace("\n   ", "\n       "), 2),
    ],
)
def test_complexity(tmp_path: Path, source: str, line: int | None) -> None:
    path = tmp_path / "program.py"
    path.write_text(source)
    answer = run("lint_complexity.py", path)
    expected = "" if line is None else f"{path}:{line}: pick: 13\n"
    assert (answer.returncode, answer.stdout, answer.stderr) == (
        int(bool(expected)),
        expected,
        "",
    )


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("page.md", "The environment is made anew.\n", 1),
        ("program.py", "def read_wish_list(): pass\n", 1),
        ("program.py", 'def size():\n    """Give the size."""\n', 1),
        (
            "program.py",
            'def size():\n    """Return the size; health, takeover and recommended are no hits."""\n',
            0,
        ),
    ],
)
def test_words(tmp_path: Path, name: str, text: str, status: int) -> None:
    path = tmp_path / name
    path.write_text(text)
    answer = run("lint_words.py", path)
    assert answer.returncode == status, answer.stdout + answer.stderr
