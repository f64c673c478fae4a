# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the variables of each role into its README, from its argument_specs.

docs_roles.py            write what is out of date
docs_roles.py --check    write nothing; end with 1 where something is out of date
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROLES = Path(__file__).resolve().parents[1] / "roles"
BEGIN = "<!-- Variables: written by dev/docs_roles.py from meta/argument_specs.yml; change them there. -->\n"
END = "<!-- End of the variables. -->\n"
HEAD = "| variable | type | default | |\n| --- | --- | --- | --- |\n"


def markdown(description: str | list[str]) -> str:
    """Return a description in Markdown, on one line, from Ansible's markup."""
    text = description if isinstance(description, str) else " ".join(description)
    return re.sub(r"\b[CVOME]\(([^)]*)\)", r"`\1`", " ".join(text.split())).replace(
        "|", r"\|"
    )


def row(name: str, option: dict[str, Any]) -> str:
    """Return the table's row of one variable."""
    kind = (
        f"{option['type']} of {option['elements']}"
        if "elements" in option
        else option["type"]
    )
    default = f"`{spelled(option['default'])}`" if "default" in option else ""
    default = "required" if option.get("required") else default
    choices = (
        f" One of {', '.join(f'`{choice}`' for choice in option['choices'])}."
        if "choices" in option
        else ""
    )
    return f"| `{name}` | {kind} | {default} | {markdown(option['description'])}{choices} |\n"


def spelled(value: Any) -> str:
    """Return a default as it is written in YAML."""
    return (
        yaml.safe_dump(value, default_flow_style=True, width=1000)
        .removesuffix("...\n")
        .strip()
    )


def documented(role: Path) -> str:
    """Return the role's README with the tables as the specification has them."""
    text = (role / "README.md").read_text(encoding="utf-8")
    specification = yaml.safe_load(
        (role / "meta/argument_specs.yml").read_text(encoding="utf-8")
    )["argument_specs"]
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return f"{text[:start]}\n{tables(specification)}\n{text[end:]}"


def tables(specification: dict[str, Any]) -> str:
    """Return the table of `main`, then of each other entry point what it has in addition."""
    options = specification["main"]["options"]
    text = HEAD + "".join(row(name, option) for name, option in options.items())
    shown = set(options)
    for entry, details in specification.items():
        own = {
            name: option
            for name, option in details["options"].items()
            if name not in shown
        }
        shown.update(own)
        if own:
            text += f"\n`tasks_from: {entry}` has in addition:\n\n" + HEAD
            text += "".join(row(name, option) for name, option in own.items())
    for name, option in options.items():
        if "options" in option:
            text += (
                f"\nKeys of each item of `{name}`:\n\n"
                + HEAD
                + "".join(inner_rows(option["options"]))
            )
    return text


def inner_rows(options: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield the rows of what a variable's values consist of."""
    for name, option in options.items():
        yield row(above + name, option)
        dots = "[]." if option["type"] == "list" else "."
        yield from inner_rows(option.get("options", {}), above + name + dots)


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    stale = []
    for role in sorted(path for path in ROLES.iterdir() if path.is_dir()):
        page, wanted = role / "README.md", documented(role)
        if page.read_text(encoding="utf-8") != wanted:
            stale.append(page.relative_to(ROLES.parent))
            if "--check" not in arguments:
                page.write_text(wanted, encoding="utf-8")
    for path in stale:
        print(
            f"{path}: out of date; run dev/docs_roles.py"
            if "--check" in arguments
            else f"{path}: written"
        )
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
