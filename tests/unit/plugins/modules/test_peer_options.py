# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of community.general.pipx and ansible.builtin.pip are answered with the ones here, as documented."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.testing", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.peer_options import (
    ANSIBLE_PIP,
    COMMUNITY_PIPX,
)
from ansible_collections.pyfleet.python.plugins.module_utils._ansible.pipx_app_module import (
    PIPX_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._ansible.venv_module import (
    VENV_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.modules import pipx_app, venv
from ansible_collections.pyfleet.python.tests.unit.plugins.modules.runner import run

REPOSITORY = Path(__file__).resolve().parents[4]
PAIRS = (
    (COMMUNITY_PIPX, pipx_app, PIPX_ARGUMENTS),
    (ANSIBLE_PIP, venv, VENV_ARGUMENTS),
)
both = pytest.mark.parametrize(
    ("peer", "module", "arguments"), PAIRS, ids=lambda each: getattr(each, "name", "")
)
ROWS = [
    (peer, module, name)
    for peer, module, _arguments in PAIRS
    for name in sorted(peer.options)
]
STATES = [
    (peer, module, name)
    for peer, module, _arguments in PAIRS
    for name in sorted(peer.states)
]


def documentation(peer: Any) -> Any:
    """Return the options of the peer itself, where it is installed."""
    if peer is ANSIBLE_PIP:
        pip = pytest.importorskip(
            "ansible.modules.pip", reason="needs a whole ansible-core"
        )
        return yaml.safe_load(pip.DOCUMENTATION)["options"]
    path = (
        REPOSITORY
        / ".build/collections/ansible_collections/community/general/plugins/modules/pipx.py"
    )
    if not path.exists():
        pytest.skip("needs community.general")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "DOCUMENTATION"
        ):
            return yaml.safe_load(ast.literal_eval(node.value))["options"]
    raise AssertionError(path)


@both
def test_every_option_of_the_peer_is_here_or_is_answered(
    peer: Any, module: Any, arguments: Any
) -> None:
    options = documentation(peer)
    assert set(options) - set(arguments) == set(peer.options)
    assert set(options["state"]["choices"]) - set(arguments["state"]["choices"]) == set(
        peer.states
    )


@pytest.mark.parametrize(
    ("peer", "module", "name"),
    ROWS,
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_an_option_of_the_peer_is_answered(
    peer: Any, module: Any, name: str, capsys: Any
) -> None:
    options = (
        {"path": "/srv/app"}
        if module is venv and name != "virtualenv"
        else {"name": "black"}
    )
    if module is venv and name == "name":
        options = {"virtualenv": "/srv/app"}
    result = run(module, capsys, {**options, name: "x"})
    assert result["failed"] is True
    assert result["msg"].startswith("For ")
    assert "For %s of %s, %s." % (name, peer.name, peer.options[name]) in result["msg"]


@pytest.mark.parametrize(
    ("peer", "module", "state"),
    STATES,
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_state_of_the_peer_is_answered(
    peer: Any, module: Any, state: str, capsys: Any
) -> None:
    required = {"path": "/srv/app"} if module is venv else {"name": "black"}
    result = run(module, capsys, {**required, "state": state})
    assert result["msg"].startswith(
        "For state=%s of %s, %s." % (state, peer.name, peer.states[state])
    )


def test_options_of_one_application_are_answered(capsys: Any) -> None:
    result = run(
        pipx_app, capsys, {"apps": [{"name": "black", "source": "x", "sufix": "_1"}]}
    )
    assert "For source of community.general.pipx, use name" in result["msg"]
    assert "For sufix, did you mean suffix?" in result["msg"]
    result = run(
        venv, capsys, {"environments": [{"path": "/srv/app", "virtualenv_python": "x"}]}
    )
    assert "For virtualenv_python of ansible.builtin.pip, use python." in result["msg"]


@pytest.mark.parametrize(
    ("module", "options", "sentence"),
    [
        (
            pipx_app,
            {"name": "black", "backend": "pip", "injects": ["x"]},
            "For injects, did you mean inject?",
        ),
        (
            venv,
            {"path": "/srv/app", "package": ["x"]},
            "For package, did you mean packages?",
        ),
    ],
)
def test_misspelled_options(
    module: Any, options: Any, sentence: str, capsys: Any
) -> None:
    assert run(module, capsys, options)["msg"].startswith(sentence)


def test_other_failures_are_as_they_were(capsys: Any) -> None:
    assert run(pipx_app, capsys, {"name": "black", "state": "here"})["msg"].startswith(
        "value of state must be one of"
    )


@pytest.mark.parametrize(
    ("peer", "page"), [(COMMUNITY_PIPX, "pipx.md"), (ANSIBLE_PIP, "venv.md")]
)
def test_the_table_is_documented(peer: Any, page: str) -> None:
    text = (REPOSITORY / "docs" / page).read_text(encoding="utf-8")
    for name, answer in peer.options.items():
        assert "| `%s` | %s |\n" % (name, answer) in text
    for name, answer in peer.states.items():
        assert "| `state: %s` | %s |\n" % (name, answer) in text
