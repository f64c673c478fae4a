# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners, versions and digests as read from the databases, against what dpkg, rpm and pacman themselves answer."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from testbed.containers import Container, podman

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Owner,
    Ownership,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read import db_rpm
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ownership import (
    read_ownership,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ownership_query import (
    OwnershipAnswer,
    make_query,
)

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
#: Runs the core where the package manager is, with that place's own Python, and prints what it read.
PROBE = """
import json, sys
sys.path.insert(0, "/tmp/core")
from module_utils._host.host import Host
from module_utils._scan.read.ownership import read_ownership
paths, packages, execute = json.load(sys.stdin)
print(json.dumps(read_ownership(Host(), paths, packages, execute)))
"""
SPEC = """
Name: demo-python
Epoch: 2
Version: 3.99.1
Release: 4
Summary: A stand-in
License: MIT
BuildArch: noarch
%description
A stand-in
%install
cd %{buildroot}
mkdir -p usr/lib64/python3.99/site-packages/six-1.0.dist-info usr/bin
echo '[externally-managed]' > usr/lib64/python3.99/EXTERNALLY-MANAGED
echo > "usr/lib64/python3.99/a name with spaces"
echo > usr/lib64/python3.99/EXTERNALLY-MANAGED.md
echo > usr/bin/python3.99
ln -s python3.99 usr/bin/python3
echo 'Name: six' > usr/lib64/python3.99/site-packages/six-1.0.dist-info/METADATA
%files
/usr/lib64/python3.99/
%doc /usr/lib64/python3.99/EXTERNALLY-MANAGED.md
/usr/bin/*
"""


def needs(*tools: str) -> None:
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        assert not os.environ.get("CI"), f"needed: root and {', '.join(missing)}"
        pytest.skip(f"needs root and {', '.join(tools)}")


def run(*command: str, **more: object) -> str:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
        **more,
    ).stdout


# ------------------------------------------------------------------------------------------------------------ dpkg


def dpkg_owners(output: str) -> dict[str, set[str]]:
    """Read dpkg-query --search: ``package[:arch][, package…]: path``, without the lines on diversions."""
    owners: dict[str, set[str]] = {}
    for line in output.splitlines():
        names, _colon, path = line.rpartition(": ")
        if not line.startswith("diversion by ") and path.startswith("/"):
            owners.setdefault(path, set()).update(
                name.partition(":")[0] for name in names.split(", ")
            )
    return owners


def name_before_the_merge(path: str) -> Iterator[str]:
    """Yield the name of a path below /usr in packages that are older than the merge: dpkg searches names, not files."""
    top = "/" + path.split("/")[2] if path.startswith("/usr/") else ""
    if top and os.path.islink(top) and os.path.realpath(top) == "/usr" + top:
        yield path[len("/usr") :]


def compare(
    static: Ownership,
    owners: dict[str, set[str]],
    versions: dict[str, set[str]],
    asked: Sequence[str],
) -> None:
    assert static.unknown == ()
    wrong = {}
    for path in asked:
        answer = static.owners.get(path)
        expected = owners.get(path, set())
        if (answer.package if answer else "") not in (expected or {""}):
            wrong[path] = (answer, expected)
        if answer and answer.version not in versions[answer.package]:
            wrong[path] = (answer, versions[answer.package])
    print(f"{len(asked)} paths, {len(static.owners)} owned, {len(wrong)} disagreements")
    assert not wrong, dict(list(wrong.items())[:5])


