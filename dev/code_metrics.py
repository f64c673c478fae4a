# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure how dense Python code is: ``code_metrics.py TREE [TREE …]`` prints one column for each tree.

A tree is a folder (its ``*.py`` files, without tests unless ``--tests``) or one file. A line of code is a line on
which a token begins that is neither a comment nor part of a docstring, so a long string counts once.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections import Counter
from pathlib import Path
from typing import Iterator, NamedTuple, Union

COMPLEXITY_LIMIT = 12
POSITIONAL_LIMIT = 5
PLAIN_TOKENS = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
BRANCHES = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.comprehension,
    ast.IfExp,
)
CONTEXTS = (ast.Load, ast.Store, ast.Del)
UNWANTED_BEGINNINGS = {"Give", "Tell", "Take", "Say", "Have"}
FIRST_WORD = re.compile(r"[A-Za-z]+")

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class Metrics(NamedTuple):
    """What was counted in one tree; lists hold one number for each function or call."""

    files: int
    lines: int
    expressions: int
    conditionals: int
    nested_conditionals: int
    complexities: list[int]
    parameters: list[int]
    arguments: list[int]
    beginnings: Counter[str]


def python_files(tree: Path, with_tests: bool) -> Iterator[Path]:
    """Yield the Python files of ``tree``, those below a folder ``tests`` only on request."""
    if tree.is_file():
        yield tree
        return
    for path in sorted(tree.rglob("*.py")):
        if with_tests or "tests" not in path.relative_to(tree).parts:
            yield path


def docstring_of(node: ast.AST) -> ast.Constant | None:
    """Return the docstring's node of a module, class or function."""
    if not isinstance(node, Documented) or not node.body:
        return None
    first = node.body[0]
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    return first.value if isinstance(first.value.value, str) else None


def code_lines(source: str, module: ast.Module) -> int:
    """Return the number of lines on which code begins."""
    docstrings = {
        (text.lineno, text.col_offset)
        for text in map(docstring_of, ast.walk(module))
        if text
    }
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in PLAIN_TOKENS and token.start not in docstrings:
            lines.add(token.start[0])
    return len(lines)


def complexity(function: Function) -> int:
    """Return McCabe's number: one, and one more for each branch and for each operand after the first of and/or."""
    total = 1
    for node in ast.walk(function):
        if isinstance(node, BRANCHES):
            total += 1
        elif isinstance(node, ast.BoolOp):
            total += len(node.values) - 1
    return total


def positional_parameters(function: Function) -> int:
    """Return the number of parameters that can be passed by position, without ``self`` and ``cls``."""
    names = [
        parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)
    ]
    if names and names[0] in ("self", "cls"):
        return len(names) - 1
    return len(names)


def nested_conditionals(module: ast.Module) -> list[ast.IfExp]:
    """Return the conditional expressions that stand inside another one."""
    found = {}
    for outer in ast.walk(module):
        if isinstance(outer, ast.IfExp):
            for inner in ast.walk(outer):
                if isinstance(inner, ast.IfExp) and inner is not outer:
                    found[inner.lineno, inner.col_offset] = inner
    return [found[place] for place in sorted(found)]


def beginnings(module: ast.Module) -> Counter[str]:
    """Count the first words of the docstrings of functions."""
    counts: Counter[str] = Counter()
    for node in ast.walk(module):
        text = (
            docstring_of(node)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            else None
        )
        word = FIRST_WORD.match(str(text.value).lstrip()) if text else None
        if word:
            counts[word.group()] += 1
    return counts


def measure(tree: Path, with_tests: bool = False) -> Metrics:
    """Return the metrics of all Python files of ``tree``; raise SyntaxError where one cannot be parsed."""
    metrics = Metrics(0, 0, 0, 0, 0, [], [], [], Counter())
    for path in python_files(tree, with_tests):
        source = path.read_text(encoding="utf-8")
        module = ast.parse(source, str(path))
        nodes = list(ast.walk(module))
        functions = [
            node
            for node in nodes
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]
        metrics.complexities.extend(complexity(function) for function in functions)
        metrics.parameters.extend(
            positional_parameters(function) for function in functions
        )
        metrics.arguments.extend(
            len(node.args) for node in nodes if isinstance(node, ast.Call)
        )
        metrics.beginnings.update(beginnings(module))
        metrics = metrics._replace(
            files=metrics.files + 1,
            lines=metrics.lines + code_lines(source, module),
            expressions=metrics.expressions
            + sum(isinstance(node, ast.expr) for node in nodes),
            conditionals=metrics.conditionals
            + sum(isinstance(node, ast.IfExp) for node in nodes),
            nested_conditionals=metrics.nested_conditionals
            + len(nested_conditionals(module)),
        )
    return metrics


def rows(metrics: Metrics) -> dict[str, str]:
    """Return the lines of the report, as texts."""
    lines = max(metrics.lines, 1)
    functions = max(len(metrics.complexities), 1)
    documented = sum(metrics.beginnings.values())
    unwanted = sum(metrics.beginnings[word] for word in UNWANTED_BEGINNINGS)
    return {
        "files": str(metrics.files),
        "lines of code": str(metrics.lines),
        "functions": str(len(metrics.complexities)),
        "complexity, mean": f"{sum(metrics.complexities) / functions:.2f}",
        "complexity, greatest": str(max(metrics.complexities, default=0)),
        f"functions above complexity {COMPLEXITY_LIMIT}": str(
            sum(number > COMPLEXITY_LIMIT for number in metrics.complexities)
        ),
        f"functions with more than {POSITIONAL_LIMIT} positional parameters": str(
            sum(number > POSITIONAL_LIMIT for number in metrics.parameters)
        ),
        f"calls with more than {POSITIONAL_LIMIT} positional arguments": str(
            sum(number > POSITIONAL_LIMIT for number in metrics.arguments)
        ),
        "expression nodes per line": f"{metrics.expressions / lines:.2f}",
        "conditional expressions per 1,000 lines": f"{1000 * metrics.conditionals / lines:.1f}",
        "nested conditional expressions": str(metrics.nested_conditionals),
        "docstrings of functions": str(documented),
        "of them with Give, Tell, Take, Say, Have": str(unwanted),
        "most frequent first words": " ".join(
            word for word, _count in metrics.beginnings.most_common(6)
        ),
    }


def main() -> None:
    """Print the report, one block for each tree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tests", action="store_true", help="also what lies below folders named tests"
    )
    parser.add_argument("trees", nargs="+", type=Path, metavar="TREE")
    options = parser.parse_args()
    for tree in options.trees:
        if not tree.exists():
            sys.exit(f"no such file or folder: {tree}")
        print(f"{tree}:")
        for name, value in rows(measure(tree, options.tests)).items():
            print(f"  {name:55} {value}")


if __name__ == "__main__":
    main()
