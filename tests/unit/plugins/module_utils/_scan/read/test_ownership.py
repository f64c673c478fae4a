# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked, and what every package manager but rpm answers, over small databases in their formats."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.budget import (
    OverTime,
)
from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Limits
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    Diversion,
    Exclusion,
    Owner,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read import (
    db_apk,
    db_conda,
    db_dpkg,
    db_pacman,
    db_portage,
    db_xbps,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.ownership import (
    read_ownership,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.unknown_owner import (
    find_unknown,
)

from ...fixtures.package_databases import (
    Package,
    apk,
    conda,
    dpkg,
    pacman,
    portage,
    slackware,
    xbps,
)
from ...fixtures.trees import Fifo, Link, Sparse, tree

MARKER = "/usr/lib/python3.13/EXTERNALLY-MANAGED"
TEXT = b"[externally-managed]\nError=no\n"
MD5 = ("md5", hashlib.md5(TEXT).hexdigest())
SHA1 = ("sha1", hashlib.sha1(TEXT).hexdigest())
SHA256 = ("sha256", hashlib.sha256(TEXT).hexdigest())
SIX = "/usr/lib/python3/dist-packages/six-1.16.0.dist-info"
STDLIB = Package("libpython3.13-stdlib:amd64", "3.13.5-2", [MARKER], {MARKER: TEXT})


class TestDpkg:
    def test_owner_version_and_digest(self, tmp_path: Path) -> None:
        host = tree(tmp_path, {**dpkg(STDLIB), MARKER: TEXT})
        answer = read_ownership(host, [MARKER, "/usr/local/bin/python3.9"])
        assert answer.owners == {
            MARKER: Owner(MARKER, "dpkg", "libpython3.13-stdlib", "3.13.5-2", MD5)
        }
        assert (answer.managers, answer.unknown) == (("dpkg",), ())

    def test_a_deleted_file_is_still_owned(self, tmp_path: Path) -> None:
        assert (
            read_ownership(tree(tmp_path, dpkg(STDLIB)), [MARKER]).owners[MARKER].digest
            == MD5
        )

    def test_a_line_must_be_the_whole_path(self, tmp_path: Path) -> None:
        longer = Package("other", "1", [MARKER + ".old", "/opt" + MARKER])
        assert read_ownership(tree(tmp_path, dpkg(longer)), [MARKER]).owners == {}

    @pytest.mark.parametrize(
        ("links", "asked", "listed"),
        [
            ({"bin": Link("usr/bin")}, "/usr/bin/python3.13", "/bin/python3.13"),
            ({"bin": Link("usr/bin")}, "/bin/python3.13", "/usr/bin/python3.13"),
            ({"lib": Link("usr/lib")}, MARKER, MARKER[len("/usr") :]),
            ({"usr/sbin": Link("bin")}, "/usr/bin/python3.13", "/usr/sbin/python3.13"),
            ({"usr/lib64": Link("lib")}, MARKER, MARKER.replace("lib", "lib64", 1)),
        ],
    )
    def test_a_merged_usr(
        self, tmp_path: Path, links: dict, asked: str, listed: str
    ) -> None:
        """dpkg-query --search /bin/python3 finds nothing where /bin is a link and the list says /usr/bin."""
        places = {"usr/bin": None, "usr/lib/python3.13": None}
        host = tree(tmp_path, {**places, **links, **dpkg(Package("p", "1", [listed]))})
        assert read_ownership(host, [asked]).owners[asked].package == "p"

    def test_without_a_merged_usr_they_are_two_places(self, tmp_path: Path) -> None:
        host = tree(
            tmp_path,
            {
                "bin": None,
                "usr/bin": None,
                **dpkg(Package("p", "1", ["/bin/python3.13"])),
            },
        )
        assert read_ownership(host, ["/usr/bin/python3.13"]).owners == {}

    def test_directories_of_metadata_by_themselves_or_by_their_core_file(
        self, tmp_path: Path
    ) -> None:
        egg = "/usr/lib/python3/dist-packages/PyYAML-5.3.1.egg-info"
        lists = dpkg(
            Package("python3-six", "1.16-4", [SIX]),
            Package("python3-yaml", "5.3-5", [egg + "/PKG-INFO"]),
        )
        owners = read_ownership(tree(tmp_path, lists), [SIX, egg]).owners
        assert {path: owner.package for path, owner in owners.items()} == {
            SIX: "python3-six",
            egg: "python3-yaml",
        }

    def test_a_package_that_diverts_a_path_owns_it(self, tmp_path: Path) -> None:
        two = dpkg(STDLIB, Package("zz-corporate-python", "7", [MARKER]))
        diversions = f"{MARKER}\n{MARKER}.distrib\nzz-corporate-python\n/bin/sh\n/bin/sh.distrib\n:\n"
        answer = read_ownership(
            tree(tmp_path, {**two, "var/lib/dpkg/diversions": diversions}), [MARKER]
        )
        assert answer.owners[MARKER].package == "zz-corporate-python"
        assert answer.diversions == (
            Diversion(MARKER, MARKER + ".distrib", "zz-corporate-python"),
            Diversion("/bin/sh", "/bin/sh.distrib", ""),
        )

    def test_installed_means_wholly(self, tmp_path: Path) -> None:
        states = {
            "a-held": "hold ok installed",
            "b": "install ok installed",
            "c-left": "deinstall ok config-files",
            "d-broken": "install reinstreq half-installed",
            "e-waiting": "install ok triggers-pending",
            "f-half": "install ok half-configured",
        }
        status = "\n".join(
            f"Package: {name}\nStatus: {state}\nVersion: 1\n"
            for name, state in states.items()
        )
        host = tree(
            tmp_path, {"var/lib/dpkg/status": status, "var/lib/dpkg/info": None}
        )
        installed = read_ownership(host, [], [*states, "nowhere"]).installed
        assert installed == {"a-held": "1", "b": "1", "e-waiting": "1"}

    def test_exclusions_in_dpkgs_own_order(self, tmp_path: Path) -> None:
        host = tree(
            tmp_path,
            {
                **dpkg(),
                "etc/dpkg/dpkg.cfg.d/10-slim": "# path-exclude=/no\npath-exclude=/usr/lib/python3*/*-MANAGED\n",
                "etc/dpkg/dpkg.cfg.d/20-keep": 'path-include "/usr/lib/python3.13/*"\nno-debsig\n',
                "etc/dpkg/dpkg.cfg.d/30.dpkg-old": "path-exclude=/never-read\n",
                "etc/dpkg/dpkg.cfg": "path-exclude /last\n",
            },
        )
        directory = "/etc/dpkg/dpkg.cfg.d/"
        assert read_ownership(host, []).exclusions == (
            Exclusion("/usr/lib/python3*/*-MANAGED", True, directory + "10-slim"),
            Exclusion("/usr/lib/python3.13/*", False, directory + "20-keep"),
            Exclusion("/last", True, "/etc/dpkg/dpkg.cfg"),
        )

    def test_distroless(self, tmp_path: Path) -> None:
        entry = (
            "Package: libpython3.11-stdlib\nVersion: 3.11.2-6\nArchitecture: amd64\n"
        )
        sums = f"{MD5[1]}  {MARKER[1:]}\n"
        place = "var/lib/dpkg/status.d/libpython3.11-stdlib"
        host = tree(tmp_path, {place: entry, place + ".md5sums": sums})
        answer = read_ownership(host, [MARKER], ["libpython3.11-stdlib"])
        assert answer.owners[MARKER] == Owner(
            MARKER, "dpkg", "libpython3.11-stdlib", "3.11.2-6", MD5
        )
        assert answer.installed == {"libpython3.11-stdlib": "3.11.2-6"}

    @pytest.mark.parametrize("bad", [Sparse(1 << 30), Link("/nowhere"), None])
    def test_a_list_that_cannot_be_read_makes_it_unknown(
        self, tmp_path: Path, bad: object
    ) -> None:
        """Absent and not known must never look alike."""
        host = tree(tmp_path, {**dpkg(STDLIB), "var/lib/dpkg/info/evil.list": bad})
        answer = read_ownership(host, [MARKER, "/opt/python"])
        assert answer.unknown == (
            ("dpkg", "1 records of its database could not be read"),
        )
        assert (
            answer.managers == ()
            and answer.owners[MARKER].package == "libpython3.13-stdlib"
        )

    def test_packages_named_as_the_place_is_are_read_first_and_when_they_have_it_no_others(
        self, tmp_path: Path
    ) -> None:
        top = "/usr/lib/acme-tools/python"
        python, library = top + "/bin/python3.12", top + "/lib/python3.12/os.py"
        own = Package("acme-cli", "3", [python, library])
        files = {
            **dpkg(STDLIB, own),
            "var/lib/dpkg/info/evil.list": Sparse(1 << 30),
            python: "",
            library: "",
        }
        answer = read_ownership(
            tree(tmp_path, files),
            [python, library, top + "/lib/python3.12/EXTERNALLY-MANAGED"],
        )
        assert {path: owner.package for path, owner in answer.owners.items()} == {
            python: "acme-cli",
            library: "acme-cli",
        }
        assert answer.unknown == ()

    def test_a_marker_that_is_there_is_looked_for_everywhere(
        self, tmp_path: Path
    ) -> None:
        library, marker = (
            "/usr/lib/python3.9/os.py",
            "/usr/lib/python3.9/EXTERNALLY-MANAGED",
        )
        lists = dpkg(
            Package("libpython3.9-minimal:amd64", "3", [library]),
            Package("policy", "1", [marker]),
        )
        owners = read_ownership(
            tree(tmp_path, {**lists, library: "", marker: ""}), [library, marker]
        ).owners
        assert owners[marker].package == "policy"

    def test_no_time_left(self, tmp_path: Path) -> None:
        host = tree(tmp_path, dpkg(STDLIB), limits=Limits(seconds=1e-9))
        assert (
            dict(read_ownership(host, [MARKER]).unknown)["dpkg"]
            == "not queried: the time limit expired"
        )


class TestLists:
    """Fixtures are made by hand, by the formats' documentation; the agreement tests have pacman's own database."""

    @pytest.mark.parametrize(
        ("files", "owner"),
        [
            (
                pacman(Package("python", "3.13.1-1", [MARKER], {MARKER: TEXT})),
                ("pacman", "python", "3.13.1-1", SHA256),
            ),
            (
                apk(Package("python3", "3.12.8-r1", [MARKER], {MARKER: TEXT})),
                ("apk", "python3", "3.12.8-r1", SHA1),
            ),
            (
                xbps(Package("python3", "3.13.1_1", [MARKER], {MARKER: TEXT})),
                ("xbps", "python3", "3.13.1_1", SHA256),
            ),
            (
                portage(
                    Package("dev-lang/python", "3.13.1-r2", [MARKER], {MARKER: TEXT})
                ),
                ("portage", "dev-lang/python", "3.13.1-r2", MD5),
            ),
        ],
        ids=["pacman", "apk", "xbps", "portage"],
    )
    def test_owner_version_and_digest(
        self, tmp_path: Path, files: dict, owner: tuple
    ) -> None:
        answer = read_ownership(
            tree(tmp_path, files), [MARKER, MARKER + "2"], [owner[1], "other"]
        )
        assert answer.owners == {MARKER: Owner(MARKER, *owner)}
        assert answer.installed == {owner[1]: owner[2]}
        assert (answer.managers, answer.unknown) == ((owner[0],), ())

    def test_slackware(self, tmp_path: Path) -> None:
        site = "/usr/lib64/python3.9/site-packages"
        six = site + "/six-1.16.0.dist-info"
        packages = (
            Package("python-six", "1.16.0", [six + "/", six + "/METADATA"]),
            Package("python3", "3.9.10", ["/usr/bin/python3.9", site + "/"]),
        )
        files = {
            **slackware(*packages),
            "var/lib/pkgtools/packages/stray": "FILE LIST:\nusr/bin/python3.9\n",
        }
        asked = [six, "/usr/bin/python3.9", "/usr/bin/python3"]
        answer = read_ownership(
            tree(tmp_path, files), asked, ["python-six", "python3", "stray"]
        )
        assert answer.owners == {
            six: Owner(six, "slackware", "python-six", "1.16.0"),
            "/usr/bin/python3.9": Owner(
                "/usr/bin/python3.9", "slackware", "python3", "3.9.10"
            ),
        }
        assert answer.installed == {"python-six": "1.16.0", "python3": "3.9.10"}
        assert (answer.managers, answer.unknown) == (("slackware",), ())

    def test_slackware_before_15(self, tmp_path: Path) -> None:
        files = {
            "var/log/packages/python3-3.9.5-i586-1_slack14.2": "FILE LIST:\nusr/bin/python3.9\n"
        }
        answer = read_ownership(tree(tmp_path, files), ["/usr/bin/python3.9"])
        assert answer.owners["/usr/bin/python3.9"][1:4] == (
            "slackware",
            "python3",
            "3.9.5",
        )

    def test_gentoos_marker_is_a_link(self, tmp_path: Path) -> None:
        files = portage(
            Package("dev-lang/python", "3.13.1", [MARKER]),
            links={MARKER: "../python/EXTERNALLY-MANAGED"},
        )
        assert (
            read_ownership(tree(tmp_path, files), [MARKER]).owners[MARKER].link
            == "../python/EXTERNALLY-MANAGED"
        )

    def test_pacman_directories_links_and_spaces(self, tmp_path: Path) -> None:
        site = "usr/lib/python3.13/site-packages/"
        mtree = b"#mtree\n./usr/bin/python3 type=link link=python3.13\n./usr/bin/a\\040python sha256digest=ab"
        files = {
            "var/lib/pacman/local/python-3.13.1-1/files": f"%FILES%\n{site}\n{site}six-1.0.dist-info/\nusr/bin/python3"
            "\nusr/bin/a python\n",
            "var/lib/pacman/local/python-3.13.1-1/mtree": gzip.compress(mtree),
        }
        six = f"/{site}six-1.0.dist-info"
        owners = read_ownership(
            tree(tmp_path, files), [six, "/usr/bin/python3", "/usr/bin/a python"]
        ).owners
        assert owners[six].package == "python"
        assert owners["/usr/bin/python3"].link == "python3.13"
        assert owners["/usr/bin/a python"].digest == ("sha256", "ab")

    def test_pacman_noextract_and_include(self, tmp_path: Path) -> None:
        configuration = """
            # NoExtract = usr/no
            [options]
            NoExtract = usr/lib/python3*/EXTERNALLY-MANAGED !usr/lib/python3.13/*
            Include = /etc/pacman.d/*.conf
            [core]
            NoExtract = usr/of-a-repository
        """
        included = "NoExtract=usr/share/doc/*\nInclude = /etc/pacman.d/loop.conf\n"
        place = {
            "var/lib/pacman/local": None,
            "etc/pacman.conf": configuration,
            "etc/pacman.d/loop.conf": included,
        }
        found = [
            (each.pattern, each.excluded)
            for each in read_ownership(tree(tmp_path, place), []).exclusions
        ]
        assert found[:2] == [
            ("/usr/lib/python3*/EXTERNALLY-MANAGED", True),
            ("/usr/lib/python3.13/*", False),
        ]
        assert set(found[2:]) == {("/usr/share/doc/*", True)}

    def test_apk_of_a_merged_usr(self, tmp_path: Path) -> None:
        database = apk(Package("python3", "3.12.8-r1", [MARKER], {MARKER: TEXT}))[
            "lib/apk/db/installed"
        ]
        host = tree(
            tmp_path, {"usr/lib/apk/db/installed": database, "lib": Link("usr/lib")}
        )
        assert read_ownership(host, [MARKER]).owners[MARKER].digest == SHA1

    def test_apk_checksums(self) -> None:
        twenty, thirty_two = hashlib.sha1(b"x").digest(), hashlib.sha256(b"x").digest()
        split = (
            b"Q1"
            + base64.b64encode(thirty_two[:20])
            + base64.b64encode(thirty_two[20:])
        )
        assert db_apk.parse_checksum(b"Q1" + base64.b64encode(twenty)) == (
            "sha1",
            twenty.hex(),
        )
        assert db_apk.parse_checksum(split) == ("sha256", thirty_two.hex())
        assert db_apk.parse_checksum(b"Q2" + base64.b64encode(thirty_two)) == (
            "sha256",
            thirty_two.hex(),
        )
        assert db_apk.parse_checksum(b"Q1!") == ("", "")

    @pytest.mark.parametrize(
        ("name", "package", "version"),
        [
            ("python-3.13.1", "dev-lang/python", "3.13.1"),
            ("python-exec-2.4.10-r1", "dev-lang/python-exec", "2.4.10-r1"),
            ("gentoo-common-1", "dev-lang/gentoo-common", "1"),
            ("python-3.15.0_alpha1_p2", "dev-lang/python", "3.15.0_alpha1_p2"),
        ],
    )
    def test_names_of_portage(
        self, tmp_path: Path, name: str, package: str, version: str
    ) -> None:
        files = {
            f"var/db/pkg/dev-lang/{name}/CONTENTS": f"dir /usr\nobj {MARKER} {MD5[1]} 1\n"
        }
        owner = read_ownership(tree(tmp_path, files), [MARKER]).owners[MARKER]
        assert (owner.package, owner.version) == (package, version)


class TestByPlace:
    def test_conda(self, tmp_path: Path) -> None:
        prefix = "/opt/conda/envs/web"
        python, six = (
            prefix + "/bin/python3.12",
            prefix + "/lib/python3.12/site-packages/six-1.16.0.dist-info",
        )
        pip_made = prefix + "/lib/python3.12/site-packages/flask-3.0.0.dist-info"
        packages = [
            Package("python", "3.12.8", [python], {python: TEXT}),
            Package("six", "1.16", [six + "/METADATA"]),
        ]
        files = conda(prefix, *packages)
        answer = read_ownership(
            tree(tmp_path, files), [python, six, pip_made, "/usr/bin/python3"]
        )
        assert answer.owners[python] == Owner(
            python, "conda", "python", "3.12.8", SHA256
        )
        assert answer.owners[six].package == "six"
        assert len(answer.owners) == 2 and answer.unknown == ()

    @pytest.mark.parametrize(
        "record",
        [
            '{"files": ["bin/python3.12"',
            "",
            "[" * 100_000 + '"bin/python3.12"',
            Fifo(),
            '{"files": 1, "bin/python3.12": 1}',
        ],
        ids=["cut", "empty", "deep", "pipe", "malformed"],
    )
    def test_a_broken_record_of_one_user_leaves_all_else_known(
        self, tmp_path: Path, record: object
    ) -> None:
        theirs, own = "/home/alice/conda/bin/python3.12", "/opt/conda/bin/python3.12"
        system = "/usr/bin/python3.13"
        files = {
            **conda("/opt/conda", Package("python", "3.12.8", [own])),
            **conda("/home/alice/conda"),
            "home/alice/conda/conda-meta/python-3.json": record,
        }
        answer = read_ownership(tree(tmp_path, files), [theirs, own, system])
        assert answer.unknown == () and answer.managers == ("conda",)
        assert {
            path: manager for path, (manager, _reason) in answer.unknown_paths.items()
        } == {theirs: "conda"}
        assert "/home/alice/conda/conda-meta" in answer.unknown_paths[theirs][1]
        assert answer.owners[own].package == "python"
        assert find_unknown(answer, [own, system]) == ()
        assert [
            manager for manager, _reason in find_unknown(answer, [theirs, own])
        ] == ["conda"]

    def test_an_environment_that_takes_too_long_leaves_the_others_known(
        self, tmp_path: Path
    ) -> None:
        theirs, own = "/home/alice/conda/bin/python3.12", "/opt/conda/bin/python3.12"
        files = {
            **conda("/home/alice/conda", Package("python", "3.12.8", [theirs])),
            **conda("/opt/conda", Package("python", "3.12.8", [own])),
        }
        host = tree(tmp_path, files)
        original = host.read_all

        def read_all(path: str, *args: object, **more: object) -> object:
            if path.startswith("/home/alice"):
                raise OverTime
            return original(path, *args, **more)

        host.read_all = read_all
        answer = read_ownership(host, [theirs, own])
        assert list(answer.unknown_paths) == [theirs] and list(answer.owners) == [own]
        assert ("/home/alice/conda/conda-meta", "over-time") in [
            (note.path, note.code) for note in host.notes
        ]

    def test_homebrew(self, tmp_path: Path) -> None:
        keg = "/opt/homebrew/Cellar/python@3.13/3.13.1_1"
        site = "/opt/homebrew/lib/python3.13/site-packages/"
        marker = keg + "/lib/python3.13/EXTERNALLY-MANAGED"
        files = {
            keg + "/INSTALL_RECEIPT.json": "{}",
            "/opt/homebrew/Cellar/six/1.17.0/INSTALL_RECEIPT.json": "{}",
            "/opt/homebrew/Cellar/six/1.17.0/six-1.17.0.dist-info": None,
            site + "six-1.17.0.dist-info": Link(
                "../../../Cellar/six/1.17.0/six-1.17.0.dist-info"
            ),
            site + "flask-3.0.0.dist-info": None,
        }
        paths = [marker, site + "six-1.17.0.dist-info", site + "flask-3.0.0.dist-info"]
        answer = read_ownership(tree(tmp_path, files), paths)
        owners = {path: owner.package for path, owner in answer.owners.items()}
        assert owners == {paths[0]: "python@3.13", paths[1]: "six"}
        assert answer.owners[marker].version == "3.13.1_1"

    def test_guix(self, tmp_path: Path) -> None:
        path = "/gnu/store/0123456789abcdfghijklmnpqrsvwxyz-python-next-3.12.8-tk/bin/python3.12"
        answer = read_ownership(
            tree(tmp_path, {path: ""}), [path, "/gnu/store/short-python-3/x"]
        )
        assert answer.owners == {path: Owner(path, "guix", "python-next", "3.12.8-tk")}

    def test_nix(self, tmp_path: Path) -> None:
        path = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-python3-minimal-3.12.8/bin/python3.12"
        answer = read_ownership(
            tree(tmp_path, {path: ""}), [path, "/nix/store/short-python3-3/x"]
        )
        assert answer.owners == {path: Owner(path, "nix", "python3-minimal", "3.12.8")}

    def test_a_host_with_none(self, tmp_path: Path) -> None:
        answer = read_ownership(tree(tmp_path, {}), [MARKER, "relative"], ["python3"])
        assert (answer.managers, answer.owners, answer.unknown, answer.installed) == (
            (),
            {},
            (),
            {},
        )

    def test_several_on_one_host(self, tmp_path: Path) -> None:
        python = "/opt/conda/bin/python3.12"
        host = tree(
            tmp_path,
            {
                **dpkg(STDLIB),
                **conda("/opt/conda", Package("python", "3.12.8", [python])),
            },
        )
        answer = read_ownership(host, [MARKER, python])
        assert answer.managers == ("conda", "dpkg")
        assert [answer.owners[path].manager for path in (MARKER, python)] == [
            "dpkg",
            "conda",
        ]


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_parsers_are_total(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    db_conda.parse_record(data)
    db_apk.parse_checksum(data)
    db_pacman.find_entries(data, {b"/usr/lib/x"})
    list(db_portage.parse_contents(data))
    list(db_xbps.parse_files(data))
    list(db_apk.parse_files(data))
    list(db_pacman.parse_options(text))
    db_dpkg.parse_diversions(text)
    list(db_dpkg.parse_options(text, "x"))
    db_dpkg.find_md5(data, b"/usr/lib/x")


KEYS = st.sampled_from(
    ["name", "version", "files", "paths_data", "paths", "_path", "sha256"]
)
LEAVES = st.none() | st.text(max_size=5) | st.integers()


@given(
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
        max_leaves=12,
    )
)
def test_any_json_is_a_record_or_none(value: object) -> None:
    name, version, digests = db_conda.parse_record(json.dumps(value).encode())
    assert (
        isinstance(name, str) and isinstance(version, str) and isinstance(digests, dict)
    )


def test_a_deep_record_is_none() -> None:
    assert db_conda.parse_record(b'{"files": ' + b"[" * 100_000) == ("", "", {})


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "usr/lib", ""]), st.sampled_from(["x", "python 3"])
        ),
        max_size=5,
    )
)
def test_apk_files_come_back(entries: list) -> None:
    record = "".join(
        f"F:{directory}\nR:{name}\n" for directory, name in entries
    ).encode()
    names = [path.decode() for path, _sum in db_apk.parse_files(record)]
    assert names == [
        path.replace("//", "/")
        for place, name in entries
        for path in (f"/{place}", f"/{place}/{name}")
    ]
