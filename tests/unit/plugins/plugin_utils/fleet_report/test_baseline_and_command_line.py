# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New, fixed, remaining and unconfirmed findings, the trend, and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.baseline import (
    BaselineError,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.build import (
    ReportRequest,
    build_reports,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.command_line import (
    main,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.load import (
    natural_key,
)

from .sample_fleet import HOSTILE_FINDING, MARKER, NOTE, OLD, audit, write_fleet


def build(results: Path, output: Path, **options: Any) -> Any:
    return build_reports(
        ReportRequest(results=str(results), output=str(output), **options)
    )


@pytest.fixture(params=["directory", "report"])
def baseline(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An earlier run: web1 lacked OLD, db1 and ok had MARKER, web2's OLD was not waived, removed had OLD."""
    results = write_fleet(
        tmp_path / "before",
        run="r1",
        web1=audit("fail", MARKER, HOSTILE_FINDING),
        web2=audit("fail", MARKER, OLD),
        db1=audit("fail", MARKER),
        ok=audit("fail", MARKER),
    )
    if request.param == "directory":
        return str(results)
    build(results, tmp_path / "before-report", formats=("json",))
    return str(tmp_path / "before-report" / "report.json")


def test_findings_are_compared_with_the_baseline(
    results: Path, baseline: str, tmp_path: Path
) -> None:
    outcome = build(results, tmp_path / "output", baseline=baseline, fail_on=("new",))
    # New: OLD of web1. Remaining: MARKER of web1 and web2, HOSTILE of web1 and web10. Fixed: MARKER of ok.
    # Unconfirmed: MARKER of db1, which could not be read as a whole.
    assert outcome.totals["changes"] == {
        "new": 1,
        "remaining": 4,
        "fixed": 1,
        "unconfirmed": 1,
    }
    assert outcome.reasons == ["1 finding is not in the baseline."]
    report = json.loads((tmp_path / "output" / "report.json").read_text())
    assert report["comparison"]["gone"] == {
        "fixed": {MARKER["id"]: ["ok"]},
        "unconfirmed": {MARKER["id"]: ["db1"]},
    }
    assert report["comparison"]["baseline"] == "r1"


def test_sarif_says_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    before = write_fleet(
        tmp_path / "before",
        run="r1",
        web1=audit("fail", MARKER),
        ok=audit("fail", {**OLD, "id": "x:/y"}),
    )
    after = write_fleet(tmp_path / "after")
    build(after, tmp_path / "output", formats=("sarif",), baseline=str(before))
    run = json.loads((tmp_path / "output" / "report.sarif").read_text())["runs"][0]
    states = {result["ruleId"]: result["baselineState"] for result in run["results"]}
    assert states == {
        "marker-removed": "unchanged",
        "python-end-of-life": "new",
        "unknown-python": "unchanged",
        "x": "absent",
    }


def test_a_host_that_was_not_read_whole_has_fixed_nothing(tmp_path: Path) -> None:
    before = write_fleet(tmp_path / "before", run="r1", web1=audit("fail", MARKER, OLD))
    after = write_fleet(
        tmp_path / "after", web1=audit("fail", MARKER, incomplete=(NOTE,))
    )
    outcome = build(after, tmp_path / "output", baseline=str(before))
    assert outcome.totals["changes"]["fixed"] == 0
    assert outcome.totals["changes"]["unconfirmed"] == 1


NO_BASELINE = [
    ("missing", None),
    ("text", "hello"),
    ("list", "[]"),
    ("other", '{"findings": []}'),
    ("deep", "[" * 100_000),
]


@pytest.mark.parametrize(("name", "content"), NO_BASELINE)
def test_what_is_no_baseline_is_said_in_a_sentence(
    results: Path, tmp_path: Path, name: str, content: Any
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(BaselineError, match=f"^The baseline .*{name}.*\\.$"):
        build(results, tmp_path / "output", baseline=str(path))


def test_an_empty_directory_is_no_baseline(results: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BaselineError, match="holds no result"):
        build(results, tmp_path / "output", baseline=str(tmp_path / "empty"))


def test_each_run_is_in_the_history_once(tmp_path: Path) -> None:
    output = tmp_path / "output"
    for run in ("r1", "r2", "r2"):
        build(write_fleet(tmp_path / run, run=run), output)
    rows = json.loads((output / "history.json").read_text())
    assert [row["run"] for row in rows] == ["r1", "r2"]
    assert {
        key: rows[0][key] for key in ("pass", "fail", "incomplete", "not_reached")
    } == {
        "pass": 2,
        "fail": 2,
        "incomplete": 1,
        "not_reached": 4,
    }


@pytest.mark.parametrize("content", ["{", "{}", '[{"run": 1}]'])
def test_a_damaged_history_is_replaced_and_named(
    results: Path, tmp_path: Path, content: str
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "history.json").write_text(content)
    outcome = build(results, output)
    assert [problem for problem in outcome.problems if "history.json" in problem]
    assert len(json.loads((output / "history.json").read_text())) == 1


FAILURES = [
    ([], 0),
    (["fail"], 1),
    (["incomplete"], 1),
    (["unreachable"], 1),
    (["no_result"], 1),
    (["failed", "fail"], 1),
]


@pytest.mark.parametrize(("fail_on", "status"), FAILURES)
def test_the_exit_status_follows_fail_on(
    results: Path, tmp_path: Path, fail_on: list[str], status: int
) -> None:
    options = [word for value in fail_on for word in ("--fail-on", value)]
    assert (
        main([str(results), "--output", str(tmp_path / "output"), *options]) == status
    )


def test_nothing_fails_where_all_hosts_pass(tmp_path: Path) -> None:
    names = ("web1", "web2", "web10", "db1")
    results = write_fleet(
        tmp_path / "results", **{name: audit("pass") for name in names}
    )
    assert (
        main([str(results), "--output", str(tmp_path / "output"), "--fail-on", "fail"])
        == 0
    )


def test_the_program_says_what_it_built(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "output"
    main(
        [
            str(results),
            "--output",
            str(output),
            "--format",
            "csv",
            "--format",
            "markdown",
        ]
    )
    said = capsys.readouterr()
    statuses = (
        "2 fail, 1 incomplete, 1 audit failed, 1 unreachable, 2 no result, 2 pass"
    )
    line = f"9 hosts: {statuses}; findings: 2 high, 1 medium, 2 low"
    assert said.out.splitlines() == [
        line,
        f"{output}/report.csv",
        f"{output}/report.md",
    ]
    assert said.err.startswith("fleet_report: damaged.json is not a result of a host")


def test_without_results_there_is_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / "empty"), "--output", str(tmp_path / "output")]) == 2
    assert "holds no result of a host" in capsys.readouterr().err
    assert main([str(tmp_path / "missing"), "--output", str(tmp_path / "output")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_hosts_are_sorted_with_numbers_by_value() -> None:
    names = ["web10", "web2", "web", "10", "9", "w1a10", "w1a9", "web²"]
    assert sorted(names, key=natural_key) == [
        "9",
        "10",
        "w1a9",
        "w1a10",
        "web",
        "web2",
        "web10",
        "web²",
    ]
