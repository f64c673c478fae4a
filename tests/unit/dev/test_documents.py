# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents: their links, commands, names, options and versions exist."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any, Iterator

import pytest

yaml = pytest.importorskip("yaml")

REPOSITORY = Path(__file__).resolve().parents[3]
PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs").rglob("*.md"),
        *(REPOSITORY / "roles").glob("*/README.md"),
        *(REPOSITORY / "tests").rglob("*.md"),
    ]
)
MODULES = sorted(
    path.stem
    for path in (REPOSITORY / "plugins/modules").glob("*.py")
    if path.stem != "__init__"
)
ROLES = sorted(path.name for path in (REPOSITORY / "roles").iterdir() if path.is_dir())
FRAGMENTS = REPOSITORY / "plugins/doc_fragments"

CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
#: The only public modules that a page may leave out: a part of a role, used by nobody else, says so in its description.
PART_OF_A_ROLE = re.compile(r"part of (that|the) role", re.IGNORECASE)

#: Options of which each row has the options of the module itself.
MANY_IN_ONE_CALL = ("environments", "apps")

every_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY))
)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE_BLOCK.sub("", read(page)), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def documentation(path: Path) -> dict[str, Any]:
    """Return the DOCUMENTATION of a plugin, which is not imported."""
    for statement in ast.parse(read(path)).body:
        if (
            isinstance(statement, ast.Assign)
            and getattr(statement.targets[0], "id", "") == "DOCUMENTATION"
        ):
            return dict(yaml.safe_load(ast.literal_eval(statement.value)))
    raise AssertionError(f"{path} has no DOCUMENTATION")


def fragment_options(reference: str) -> dict[str, Any]:
    """Return the options that ``pyfleet.python.NAME`` or ``pyfleet.python.NAME.part`` adds to a module."""
    name, _dot, part = reference.removeprefix("pyfleet.python.").partition(".")
    variable = part.upper() or "DOCUMENTATION"
    for statement in ast.walk(ast.parse(read(FRAGMENTS / f"{name}.py"))):
        if (
            isinstance(statement, ast.Assign)
            and getattr(statement.targets[0], "id", "") == variable
        ):
            return dict(
                yaml.safe_load(ast.literal_eval(statement.value)).get("options") or {}
            )
    raise AssertionError(f"no fragment {reference}")


@functools.cache
def module_options(module: str) -> dict[str, Any]:
    """Return the options of a module, with those of its fragments."""
    described = documentation(REPOSITORY / f"plugins/modules/{module}.py")
    options = dict(described.get("options") or {})
    for reference in described.get("extends_documentation_fragment", []):
        options.update(fragment_options(reference))
    return options


@functools.cache
def role_options(role: str) -> dict[str, Any]:
    specification = yaml.safe_load(
        read(REPOSITORY / f"roles/{role}/meta/argument_specs.yml")
    )["argument_specs"]
    return {
        name: option
        for entry in specification.values()
        for name, option in entry["options"].items()
    }


def yaml_blocks(page: Path) -> Iterator[Any]:
    for language, text in CODE_BLOCK.findall(read(page)):
        if language in ("yaml", "yml"):
            yield yaml.safe_load(text)


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each mapping in a YAML value."""
    if isinstance(value, dict):
        yield value
        yield from mappings(list(value.values()))
    elif isinstance(value, list):
        for child in value:
            yield from mappings(child)


def unknown_options(given: Any, options: dict[str, Any]) -> list[str]:
    """Return the keys of a task's arguments, at any depth, that the documentation does not have."""
    rows = given if isinstance(given, list) else [given]
    unknown = []
    for name, value in (
        pair for row in rows if isinstance(row, dict) for pair in row.items()
    ):
        if name not in options:
            unknown.append(name)
            continue
        inner = options[name].get("suboptions") or options[name].get("options")
        if name in MANY_IN_ONE_CALL:
            inner = options
        if inner:
            unknown += unknown_options(value, inner)
    return unknown


