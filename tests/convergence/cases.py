# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what check mode must predict: how an environment is prepared, what is then requested, and what changes.

In texts, {root} is the directory of the case, {wheels} that of the packages, {other} another Python than the module's,
and {hash:FILE} the hash of one of the packages. An expectation is a row of words:
`+alpha 1.0`, `-alpha 1.0`, `alpha 1.0>2.0` (upgraded), `alpha 2.0<1.0` (downgraded), `alpha 1.0=` (reinstalled),
`rebuilt`, and the words of the key `done`. pip and its friends are left out, as their versions are those of the Python.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple

from . import drift
from .drift import Place

Options = Mapping[str, Any]


class Case(NamedTuple):
    """One of them."""

    name: str
    requested: Options
    expect: str | None = ""  # None: whatever it is, check and real run agree in it
    fails: bool = False  # the real run fails; the check fails too, or says `unresolved`
    before: tuple[Options, ...] = ()  # converged first, one after the other
    files: Mapping[str, str] = {}  # there from the start
    then: Mapping[str, str] = {}  # written when `before` is done
    by_hand: Callable[[Place], None] | None = None  # done last
    holds: Callable[[Place], object] | None = None  # what is true at the end
    # The next run sees by reading alone that nothing is to be done
    is_no_op_next: bool = True
    blind: str = ""  # the installer that finds out only in the real run: uv builds nothing in a dry run, nor compares hashes
    free: bool = False  # check mode may tell `reinstalled` of a project that turns out to be built the same
    only: str = ""  # pip or uv
    root: bool = False
    pip: bool = False  # with uv too there is a pip in the environment; else only with pip, as it takes its time


def packages(*names: str, **more: Any) -> Options:
    return {"packages": list(names), **more}


A1, A2 = packages("alpha==1.0"), packages("alpha==2.0")
LINK = {"name": "alpha", "directory": "{root}/bin"}
REQ = {"requirements": ["{root}/req.txt"]}
NEW_ALPHA = "+alpha 1.0,+part 1.0"
UP = "alpha 1.0>2.0,part 1.0>2.0"
DOWN = "alpha 2.0<1.0,part 2.0<1.0"
PROJECT = packages("{root}/project")
HASHED = "delta==1.0 \\\n    --hash={hash:delta-1.0-py3-none-any.whl}\n"
HASHED_2 = "delta==2.0 --hash={hash:delta-2.0-py3-none-any.whl}\n"

