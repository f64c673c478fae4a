# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the tables of providers and of releases into docs/providers.md.

docs_tables.py            write it if it is out of date
docs_tables.py --check    write nothing; end with 1 if it is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "plugins"))

from module_utils._scan.data.providers import COMMON_ROOTS, PROVIDERS, Provider
from module_utils._scan.data.python_eol import (
    RELEASES,
    TABLE_DATE,
    VENDOR_SUPPORT,
    VendorSupport,
)

PAGE = ROOT / "docs/providers.md"

#: What to do instead of writing into an installation.
CURES = {
    "system": "a virtual environment, pipx, or the distribution's own package",
    "homebrew": "a virtual environment, pipx, or `brew install` for applications",
    "conda": "`conda install` (or pixi, mamba) into an environment of its own",
    "nix": "a Nix expression or shell with the packages, or a virtual environment",
    "own": "pip may write here, yet one virtual environment per application keeps them apart",
    "uv": "`uv venv`, `uv tool install`, or `uv pip install` into a virtual environment",
    "container": "pip may write here while the image is built; rebuild the image to change it",
    "vendor": "leave it to its product; use another Python for anything else",
    "xcode": "a virtual environment; Apple replaces this Python with its developer tools",
}
#: Providers that are not cured as their kind is; without either, it is as for "own".
SPECIAL = {"software-collections": "system", "python-org": "own"}
#: Where the dates of releases come from.
SOURCES = (
    "https://peps.python.org/api/release-cycle.json",
    "https://www.pypy.org/posts/",
    "https://salsa.debian.org/debian/distro-info-data",
    "https://access.redhat.com/support/policy/updates/errata",
    "https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html",
    "https://www.suse.com/lifecycle",
)
#: Whose the extended support of a distribution is.
PROGRAMMES = {
    "debian": "Freexian's ELTS",
    "ubuntu": "Ubuntu Pro",
    "rhel": "Red Hat's ELS",
}

INTRODUCTION = """\
<!-- Written by dev/docs_tables.py from plugins/module_utils/_scan/data/: change the tables there. -->

# Providers of Pythons

`provider` says where a Python comes from. It is determined from files only: the real path of the interpreter, the package
that owns it, and what its build left behind. The first matching row is the provider. If no row matches, the provider is
`unknown`, and `provider_because` lists what was examined.

Whether a marker (`EXTERNALLY-MANAGED`, PEP 668) is expected is first looked up in the package database. The last column
applies if there is no package database, or if it cannot be read.
"""
SIGNALS = """
## How each provider is recognised

A row matches if all tests of one line are true. `*` matches any text, `|` separates alternatives. `owner` is the package
manager that owns the interpreter: `none` if no package does, `?` if that is unknown.

Interpreters are searched on every `PATH` (of the process, of a login shell, of sudo), in `paths`, and in these places: `~` is
the home of each user, `{VARIABLE:default}` an environment variable of the caller. In addition, for every host:
"""
RELEASES_HEAD = """
## How long each version is maintained

As of {date}. By its developers:

| Python | first release | end of life |
| --- | --- | --- |
"""
VENDORS_HEAD = """
PyPy announces no dates: support of a version ends with the first release that omits it.

Distributions maintain their own Python for longer, so `python-end-of-life` does not report it until then:

| system | Python | until | extended |
| --- | --- | --- | --- |
"""


def cell(text: str) -> str:
    """Return text that is safe in a table cell."""
    return text.replace("|", "\\|")


def expected(row: Provider) -> str:
    """Return a cell with the conditions under which the marker is shipped."""
    shipped = [rule.since for rule in row.marker if rule.expectation == "shipped"]
    if shipped:
        return ", ".join(filter(None, ["yes", *shipped]))
    last = row.marker[-1]
    return ", ".join(
        filter(
            None,
            [
                {"not-shipped": "no", "unknown": "not known"}[last.expectation],
                last.since,
            ],
        )
    )


def version(row: VendorSupport) -> str:
    """Spell a release as its system does: Ubuntu 24.04, SLES 15.7."""
    first, *rest = row.release
    return ".".join(
        [
            str(first),
            *(
                f"{number:02}" if "ubuntu" in row.ids else str(number)
                for number in rest
            ),
        ]
    )


def section(row: Provider) -> str:
    """Return the section on one provider."""
    cure = CURES[
        next(
            (key for key in (SPECIAL.get(row.key), row.key, row.kind) if key in CURES),
            "own",
        )
    ]
    lines = [
        f"### {row.key}",
        "",
        f"{row.title}. Instead of installing into it: {cure}.",
        "",
    ]
    lines += ["- " + ", ".join(f"`{test}`" for test in tests) for tests in row.signals]
    if row.roots:
        lines += [
            "",
            "Searched in " + ", ".join(f"`{root}`" for root in row.roots) + ".",
        ]
    source = (
        row.evidence.rstrip(":")
        if ":" in row.evidence or " " in row.evidence
        else f"<https://{row.evidence}>"
    )
    return "\n".join([*lines, "", f"Source: {source}."])


def page() -> str:
    """Return the whole page."""
    rows = ["| `provider` | | kind | marker shipped |", "| --- | --- | --- | --- |"]
    rows += [
        f"| [`{row.key}`](#{row.key}) | {row.title} | {row.kind} | {cell(expected(row))} |"
        for row in PROVIDERS
    ]
    places = ", ".join(f"`{root}`" for root in COMMON_ROOTS)
    releases = [
        f"| {'PyPy ' * (row.implementation == 'pypy')}{row.language} | {row.first} | {row.end or 'not announced'} |"
        for row in RELEASES
    ]
    vendors = [
        f"| {', '.join(row.ids)} {version(row)} | {row.language} | {row.until} "
        f"| {f'{row.extended} ({PROGRAMMES[row.ids[0]]})' if row.extended else ''} |"
        for row in VENDOR_SUPPORT
    ]
    parts = [
        INTRODUCTION,
        *rows,
        SIGNALS + places + ".\n",
        "\n\n".join(map(section, PROVIDERS)),
        RELEASES_HEAD.format(date=TABLE_DATE) + "\n".join(releases),
        VENDORS_HEAD + "\n".join(vendors),
        "\nSources: " + ", ".join(f"<{source}>" for source in SOURCES) + ".",
    ]
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    text = page()
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    if arguments:
        print(
            f"{PAGE.relative_to(ROOT)} is out of date: run python dev/docs_tables.py",
            file=sys.stderr,
        )
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
