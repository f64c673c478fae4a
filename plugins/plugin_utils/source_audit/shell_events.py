# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a shell script as events in the order of the text: assignments, commands, subshells."""

from __future__ import annotations

import itertools
import re
from typing import Any, Iterator, Mapping, NamedTuple, Optional, Sequence, Union

from . import parsers

#: Stands in an expanded word for what only a run could tell.
UNKNOWN_TEXT = "\ufffd"
#: Combinations of the values of variables that are tried for one command.
MAX_ALTERNATIVES = 16
_FOUND_PROGRAM = re.compile(
    r"[$`]\(?\s*(?:which|command -v|type -[pP])\s+([\w./+-]+)\s*[)`]$"
)
#: A subscript that stands for every element of an array.
_ALL_ELEMENTS = re.compile(r"\[[@*]\]")
_SCOPES = ("subshell", "command_substitution", "process_substitution")


class Piece(NamedTuple):
    """A part of a word: literal ``text``, or the value of ``variable``, which is ``text`` where it is not set."""

    text: str
    variable: str = ""
    quoted: bool = False


class Word(NamedTuple):
    """A word of a command before expansion, with its text in the script."""

    pieces: tuple[Piece, ...]
    text: str


class Heredoc(NamedTuple):
    """The text of a here-document and the row of its first line."""

    text: str
    row: int


class Command(NamedTuple):
    """A simple command. ``statement`` is the text of its pipeline or redirection. Rows count from 0."""

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, Word], ...]
    targets: tuple[Word, ...]
    heredoc: Optional[Heredoc]
    statement: str
    row: int
    end_row: int


class Assignment(NamedTuple):
    """A variable gets a value; a loop gives its variable several."""

    name: str
    values: tuple[Word, ...]
    row: int


class Scope(NamedTuple):
    """A subshell begins, or ends."""

    begins: bool


Event = Union[Command, Assignment, Scope]


class _Context(NamedTuple):
    """The context of a command: redirections, a here-document, the text and rows of the statement."""

    targets: tuple[Word, ...] = ()
    heredoc: Optional[Heredoc] = None
    statement: str = ""


def read_shell(source: str) -> tuple[list[Event], int]:
    """Return the events of a script, and the line that could not be parsed (0: all could)."""
    root = parsers.parse_shell(source)
    return list(_visit(root, _Context())), parsers.find_error_line(root)


def make_command(words: Sequence[str], row: int) -> Command:
    """Return the command of a list of words, as in the JSON form of RUN or in ``argv``."""
    literal = tuple(Word((Piece(word, quoted=True),), word) for word in words)
    return Command(
        words=literal,
        assignments=(),
        targets=(),
        heredoc=None,
        statement=" ".join(words),
        row=row,
        end_row=row,
    )


def expand_word(
    word: Word, variables: Mapping[str, tuple[str, ...]]
) -> list[list[str]]:
    """Return the possible expansions of a word; each is a list of words, since unquoted values are split."""
    choices = [_values(piece, variables) for piece in word.pieces]
    expansions = []
    for texts in itertools.islice(itertools.product(*choices), MAX_ALTERNATIVES):
        joined = "".join(texts)
        split = any(piece.variable and not _is_quoted(piece) for piece in word.pieces)
        expansions.append(joined.split() if split else [joined])
    return expansions


def expand_command(
    words: Sequence[Word], variables: Mapping[str, tuple[str, ...]]
) -> Iterator[list[str]]:
    """Yield the possible lists of words of a command, at most MAX_ALTERNATIVES."""
    choices = [expand_word(word, variables) for word in words]
    for combination in itertools.islice(itertools.product(*choices), MAX_ALTERNATIVES):
        yield [text for words_of_one in combination for text in words_of_one]


def _is_quoted(piece: Piece) -> bool:
    # "${array[@]}" expands to the words of the array.
    return piece.quoted and not piece.variable.endswith("[@]")