def test_dpkg_of_this_machine() -> None:
    """A sample of all that its lists name, all that concerns Python, and as many paths that nobody owns."""
    needs("dpkg-query")
    everything = run("sh", "-c", "cat /var/lib/dpkg/info/*.list").splitlines()
    sample = random.Random(668).sample(everything, min(1500, len(everything)))
    sample += [
        path
        for path in everything
        if "dist-packages" in path and path.endswith("-info")
    ]
    sample += [
        path
        for path in everything
        if path.startswith("/usr/lib/python3.") and path.count("/") == 4
    ][:500]
    sample = sorted(
        {
            path
            for path in sample
            if path.startswith("/") and len(path) > 3 and path == os.path.normpath(path)
        }
    )
    asked = [
        path
        for path in sample
        if os.path.realpath(os.path.dirname(path)) == os.path.dirname(path)
    ]
    asked += [path + ".not-there" for path in asked[:500]]
    old_names = [name for path in asked for name in name_before_the_merge(path)]
    answer = subprocess.run(
        ["dpkg-query", "--search", *asked, *old_names],
        capture_output=True,
        text=True,
        check=False,
    )
    shown = run("dpkg-query", "--show", "--showformat=${Package} ${Version}\n")
    versions: dict[str, set[str]] = {}
    for name, _space, version in (line.partition(" ") for line in shown.splitlines()):
        versions.setdefault(name, set()).add(version)
    with Host() as host:
        static = read_ownership(host, asked, list(versions))
    owners = dpkg_owners(answer.stdout)
    for path in asked:
        for name in name_before_the_merge(path):
            owners.setdefault(path, set()).update(owners.get(name, set()))
    compare(static, owners, versions, asked)
    whole = run(
        "dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package}\n"
    ).splitlines()
    assert set(static.installed) == {
        line[4:].strip() for line in whole if line[1] == "i"
    }


@pytest.mark.containers
@pytest.mark.parametrize("release", [11, 12, 13])
def test_dpkg_of_debian(release: int, tmp_path: Path) -> None:
    """All that lies where Python's things lie, and the marker as shipped, deleted, diverted and excluded."""
    with container(f"localhost/pyfleet/debian:{release}", tmp_path) as debian:
        asked = debian.shell(
            "find /usr/bin /usr/lib/python3* /usr/local/lib -maxdepth 3 -not -name '*.pyc' -not -name __pycache__"
        ).stdout.splitlines()
        owners = dpkg_owners(
            debian.run("dpkg-query", "--search", *asked, check=False).stdout
        )
        if debian.run("test", "-L", "/bin", check=False).returncode == 0:
            # Lists of Debian 12 say /bin/gzip, by which name alone dpkg knows what is /usr/bin/gzip.
            aliases = [
                path[len("/usr") :] for path in asked if path.startswith("/usr/")
            ]
            for path, names in dpkg_owners(
                debian.run("dpkg-query", "--search", *aliases, check=False).stdout
            ).items():
                owners.setdefault("/usr" + path, set()).update(names)
        shown = debian.run(
            "dpkg-query", "--show", "--showformat=${Package} ${Version}\n"
        ).stdout
        versions = {
            name: {version}
            for name, _space, version in (
                line.partition(" ") for line in shown.splitlines()
            )
        }
        compare(probe(debian, asked), owners, versions, asked)
        if release >= 12:
            marker_of_debian(debian)


def probe(
    host: Container,
    paths: Sequence[str],
    packages: Sequence[str] = (),
    execute: str = "never",
) -> Ownership:
    text = json.dumps([list(paths), list(packages), execute])
    fields = json.loads(host.run("python3", "-B", "-c", PROBE, text=text).stdout)
    fields[1] = {
        path: Owner(*row)._replace(digest=tuple(row[4]))
        for path, row in fields[1].items()
    }
    fields[4] = tuple(map(tuple, fields[4]))
    return Ownership(*fields)


def marker_of_debian(debian: Container) -> None:
    marker = debian.shell("ls /usr/lib/python3.*/EXTERNALLY-MANAGED").stdout.strip()
    digest = debian.run("md5sum", marker).stdout[:32]
    shipped = probe(debian, [marker]).owners[marker]
    assert shipped.digest == ("md5", digest) and shipped.package.endswith("-stdlib")
    debian.run("rm", marker)
    assert probe(debian, [marker]).owners[marker] == shipped
    debian.run("dpkg-divert", "--quiet", "--rename", "--add", marker)
    diverted = probe(debian, [marker])
    assert [marker, marker + ".distrib", ""] in diverted.diversions and diverted.owners[
        marker
    ] == shipped
    debian.shell(f"echo path-exclude={marker} > /etc/dpkg/dpkg.cfg.d/no-marker")
    assert [marker, True, "/etc/dpkg/dpkg.cfg.d/no-marker"] in probe(
        debian, [marker]
    ).exclusions


