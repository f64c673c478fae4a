# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role app_venv refuses, does to a host, and does after the environments have converged."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import pytest

plan = pytest.importorskip("ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.plan")
from ansible_collections.pyfleet.python.plugins.modules import app_venv_look  # noqa: E402  skipped without it
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.changes import (  # noqa: E402  skipped without it
    MARK,
    find_changes,
    read_look,
    spell_variables,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.outcome import find_outcome  # noqa: E402
from ansible_collections.pyfleet.python.plugins.plugin_utils.app_venv.sources import digest_of  # noqa: E402

FILES = Path(__file__).resolve().parents[4] / "roles/app_venv/files"
SHOP: Dict[str, Any] = {"name": "shop", "packages": ["shop==1.0"]}
DIFFERENCES = ("added", "removed", "upgraded", "downgraded", "reinstalled", "rebuilt", "done")


def make(*applications: Dict[str, Any], root: str = "/opt", playbook: str = "/", **defaults: Any) -> Dict[str, Any]:
    return plan.make_plan(applications, root, playbook, defaults, False)


def row(path: str, changed: bool = True, **others: Any) -> Dict[str, Any]:
    """Give the module's answer about an environment."""
    return {"path": path, "changed": changed, "unresolved": "", **{key: [] for key in DIFFERENCES}, **others}


REFUSED = [
    ({"name": "a b", "packages": ["x"]}, "is no name of an application"),
    ({**SHOP, "path": "opt/venv"}, "path is opt/venv: give an absolute path"),
    ({**SHOP, "environment_file": {"path": "/etc/../x", "variables": {}}}, "environment_file is /etc/../x"),
    ({**SHOP, "user": "no:body"}, "is no name of a user"),
    ({**SHOP, "create_user": True}, "create_user is set and there is no user"),
    ({**SHOP, "user": "root", "create_user": True}, "root is neither made nor removed"),
    ({"name": "shop"}, "nothing is to be installed"),
    ({**SHOP, "strategy": "in_place", "health_check": {"command": ["x"]}}, "health_check tries a release before"),
    ({**SHOP, "lock": "/x/lock.txt"}, "a lock is the whole environment"),
    ({**SHOP, "index_url": "https://me:secret@pypi.example.com/simple"}, "index_url holds a URL with a username"),
    ({"name": "shop", "packages": ["git+https://token@example.com/x.git"]}, "packages holds a URL with a username"),
    ({**SHOP, "environment_file": {"variables": {"1A": "x"}}}, "'1A' is no name of a variable"),
    ({**SHOP, "environment_file": {"variables": {"A": "x\ny"}}}, "the value of A has a line break"),
    ({**SHOP, "from_controller": {"wheels": ["nowhere-1.0-py3-none-any.whl"]}}, "there is no /nowhere-1.0"),
    ({**SHOP, "from_controller": {"wheels": ["/etc/passwd"]}}, "/etc/passwd in from_controller.wheels is not a wheel"),
]


@pytest.mark.parametrize(("application", "says"), REFUSED, ids=[says for _application, says in REFUSED])
def test_what_is_refused(application: Dict[str, Any], says: str) -> None:
    refusals = make(application)["refusals"]
    assert len(refusals) == 1
    assert says in refusals[0]
    assert "secret" not in refusals[0]


def test_twins_are_refused() -> None:
    assert [text.split(" ", 4)[:4] for text in make(SHOP, {**SHOP, "path": "/x/venv"})["refusals"]] == [
        ["two", "applications", "have", "the"]
    ]
    assert len(make(SHOP, {**SHOP, "name": "blog", "path": "/opt/shop/venv"})["refusals"]) == 1


def test_a_user_who_is_removed_with_one_application_and_kept_by_another_is_refused() -> None:
    gone = {"name": "old", "state": "absent", "user": "shop", "remove_user": True}
    assert "its user shop is to be removed" in make({**SHOP, "user": "shop"}, gone)["refusals"][0]


@pytest.mark.parametrize("root", ["", "/", "opt", "/opt/"])
def test_a_root_that_is_none_is_refused(root: str) -> None:
    assert make(SHOP, root=root)["refusals"][0].startswith("app_venv_root is ")


def test_a_secret_that_all_share_is_refused() -> None:
    assert make(SHOP, extra_index_urls=["https://token@x/"])["refusals"] == [
        "app_venv_extra_index_urls holds a URL with a username or password: give it as app_venv_index_credentials."
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
    assert shop["environment"] == {"path": "/opt/shop/venv", "packages": ["shop==1.0"], "no_index": True, "keep": 0}
    assert (blog["environment"]["keep"], blog["environment"]["no_index"]) == (3, False)
    assert old["environment"] == {"path": "/opt/old/venv", "state": "absent"}


def test_a_requirements_file_with_a_secret_or_encrypted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("--index-url https://u:p@host/simple\n")
    (tmp_path / "b.txt").write_text("$ANSIBLE_VAULT;1.1;AES256\n3031\n")
    refusals = make({"name": "shop", "from_controller": {"requirements": ["a.txt", "b.txt"]}}, playbook=str(tmp_path))[
        "refusals"
    ]
    assert ["index_credentials" in text for text in refusals] == [True, True]
    assert "Vault" in refusals[1]


def test_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "requirements.txt").write_text("x\n")
    paths = ["a/requirements.txt", "b/requirements.txt"]
    refusals = make({"name": "shop", "from_controller": {"requirements": paths}}, playbook=str(tmp_path))["refusals"]
    assert len(refusals) == 1
    assert "would be one file on the host" in refusals[0]


def test_what_comes_from_the_controller_is_installed_from_the_host(tmp_path: Path) -> None:
    for name in ("shop-1.0-py3-none-any.whl", "lock.txt"):
        (tmp_path / name).write_text("")
    wheels = {"wheels": ["shop-1.0-py3-none-any.whl"]}
    alone, locked = (
        make({"name": "shop", "from_controller": copy}, playbook=str(tmp_path))["applications"][0]["environment"]
        for copy in (wheels, {**wheels, "lock": "lock.txt"})
    )
    assert alone == {"path": "/opt/shop/venv", "packages": ["/opt/shop/sources/shop-1.0-py3-none-any.whl"]}
    assert locked == {
        "path": "/opt/shop/venv",
        "lock": "/opt/shop/sources/lock.txt",
        "find_links": ["/opt/shop/sources"],
    }


def test_packages_alone_ask_the_host_nothing() -> None:
    assert make({**SHOP, "user": "shop", "links": [{"name": "shop"}]})["asked"] == []


def test_the_health_check_is_run_by_the_applications_user() -> None:
    check = {"command": ["true"]}
    found = make({**SHOP, "user": "shop", "health_check": check})["applications"][0]["environment"]
    assert found["health_check"] == {"command": ["true"], "user": "shop"}
    other = {"command": ["true"], "user": "nobody"}
    assert (
        make({**SHOP, "user": "shop", "health_check": other})["applications"][0]["environment"]["health_check"] == other
    )


def look(asked: List[str]) -> List[str]:
    """Run look.sh here."""
    command = ["sh", str(FILES / "look.sh"), *asked]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()


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


def put(place: Path) -> None:
    """Do by hand what the role is to do."""
    sources = place / "opt/shop/sources"
    sources.mkdir(parents=True)
    for path, text, mode in (
        (sources / "requirements.txt", "x\n", 0o644),
        (place / "opt/shop/environment", spell_variables({"A": "1"}), 0o640),
    ):
        path.write_text(text)
        path.chmod(mode)


def test_a_bare_host_lacks_all_and_a_finished_one_nothing(place: Path) -> None:
    wanted = make(application_of(place), root=str(place / "opt"))
    before = find_changes(wanted, look(wanted["asked"]))
    assert before["directories"] == [str(place / "opt/shop"), str(place / "opt/shop/sources")]
    assert [copy["dest"] for copy in before["copies"]] == [str(place / "opt/shop/sources/requirements.txt")]
    assert [file["dest"] for file in before["files"]] == [str(place / "opt/shop/environment")]
    assert before["pending"] == ["shop"]
    put(place)
    after = find_changes(wanted, look(wanted["asked"]))
    assert (after["place"], after["missing"], after["pending"]) == (False, [], [])


@pytest.mark.parametrize("name", ["sources/requirements.txt", "environment"])
@pytest.mark.parametrize("how", ["content", "mode", "link", "removed"])
def test_what_differs_is_noticed(place: Path, name: str, how: str) -> None:
    put(place)
    path = place / "opt/shop" / name
    if how == "content":
        path.write_text(path.read_text() + "#")
    elif how == "mode":
        path.chmod(0o666)
    else:
        moved = path.rename(place / "aside")
        if how == "link":
            path.symlink_to(moved)
    wanted = make(application_of(place), root=str(place / "opt"))
    assert find_changes(wanted, look(wanted["asked"]))["missing"] == [str(path)]


def test_a_directory_that_all_can_write_is_refused_above_files(place: Path) -> None:
    wanted = make(application_of(place), root=str(place / "opt"))
    assert find_changes(wanted, look(wanted["asked"]))["refusals"] == []
    put(place)
    (place / "opt").chmod(0o777)
    (refusal,) = find_changes(wanted, look(wanted["asked"]))["refusals"]
    assert refusal.startswith("shop: %s can be written by all users" % (place / "opt"))


def test_a_link_leads_to_the_directories_that_count(place: Path) -> None:
    (place / "loose/inner").mkdir(parents=True)
    (place / "loose").chmod(0o777)
    (place / "opt").symlink_to(place / "loose/inner")
    wanted = make(application_of(place), root=str(place / "opt"))
    (refusal,) = find_changes(wanted, look(wanted["asked"]))["refusals"]
    assert str(place / "loose") in refusal


def test_a_directory_that_cannot_be_looked_at_is_refused(place: Path) -> None:
    wanted = make(application_of(place), root=str(place / "opt"))
    lines = [line for line in look(wanted["asked"]) if not line.endswith("\t%s" % place) or line.startswith("above")]
    assert find_changes(wanted, lines)["refusals"][0].startswith("shop: %s cannot be looked at, and" % place)


@pytest.mark.parametrize("name", ["a b", "a\\b", "a'b\"c", "-a", "a*", "$a", "ä"])
def test_odd_names_are_looked_at_as_they_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / name).write_text("x\n")
    path = str(tmp_path / name / name)
    seen = read_look(look(["file:" + path, "in:" + os.path.dirname(path), "above:" + os.path.dirname(path)]))
    assert seen.digests == {path: digest_of(path)}
    assert seen.files[path].uid == os.getuid()
    assert seen.inside == {os.path.dirname(path)}
    assert set(seen.above[os.path.dirname(path)]) <= set(seen.directories)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(str(tmp_path / "fifo"))
    (tmp_path / "link").symlink_to("nowhere")
    seen = read_look(look(["file:%s" % (tmp_path / name) for name in ("fifo", "link", "nothing")]))
    assert seen.digests == {}
    assert {path: state.mode[0] for path, state in seen.files.items() if path != "/"} == {
        str(tmp_path / "fifo"): "p",
        str(tmp_path / "link"): "l",
    }