@every_page
def test_links_inside_the_repository_resolve(page: Path) -> None:
    for target in LINK.findall(CODE_BLOCK.sub("", read(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(linked), f"{page.name} links to {target}"


@every_page
def test_commands_of_make_exist(page: Path) -> None:
    makefiles = "".join(
        read(path)
        for path in (REPOSITORY / "Makefile", *(REPOSITORY / "dev").glob("*.mk"))
    )
    targets = set(
        " ".join(re.findall(r"^([a-z][^:=\n]*):(?!=)", makefiles, re.MULTILINE)).split()
    )
    commands = re.findall(r"(?:`|^\$ |^)make ([a-z][\w.-]*)", read(page), re.MULTILINE)
    for command in commands:
        # A pattern rule makes unit-3.13 of unit-3.%.
        assert command in targets or re.sub(r"\d+$", "%", command) in targets, (
            f"make {command}"
        )


@every_page
def test_every_name_of_the_collection_exists(page: Path) -> None:
    plugins = {path.stem for path in (REPOSITORY / "plugins").glob("*/*.py")}
    playbooks = {path.stem for path in (REPOSITORY / "playbooks").glob("*.yml")}
    names = set(re.findall(r"pyfleet\.python\.(?!plugins\.)([a-z]\w*)", read(page)))
    groups = set(yaml.safe_load(read(REPOSITORY / "meta/runtime.yml"))["action_groups"])
    assert names <= plugins | playbooks | groups | set(ROLES)


@every_page
def test_examples_use_options_that_exist(page: Path) -> None:
    for example in yaml_blocks(page):
        for mapping in mappings(example):
            for module in MODULES:
                arguments = mapping.get(f"pyfleet.python.{module}")
                assert unknown_options(arguments, module_options(module)) == [], module


@every_page
def test_examples_use_role_variables_that_exist(page: Path) -> None:
    for example in yaml_blocks(page):
        for role in ROLES:
            options = role_options(role)
            given = [
                m
                for m in mappings(example)
                if any(str(key).startswith(f"{role}_") for key in m)
            ]
            for mapping in given:
                variables = {
                    key: value
                    for key, value in mapping.items()
                    if str(key).startswith(f"{role}_")
                }
                assert unknown_options(variables, options) == [], role


@every_page
def test_every_role_variable_in_the_text_is_in_the_role(page: Path) -> None:
    for role in ROLES:
        files = [
            path
            for path in (REPOSITORY / "roles" / role).rglob("*")
            if path.suffix in (".yml", ".j2")
        ]
        source = "".join(map(read, files))
        for name in set(re.findall(rf"`({role}_\w+)(?![\w.])", read(page))):
            longer = [
                other
                for other in ROLES
                if other != role and name.startswith(f"{other}_")
            ]
            assert longer or re.search(rf"\b{name}\b", source), name


def test_the_readme_has_a_row_for_every_module_and_role() -> None:
    readme = read(REPOSITORY / "README.md")
    described = {
        module: str(documentation(REPOSITORY / f"plugins/modules/{module}.py"))
        for module in MODULES
    }
    public = [
        module for module, text in described.items() if not PART_OF_A_ROLE.search(text)
    ]
    assert "venv" in public
    rows = re.findall(r"^\| `pyfleet\.python\.(\w+)` \|", readme, re.MULTILINE)
    assert sorted(rows) == sorted([*public, *ROLES])


def test_the_readme_names_the_versions_of_ansible_core_that_are_tested() -> None:
    tested = {
        path.stem.removeprefix("sanity-")
        for path in (REPOSITORY / "dev/requirements").glob("sanity-*.txt")
    }
    section = (
        read(REPOSITORY / "README.md").split("## Compatibility")[1].split("\n## ")[0]
    )
    controllers = next(line for line in section.splitlines() if "ansible-core" in line)
    assert set(re.findall(r"\b2\.\d\d\b", controllers)) == tested


def test_the_readme_links_every_page() -> None:
    linked = set(LINK.findall(read(REPOSITORY / "README.md")))
    pages = {f"docs/{page.name}" for page in (REPOSITORY / "docs").glob("*.md")}
    assert pages - linked == set()


def test_the_readme_names_the_two_commands_first() -> None:
    blocks = [
        text
        for language, text in CODE_BLOCK.findall(read(REPOSITORY / "README.md"))
        if language == "console"
    ]
    assert blocks[0] == "make audit\nmake test\n"


def test_paths_in_the_contributors_map_exist() -> None:
    page = read(REPOSITORY / "CONTRIBUTING.md")
    section = page[page.index("## Where to change what") :].split("\n## ")[0]
    rows = re.findall(r"^\| (.+) \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) > 12
    for path in re.findall(r"`([\w./-]+/[\w./-]*)`", section):
        assert (REPOSITORY / path).exists(), path
