# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every role has in common: files, names, defaults as specified, and three entry points."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, Set

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.role_variables import (
    RESULTS,
)

yaml = pytest.importorskip("yaml", reason="checked on a controller's Python")

REPOSITORY = Path(__file__).resolve().parents[3]
ROLES = {
    path.name: path
    for path in sorted((REPOSITORY / "roles").iterdir())
    if path.is_dir()
}
ENTRIES = ("main", "preflight", "verify")
INCLUDES = ("ansible.builtin.import_tasks", "ansible.builtin.include_tasks")
PLAY = "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
STEP = "    - ansible.builtin.import_role:\n        name: pyfleet.python.%s\n        tasks_from: %s\n"

every_role = pytest.mark.parametrize("role", ROLES)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def specification(role: str) -> Dict[str, Any]:
    return load(ROLES[role] / "meta/argument_specs.yml")["argument_specs"]


def all_options(role: str) -> Dict[str, Any]:
    """Return the variables of all entry points."""
    found: Dict[str, Any] = {}
    for entry in specification(role).values():
        found.update(entry["options"])
    return found


def tasks(items: Any) -> Iterator[Dict[str, Any]]:
    """Yield each task, also those in blocks."""
    for task in items or ():
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks(task.get(part))


def names_set(role: str) -> Set[str]:
    """Return the variables that the role's tasks set or register."""
    found: Set[str] = set()
    for path in (ROLES[role] / "tasks").glob("*.yml"):
        for task in tasks(load(path)):
            found |= {task["register"]} if "register" in task else set()
            found |= set(task.get("ansible.builtin.set_fact", ())) - {"cacheable"}
    return found


def run_playbook(play: Path, *options: str) -> str:
    """Return what ansible-playbook prints; the directory of the play is its home."""
    environment = dict(
        os.environ, ANSIBLE_COLLECTIONS_PATH=str(REPOSITORY / ".build/collections")
    )
    environment.update(
        ANSIBLE_HOME=str(play.parent),
        ANSIBLE_CONFIG=str(REPOSITORY / "dev/ansible.cfg"),
    )
    command = [sys.executable, "-m", "ansible", "playbook", *options, str(play)]
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert (done.returncode == 0) == ("--syntax-check" in options), done.stdout.decode()
    return done.stdout.decode()


@every_role
@pytest.mark.parametrize(
    "name",
    ["README.md", "defaults/main.yml", "meta/main.yml", "meta/argument_specs.yml"]
    + ["tasks/%s.yml" % entry for entry in ENTRIES],
)
def test_the_file_is_there(role: str, name: str) -> None:
    assert (ROLES[role] / name).read_text(encoding="utf-8").strip()


@every_role
def test_defaults_are_as_specified(role: str) -> None:
    options = all_options(role)
    specified = {
        name: option["default"]
        for name, option in options.items()
        if not option.get("required")
    }
    assert load(ROLES[role] / "defaults/main.yml") == specified


@every_role
def test_every_entry_point_is_specified(role: str) -> None:
    specified, options = specification(role), all_options(role)
    assert set(ENTRIES) <= set(specified)
    for name, entry in specified.items():
        assert (ROLES[role] / "tasks" / (name + ".yml")).exists(), name
        assert entry["short_description"] and entry["description"], name
        assert all(
            options[key] == option for key, option in entry["options"].items()
        ), name


@every_role
def test_every_option_has_the_roles_name_a_type_and_a_description(role: str) -> None:
    for name, option in all_options(role).items():
        assert name.startswith(role + "_"), name
        assert option["type"], name
        assert option["description"], name
        assert option["type"] != "list" or option["elements"], name


@every_role
def test_internal_variables_have_the_roles_name_behind_two_underscores(
    role: str,
) -> None:
    for path in (ROLES[role] / "vars").rglob("*.yml"):
        for name in load(path) or ():
            assert name.startswith("__%s_" % role), (path.name, name)


