# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write Debian's and Ubuntu's names of packages by PyPI name, from the Contents indices of their archives.

distro_package_table.py debian-12 debian-13              fetch with apt, and write the rows of these releases
distro_package_table.py debian-13 --contents FILE ...    read files instead, which apt or a mirror has
distro_package_table.py --truth debian-13                write what the tests measure the table with, in the same ways
distro_package_table.py --measure                        measure the table and the naive rule, over the most downloaded

The rows of other releases stay. Needs apt, which has to trust the keys of the archive (Debian's package ubuntu-keyring has
those of Ubuntu); DEBIAN_MIRROR and UBUNTU_MIRROR are the archives. The machine's own configuration of apt is neither read
nor written.
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
TRUTH = ROOT / "tests/unit/plugins/plugin_utils/most_downloaded_contents.tsv"
APT_HELPER = "/usr/lib/apt/apt-helper"
HEAD = """\
# PyPI names and the packages that contain them, by the metadata (dist-info, egg-info) in the archive's Contents.
# Written by dev/distro_package_table.py; do not edit. A line is a normalized name, a package (= is python3-NAME) and
# releases, with tabs between them.
"""
TRUTH_HEAD = """\
# The most downloaded projects, and all packages that have a dist-info or egg-info of theirs in the archive's Contents.
# Written by dev/distro_package_table.py --truth; do not edit. A line is a normalized name, packages with commas between
# them, and releases, with tabs between the three.
"""
#: Metadata that Python finds: of the default Python 3, not of PyPy, and not vendored below another package.
METADATA = re.compile(
    rb"usr/lib/python3(?:\.\d+)?/dist-packages/([^/-]+)(?:-[^/]*)?\.(?:dist|egg)-info(?:/(?:METADATA|PKG-INFO))?\s+(\S+)"
)
#: Any path of metadata, read without the rules above, so that these are measured too.
ANY_METADATA = re.compile(
    rb"usr/lib/python3[^/]*/[a-z]+-packages/([^/]+)\.(?:dist|egg)-info(?:/.*)?\s+(\S+)"
)
VERSION = re.compile(r"-\d.*|-py3.*")
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class Archive(NamedTuple):
    """Where a release's Contents are."""

    suite: str
    mirror: str
    components: tuple[str, ...]
    contents: tuple[str, ...]  # MetaKey of apt's index targets


DEBIAN_CONTENTS = ("$(COMPONENT)/Contents-all", "$(COMPONENT)/Contents-amd64")
DEBIAN = os.environ.get("DEBIAN_MIRROR") or "http://deb.debian.org/debian"
UBUNTU = os.environ.get("UBUNTU_MIRROR") or "http://archive.ubuntu.com/ubuntu"
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


def find_packages(
    lines: Iterable[bytes], projects: Iterable[str]
) -> dict[str, set[str]]:
    """Return for some projects all packages with a path of their metadata: what the table is measured with."""
    wanted = frozenset(projects)
    found: dict[str, set[str]] = {}
    for line in lines:
        match = ANY_METADATA.fullmatch(line.rstrip()) if b"-info" in line else None
        if match:
            stem = match.group(1).decode("utf-8", "replace")
            name = canonicalize(VERSION.sub("", stem))
            if name in wanted:
                places = match.group(2).decode().split(",")
                packages = {each.rpartition("/")[2] for each in places}
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


def replace_rows(
    text: str, found: Mapping[str, Mapping[str, str]], date: str, head: str
) -> str:
    """Return a file of rows with those of some releases replaced."""
    dates, rows = read_rows(text)
    dates.update(dict.fromkeys(found, date))
    kept = {
        key: [each for each in releases if each not in found]
        for key, releases in rows.items()
    }
    for release, projects in found.items():
        for key in projects.items():
            kept.setdefault(key, []).append(release)
    days = "".join(
        f"# release: {release} {day}\n" for release, day in sorted(dates.items())
    )
    body = [
        f"{name}\t{package}\t{' '.join(sorted(releases))}\n"
        for (name, package), releases in sorted(kept.items())
        if releases
    ]
    return head + days + "".join(body)


