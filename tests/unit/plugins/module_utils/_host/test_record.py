# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records made without typing.NamedTuple are what it would make."""

from __future__ import annotations

import pickle
import typing

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.record import (
    NamedTuple,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan import model

SOURCE = """
class Row(NamedTuple):
    path: str
    count: int = 2
    more: typing.Tuple[str, ...] = ()
"""


def row(base: object) -> typing.Any:
    space: dict[str, typing.Any] = {
        "NamedTuple": base,
        "typing": typing,
        "__name__": __name__,
    }
    exec(SOURCE, space)  # the same class statement on both bases
    return space["Row"]


def test_it_is_the_tuple_that_typing_makes() -> None:
    ours, theirs = row(NamedTuple), row(typing.NamedTuple)
    assert (ours._fields, ours._field_defaults) == (
        theirs._fields,
        theirs._field_defaults,
    )
    assert (ours("a"), repr(ours("a", more=("b",)))) == (
        theirs("a"),
        repr(theirs("a", more=("b",))),
    )
    assert (ours.__bases__, ours.__module__) == (theirs.__bases__, theirs.__module__)


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(TypeError):
        row(NamedTuple)()


def test_a_record_of_the_model_can_be_copied_by_pickle() -> None:
    note = model.Command(
        "python3", "login", "/usr/bin/python3", "interpreter", "/usr/bin/python3.13"
    )
    assert pickle.loads(pickle.dumps(note)) == note
