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
    accept: typing.Callable[[str], bool] = str.isdigit
    convert: typing.Callable[[str], int] = lambda text: int(text)

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    @classmethod
    def of(cls, path):
        return cls(path)

    @staticmethod
    def limit():
        return 4

    def twice(self):
        return self.count * 2
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
    assert ours._fields == theirs._fields
    assert list(ours._field_defaults) == list(theirs._field_defaults)
    values = ("a", 2, ("b",), str.isdigit, int)
    assert (ours(*values), repr(ours(*values))) == (
        theirs(*values),
        repr(theirs(*values)),
    )
    assert (ours.__bases__, ours.__module__) == (theirs.__bases__, theirs.__module__)


def test_methods_stay_methods_and_a_function_as_a_default_is_the_value_of_its_field() -> (
    None
):
    for base in (NamedTuple, typing.NamedTuple):
        made = row(base).of("/etc/pip.conf")
        assert (made.name, made.twice(), made.limit()) == ("pip.conf", 4, 4)
        assert (made.accept("3"), made.convert("3")) == (True, 3)


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(TypeError):
        row(NamedTuple)()


def test_a_record_of_the_model_can_be_copied_by_pickle() -> None:
    note = model.Command(
        "python3", "login", "/usr/bin/python3", "interpreter", "/usr/bin/python3.13"
    )
    assert pickle.loads(pickle.dumps(note)) == note
