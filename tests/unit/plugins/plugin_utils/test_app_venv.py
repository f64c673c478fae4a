# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of the role app_venv: validation, files from the controller, and the comparison with a host."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import pytest

plan = pytest.importorskip(
    "ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.plan"
)
from ansible_collections.pyfleet.python.plugins.modules import app_venv_gather
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.changes import (
    MARK,
    predict_changes,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.environment_file import (
    render_environment_file,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.host_state import (
    parse_host_state,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.sources import (
    digest_file,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.staged_files import (
    find_staged,
    redirect_environment,
)

FILES = Path(__file__).resolve().parents[4] / "roles/app_venv/files"
SHOP: Dict[str, Any] = {"name": "shop", "packages": ["shop==1.0"]}


def make(
    *applications: Dict[str, Any],
    root: str = "/opt",
    playbook: str = "/",
    **defaults: Any,
) -> Dict[str, Any]:
    return plan.plan_applications(
        applications,
        root=root,
        playbook=playbook,
        defaults=defaults,
        full_validation=False,
    )


INVALID = [
    ({"name": "a b", "packages": ["x"]}, "is not the name of an application"),
    ({**SHOP, "path": "opt/venv"}, "path is opt/venv: set an absolute path"),
    (
        {**SHOP, "environment_file": {"path": "/etc/../x", "variables": {}}},
        "environment_file is /etc/../x",
    ),
    ({**SHOP, "user": "no:body"}, "is not the name of a user"),
    ({**SHOP, "create_user": True}, "create_user is set and there is no user"),
    ({**SHOP, "user": "root", "create_user": True}, "neither creates nor removes root"),
    ({"name": "shop"}, "there is nothing to install"),
    (
        {**SHOP, "strategy": "in_place", "health_check": {"command": ["x"]}},
        "health_check tests a release before",
    ),
    ({**SHOP, "lock": "/x/lock.txt"}, "a lock is the whole environment"),
    (
        {**SHOP, "index_url": "https://me:secret@pypi.example.com/simple"},
        "index_url holds a URL with a username",
    ),
    (
        {"name": "shop", "packages": ["git+https://token@example.com/x.git"]},
        "packages holds a URL with a username",
    ),
    (
        {**SHOP, "environment_file": {"variables": {"1A": "x"}}},
        "'1A' is not the name of a variable",
    ),
    (
        {**SHOP, "environment_file": {"variables": {"A": "x\ny"}}},
        "the value of A has a line break",
    ),
    (
        {**SHOP, "code": "/opt/shop/code"},
        "there is no service to restart when it changes",
    ),
    (
        {**SHOP, "service": {"name": "shop"}, "code": "code"},
        "code is code: set an absolute path",
    ),
    (
        {**SHOP, "from_controller": {"wheels": ["nowhere-1.0-py3-none-any.whl"]}},
        "there is no /nowhere-1.0",
    ),
    (
        {**SHOP, "from_controller": {"wheels": ["/etc/passwd"]}},
        "/etc/passwd in from_controller.wheels is not a wheel",
    ),
]


@pytest.mark.parametrize(
    ("application", "says"), INVALID, ids=[says for _application, says in INVALID]
)
def test_invalid_applications(application: Dict[str, Any], says: str) -> None:
    errors = make(application)["errors"]
    assert len(errors) == 1
    assert says in errors[0]
    assert "secret" not in errors[0]


def test_duplicates_are_errors() -> None:
    assert [
        text.split(" ", 4)[:4]
        for text in make(SHOP, {**SHOP, "path": "/x/venv"})["errors"]
    ] == [["two", "applications", "have", "the"]]
    assert (
        len(make(SHOP, {**SHOP, "name": "blog", "path": "/opt/shop/venv"})["errors"])
        == 1
    )


def test_a_user_who_is_removed_with_one_application_and_kept_by_another_is_refused() -> (
    None
):
    gone = {"name": "old", "state": "absent", "user": "shop", "remove_user": True}
    assert (
        "its user shop would be removed"
        in make({**SHOP, "user": "shop"}, gone)["errors"][0]
    )


@pytest.mark.parametrize("root", ["", "/", "opt", "/opt/"])
def test_a_root_that_is_none_is_refused(root: str) -> None:
    assert make(SHOP, root=root)["errors"][0].startswith("app_venv_root is ")


def test_a_secret_that_all_share_is_refused() -> None:
    assert make(SHOP, extra_index_urls=["https://token@x/"])["errors"] == [
        "app_venv_extra_index_urls holds a URL with a username or password: set app_venv_index_credentials instead."
    ]


def test_what_all_share_is_for_those_that_do_not_say() -> None:
    gone = {"name": "old", "state": "absent"}
    shop, blog, old = make(
        {**SHOP, "no_index": True, "keep": 0},
        {**SHOP, "name": "blog"},
        gone,
        keep=3,
        no_index=False,
        python="",
        ca_bundle="",
    )["applications"]
    assert shop["environment"] == {
        "path": "/opt/shop/venv",
        "packages": ["shop==1.0"],
        "no_index": True,
        "keep": 0,
    }
    assert (blog["environment"]["keep"], blog["environment"]["no_index"]) == (3, False)
    assert old["environment"] == {"path": "/opt/old/venv", "state": "absent"}


def test_a_requirements_file_with_a_secret_or_encrypted_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text("--index-url https://u:p@host/simple\n")
    (tmp_path / "b.txt").write_text("$ANSIBLE_VAULT;1.1;AES256\n3031\n")
    errors = make(
        {"name": "shop", "from_controller": {"requirements": ["a.txt", "b.txt"]}},
        playbook=str(tmp_path),
    )["errors"]
    assert ["index_credentials" in text for text in errors] == [True, True]
    assert "Vault" in errors[1]


def test_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "requirements.txt").write_text("x\n")
    paths = ["a/requirements.txt", "b/requirements.txt"]
    errors = make(
        {"name": "shop", "from_controller": {"requirements": paths}},
        playbook=str(tmp_path),
    )["errors"]
    assert len(errors) == 1
    assert "would be one file on the host" in errors[0]


def test_what_comes_from_the_controller_is_installed_from_the_host(
    tmp_path: Path,
) -> None:
    for name in ("shop-1.0-py3-none-any.whl", "lock.txt"):
        (tmp_path / name).write_text("")
    wheels = {"wheels": ["shop-1.0-py3-none-any.whl"]}
    alone, locked = (
        make({"name": "shop", "from_controller": copy}, playbook=str(tmp_path))[
            "applications"
        ][0]["environment"]
        for copy in (wheels, {**wheels, "lock": "lock.txt"})
    )
    (package,) = alone.pop("packages")
    assert re.fullmatch(
        r"/opt/shop/sources/[0-9a-f]{16}/shop-1\.0-py3-none-any\.whl", package
    )
    assert alone == {"path": "/opt/shop/venv"}
    directory = os.path.dirname(locked["lock"])
    assert directory != os.path.dirname(package), (
        "another set of files has a directory of its own"
    )
    assert locked == {
        "path": "/opt/shop/venv",
        "lock": directory + "/lock.txt",
        "find_links": [directory],
    }


def test_changed_files_have_another_directory_and_the_same_ones_the_same(
    tmp_path: Path,
) -> None:
    def directories() -> List[str]:
        copied = {"requirements": ["requirements.txt"], "files": ["more.txt"]}
        (row,) = make(
            {"name": "shop", "from_controller": copied}, playbook=str(tmp_path)
        )["applications"]
        return sorted({os.path.dirname(source["dest"]) for source in row["sources"]})

    (tmp_path / "requirements.txt").write_text("x\n")
    (tmp_path / "more.txt").write_text("y\n")
    (first,) = directories()
    assert directories() == [first]
    (tmp_path / "more.txt").write_text("z\n")
    (second,) = directories()
    assert second != first


def test_packages_alone_ask_the_host_nothing() -> None:
    assert (
        make({**SHOP, "user": "shop", "links": [{"name": "shop"}]})["questions"] == []
    )


def test_the_health_check_is_run_by_the_applications_user() -> None:
    check = {"command": ["true"]}
    found = make({**SHOP, "user": "shop", "health_check": check})["applications"][0][
        "environment"
    ]
    assert found["health_check"] == {"command": ["true"], "user": "shop"}
    other = {"command": ["true"], "user": "nobody"}
    assert (
        make({**SHOP, "user": "shop", "health_check": other})["applications"][0][
            "environment"
        ]["health_check"]
        == other
    )


def gather(questions: List[str]) -> List[str]:
    """Run gather.sh on this machine."""
    command = ["sh", str(FILES / "gather.sh"), *questions]
    return (
        subprocess.run(command, stdout=subprocess.PIPE, check=True)
        .stdout.decode()
        .splitlines()
    )


@pytest.fixture(name="place")
def make_place(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    (tmp_path / "requirements.txt").write_text("x\n")
    return tmp_path


def application_of(place: Path) -> Dict[str, Any]:
    return {
        "name": "shop",
        "from_controller": {"requirements": [str(place / "requirements.txt")]},
        "environment_file": {"variables": {"A": "1"}},
    }


def sources_of(place: Path) -> Path:
    (source,) = make(application_of(place), root=str(place / "opt"))["applications"][0][
        "sources"
    ]
    return Path(source["dest"]).parent


def put(place: Path) -> None:
    """Do what the role would do."""
    sources = sources_of(place)
    sources.mkdir(parents=True)
    for path, text, mode in (
        (sources / "requirements.txt", "x\n", 0o644),
        (place / "opt/shop/environment", render_environment_file({"A": "1"}), 0o640),
    ):
        path.write_text(text)
        path.chmod(mode)


def test_a_bare_host_lacks_all_and_a_finished_one_nothing(place: Path) -> None:
    wanted = make(application_of(place), root=str(place / "opt"))
    before = predict_changes(wanted, gather(wanted["questions"]))
    assert before["directories"] == [str(place / "opt/shop"), str(sources_of(place))]
    assert [copy["dest"] for copy in before["copies"]] == [
        str(sources_of(place) / "requirements.txt")
    ]
    assert [file["dest"] for file in before["files"]] == [
        str(place / "opt/shop/environment")
    ]
    assert before["pending"] == ["shop"]
    put(place)
    after = predict_changes(wanted, gather(wanted["questions"]))
    assert (after["prepare"], after["unfinished"], after["pending"]) == (False, [], [])


@pytest.mark.parametrize("name", ["requirements.txt", "environment"])
@pytest.mark.parametrize("how", ["content", "mode", "link", "removed"])
def test_what_differs_is_noticed(place: Path, name: str, how: str) -> None:
    put(place)
    directory = place / "opt/shop" if name == "environment" else sources_of(place)
    path = directory / name
    if how == "content":
        path.write_text(path.read_text() + "#")
    elif how == "mode":
        path.chmod(0o666)
    else:
        moved = path.rename(place / "aside")
        if how == "link":
            path.symlink_to(moved)
    wanted = make(application_of(place), root=str(place / "opt"))
    assert predict_changes(wanted, gather(wanted["questions"]))["unfinished"] == [
        str(path)
    ]


def test_a_directory_that_all_can_write_is_refused_above_files(place: Path) -> None:
    wanted = make(application_of(place), root=str(place / "opt"))
    assert predict_changes(wanted, gather(wanted["questions"]))["errors"] == []
    put(place)
    (place / "opt").chmod(0o777)
    (error,) = predict_changes(wanted, gather(wanted["questions"]))["errors"]
    assert error.startswith("shop: %s can be written by all users" % (place / "opt"))


def test_a_link_leads_to_the_directories_that_count(place: Path) -> None:
    (place / "loose/inner").mkdir(parents=True)
    (place / "loose").chmod(0o777)
    (place / "opt").symlink_to(place / "loose/inner")
    wanted = make(application_of(place), root=str(place / "opt"))
    (error,) = predict_changes(wanted, gather(wanted["questions"]))["errors"]
    assert str(place / "loose") in error


def test_a_directory_that_cannot_be_read_is_refused(place: Path) -> None:
    wanted = make(application_of(place), root=str(place / "opt"))
    lines = [
        line
        for line in gather(wanted["questions"])
        if not line.endswith("\t%s" % place) or line.startswith("parent")
    ]
    assert predict_changes(wanted, lines)["errors"][0].startswith(
        "shop: %s cannot be read, and" % place
    )


@pytest.mark.parametrize("name", ["a b", "a\\b", "a'b\"c", "-a", "a*", "$a", "ä"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / name).write_text("x\n")
    path = str(tmp_path / name / name)
    seen = parse_host_state(
        gather(
            [
                "file:" + path,
                "exists:" + os.path.dirname(path),
                "parents:" + os.path.dirname(path),
            ]
        )
    )
    assert seen.digests == {path: digest_file(path)}
    assert seen.files[path].uid == os.getuid()
    assert seen.existing == {os.path.dirname(path)}
    assert set(seen.parents[os.path.dirname(path)]) <= set(seen.directories)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(str(tmp_path / "fifo"))
    (tmp_path / "link").symlink_to("nowhere")
    seen = parse_host_state(
        gather(["file:%s" % (tmp_path / name) for name in ("fifo", "link", "nothing")])
    )
    assert seen.digests == {}
    assert {
        path: state.mode[0] for path, state in seen.files.items() if path != "/"
    } == {
        str(tmp_path / "fifo"): "p",
        str(tmp_path / "link"): "l",
    }


def test_what_is_documented_is_what_the_action_gives() -> None:
    yaml = pytest.importorskip("yaml")
    returned = set(predict_changes(make(SHOP), [])) - {"errors"}
    returned |= {"applications", "environments", "verify_environments", "staged"}
    assert set(yaml.safe_load(app_venv_gather.RETURN)) == returned


def test_the_host_is_asked_for_users_by_name() -> None:
    rows = [row for row in pwd.getpwall() if "\t" not in row.pw_gecos][:5]
    seen = parse_host_state(
        gather(
            [
                "user:" + name
                for name in (*(row.pw_name for row in rows), "nobody-of-that-name")
            ]
        )
    )
    assert seen.users == {row.pw_name: (str(row.pw_gid), row.pw_gecos) for row in rows}
    assert seen.uid == os.getuid()


def test_a_user_who_is_not_there_is_made_or_refused() -> None:
    file = {"environment_file": {"variables": {}}}
    lines = ["uid\t0"]
    made = predict_changes(
        make({**SHOP, **file, "user": "shop", "create_user": True}), lines
    )
    assert made["users"] == [
        {"name": "shop", "home": "/opt/shop", "comment": "shop (%s)" % MARK}
    ]
    assert made["errors"] == []
    assert (
        "there is no user shop"
        in predict_changes(make({**SHOP, **file, "user": "shop"}), lines)["errors"][0]
    )


def test_check_mode_waits_for_a_user_who_builds_or_checks() -> None:
    application = {**SHOP, "user": "shop", "create_user": True}
    assert predict_changes(make(application), ["uid\t0"])["pending"] == []
    assert predict_changes(make({**application, "owner": "shop"}), ["uid\t0"])[
        "pending"
    ] == ["shop"]


@pytest.mark.parametrize(
    ("comment", "users"), [("shop (%s)" % MARK, ["shop"]), ("Shop", [])]
)
def test_only_a_user_that_the_role_has_made_is_removed(
    comment: str, users: List[str]
) -> None:
    gone = {"name": "shop", "state": "absent", "user": "shop", "remove_user": True}
    removals = predict_changes(make(gone), ["uid\t0", "user\tshop\t999\t%s" % comment])[
        "removals"
    ]
    assert [removal["user"] for removal in removals] == users


def test_a_shell_reads_variables_as_they_were_given(tmp_path: Path) -> None:
    variables = {
        "A": "it costs $5 \"only\" `now` \\ 'yes'",
        "B": True,
        "C": 3,
        "D": " #x",
    }
    (tmp_path / "environment").write_text(render_environment_file(variables))
    script = '. ./environment; printf "%s\\n" "$A" "$B" "$C" "$D"'
    printed = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, check=True
    ).stdout.decode()
    assert printed.splitlines() == [variables["A"], "true", "3", " #x"]


def test_only_sets_that_nothing_names_are_pruned(tmp_path: Path) -> None:
    sources, release = (
        tmp_path / "sources",
        tmp_path / ".venv.releases/20260101T000000-aaaaaa",
    )
    release.mkdir(parents=True)
    for name in ("current", "recorded", "stale"):
        (sources / name).mkdir(parents=True)
        (sources / name / "shop.whl").write_text("")
    (release / ".pyfleet.json").write_text(
        '{"packages": ["%s"]}' % (sources / "recorded/shop.whl")
    )
    script = str(FILES / "prune_sources.sh")
    command = [
        "sh",
        script,
        str(sources),
        str(tmp_path / "venv"),
        str(sources / "current"),
    ]
    printed = subprocess.run(
        command, stdout=subprocess.PIPE, check=True
    ).stdout.decode()
    assert printed == "%s\n" % (sources / "stale")
    assert sorted(os.listdir(sources)) == ["current", "recorded"]


def test_a_digest_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert digest_file(str(path)) == ""
    path.write_text("")
    assert (
        digest_file(str(path))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_check_mode_predicts_from_copies_of_the_files(place: Path) -> None:
    wanted = make(application_of(place), root=str(place / "opt"))
    changes = predict_changes(wanted, gather(wanted["questions"]), check_mode=True)
    staged = find_staged(changes, wanted["applications"])
    directory = str(sources_of(place))
    assert staged == {directory: [str(place / "requirements.txt")]}
    environment = {
        **wanted["applications"][0]["environment"],
        "lock": directory + "/lock",
        "find_links": [directory, "/x"],
    }
    redirected = redirect_environment(environment, {directory: "/tmp/copies"})
    assert redirected == {
        "path": str(place / "opt/shop/venv"),
        "requirements": ["/tmp/copies/requirements.txt"],
        "lock": "/tmp/copies/lock",
        "find_links": ["/tmp/copies", "/x"],
    }


def test_files_of_an_application_that_waits_for_a_user_are_not_copied() -> None:
    gathered = {"copies": [{"app": "shop"}], "awaiting_users": ["shop"]}
    assert (
        find_staged(
            gathered, [{"name": "shop", "sources": [{"dest": "/a/b", "src": "/c"}]}]
        )
        == {}
    )


def test_check_mode_compares_files_in_directories_that_exist(place: Path) -> None:
    wanted = make(
        {**application_of(place), "user": "shop", "create_user": True},
        root=str(place / "opt"),
    )
    changes = predict_changes(wanted, gather(wanted["questions"]), check_mode=True)
    for file in (*changes["copies"], *changes["files"]):
        assert os.path.isdir(os.path.dirname(file["write_to"]))
        assert not os.path.exists(file["write_to"])
        assert not file.get("group")