NEW = (
    Case("empty", {}, "created", pip=True),
    Case("one", A1, "created," + NEW_ALPHA, holds=drift.runs("1.0"), pip=True),
    Case("newest", packages("alpha"), "created,+alpha 2.0,+part 2.0"),
    Case("needs", packages("beta"), "created,+alpha 2.0,+beta 1.0,+part 2.0"),
    Case("without-dependencies", packages("beta", no_deps=True), "created,+beta 1.0"),
    Case(
        "held-by-another",
        packages("picky", "alpha"),
        "created,+alpha 1.1,+part 1.1,+picky 1.0",
    ),
    Case("extra", packages("gamma[fast]"), "created,+delta 2.0,+gamma 1.0"),
    Case(
        "extras",
        packages("gamma[fast,more]"),
        "created,+delta 2.0,+gamma 1.0,+mixed-name 1.0",
    ),
    Case(
        "marker-false",
        packages('delta; sys_platform == "win32"', "early"),
        "created,+early 1.0",
    ),
    Case(
        "marker-true", packages('delta<2; python_version >= "3"'), "created,+delta 1.1"
    ),
    Case("other-spelling", packages("mixed_name"), "created,+mixed-name 1.0"),
    Case("early-release", packages("early==2.0b1"), "created,+early 2.0b1"),
    Case("from-source", packages("source"), "created,+source 1.0"),
    Case(
        "only-binary", packages("either", only_binary=[":all:"]), "created,+either 1.0"
    ),
    Case("no-binary", packages("either", no_binary=["either"]), "created,+either 1.0"),
    Case(
        "only-binary-of-source",
        packages("source", only_binary=["source"]),
        None,
        fails=True,
    ),
    Case(
        "constraint",
        packages("alpha", constraints=["{root}/c.txt"]),
        "created,+alpha 1.1,+part 1.1",
        files={"c.txt": "alpha<2\ndelta==1.0\n"},
    ),
    Case(
        "wheel-by-path",
        packages("{wheels}/delta-1.0-py3-none-any.whl"),
        "created,+delta 1.0",
    ),
    Case(
        "wheel-by-url",
        packages("delta @ file://{wheels}/delta-1.1-py3-none-any.whl"),
        "created,+delta 1.1",
    ),
    Case("project", PROJECT, "created,+project 1.0"),
    Case(
        "editable",
        REQ,
        "created,+project 1.0",
        files={"req.txt": "-e {root}/project\n"},
    ),
    Case(
        "file",
        REQ,
        "created,+alpha 1.1,+delta 1.0,+part 1.1",
        files={
            "req.txt": "# what is asked\nalpha \\\n  <2   # held\n\ndelta==1.0 ; python_version > '3'\n"
        },
    ),
    Case(
        "file-of-files",
        REQ,
        "created,+alpha 1.0,+delta 1.1,+part 1.0",
        files={
            "req.txt": "-r sub/more.txt\n",
            "sub/more.txt": "--constraint=../c.txt\nalpha\n-rlast.txt\n",
            "sub/last.txt": "delta\n",
            "c.txt": "alpha==1.0\ndelta<2\n",
        },
    ),
    Case(
        "file-with-options",
        {**REQ, "no_index": False, "find_links": []},
        "created,+delta 2.0",
        files={"req.txt": "--no-index\n--find-links {wheels}\ndelta\n"},
    ),
    Case(
        "file-with-hashes",
        {**REQ, "require_hashes": True},
        "created,+delta 1.0",
        files={"req.txt": HASHED},
    ),
    Case(
        "hash-missing",
        {**REQ, "require_hashes": True},
        None,
        fails=True,
        files={"req.txt": "delta==1.0\n"},
    ),
    Case(
        "hash-wrong",
        REQ,
        None,
        fails=True,
        blind="uv",
        files={"req.txt": "delta==1.0 --hash={hash:delta-1.1-py3-none-any.whl}\n"},
    ),
    Case(
        "lock",
        {"lock": "{root}/lock.txt"},
        "created,+delta 1.0",
        files={"lock.txt": HASHED},
    ),
    Case(
        "lock-without-hashes",
        {"lock": "{root}/lock.txt"},
        None,
        fails=True,
        files={"lock.txt": "delta==1.0\n"},
    ),
    Case("pylock", {"lock": "{root}/pylock.toml"}, "created,+delta 1.1", only="uv"),
    Case(
        "pylock-of-pip",
        {"lock": "{root}/pylock.toml"},
        None,
        only="pip",
        is_no_op_next=False,
    ),
    Case("pip-false", packages("delta", pip=False), "created,+delta 2.0", pip=True),
    Case(
        "base-packages",
        packages("delta", system_site_packages=True),
        "created,+delta 2.0",
        pip=True,
    ),
    Case(
        "mode",
        packages("delta", mode="0750"),
        "created,+delta 2.0",
        holds=drift.has_mode(0o750),
    ),
    Case(
        "linked",
        {**A1, "links": [LINK]},
        "created,links," + NEW_ALPHA,
        holds=drift.link_runs("alpha", "1.0"),
    ),
    Case(
        "linked-as",
        {**A1, "links": [{**LINK, "as": "omega"}]},
        "created,links," + NEW_ALPHA,
        holds=drift.link_runs("omega", "1.0"),
    ),
    Case(
        "linked-over-foreign",
        {**A1, "links": [LINK]},
        None,
        fails=True,
        by_hand=drift.write("bin/alpha", "mine\n"),
        holds=drift.reads("bin/alpha", "mine\n"),
    ),
    Case(
        "in-place",
        {**A1, "strategy": "in_place"},
        "created," + NEW_ALPHA,
        holds=drift.is_directory,
    ),
    Case(
        "python-by-path",
        packages("delta", python="{other}"),
        "created,+delta 2.0",
        holds=drift.stands_on_other,
    ),
    Case(
        "python-by-specifier",
        packages("delta", python=">=3.8,!=3.9.*"),
        "created,+delta 2.0",
    ),
    Case("python-unknown", packages("delta", python="3.99"), None, fails=True),
    Case(
        "python-missing",
        packages("delta", python="/usr/bin/python-of-nobody"),
        None,
        fails=True,
    ),
    Case(
        "package-unknown",
        packages("nowhere"),
        None,
        fails=True,
        holds=drift.nothing_is_there,
    ),
    Case(
        "version-unknown",
        packages("alpha==9"),
        None,
        fails=True,
        holds=drift.nothing_is_there,
    ),
    Case(
        "conflict",
        packages("alpha==2.0", "picky"),
        None,
        fails=True,
        holds=drift.nothing_is_there,
    ),
    Case(
        "broken",
        packages("delta", "broken"),
        None,
        fails=True,
        blind="uv",
        holds=drift.nothing_is_there,
    ),
    Case(
        "broken-in-place",
        packages("broken", strategy="in_place"),
        None,
        fails=True,
        blind="uv",
        holds=drift.nothing_is_there,
    ),
    Case(
        "file-missing",
        {"requirements": ["{root}/none.txt"]},
        None,
        fails=True,
        holds=drift.nothing_is_there,
    ),
    Case(
        "no-server",
        packages(
            "delta",
            index_url="http://127.0.0.1:9/simple",
            no_index=False,
            find_links=[],
            timeout=2,
        ),
        None,
        fails=True,
        holds=drift.nothing_is_there,
    ),
    Case(
        "foreign-directory",
        A1,
        None,
        fails=True,
        by_hand=drift.write("venv/notes.txt", "mine\n"),
        holds=drift.reads("venv/notes.txt", "mine\n"),
    ),
    Case(
        "foreign-file",
        A1,
        None,
        fails=True,
        by_hand=drift.write("venv", "mine\n"),
        holds=drift.reads("venv", "mine\n"),
    ),
    Case("foreign-link", A1, None, fails=True, by_hand=drift.foreign_link),
    Case(
        "empty-directory",
        A1,
        None,
        by_hand=drift.make_directory,
        holds=drift.runs("1.0"),
    ),
)