# ------------------------------------------------------------------------------------------------------------- rpm


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs("rpm", "rpmbuild")
    place = tmp_path_factory.mktemp("rpm")
    (place / "demo.spec").write_text(SPEC)
    run("rpmbuild", "-bb", "--define", f"_topdir {place}", str(place / "demo.spec"))
    return next(place.rglob("*.noarch.rpm"))


@pytest.fixture(params=["/usr/lib/sysimage/rpm", "/var/lib/rpm"])
def rpm(
    request: pytest.FixtureRequest, tmp_path: Path, package: Path
) -> Iterator[tuple[str, ...]]:
    command = ("rpm", "--root", str(tmp_path), "--dbpath", request.param)
    run(*command, "--install", "--nodeps", "--excludedocs", str(package))
    yield command


RPM_PATHS = (
    "/usr/bin/python3.99",
    "/usr/bin/python3",
    "/usr/lib64/python3.99",
    "/usr/lib64/python3.99/EXTERNALLY-MANAGED",
    "/usr/lib64/python3.99/EXTERNALLY-MANAGED.md",
    "/usr/lib64/python3.99/a name with spaces",
    "/usr/lib64/python3.99/site-packages/six-1.0.dist-info",
    "/usr/lib64/python3.99/os.py",
    "/usr/local/bin/python3.99",
)


def test_rpm(rpm: tuple[str, ...], tmp_path: Path) -> None:
    os.unlink(f"{tmp_path}/usr/lib64/python3.99/EXTERNALLY-MANAGED")
    with Host(str(tmp_path)) as host:
        static = read_ownership(host, RPM_PATHS, ["demo-python", "absent"])
    assert static.managers == ("rpm",)
    assert static.installed == {"demo-python": "2:3.99.1-4"}
    for path in RPM_PATHS:
        answer = subprocess.run(
            [*rpm, "-qf", "--qf", "%{NAME}", path],
            capture_output=True,
            text=True,
            check=False,
        )
        owner = static.owners.get(path)
        assert (owner.package if owner else "") == (
            answer.stdout if answer.returncode == 0 else ""
        ), path
    rows = run(
        *rpm,
        "-q",
        "--qf",
        "[%{FILENAMES}\\t%{FILEDIGESTS}\\t%{FILELINKTOS}\\n]",
        "demo-python",
    ).splitlines()
    told = {
        name: (digest, link) for name, digest, link in (row.split("\t") for row in rows)
    }
    for path, owner in static.owners.items():
        assert (owner.digest[1], owner.link) == told[path]


def test_rpms_own_answer_is_the_same(rpm: tuple[str, ...], tmp_path: Path) -> None:
    """`execute: package_managers` where the database can't be read, against the reading where it can."""
    calls = []

    def runner(command: Sequence[str], seconds: float) -> tuple[int, bytes, bytes]:
        calls.append(command)
        done = subprocess.run(
            [*rpm, *command[1:]], capture_output=True, timeout=seconds, check=False
        )
        return done.returncode, done.stdout, done.stderr

    with Host(str(tmp_path)) as host:
        static = read_ownership(host, RPM_PATHS, ["demo-python", "absent"])
    with Host(run=runner) as host:
        answers = OwnershipAnswer(
            "rpm",
            make_query(host, RPM_PATHS, ["demo-python", "absent"], "package_managers"),
        )
        db_rpm._run_rpm(host, answers)
    assert len(calls) == 1
    assert (answers.owners, answers.installed) == (static.owners, static.installed)