def test_what_is_documented_is_what_the_action_gives() -> None:
    yaml = pytest.importorskip("yaml")
    given = set(find_changes(make(SHOP), [])) - {"refusals"} | {"applications", "environments"}
    assert set(yaml.safe_load(app_venv_look.RETURN)) == given


def test_the_host_is_asked_for_users_by_name() -> None:
    rows = [row for row in pwd.getpwall() if "\t" not in row.pw_gecos][:5]
    seen = read_look(look(["user:" + name for name in (*(row.pw_name for row in rows), "nobody-of-that-name")]))
    assert seen.users == {row.pw_name: (str(row.pw_gid), row.pw_gecos) for row in rows}
    assert seen.uid == os.getuid()


def test_a_user_who_is_not_there_is_made_or_refused() -> None:
    file = {"environment_file": {"variables": {}}}
    lines = ["me\t0"]
    made = find_changes(make({**SHOP, **file, "user": "shop", "create_user": True}), lines)
    assert made["users"] == [{"name": "shop", "home": "/opt/shop", "comment": "shop (%s)" % MARK}]
    assert made["refusals"] == []
    assert "there is no user shop" in find_changes(make({**SHOP, **file, "user": "shop"}), lines)["refusals"][0]


def test_check_mode_waits_for_a_user_who_builds_or_checks() -> None:
    application = {**SHOP, "user": "shop", "create_user": True}
    assert find_changes(make(application), ["me\t0"])["pending"] == []
    assert find_changes(make({**application, "owner": "shop"}), ["me\t0"])["pending"] == ["shop"]