@every_role
def test_what_tasks_set_is_internal_or_documented(role: str) -> None:
    readme = (ROLES[role] / "README.md").read_text(encoding="utf-8")
    for name in names_set(role) - {"ansible_python_interpreter"}:
        assert name.startswith("__%s_" % role) or (
            name.startswith(role + "_") and "`%s`" % name in readme
        ), name


@every_role
def test_a_role_keeps_the_facts_that_a_play_gathered(role: str) -> None:
    for path in (ROLES[role] / "tasks").glob("*.yml"):
        for task in tasks(load(path)):
            options = task.get("pyfleet.python.python_facts", {"set_facts": False})
            assert options.get("set_facts") is False, (path.name, task["name"])


@every_role
def test_a_role_can_be_played_again_after_its_results_are_set(role: str) -> None:
    named = {
        name
        for name in names_set(role)
        if name.startswith(role + "_") and name not in all_options(role)
    }
    assert named <= RESULTS


@every_role
def test_the_main_file_is_a_list_of_includes_with_tags(role: str) -> None:
    steps = load(ROLES[role] / "tasks/main.yml")
    included = [step[word] for step in steps for word in INCLUDES if word in step]
    files = [entry["file"] if isinstance(entry, dict) else entry for entry in included]
    assert len(files) == len(steps)
    assert files[0] == "preflight.yml"
    assert "verify.yml" in files
    for step, file in zip(steps, files):
        tags = set(step["tags"])
        assert role in tags or (file, tags) == (
            "verify.yml",
            {"never", role + "_verify"},
        ), step["name"]
        assert all(re.match(r"%s(_|$)" % role, tag) for tag in tags - {"never"}), step[
            "name"
        ]


@every_role
def test_the_readme_shows_every_variable_and_what_is_expected_of_become(
    role: str,
) -> None:
    readme = (ROLES[role] / "README.md").read_text(encoding="utf-8")
    for name in all_options(role):
        assert "| `%s` |" % name in readme, name
    assert "become" in readme
    assert "`%s_verify`" % role in readme


@every_role
def test_the_role_has_a_scenario_and_a_place_in_the_documentation(role: str) -> None:
    assert (REPOSITORY / "extensions/molecule" / role / "converge.yml").exists()
    for page in ("README.md", "docs/roles.md"):
        assert "`pyfleet.python.%s`" % role in (REPOSITORY / page).read_text(
            encoding="utf-8"
        ), page


@every_role
def test_every_entry_point_can_be_played(role: str, tmp_path: Path) -> None:
    pytest.importorskip("ansible.cli.playbook", reason="needs a whole ansible-core")
    play = tmp_path / "play.yml"
    play.write_text(
        PLAY + "".join(STEP % (role, entry) for entry in ENTRIES), encoding="utf-8"
    )
    printed = run_playbook(play, "--syntax-check", "--inventory=localhost,")
    assert "ERROR" not in printed, printed


@every_role
def test_a_misspelt_variable_is_rejected(role: str, tmp_path: Path) -> None:
    pytest.importorskip("ansible.cli.playbook", reason="needs a whole ansible-core")
    variable = sorted(all_options(role))[0]
    play = tmp_path / "play.yml"
    play.write_text(
        PLAY + STEP % (role, "preflight") + "      vars: {%sx: 1}\n" % variable,
        encoding="utf-8",
    )
    printed = run_playbook(play, "--connection=local", "--inventory=localhost,")
    assert (
        "%sx is not a variable of the role %s: did you mean %s?"
        % (variable, role, variable)
        in printed
    )


@every_role
def test_a_main_entry_point_documents_its_own_variables_alone(role: str) -> None:
    specified = specification(role)
    for entry in set(specified) - set(ENTRIES):
        own = [
            name
            for name in specified["main"]["options"]
            if name.startswith("%s_%s_" % (role, entry))
        ]
        assert own == [], entry
