# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts: three-valued answers, text made safe, nothing beyond the size limit, and no secret."""

from __future__ import annotations

import json
from typing import Any, Iterator, Tuple

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Note
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import (
    PipConfigFile,
    Request,
    Settings,
    Trust,
    VariableSetting,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.facts_result import (
    SIZE_LIMIT,
    serialize_facts,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Effective,
    Package,
    VenvVerdict,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures import (
    factories as make,
)

EVERYTHING = Request(subset=("installations", "environments", "packages", "pip_config"))


def leaves(value: Any, path: str = "") -> Iterator[Tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, "%s.%s" % (path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path + "[]")
    else:
        yield path, value


def test_true_false_and_unknown_are_three_answers() -> None:
    for answer in (True, False, None):
        read = make.reading(trust=Trust(answer, ("why",)))
        verdict = make.managed(pip=Effective(answer, "why"))
        row = make.python(
            make.installation(read), verdict, VenvVerdict(answer, True, "", "why")
        )
        (told,) = serialize_facts(make.scan(row), EVERYTHING)["installations"]
        assert told["trusted"] is answer
        assert told["venv"]["usable"] is answer
        assert told["externally_managed"]["effective"]["pip"] is answer
        assert told["externally_managed"]["effective"]["because"]["pip"] == "why"


def test_no_owner_and_an_unknown_owner_are_told_apart() -> None:
    nobody = make.python(make.installation(package=None))
    unknown = make.python(make.installation(package=None, package_unknown="no sqlite3"))
    rows = serialize_facts(make.scan(make.python(), nobody, unknown), EVERYTHING)[
        "installations"
    ]
    assert [(row["package"]["name"], row["package"]["known"]) for row in rows] == [
        ("python3.13-minimal", True),
        ("", True),
        ("", False),
    ]
    assert rows[2]["package"]["because"] == "no sqlite3"


def test_only_what_was_asked_for_is_told() -> None:
    scan = make.rich_scan()
    told = serialize_facts(scan, Request(subset=("environments",)))
    assert set(told) == {"environments", "context", "incomplete", "scan"}
    assert "packages" not in told["environments"][0]
    told = serialize_facts(scan, Request(subset=("installations", "packages")))
    assert set(told) == {"installations", "commands", "context", "incomplete", "scan"}
    assert [row["name"] for row in told["installations"][0]["packages"]] == ["requests"]


HOSTILE = "\udcff\u202e\x1b]0;x\x07\n"


def test_no_text_of_a_host_gets_through_unescaped() -> None:
    """Every string field of every record is poisoned; none of it may arrive as it was."""

    def poison(value: Any) -> Any:
        if isinstance(value, str):
            return value + HOSTILE
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*(poison(item) for item in value))
        if isinstance(value, tuple):
            return tuple(poison(item) for item in value)
        return (
            {poison(key): poison(item) for key, item in value.items()}
            if isinstance(value, dict)
            else value
        )

    told = serialize_facts(poison(make.rich_scan()), EVERYTHING, "/mnt/" + HOSTILE)
    poisoned = 0
    for path, value in leaves(told):
        if isinstance(value, str):
            assert value.replace("\n", "").isprintable(), path
            assert "\n" not in value or path.endswith((".message", ".value")), path
            poisoned += "\\xff" in value
    assert poisoned > 80
    json.dumps(told).encode("ascii")


def test_no_credential_of_a_setting_gets_through() -> None:
    settings = Settings(
        (
            PipConfigFile(
                "/etc/pip.conf",
                "global",
                "",
                (
                    ("global", "index-url", "https://user:hunter2@host/simple"),
                    (
                        "global",
                        "extra-index-url",
                        "https://a.example/\nhttps://hunter2@b.example/",
                    ),
                    ("global", "proxy", "http://user:hunter2@proxy:3128"),
                    ("x", "password", "hunter2"),
                ),
                "a line of it reads: token=hunter2",
            ),
        ),
        (),
        (
            VariableSetting(
                "PIP_INDEX_URL", "https://u:hunter2@host/", "environment", "process"
            ),
        ),
    )
    verdict = make.managed(
        message="fetch it from https://u:hunter2@host/", because="password: hunter2"
    )
    told = serialize_facts(
        make.scan(make.python(None, verdict), settings=settings), EVERYTHING
    )
    assert "hunter2" not in json.dumps(told)
    values = [row["value"] for row in told["pip_config"]["files"][0]["settings"]]
    assert values == [
        "https://****@host/simple",
        "https://a.example/\nhttps://****@b.example/",
        "http://****@proxy:3128",
        "****",
    ]


@pytest.mark.parametrize("limit", [20_000, 100_000, SIZE_LIMIT])
def test_a_result_is_bounded_and_says_what_is_cut(limit: int) -> None:
    packages = tuple(
        Package("p%d" % n, "1", "/x/" + "y" * 200, "pip", "pip", "") for n in range(400)
    )
    environments = tuple(make.environment(path="/srv/app%d" % n) for n in range(2000))
    full = make.scan(
        *(make.python(make.installation(packages=packages)) for _number in range(30)),
        environments=environments,
        notes=[Note("/n/%d" % n, "permission", "z" * 2000) for n in range(400)],
    )
    told = serialize_facts(full, EVERYTHING, limit=limit)
    assert len(json.dumps(told)) <= limit
    cut = [row["reason"] for row in told["incomplete"] if row["code"] == "cut"]
    assert cut
    assert told["scan"]["counts"] == {
        "installations": 30,
        "environments": 2000,
        "incomplete": 400,
    }
    if len(told["environments"]) < 2000:
        assert any("environments" in reason for reason in cut)


def test_what_fits_is_not_cut() -> None:
    told = serialize_facts(make.rich_scan(), EVERYTHING)
    assert [row["code"] for row in told["incomplete"]] == ["permission"]
