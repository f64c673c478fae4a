# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments of every creator, layout by layout; that real ones are read rightly is for tests/conformance."""

from __future__ import annotations

import json
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    EnvironmentPlace,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.read.environment import (
    language_of,
    read_environment,
)

from ...fixtures.trees import Executable, Fifo, Link, Mode, Sparse, tree

BASES = {
    "usr/bin/python3": Link("python3.11"),
    "usr/bin/python3.11": Executable("elf"),
    "usr/lib/python3.11/os.py": "",
}
VERSIONS = {
    "/usr/bin/python3.11": ("3.11", "3.11.2"),
    "/usr/bin/python3.13": ("3.13", "3.13.5"),
}
VENV = {
    "v/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n"
    "executable = /usr/bin/python3.11\ncommand = /usr/bin/python3 -m venv /v\n",
    "v/bin/python": Link("python3"),
    "v/bin/python3": Link("/usr/bin/python3"),
    "v/bin/python3.11": Link("python3"),
    "v/bin/activate": 'VIRTUAL_ENV="/v"\n',
    "v/bin/pip": Executable("#!/v/bin/python3\n"),
    "v/lib/python3.11/site-packages/pip/__init__.py": "",
    "v/lib64": Link("lib"),
    "v/include/": None,
}


def read(tmp_path, *file_sets, path="/v", via="search", without=(), **host):
    files = {}
    for each in file_sets:
        files.update(each)
    for name in without:
        del files[name]
    made = tree(tmp_path, files, **host)
    return read_environment(
        made, EnvironmentPlace(path, via, "me"), lambda exe: VERSIONS.get(exe, ("", ""))
    )


def test_a_sound_one(tmp_path):
    reading = read(tmp_path, BASES, VENV)
    assert (reading.path, reading.user, reading.owner_uid) == ("/v", "me", os.getuid())
    assert (reading.python, reading.python_link) == (
        "/v/bin/python",
        "/usr/bin/python3",
    )
    assert (reading.resolved, reading.base) == (
        "/usr/bin/python3.11",
        "/usr/bin/python3.11",
    )
    assert (reading.base_language, reading.full_version) == ("3.11", "3.11.2")
    assert (reading.lib_languages, reading.site_packages) == (
        ("3.11",),
        ("/v/lib/python3.11/site-packages",),
    )
    assert (
        reading.home_exists,
        reading.has_activate,
        reading.has_pip,
        reading.executable,
    ) == (True, True, True, True)
    assert (reading.made_at, reading.config["version"]) == ("", "3.11.2")
    assert (reading.unreadable, reading.conda, reading.pipx, reading.base_stdlib) == (
        (),
        {},
        None,
        None,
    )


def test_a_dangling_interpreter_names_where_it_led(tmp_path):
    reading = read(tmp_path, VENV)
    assert (reading.python, reading.python_link, reading.resolved) == (
        "/v/bin/python",
        "/usr/bin/python3",
        "",
    )
    assert (reading.base, reading.base_language, reading.home_exists) == ("", "", False)


def test_a_base_of_another_minor_version(tmp_path):
    moved = {
        "usr/bin/python3": Link("python3.13"),
        "usr/bin/python3.13": Executable("elf"),
    }
    reading = read(tmp_path, VENV, moved)
    assert (reading.base_language, reading.full_version, reading.lib_languages) == (
        "3.13",
        "3.13.5",
        ("3.11",),
    )


def test_an_interpreter_that_nobody_knows_is_told_by_its_name(tmp_path):
    reading = read(
        tmp_path,
        VENV,
        {
            "usr/bin/python3": Link("python3.12"),
            "usr/bin/python3.12": Executable("elf"),
        },
    )
    assert (reading.base_language, reading.full_version) == ("3.12", "")


def test_a_copied_interpreter_and_its_base(tmp_path):
    copy = {
        "v/bin/python": Executable("elf"),
        "v/bin/python3": Executable("elf"),
        "v/bin/python3.11": Executable("elf"),
    }
    reading = read(tmp_path, BASES, VENV, copy)
    assert (reading.python_link, reading.resolved, reading.base) == (
        "",
        "/v/bin/python",
        "/usr/bin/python3.11",
    )
    assert reading.base_stdlib is True
    gone = read(
        tmp_path / "2",
        VENV,
        copy,
        {"usr/bin/python3.13": Executable("elf"), "usr/lib/python3.13/os.py": ""},
    )
    assert (gone.base, gone.base_stdlib, gone.home_exists) == ("", False, True)