@pytest.mark.parametrize(("comment", "users"), [("shop (%s)" % MARK, ["shop"]), ("Shop", [])])
def test_only_a_user_that_the_role_has_made_is_removed(comment: str, users: List[str]) -> None:
    gone = {"name": "shop", "state": "absent", "user": "shop", "remove_user": True}
    removals = find_changes(make(gone), ["me\t0", "user\tshop\t999\t%s" % comment])["gone"]
    assert [removal["user"] for removal in removals] == users


SERVED = {**SHOP, "service": {"name": "shop.service", "action": "reload"}}
NOTHING: Dict[str, Any] = {"files": [], "pending": [], "gone": []}


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        (row("/opt/shop/venv", changed=False), []),
        (row("/opt/shop/venv", done=["links"]), []),
        (row("/opt/shop/venv", upgraded=[{}]), ["reloaded"]),
        (row("/opt/shop/venv", done=["links", "switched"]), ["reloaded"]),
        (row("/opt/shop/venv", unresolved="no index"), ["reloaded"]),
        (row("/opt/shop/venv", changed=False, msg="no.", problem={"code": "x", "output": ""}), []),
    ],
    ids=["nothing", "links", "upgraded", "switched", "unresolved", "failed"],
)
def test_services_are_acted_on_when_another_release_serves(answer: Dict[str, Any], states: List[str]) -> None:
    outcome = find_outcome({**make(SERVED), **NOTHING}, [answer])
    assert [service["state"] for service in outcome["services"]] == states