def test_reading_changes_nothing(rpm: tuple[str, ...], tmp_path: Path) -> None:
    place = tmp_path / rpm[-1][1:]
    before = sorted(
        (each.name, each.stat().st_mtime_ns, each.stat().st_size)
        for each in place.iterdir()
    )
    with Host(str(tmp_path)) as host:
        assert read_ownership(host, RPM_PATHS).owners
    assert (
        sorted(
            (each.name, each.stat().st_mtime_ns, each.stat().st_size)
            for each in place.iterdir()
        )
        == before
    )


@pytest.mark.containers
@pytest.mark.parametrize(
    "image", ["localhost/pyfleet/fedora:43", "localhost/pyfleet/fedora:40"]
)
def test_rpm_of_a_live_host(image: str, tmp_path: Path) -> None:
    """Every file that any package has in Python's places, read in place."""
    with container(image, tmp_path) as host:
        shown = host.run(
            "rpm", "-qa", "--qf", "[%{=NAME}\t%{=EVR}\t%{FILENAMES}\t%{FILEDIGESTS}\n]"
        ).stdout
        owners, versions, digests = rows_of(shown)
        asked = places(host)
        static = probe(host, asked, ["python3", "absent"])
        compare(static, owners, versions, asked)
        assert set(static.installed) == {"python3"}
        wrong = {
            path: owner
            for path, owner in static.owners.items()
            if owner.digest[1] not in ("", digests[path])
        }
        assert not wrong
        assert (
            sum(bool(owner.digest[1]) for owner in static.owners.values())
            > len(asked) // 3
        )


@pytest.mark.containers
def test_pacman_of_a_live_host(tmp_path: Path) -> None:
    """Every file in Python's places, the digests being those of the files themselves."""
    with container("localhost/pyfleet/archlinux:rolling", tmp_path) as host:
        lines = [
            line.partition(" ")
            for line in host.run("pacman", "-Ql").stdout.splitlines()
        ]
        owners: dict[str, set[str]] = {}
        for name, _space, path in lines:
            owners.setdefault(path.rstrip("/"), set()).add(name)
        shown = [
            line.partition(" ") for line in host.run("pacman", "-Q").stdout.splitlines()
        ]
        versions = {name: {version} for name, _space, version in shown}
        asked = places(host)
        static = probe(host, asked, ["python", "absent"])
        compare(static, owners, versions, asked)
        assert static.installed == {"python": next(iter(versions["python"]))}
        recorded = {
            path: owner.digest[1]
            for path, owner in static.owners.items()
            if owner.digest[1]
        }
        sums = host.run(
            "xargs", "-d", "\n", "sha256sum", text="\n".join(recorded)
        ).stdout.splitlines()
        assert {line[66:]: line[:64] for line in sums} == recorded and recorded


def container(image: str, tmp_path: Path) -> Container:
    """Return a container of an image that may not have been built, with the core mounted into it."""
    if podman("image", "exists", image, check=False).returncode:
        assert not os.environ.get("CI"), f"{image} is not there: make images"
        pytest.skip(f"{image} is not there: make images")
    shutil.copytree(
        PLUGINS / "module_utils",
        tmp_path / "core/module_utils",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return Container(image, mounts={tmp_path / "core": "/tmp/core"})


def places(host: Container) -> list[str]:
    """List what lies in Python's places, real paths only; a stranger among them must be told from the rest."""
    host.run("touch", "/usr/bin/python-of-nobody")
    script = "find /usr/bin /usr/lib/python3* /usr/lib64/python3* -maxdepth 3 -not -name '*.pyc' -not -name __pycache__"
    found = host.run(
        "sh", "-c", script + " 2>/dev/null", check=False
    ).stdout.splitlines()
    assert len(found) > 300
    return [*found, "/usr/lib/python3.99/EXTERNALLY-MANAGED"]


def rows_of(
    shown: str,
) -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, str]]:
    owners: dict[str, set[str]] = {}
    versions: dict[str, set[str]] = {}
    digests: dict[str, str] = {}
    for name, version, path, digest in (
        row.split("\t") for row in shown.splitlines() if row.count("\t") == 3
    ):
        owners.setdefault(path, set()).add(name)
        versions.setdefault(name, set()).add(version)
        digests[path] = digest
    return owners, versions, digests