def test_home_of_old_virtualenv_is_a_prefix(tmp_path):
    # virtualenv 20.4: home = /usr. getpath.py looks for the standard library from there upwards.
    copy = {
        "v/bin/python": Executable("elf"),
        "v/pyvenv.cfg": "home = /usr\nimplementation = CPython\nvirtualenv = 20.4.0\nversion_info = 3.11.2.final.0\n"
        "base-executable = /usr/bin/python3\n",
    }
    reading = read(tmp_path, BASES, VENV, copy)
    assert (reading.base_stdlib, reading.base) == (True, "/usr/bin/python3.11")


@pytest.mark.parametrize(
    "other",
    [
        "home = /usr/bin\nimplementation = PyPy\n",
        "home = /x/Python.framework/bin\n",
        "",
    ],
)
def test_a_base_that_is_not_looked_for(tmp_path, other):
    copy = {"v/bin/python": Executable("elf"), "v/pyvenv.cfg": other}
    assert read(tmp_path, VENV, copy).base_stdlib is None


@pytest.mark.parametrize(
    "name, language",
    [("pypy3.9", "3.9"), ("pypy3.11", "3.11"), ("graalpy24.1", "3.11")],
)
def test_another_implementation_keeps_its_library_elsewhere(
    tmp_path, monkeypatch, name, language
):
    # Debian's pypy3-venv: /usr/lib/pypy3.9, and a pyvenv.cfg without `implementation`.
    files = {
        "usr/bin/" + name: Executable("elf"),
        "usr/lib/%s/os.py" % name: "",
        "v/bin/python": Link("pypy3"),
        "v/bin/python3": Link("pypy3"),
        "v/bin/pypy3": Link("/usr/bin/" + name),
        "v/bin/pip": "#!/v/bin/python3\n",
        "v/lib/%s/site-packages/pip/__init__.py" % name: "",
        "v/pyvenv.cfg": "home = /usr/bin\nversion = %s.2\n" % language,
    }
    monkeypatch.setitem(VERSIONS, "/usr/bin/" + name, (language, language + ".2"))
    assert read(tmp_path, files).failure == ""


def test_moved_and_copied(tmp_path):
    assert (
        read(tmp_path, BASES, VENV, {"v/bin/pip": "#!/old/bin/python3\n"}).made_at
        == "/old"
    )
    # Without pip the activation script says it; the relocatable ones of uv say nothing.
    uv = {"v/bin/activate": "VIRTUAL_ENV='/old'\n"}
    assert (
        read(tmp_path / "2", BASES, VENV, uv, without=["v/bin/pip"]).made_at == "/old"
    )
    relocatable = {"v/bin/activate": 'VIRTUAL_ENV="$(dirname "$0")"\n'}
    assert (
        read(tmp_path / "3", BASES, VENV, relocatable, without=["v/bin/pip"]).made_at
        == ""
    )


def test_another_spelling_of_the_same_place_is_no_move(tmp_path):
    reading = read(
        tmp_path,
        BASES,
        VENV,
        {"v/bin/pip": "#!/alias/bin/python3\n", "alias": Link("v")},
        path="/alias",
    )
    assert (reading.made_at, reading.path) == ("", "/v")


def test_half_made_and_without_pip(tmp_path):
    # What `python3 -m venv` leaves on a Debian without python3-venv.
    lacking = [
        name for name in VENV if name.endswith(("activate", "bin/pip", "__init__.py"))
    ]
    reading = read(
        tmp_path,
        BASES,
        VENV,
        {"v/lib/python3.11/site-packages/": None},
        without=lacking,
    )
    assert (reading.has_activate, reading.has_pip, reading.has_packages) == (
        False,
        False,
        False,
    )
    used = {"v/lib/python3.11/site-packages/app-1.dist-info/": None}
    assert read(tmp_path / "2", BASES, VENV, used, without=lacking).has_packages is True