def test_a_service_whose_variables_changed_is_restarted() -> None:
    changes = {**NOTHING, "files": [{"app": "shop"}]}
    outcome = find_outcome({**make(SERVED), **changes}, [row("/opt/shop/venv", changed=False)])
    assert [service["state"] for service in outcome["services"]] == ["restarted"]


def test_each_failure_is_named_with_its_output_and_stops_no_other() -> None:
    problem = {"code": "health-check", "output": "no database\n"}
    rows = [
        row("/opt/shop/venv", changed=False, msg="It failed.", problem=problem),
        row("/opt/blog/venv", upgraded=[{}]),
    ]
    blog = {"name": "blog", "packages": ["blog"], "service": {"name": "blog"}}
    outcome = find_outcome({**make(SERVED, blog), **NOTHING}, rows)
    assert outcome["failures"] == ["shop: It failed.\nno database"]
    assert [service["name"] for service in outcome["services"]] == ["blog"]


def test_what_could_not_be_removed_keeps_its_files() -> None:
    gone = {"name": "shop", "state": "absent"}
    changes = {**NOTHING, "gone": [{"app": "shop", "files": ["/x"], "directory": "/opt/shop", "user": ""}]}
    failed = row("/opt/shop/venv", changed=False, msg="no.", problem={"code": "x"})
    assert find_outcome({**make(gone), **changes}, [failed])["gone"] == []


def test_a_shell_reads_variables_as_they_were_given(tmp_path: Path) -> None:
    variables = {"A": "it costs $5 \"only\" `now` \\ 'yes'", "B": True, "C": 3, "D": " #x"}
    (tmp_path / "environment").write_text(spell_variables(variables))
    script = '. ./environment; printf "%s\\n" "$A" "$B" "$C" "$D"'
    told = subprocess.run(["sh", "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert told.splitlines() == [variables["A"], "true", "3", " #x"]


def test_only_copies_that_nothing_names_are_pruned(tmp_path: Path) -> None:
    sources, release = tmp_path / "sources", tmp_path / ".venv.releases/20260101T000000-aaaaaa"
    sources.mkdir()
    release.mkdir(parents=True)
    for name in ("wanted.whl", "recorded.whl", "stale.whl"):
        (sources / name).write_text("")
    (release / ".pyfleet.json").write_text('{"packages": ["%s"]}' % (sources / "recorded.whl"))
    command = ["sh", str(FILES / "prune.sh"), str(sources), str(tmp_path / "venv"), str(sources / "wanted.whl")]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert told == "%s\n" % (sources / "stale.whl")
    assert sorted(os.listdir(sources)) == ["recorded.whl", "wanted.whl"]


def test_a_digest_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert digest_of(str(path)) == ""
    path.write_text("")
    assert digest_of(str(path)) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
