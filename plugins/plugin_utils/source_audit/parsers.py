# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The libraries that parse: optional for a controller, and named where one is missing."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any, Iterator, Optional

from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.text import (
    plural,
)

from .model import NotJudged


def _import(name: str) -> Any:
    """Return a library, and None where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        return None


tree_sitter = _import("tree_sitter")
tree_sitter_bash = _import("tree_sitter_bash")
tree_sitter_containerfile = _import("tree_sitter_containerfile")
ruamel_yaml = _import("ruamel.yaml")

#: Nodes of one YAML file that are visited; aliases can make a small file expand to any number.
MAX_YAML_NODES = 200_000
_UNINTERRUPTED = 64 * 1024  # bytes that any parser takes no more than a second for
_CHUNK = 4096


class SyntaxNode:
    """A node of a tree-sitter tree, with its text.

    The library reads the text of a node through the function that the parser read through, and crashes where that function
    raises: at the limit of recursion, or of time.
    """

    __slots__ = ("_data", "_node")

    def __init__(self, node: Any, data: bytes) -> None:
        self._node = node
        self._data = data

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the library's node that is neither a node nor text."""
        return getattr(self._node, name)

    @property
    def text(self) -> bytes:
        """Return the text of the node."""
        return self._data[self._node.start_byte : self._node.end_byte]

    @property
    def children(self) -> list[SyntaxNode]:
        """Return the nodes directly below."""
        return self._wrap(self._node.children)

    @property
    def named_children(self) -> list[SyntaxNode]:
        """Return the nodes directly below that the grammar names."""
        return self._wrap(self._node.named_children)

    def child_by_field_name(self, name: str) -> Optional[SyntaxNode]:
        """Return the node of a field; None if there is none."""
        found = self._node.child_by_field_name(name)
        return None if found is None else SyntaxNode(found, self._data)

    def children_by_field_name(self, name: str) -> list[SyntaxNode]:
        """Return the nodes of a field."""
        return self._wrap(self._node.children_by_field_name(name))

    def _wrap(self, nodes: list[Any]) -> list[SyntaxNode]:
        return [SyntaxNode(node, self._data) for node in nodes]


def parse_shell(source: str) -> SyntaxNode:
    """Return the root node of a shell script; raise NotJudged where a library is missing."""
    return _parse("tree-sitter-bash", source)


def parse_containerfile(source: str) -> SyntaxNode:
    """Return the root node of a Containerfile; raise NotJudged where a library is missing."""
    return _parse("tree-sitter-containerfile", source)


def compose_yaml(source: str) -> list[Any]:
    """Return the root node of each document of a YAML file, with line numbers and without constructing objects.

    Raise NotJudged where the library is missing, and where the file is not YAML.
    """
    if ruamel_yaml is None:
        raise NotJudged(
            "Install the Python package ruamel.yaml on the controller to judge YAML files."
        )
    yaml = ruamel_yaml.YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True
    try:
        constructor, parser = yaml.get_constructor_parser(source)
        return list(_documents(constructor, parser))
    except ruamel_yaml.error.YAMLError as error:
        raise _not_yaml(source, error) from None


def find_error_line(root: SyntaxNode) -> int:
    """Return the first line that a tree-sitter grammar could not parse, and 0 if there is none."""
    if not root.has_error:
        return 0
    node = root
    while True:
        inner = [
            child
            for child in node.children
            if child.has_error or child.is_error or child.is_missing
        ]
        if not inner or node.is_error:
            return int(node.start_point.row) + 1
        node = inner[0]


def _documents(constructor: Any, parser: Any) -> Iterator[Any]:
    try:
        while constructor.composer.check_node():
            yield constructor.composer.get_node()
    finally:
        parser.dispose()


def _parse(grammar: str, source: str) -> SyntaxNode:
    """Return the root node of a text; where it is long, so that a limit of time can interrupt the parser.

    A signal is handled between two instructions of Python, of which the parser, which is written in C, has none but
    those that it calls back.
    """
    parser = _tree_sitter_parser(grammar)
    data = source.encode("utf-8", "replace")
    if len(data) <= _UNINTERRUPTED:
        return SyntaxNode(parser.parse(data).root_node, data)
    try:
        tree = parser.parse(
            lambda start, _point: data[start : start + _CHUNK],
            progress_callback=lambda _offset, _has_error: False,
        )
        return SyntaxNode(tree.root_node, data)
    except TypeError:
        raise NotJudged(
            "Upgrade the Python package tree-sitter on the controller to 0.25, which long files need."
        ) from None
    finally:
        parser.reset()  # or the next text would continue one that was interrupted


@lru_cache(maxsize=None)
def _tree_sitter_parser(grammar: str) -> Any:
    module = (
        tree_sitter_bash if grammar == "tree-sitter-bash" else tree_sitter_containerfile
    )
    missing = [
        name
        for name, found in (("tree-sitter", tree_sitter), (grammar, module))
        if found is None
    ]
    if missing:
        subject = (
            "shell commands" if grammar == "tree-sitter-bash" else "Containerfiles"
        )
        names = " and ".join(missing)
        packages = plural(len(missing), "package")
        raise NotJudged(
            f"Install the Python {packages} {names} on the controller to judge {subject}."
        )
    return tree_sitter.Parser(tree_sitter.Language(module.language()))


def _not_yaml(source: str, error: Any) -> NotJudged:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    lines = source.splitlines()
    jinja = any(
        "{{" in text or "{%" in text for text in lines[max(0, line - 2) : line + 1]
    )
    hint = " (a Jinja expression outside of quotes?)" if jinja else ""
    return NotJudged(
        f"This is not valid YAML{hint}: {getattr(error, 'problem', None) or 'it cannot be parsed'}.",
        line,
    )