def test_pip_that_pipx_shares(tmp_path):
    lacking = ["v/bin/pip", "v/lib/python3.11/site-packages/pip/__init__.py"]
    site = {
        "v/lib/python3.11/site-packages/pipx_shared.pth": "/shared/lib/python3.11/site-packages\n"
    }
    shared = {"shared/lib/python3.11/site-packages/pip/__init__.py": ""}
    assert read(tmp_path, BASES, VENV, site, shared, without=lacking).has_pip is True
    assert read(tmp_path / "2", BASES, VENV, site, without=lacking).has_pip is False


def test_pipx_application(tmp_path):
    made = {
        "pipx_metadata_version": "0.5",
        "main_package": {"package": "black", "package_version": "24.1", "apps": []},
    }
    files = {
        name.replace("v/", "p/venvs/black/", 1): value for name, value in VENV.items()
    }
    files["p/venvs/black/pipx_metadata.json"] = json.dumps(made)
    reading = read(tmp_path, BASES, files, path="/p/venvs/black")
    assert (reading.pipx.application, reading.pipx.home) == ("black", "/p")
    # In pipx's own directory an environment without a record is an application that lost it.
    assert read(tmp_path / "2", BASES, VENV, via="pipx").pipx.error
    assert read(tmp_path / "3", BASES, VENV).pipx is None
    assert read(tmp_path / "4", {"v/": None}, via="pipx").python == ""


def test_uv_tool_receipt(tmp_path):
    text = '[tool.options]\nindex-url = "https://user:secret@index.example/simple"\n'
    reading = read(tmp_path, BASES, VENV, {"v/uv-receipt.toml": text})
    assert reading.receipt == "/v/uv-receipt.toml"
    assert "secret" not in repr(reading)


def test_several_versions_and_both_lib_directories(tmp_path):
    # Fedora's virtualenv has a lib64 of its own; `venv --upgrade` leaves the old directory.
    more = {
        "v/lib/python3.9/site-packages/": None,
        "v/lib64": None,
        "v/lib64/python3.11/site-packages/": None,
    }
    reading = read(tmp_path, BASES, VENV, more)
    assert reading.lib_languages == ("3.11", "3.9")
    assert len(reading.site_packages) == 3


def test_free_threaded_and_pypy(tmp_path):
    cfg = {
        "v/pyvenv.cfg": "home = /usr/bin\n",
        "v/bin/python": Link("/usr/bin/pypy3.11"),
    }
    pypy = {
        "usr/bin/pypy3.11": Executable("elf"),
        "v/lib/pypy3.11/site-packages/": None,
    }
    reading = read(tmp_path, cfg, pypy)
    assert (reading.base_language, reading.lib_languages) == ("3.11", ("3.11",))
    old = read(
        tmp_path / "2",
        cfg,
        {"usr/bin/pypy3.11": Executable("elf"), "v/site-packages/pip/__init__.py": ""},
    )
    assert (old.site_packages, old.has_pip) == (("/v/site-packages",), True)
    # As Debian 11's `pypy3 -m venv` makes it: lib/python3.7 is there, and nothing is imported from it.
    links = {
        "v/bin/python": Link("pypy3-c"),
        "v/bin/pypy3": Link("pypy3-c"),
        "v/bin/pypy3-c": Link("/usr/lib/pypy3/bin/pypy3-c"),
    }
    made = {
        **links,
        "usr/lib/pypy3/bin/pypy3-c": Executable("elf"),
        "v/lib/python3.7/site-packages/pip/__init__.py": "",
    }
    old = read(tmp_path / "4", cfg, made)
    assert (old.lib_languages, old.site_packages, old.has_pip) == (
        ("3.7",),
        ("/v/site-packages",),
        False,
    )
    # A PyPy that was only put beside a CPython changes nothing.
    beside = {
        **BASES,
        **VENV,
        "v/bin/pypy3": Link("/usr/lib/pypy3/bin/pypy3-c"),
        "usr/lib/pypy3/bin/pypy3-c": Executable("elf"),
    }
    assert read(tmp_path / "5", beside).site_packages == (
        "/v/lib/python3.11/site-packages",
    )
    threads = {
        "v/lib/python3.13t/site-packages/": None,
        "usr/bin/python3.13t": Executable("elf"),
    }
    link = {
        "v/pyvenv.cfg": "home = /usr/bin\n",
        "v/bin/python": Link("/usr/bin/python3.13t"),
    }
    reading = read(tmp_path / "3", link, threads)
    assert (reading.base_language, reading.lib_languages) == ("3.13", ("3.13",))


