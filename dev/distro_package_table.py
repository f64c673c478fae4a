# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write Debian's and Ubuntu's names of packages by PyPI name, from the Contents indices of their archives.

distro_package_table.py debian-12 debian-13              fetch with apt, and write the rows of these releases
distro_package_table.py debian-13 --contents FILE ...    read files instead, which apt or a mirror has
distro_package_table.py --measure                        compare the table with the naive rule, over the test's list

The rows of other releases stay. Needs apt; DEBIAN_MIRROR and UBUNTU_MIRROR are the archives. The machine's own
configuration of apt is neither read nor written.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "plugins/plugin_utils/distro_package/debian_packages.tsv"
PROJECTS = ROOT / "tests/unit/plugins/plugin_utils/most_downloaded.txt"
APT_HELPER = "/usr/lib/apt/apt-helper"
HEAD = """\
# PyPI names and the packages that contain them, by the metadata (dist-info, egg-info) in the archive's Contents.
# Written by dev/distro_package_table.py; do not edit. A line is a normalized name, a package (= is python3-NAME) and
# releases, with tabs between them.
"""
#: Metadata that Python finds: of the default Python 3, not of PyPy, and not vendored below another package.
METADATA = re.compile(
    rb"usr/lib/python3(?:\.\d+)?/dist-packages/([^/-]+)(?:-[^/]*)?\.(?:dist|egg)-info(?:/(?:METADATA|PKG-INFO))?\s+(\S+)"
)
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class Archive(NamedTuple):
    """Where a release's Contents are."""

    suite: str
    mirror: str  # empty: not known
    components: tuple[str, ...]
    contents: tuple[str, ...]  # MetaKey of apt's index targets


DEBIAN_CONTENTS = ("$(COMPONENT)/Contents-all", "$(COMPONENT)/Contents-amd64")
DEBIAN = os.environ.get("DEBIAN_MIRROR") or "http://deb.debian.org/debian"
UBUNTU = os.environ.get("UBUNTU_MIRROR", "")
ARCHIVES = {
    "debian-11": Archive("bullseye", DEBIAN, ("main",), DEBIAN_CONTENTS),
    "debian-12": Archive("bookworm", DEBIAN, ("main",), DEBIAN_CONTENTS),
    "debian-13": Archive("trixie", DEBIAN, ("main",), DEBIAN_CONTENTS),
    "ubuntu-22.04": Archive("jammy", UBUNTU, ("main", "universe"), ("Contents-amd64",)),
    "ubuntu-24.04": Archive("noble", UBUNTU, ("main", "universe"), ("Contents-amd64",)),
    "ubuntu-26.04": Archive(
        "resolute", UBUNTU, ("main", "universe"), ("Contents-amd64",)
    ),
}