def update_table(
    text: str, found: Mapping[str, Mapping[str, set[str]]], date: str
) -> str:
    """Return a table with the rows of some releases replaced."""
    chosen: dict[str, dict[str, str]] = {}
    for release, projects in found.items():
        chosen[release] = {}
        for name, packages in projects.items():
            package = choose_package(name, packages)
            chosen[release][name] = "=" if package == f"python3-{name}" else package
    return replace_rows(text, chosen, date, HEAD)


def update_truth(
    text: str, found: Mapping[str, Mapping[str, set[str]]], date: str
) -> str:
    """Return what the table is measured with, with the rows of some releases replaced."""
    joined = {
        release: {name: ",".join(sorted(each)) for name, each in projects.items()}
        for release, projects in found.items()
    }
    return replace_rows(text, joined, date, TRUTH_HEAD)


class Measure(NamedTuple):
    """How good the table and the naive rule are for a release, among its packages of the most downloaded projects."""

    release: str
    of: int
    packaged: int
    table: float
    naive: float
    wrong: tuple[str, ...]  # projects for which the table has no package, or another


def measure(table: str, truth: str, projects: list[str]) -> Iterator[Measure]:
    """Compare the table with what the archive contains, for the 200 and the 1,000 most downloaded of each release."""
    tabled = read_rows(table)[1]
    dates, rows = read_rows(truth)
    for release in sorted(dates):
        named = {name: each for (name, each), in_ in tabled.items() if release in in_}
        there = {
            name: {
                "=" if each == f"python3-{name}" else each for each in all_.split(",")
            }
            for (name, all_), in_ in rows.items()
            if release in in_
        }
        for count in (200, 1000):
            names = [name for name in projects[:count] if name in there]
            wrong = tuple(name for name in names if named.get(name) not in there[name])
            naive = sum("=" in there[name] for name in names)
            share = 1 - len(wrong) / len(names)
            yield Measure(release, count, len(names), share, naive / len(names), wrong)


def read_projects() -> list[str]:
    """Return the most downloaded projects, the most downloaded first."""
    lines = PROJECTS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def print_measures() -> None:
    """Print how good the table is, and which projects fail."""
    table, truth = (path.read_text(encoding="utf-8") for path in (TABLE, TRUTH))
    for each in measure(table, truth, read_projects()):
        print(
            f"{each.release}: of the {each.of} most downloaded {each.packaged} are packaged; right in the table"
            f" {each.table:.1%}, as python3-NAME {each.naive:.1%}; wrong: {', '.join(each.wrong) or 'none'}"
        )


def read_release(release: str, files: list[Path] | None) -> Iterator[bytes]:
    """Yield the lines of a release's Contents, from files or as apt fetches them."""
    directory = ROOT / ".build/contents" / release
    directory.mkdir(parents=True, exist_ok=True)
    for path in files or fetch_contents(release, directory):
        yield from read_lines(path)


def main() -> None:
    """Write the table, or measure it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("releases", nargs="*", metavar="RELEASE")
    parser.add_argument(
        "--contents", nargs="+", type=Path, metavar="FILE", help="files of one release"
    )
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    if options.measure:
        print_measures()
        return
    if set(options.releases) - set(ARCHIVES):
        parser.error(f"releases are {', '.join(ARCHIVES)}")
    if not options.releases or (options.contents and len(options.releases) > 1):
        parser.error("name the releases to read; files are of one")
    projects = read_projects()
    found = {}
    for release in options.releases:
        lines = read_release(release, options.contents)
        found[release] = (
            find_packages(lines, projects) if options.truth else parse_contents(lines)
        )
        print(f"{release}: {len(found[release])} projects", file=sys.stderr)
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    path, update = (TRUTH, update_truth) if options.truth else (TABLE, update_table)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(update(text, found, today), encoding="utf-8")


if __name__ == "__main__":
    main()