def test_conda(tmp_path):
    prefix = {
        "v/conda-meta/history": "",
        "v/conda-meta/python-3.12.4-h0_0.json": '{"channel": "defaults"}',
        "v/bin/python": Link("python3.12"),
        "v/bin/python3.12": Executable("elf"),
        "v/bin/pip": "#!/v/bin/python\n",
        "v/lib/python3.12/site-packages/pip/__init__.py": "",
        "v/lib/python3.1": Link("python3.12"),
    }
    reading = read(tmp_path, prefix)
    assert (reading.conda["version"], reading.full_version, reading.base_language) == (
        "3.12.4",
        "3.12.4",
        "3.12",
    )
    assert (reading.resolved, reading.base, reading.lib_languages) == (
        "/v/bin/python3.12",
        "/v/bin/python3.12",
        ("3.12",),
    )
    # Of R or Node alone: no Python, and none is missed. One that conda's record names is.
    assert read(tmp_path / "2", {"v/conda-meta/history": "", "v/bin/R": ""}) is None
    gone = ["v/bin/python", "v/bin/python3.12"]
    assert read(tmp_path / "3", prefix, {"v/bin/x": ""}, without=gone).python == ""


def test_virtualenv_before_20_has_no_pyvenv_cfg(tmp_path):
    old = {
        "v/bin/python": Executable("elf"),
        "v/bin/activate": "",
        "v/lib/python2.7/orig-prefix.txt": "/usr",
    }
    reading = read(tmp_path, old, {"v/lib/python2.7/site-packages/": None})
    assert (reading.legacy_prefix, reading.lib_languages, reading.has_config) == (
        "/usr",
        ("2.7",),
        False,
    )


def test_314_has_a_name_that_is_not_ascii(tmp_path):
    link = {
        "v/bin/\U0001d70bthon": Link("python3.14"),
        "v/bin/python3.14": Link("/usr/bin/python3.11"),
    }
    assert read(tmp_path, BASES, VENV, link).resolved == "/usr/bin/python3.11"


def test_modes_lost_in_a_copy(tmp_path):
    copy = {"v/bin/python": Mode("elf", 0o644)}
    assert (
        read(
            tmp_path, BASES, VENV, copy, without=["v/bin/python3", "v/bin/python3.11"]
        ).executable
        is False
    )


def test_what_is_no_environment(tmp_path):
    for number, files in enumerate(
        [
            {"x": ""},
            {"v": "a file"},
            {"v/": None},
            {"v/bin/ls": ""},
            {"v/lib/python3.11/": None},
        ]
    ):
        assert read(tmp_path / str(number), files) is None


@pytest.mark.parametrize(
    "what", [Fifo(), Sparse(1 << 33), Link("pyvenv.cfg"), Link("/nowhere"), None]
)
def test_pyvenv_cfg_that_cannot_be_read(tmp_path, what):
    name = "v/pyvenv.cfg/" if what is None else "v/pyvenv.cfg"
    reading = read(
        tmp_path,
        BASES,
        VENV,
        {name: what},
        without=["v/pyvenv.cfg"] if what is None else (),
    )
    assert reading.has_config is True
    assert [note.path for note in reading.unreadable] == ["/v/pyvenv.cfg"]


def test_loops_and_traps_end(tmp_path):
    traps = {
        "v/bin/python": Link("python3"),
        "v/bin/python3": Link("python"),
        "v/bin/pip": Fifo(),
    }
    reading = read(
        tmp_path,
        BASES,
        VENV,
        traps,
        {"v/bin/activate": Fifo()},
        without=["v/bin/python3.11"],
    )
    assert (reading.resolved, [note.code for note in reading.unreadable]) == (
        "",
        ["link-loop"],
    )


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("python3.13", "3.13"),
        ("python3.13t", "3.13"),
        ("pypy3.11", "3.11"),
        ("python2.7", "2.7"),
        ("python3", ""),
        ("python3.", ""),
        ("python.3", ""),
        ("python3.13-config", ""),
        ("python3.١", ""),
        ("ipython3.1", ""),
    ],
)
def test_language_of_a_name(name, language):
    assert language_of(name) == language


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=300))
def test_hostile_content(tmp_path_factory, config, script, activate):
    path = tmp_path_factory.mktemp("hostile")
    files = {
        "v/pyvenv.cfg": config,
        "v/bin/pip": script,
        "v/bin/activate": activate,
        "v/bin/python": Link("/usr/bin/x"),
    }
    assert read(path, files).has_config is True


