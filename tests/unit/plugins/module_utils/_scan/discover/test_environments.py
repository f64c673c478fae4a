# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where environments are found, and where nobody looks."""

from __future__ import annotations

import os
import time

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import (
    Limits,
    Mount,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover import (
    environments as module,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.environments import (
    find_environments,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.homes import (
    choose_users,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Request

from ...fixtures.trees import Link, tree

CFG = "home = /usr/bin\n"
ME = os.getuid()  # who owns what the tests make
PASSWD = "root:x:%d:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n" % ME


def environment(path):
    return {
        path + "/pyvenv.cfg": CFG,
        path + "/bin/python": Link("/usr/bin/python3"),
        path + "/bin/activate": "",
        path + "/lib/python3.11/site-packages/": None,
    }


def find(tmp_path, *file_sets, request=None, **host):
    request = request or Request()
    files = {"etc/passwd": PASSWD, "root/": None, "home/alice/": None}
    for each in file_sets:
        files.update(each)
    made = tree(tmp_path, files, **host)
    return made, {
        place.path: place
        for place in find_environments(made, request, choose_users(made, request))
    }


def test_servers_places(tmp_path):
    paths = [
        "/opt/app/venv",
        "/srv/site/.venv",
        "/var/www/site/env",
        "/var/lib/awx/venv/ansible",
        "/usr/local/tool",
    ]
    paths += [
        "/venv",
        "/.venv",
        "/app/.venv",
        "/usr/share/python/tool",
        "/root/env",
        "/home/alice/src/group/x/.venv",
    ]
    _host, found = find(tmp_path, *map(environment, paths))
    assert sorted(found) == sorted(paths)
    assert {place.via for place in found.values()} == {"search"}
    assert found["/home/alice/src/group/x/.venv"].user == "alice"
    assert found["/opt/app/venv"].user == ""


def test_homes_that_passwd_does_not_know(tmp_path):
    _host, found = find(tmp_path, environment("/home/ldap/project/.venv"))
    assert found["/home/ldap/project/.venv"].user == ""
    _host, found = find(
        tmp_path / "2",
        environment("/home/ldap/project/.venv"),
        request=Request(users=("alice",)),
    )
    assert found == {}


def test_depth_is_the_number_of_levels_below_the_root(tmp_path):
    deep = environment("/opt/1/2/3/4")
    _host, found = find(tmp_path, deep, environment("/opt/1/2/3/x/5"))
    assert list(found) == ["/opt/1/2/3/4"]
    _host, found = find(tmp_path / "2", deep, request=Request(depth=3))
    assert found == {}
    _host, found = find(
        tmp_path / "3",
        environment("/opt"),
        request=Request(environment_roots=("/opt",), depth=0),
    )
    assert list(found) == ["/opt"]


def test_roots_of_ones_own(tmp_path):
    request = Request(environment_roots=("/data/x", "~/y", "/nowhere"))
    places = [
        environment(path)
        for path in ("/data/x/a", "/home/alice/y/b", "/home/alice/z", "/opt/c")
    ]
    host, found = find(tmp_path, *places, request=request)
    assert sorted(found) == ["/data/x/a", "/home/alice/y/b"]
    assert {(note.path, note.code) for note in host.notes} == {
        ("/nowhere", "no-such-directory"),
        ("/root/y", "no-such-directory"),
    }


def test_known_places_say_so(tmp_path):
    home = "/home/alice"
    places = {
        "/.local/share/pipx/venvs/black": "pipx",
        "/.local/pipx/venvs/old": "pipx",
        "/.local/share/pipx/shared": "known place",
        "/.local/share/uv/tools/ruff": "known place",
        "/.virtualenvs/v": "known place",
        "/.local/share/virtualenvs/p-abc": "known place",
        "/.cache/pypoetry/virtualenvs/q-py3.11": "known place",
        "/.local/share/hatch/env/virtual/proj/h4sh/proj": "known place",
        "/.local/share/pdm/venvs/z": "known place",
        "/.rye/tools/t": "known place",
        "/.pyenv/versions/3.11.7/envs/e": "known place",
    }
    roots = {
        "/opt/pipx/venvs/ansible/pyvenv.cfg": CFG,
        "/opt/conda/conda-meta/history": "",
        "/opt/conda/envs/ml/conda-meta/history": "",
        home + "/miniforge3/envs/a/conda-meta/history": "",
        home
        + "/.pyenv/versions/3.11.7/bin/python3.11": "",  # a Python, not an environment
        home + "/.pyenv/versions/e": Link("3.11.7/envs/e"),
    }
    _host, found = find(tmp_path, *[environment(home + path) for path in places], roots)
    assert {
        path[len(home) :]: place.via for path, place in found.items() if place.user
    } == dict(places, **{"/miniforge3/envs/a": "known place"})
    assert {path: place.via for path, place in found.items() if not place.user} == {
        "/opt/pipx/venvs/ansible": "pipx",
        "/opt/conda": "known place",
        "/opt/conda/envs/ml": "known place",
    }


def test_whatever_lies_among_pipx_applications_is_given(tmp_path):
    _host, found = find(tmp_path, {"/root/.local/share/pipx/venvs/half/bin/": None})
    assert list(found) == ["/root/.local/share/pipx/venvs/half"]


def test_variables_of_the_caller(tmp_path):
    env = {
        "PIPX_HOME": "/x/pipx",
        "WORKON_HOME": "/x/work",
        "VIRTUAL_ENV": "/x/active",
        "UV_TOOL_DIR": "relative",
    }
    paths = ["/x/pipx/venvs/a", "/x/work/b", "/x/active", "/x/relative/c"]
    request = Request(environment_roots=("/root",))
    _host, found = find(tmp_path, *map(environment, paths), request=request, env=env)
    assert {path: place.via for path, place in found.items()} == {
        "/x/active": "known place",
        "/x/pipx/venvs/a": "pipx",
        "/x/work/b": "known place",
    }


def test_conda_registry_is_a_hint_for_its_owner_only(tmp_path):
    # Whatever its user writes there: only what that user owns is looked at.
    passwd = "me:x:%d:0::/home/me:/bin/sh\nother:x:%d:0::/home/other:/bin/sh\n" % (
        ME,
        ME + 1,
    )
    lines = "/data/env\n/data/no-env\nrelative\n\n/../..\n\0\n" + "/x" * 5000 + "\n"
    files = {
        "etc/passwd": passwd,
        "home/me/.conda/environments.txt": lines,
        "data/env/conda-meta/history": "",
        "data/no-env/": None,
    }
    request = Request(environment_roots=("/etc",))
    host = tree(tmp_path, files)
    assert [
        row.path
        for row in find_environments(host, request, choose_users(host, request))
    ] == ["/data/env"]
    files["home/other/.conda/environments.txt"] = files.pop(
        "home/me/.conda/environments.txt"
    )
    host = tree(tmp_path / "2", dict(files, **{"home/me/": None}))
    assert find_environments(host, request, choose_users(host, request)) == ()


def test_names_and_paths_that_are_not_entered(tmp_path):
    skipped = [
        "/opt/x/node_modules/e",
        "/opt/x/.git/e",
        "/root/.cache/e",
        "/var/lib/docker/overlay2/e",
        "/opt/.tox/e",
    ]
    skipped += [
        "/opt/venv/lib/inner",
        "/opt/venv/share/e",
        "/opt/x/site-packages/e",
        "/opt/homebrew/Cellar/e",
        "/tmp/e",
    ]
    _host, found = find(
        tmp_path,
        *map(environment, skipped),
        environment("/opt/venv"),
        environment("/opt/venv/sub/e"),
    )
    assert sorted(found) == ["/opt/venv", "/opt/venv/sub/e"]


def test_links_to_directories_are_not_followed_but_a_named_place_is(tmp_path):
    links = {
        "opt/loop": Link("."),
        "opt/up": Link("../.."),
        "opt/there": Link("/elsewhere/env"),
        "root/.virtualenvs": Link("/elsewhere"),
        "srv": Link("elsewhere"),
    }
    _host, found = find(tmp_path, environment("/elsewhere/env"), links)
    assert {path: place.via for path, place in found.items()} == {
        "/elsewhere/env": "known place"
    }
    os.unlink(str(tmp_path / "root/.virtualenvs"))
    host = tree(tmp_path, {})
    assert [row.path for row in find_environments(host, Request(), ())] == [
        "/elsewhere/env"
    ]


def test_a_place_in_a_home_that_leads_to_what_is_not_its_users_is_not_taken_for_theirs(
    tmp_path,
):
    # Else alice could have root report the applications of others as broken ones of hers.
    links = {
        "home/alice/.local/share/pipx/venvs": Link("/far/apps"),
        "home/alice/.virtualenvs": Link("/far/apps"),
    }
    _host, found = find(
        tmp_path, environment("/far/apps/sound"), links, {"far/apps/other/": None}
    )
    assert found == {}


def test_homes_behind_a_link(tmp_path):
    files = {
        "etc/passwd": PASSWD,
        "people": Link("data/people"),
        "data/people/bob/": None,
    }
    files["etc/passwd"] += "bob:x:%d:0::/people/bob:/bin/sh\n" % (ME + 1)
    _host, found = find(
        tmp_path, files, environment("/data/people/bob/.local/pipx/venvs/x")
    )
    assert found["/data/people/bob/.local/pipx/venvs/x"][1:] == ("pipx", "bob")


def test_remains_without_pyvenv_cfg_are_found(tmp_path):
    remains = environment("/opt/was")
    del remains["/opt/was/pyvenv.cfg"]
    deepest = {
        path.replace("/opt/was", "/opt/1/2/3/was"): value
        for path, value in remains.items()
    }
    none = {
        "/opt/none/bin/activate": "",
        "/opt/none/lib/": None,
        "/opt/py/bin/python": "",
        "/opt/py/lib/python3.11/": None,
    }
    _host, found = find(tmp_path, remains, deepest, none)
    assert sorted(found) == ["/opt/1/2/3/was", "/opt/was"]


def test_remote_mounts_are_not_entered_unless_asked_for(tmp_path):
    request = Request(users=("alice",))
    files = [
        environment("/opt/net/e"),
        environment("/srv/e"),
        environment("/opt/here/e"),
        {"etc/passwd": PASSWD},
    ]
    host, _found = find(tmp_path, *files)
    mounts = (Mount("/opt/net", "nfs4"), Mount("/srv", "cifs"), Mount("/", "ext4"))
    host = tree(tmp_path, {})
    host.mounts = lambda: mounts
    assert [row.path for row in find_environments(host, request, ())] == ["/opt/here/e"]
    assert {(note.path, note.code) for note in host.notes} == {
        ("/opt/net", "remote-mount"),
        ("/srv", "remote-mount"),
    }
    host = tree(tmp_path, {})
    host.mounts = lambda: mounts
    asked = Request(environment_roots=("/opt/net",))
    assert [row.path for row in find_environments(host, asked, ())] == ["/opt/net/e"]


def test_bounds_are_kept_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "DIRECTORY_LIMIT", 10)
    host, _found = find(tmp_path, {"opt/%d/" % number: None for number in range(50)})
    assert "too-many" in [note.code for note in host.notes]
    host, found = find(
        tmp_path / "2", environment("/opt/x/e"), limits=Limits(seconds=1e-9)
    )
    assert "time-limit" in [note.code for note in host.notes]
    assert found == {}


def test_hostile_names(tmp_path):
    names = [
        b"/opt/\xff\xfe/e",
        "/opt/\u202e\u2066/e".encode(),
        b"/opt/a\nb/e",
        b"/opt/ /e",
    ]
    _host, found = find(tmp_path, *[environment(os.fsdecode(name)) for name in names])
    assert sorted(found) == sorted(os.fsdecode(name) for name in names)


def test_fifty_environments_below_five_roots_in_ten_milliseconds(tmp_path):
    request = Request(environment_roots=("/opt", "/srv", "/var/www", "/home", "/data"))
    paths = [
        "%s/app%d/venv" % (root, number)
        for root in request.environment_roots
        for number in range(10)
    ]
    _host, found = find(tmp_path, *map(environment, paths), request=request)
    assert len(found) == 50
    times = []
    for _turn in range(5):
        with tree(tmp_path, {}) as host:
            began = time.process_time()
            find_environments(host, request, ())
            times.append(time.process_time() - began)
    assert min(times) < 0.010, times