def _values(piece: Piece, variables: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if not piece.variable:
        return (piece.text,)
    known = variables.get(piece.variable.replace("[@]", ""))
    if known:
        return known
    return (piece.text or UNKNOWN_TEXT,)


def _text(node: Any) -> str:
    return str(node.text.decode("utf-8", "replace"))


def _visit(node: Any, context: _Context) -> Iterator[Event]:
    kind = node.type
    if kind in ("comment", "heredoc_body", "string", "raw_string"):
        return
    if kind == "command":
        yield from _visit_command(node, context)
    elif kind == "variable_assignment":
        yield from _substitutions(node)
        yield _read_assignment(node)
    elif kind == "for_statement":
        yield from _visit_loop(node, context)
    elif kind == "redirected_statement":
        yield from _visit_redirected(node, context)
    elif kind == "pipeline":
        yield from _visit_children(
            node, context._replace(statement=context.statement or _text(node))
        )
    elif kind in _SCOPES:
        yield Scope(begins=True)
        yield from _visit_children(node, context)
        yield Scope(begins=False)
    else:
        yield from _visit_children(node, context)


def _visit_children(node: Any, context: _Context) -> Iterator[Event]:
    for child in node.named_children:
        yield from _visit(child, context)


def _visit_command(node: Any, context: _Context) -> Iterator[Event]:
    yield from _substitutions(node)
    words, assignments, targets = [], [], list(context.targets)
    for child in node.named_children:
        if child.type == "variable_assignment":
            assignment = _read_assignment(child)
            assignments += [(assignment.name, value) for value in assignment.values]
        elif child.type == "command_name":
            words += [_read_word(inner) for inner in child.named_children]
        elif child.type == "file_redirect":
            targets += _redirect_targets(child)
        elif not child.type.endswith("redirect") and child.type != "comment":
            words.append(_read_word(child))
    yield Command(
        words=tuple(words),
        assignments=tuple(assignments),
        targets=tuple(targets),
        heredoc=context.heredoc,
        statement=context.statement or _text(node),
        row=int(node.start_point.row),
        end_row=int(node.end_point.row),
    )


def _visit_loop(node: Any, context: _Context) -> Iterator[Event]:
    variable = node.child_by_field_name("variable")
    values = tuple(_read_word(value) for value in node.children_by_field_name("value"))
    yield from _substitutions(node, skip="do_group")
    if variable is not None and values:
        yield Assignment(
            name=_text(variable), values=values, row=int(node.start_point.row)
        )
    yield from _visit_children(node, context)


def _visit_redirected(node: Any, context: _Context) -> Iterator[Event]:
    targets, heredoc, after = list(context.targets), context.heredoc, []
    for redirect in node.children_by_field_name("redirect"):
        if redirect.type == "file_redirect":
            targets += _redirect_targets(redirect)
        elif redirect.type == "heredoc_redirect":
            for child in redirect.named_children:
                if child.type == "heredoc_body":
                    heredoc = Heredoc(_text(child), int(child.start_point.row))
                elif child.type == "file_redirect":
                    targets += _redirect_targets(child)
                elif not child.type.startswith("heredoc_"):
                    after.append(child)
    statement = context.statement or _text(node)
    body = node.child_by_field_name("body")
    if body is not None:
        yield from _visit(body, _Context(tuple(targets), heredoc, statement))
    for child in after:
        yield from _visit(
            child,
            _Context((), heredoc if child.type == "pipeline" else None, statement),
        )


def _redirect_targets(node: Any) -> list[Word]:
    return [_read_word(target) for target in node.children_by_field_name("destination")]


def _substitutions(node: Any, skip: str = "") -> Iterator[Event]:
    """Yield the events of the command substitutions within a node."""
    for child in node.named_children:
        if child.type in _SCOPES:
            yield from _visit(child, _Context())
        elif child.type not in (skip, "heredoc_redirect"):
            yield from _substitutions(child)


def _read_assignment(node: Any) -> Assignment:
    name = node.child_by_field_name("name")
    value = node.child_by_field_name("value")
    word = Word((Piece(""),), "")
    if value is not None and value.type == "array":
        pieces: list[Piece] = []
        for element in value.named_children:
            pieces += [*_read_word(element).pieces, Piece(" ")]
        word = Word(tuple(pieces[:-1]), _text(value))
    elif value is not None:
        word = _read_word(value)
    variable = _text(name) if name is not None else ""
    return Assignment(
        name=variable.partition("[")[0], values=(word,), row=int(node.start_point.row)
    )


def _read_word(node: Any) -> Word:
    return Word(tuple(_pieces(node, quoted=False)), _text(node))


def _pieces(node: Any, quoted: bool) -> Iterator[Piece]:
    kind = node.type
    if kind == "raw_string":
        yield Piece(_text(node)[1:-1], quoted=True)
    elif kind in ("ansi_c_string", "translated_string"):
        yield Piece(_text(node)[2:-1], quoted=True)
    elif kind == "string":
        yield from _string_pieces(node)
    elif kind in ("simple_expansion", "expansion"):
        yield _expansion_piece(node, quoted)
    elif kind in ("concatenation", "command_name"):
        for child in node.named_children:
            yield from _pieces(child, quoted)
    elif kind in _SCOPES:
        found = _FOUND_PROGRAM.match(_text(node))
        yield Piece(found.group(1) if found else UNKNOWN_TEXT, quoted=True)
    else:
        text = _text(node)
        yield Piece(text if quoted else re.sub(r"\\(\n|.)", r"\1", text), quoted=quoted)


def _string_pieces(node: Any) -> Iterator[Piece]:
    """Yield the parts of a double-quoted string; the grammar leaves white space between two expansions out."""
    content = node.text
    position = 1
    for child in node.named_children:
        start = child.start_byte - node.start_byte
        gap = content[position:start].decode("utf-8", "replace")
        if gap:
            yield Piece(gap, quoted=True)
        if child.type == "string_content":
            yield Piece(
                re.sub(r'\\(["$`\\])', r"\1", _text(child)).replace("\\\n", ""),
                quoted=True,
            )
        else:
            yield from _pieces(child, quoted=True)
        position = child.end_byte - node.start_byte
    rest = content[position:-1].decode("utf-8", "replace")
    if rest:
        yield Piece(rest, quoted=True)


def _expansion_piece(node: Any, quoted: bool) -> Piece:
    name, default, array = "", "", ""
    has_default = any(mark in _text(node) for mark in ("-", "="))
    for child in node.named_children:
        if child.type == "subscript":
            name = _text(child).partition("[")[0]
            array = "[@]" if _ALL_ELEMENTS.search(_text(child)) else ""
        elif child.type in ("variable_name", "special_variable_name") and not name:
            name = _text(child)
        elif name and not default and has_default:
            default = "".join(piece.text for piece in _pieces(child, quoted=True))
    return Piece(default, variable=(name or "?") + array, quoted=quoted)