def test_fifty_take_milliseconds(tmp_path):
    """They take 12 to 15 ms; on a busy machine one of many turns does, without the others' work in between."""
    files = dict(BASES)
    for number in range(50):
        files.update(
            {
                name.replace("v/", "e%d/" % number, 1): value
                for name, value in VENV.items()
            }
        )
    tree(tmp_path, files).close()
    times = [1.0]
    while min(times) >= 0.040 and len(times) < 50:
        with tree(tmp_path, {}) as host:
            began = time.process_time()
            for number in range(50):
                place = EnvironmentPlace("/e%d" % number, "search", "")
                assert (
                    read_environment(
                        host, place, lambda exe: VERSIONS.get(exe, ("", ""))
                    )
                    is not None
                )
            times.append(time.process_time() - began)
    assert min(times) < 0.040


def test_python_gone_while_python3_remains(tmp_path):
    assert read(tmp_path, BASES, VENV).broken_names == ()
    gone = read(tmp_path / "gone", BASES, VENV, without=["v/bin/python"])
    assert (gone.python, gone.resolved, gone.broken_names) == (
        "/v/bin/python3",
        "/usr/bin/python3.11",
        ("python",),
    )
    led_away = read(tmp_path / "led", BASES, {**VENV, "v/bin/python": Link("/usr/bin/python3.11"),
                    "v/bin/python3": Link("/usr/bin/python3.9")})  # fmt: skip
    assert led_away.broken_names == ("python3",)


def test_what_does_not_belong_to_an_environment_is_named(tmp_path):
    assert read(tmp_path, BASES, VENV).foreign == ()
    project = {**VENV, "v/app.py": "", "v/data/": None, "v/share/": None}
    assert read(tmp_path / "project", BASES, project).foreign == ("app.py", "data")


def test_a_release_in_use_and_one_that_is_kept(tmp_path):
    def moved(number):
        return {
            "srv/.app.releases/%d%s" % (number, name[1:]): file
            for name, file in VENV.items()
        }

    files = {**moved(1), **moved(2), "srv/app": Link(".app.releases/2")}
    kept = read(tmp_path / "a", BASES, files, path="/srv/.app.releases/1")
    current = read(tmp_path / "b", BASES, files, path="/srv/app")
    assert (kept.release_of, kept.in_use) == ("/srv/app", False)
    assert (current.path, current.release_of, current.in_use) == (
        "/srv/.app.releases/2",
        "/srv/app",
        True,
    )


def test_a_base_without_its_standard_library_does_not_start(tmp_path):
    home = {
        **VENV,
        "v/pyvenv.cfg": "home = /opt/py/bin\n",
        "v/bin/python3": Link("/opt/py/bin/python3.11"),
    }
    base = {"opt/py/bin/python3.11": Executable("")}
    versions = {"/opt/py/bin/python3.11": ("3.11", "3.11.2")}

    def read_with(root, files):
        host = tree(root, files)
        return read_environment(
            host,
            EnvironmentPlace("/v", "search", ""),
            lambda exe: versions.get(exe, ("", "")),
        )

    assert (
        "no standard library of Python 3.11"
        in read_with(tmp_path / "bare", {**home, **base}).failure
    )
    whole = {**home, **base, "opt/py/lib/python3.11/os.py": ""}
    assert read_with(tmp_path / "whole", whole).failure == ""


def test_why_its_interpreter_does_not_start_is_taken_over(tmp_path):
    host = tree(tmp_path, {**BASES, **VENV})
    place = EnvironmentPlace("/v", "search", "")
    reading = read_environment(
        host, place, lambda exe: ("3.11", ""), lambda exe: "the file ends too early"
    )
    assert reading.failure == "the file ends too early"