def canonicalize(name: str) -> str:
    """Return a normalized name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_contents(lines: Iterable[bytes]) -> dict[str, set[str]]:
    """Return the packages that contain each project's metadata.

    :param lines: a path, blanks, and packages with their sections, as ``admin/apt,python/python3-apt``.
    """
    found: dict[str, set[str]] = {}
    for line in lines:
        if b"-info" not in line:
            continue
        match = METADATA.fullmatch(line.rstrip())
        name = canonicalize(match.group(1).decode("utf-8", "replace")) if match else ""
        if match and NAME.fullmatch(name):
            packages = [
                each.rpartition("/")[2] for each in match.group(2).decode().split(",")
            ]
            found.setdefault(name, set()).update(packages)
    return found


def choose_package(name: str, packages: Iterable[str]) -> str:
    """Return the package for a project that several contain: python3-NAME, another library, then the shortest name."""
    naive = f"python3-{name}"

    def rank(package: str) -> tuple[bool, bool, int, str]:
        return (
            package != naive,
            not package.startswith("python3-"),
            len(package),
            package,
        )

    return min(packages, key=rank)


def fetch_contents(release: str, directory: Path) -> list[Path]:
    """Let apt fetch and verify the Contents of a release into a directory; return its files."""
    archive = ARCHIVES[release]
    if not archive.mirror:
        raise SystemExit(
            f"{release}: set UBUNTU_MIRROR to the address of an archive, or use --contents"
        )
    lists = directory / "lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    components = " ".join(archive.components)
    (directory / "sources.list").write_text(
        f"deb {archive.mirror} {archive.suite} {components}\n", encoding="utf-8"
    )
    targets = [
        f'Acquire::IndexTargets::deb::Contents-{number} {{ MetaKey "{key}"; ShortDescription "Contents";'
        f' Description "$(RELEASE) Contents {number}"; KeepCompressed "true"; }};\n'
        for number, key in enumerate(archive.contents)
    ]
    settings = [
        f'Dir::State::Lists "{lists}";\n',
        f'Dir::Cache "{directory}";\n',
        f'Dir::Etc::SourceList "{directory}/sources.list";\n',
        'Dir::Etc::SourceParts "/dev/null";\n',
        'APT::Architecture "amd64";\nAcquire::Languages "none";\nAPT::Update::Error-Mode "any";\n',
        'Acquire::IndexTargets::deb::Packages::DefaultEnabled "false";\n',
    ]
    configuration = directory / "apt.conf"
    configuration.write_text("".join([*settings, *targets]), encoding="utf-8")
    environment = {**os.environ, "APT_CONFIG": str(configuration)}
    subprocess.run(
        ["apt-get", "update"], env=environment, check=True, stdout=sys.stderr
    )
    return sorted(lists.glob("*Contents-*"))


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of Contents: plain, gzip, or as apt has compressed it."""
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            yield from file
        return
    with subprocess.Popen(
        [APT_HELPER, "cat-file", str(path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield from process.stdout
    if process.returncode:
        raise SystemExit(f"{path} cannot be read")


def read_rows(text: str) -> tuple[dict[str, str], dict[tuple[str, str], list[str]]]:
    """Return the dates of a table's releases, and the releases of each (name, package)."""
    dates: dict[str, str] = {}
    rows: dict[tuple[str, str], list[str]] = {}
    for line in text.splitlines():
        if line.startswith("# release: "):
            release, date = line.removeprefix("# release: ").split(" ")
            dates[release] = date
        elif line and not line.startswith("#"):
            name, package, releases = line.split("\t")
            rows[(name, package)] = releases.split(" ")
    return dates, rows


def update_table(
    text: str, found: Mapping[str, Mapping[str, set[str]]], date: str
) -> str:
    """Return a table with the rows of some releases replaced."""
    dates, rows = read_rows(text)
    dates.update(dict.fromkeys(found, date))
    kept = {
        key: [each for each in releases if each not in found]
        for key, releases in rows.items()
    }
    for release, projects in found.items():
        for name, packages in projects.items():
            package = choose_package(name, packages)
            key = (name, "=" if package == f"python3-{name}" else package)
            kept.setdefault(key, []).append(release)
    head = "".join(
        f"# release: {release} {day}\n" for release, day in sorted(dates.items())
    )
    body = [
        f"{name}\t{package}\t{' '.join(sorted(releases))}\n"
        for (name, package), releases in sorted(kept.items())
        if releases
    ]
    return HEAD + head + "".join(body)


def measure(text: str, projects: list[str]) -> Iterator[str]:
    """Yield for each release how many of the most downloaded projects it packages, and how many are named naively."""
    dates, rows = read_rows(text)
    for release in sorted(dates):
        packaged = {
            name: package
            for (name, package), releases in rows.items()
            if release in releases
        }
        for count in (200, 1000):
            names = [name for name in projects[:count] if name in packaged]
            naive = sum(packaged[name] == "=" for name in names)
            share = naive / len(names)
            yield f"{release}: of the {count} most downloaded {len(names)} are packaged, {share:.1%} as python3-NAME"


def main() -> None:
    """Write the table, or measure it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("releases", nargs="*", metavar="RELEASE")
    parser.add_argument(
        "--contents", nargs="+", type=Path, metavar="FILE", help="files of one release"
    )
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    text = TABLE.read_text(encoding="utf-8") if TABLE.exists() else HEAD
    if options.measure:
        lines = PROJECTS.read_text(encoding="utf-8").splitlines()
        print(
            "\n".join(
                measure(text, [line for line in lines if not line.startswith("#")])
            )
        )
        return
    if set(options.releases) - set(ARCHIVES):
        parser.error(f"releases are {', '.join(ARCHIVES)}")
    if not options.releases or (options.contents and len(options.releases) > 1):
        parser.error("name the releases to read; files are of one")
    found = {}
    for release in options.releases:
        directory = ROOT / ".build/contents" / release
        directory.mkdir(parents=True, exist_ok=True)
        paths = options.contents or fetch_contents(release, directory)
        found[release] = parse_contents(
            line for path in paths for line in read_lines(path)
        )
        print(f"{release}: {len(found[release])} projects", file=sys.stderr)
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    TABLE.write_text(update_table(text, found, today), encoding="utf-8")


if __name__ == "__main__":
    main()
