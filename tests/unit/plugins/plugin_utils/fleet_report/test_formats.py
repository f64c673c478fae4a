# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format gives the same counts, is what its own validator takes, and is the same bytes for the same input."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report import build
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.build import (
    FORMATS,
    ReportRequest,
    build_reports,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.charts import (
    draw_support,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.formats.csv_report import (
    neutralise_formula,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.formats.markdown_report import (
    escape,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.formats.prometheus_report import (
    escape_label,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.inventory_counts import (
    PythonCount,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.fleet_report.report import (
    rule_page,
)

from .sample_fleet import HOSTILE, SEVERITIES, STATUSES, WAIVED, write_fleet

DATA = Path(build.__file__).parent / "data"


def build_all(results: Path, output: Path, **options: Any) -> Path:
    build_reports(
        ReportRequest(
            results=str(results), output=str(output), formats=tuple(FORMATS), **options
        )
    )
    return output


@pytest.fixture
def output(results: Path, tmp_path: Path) -> Path:
    return build_all(results, tmp_path / "output")


Counts = tuple[dict[str, int], dict[str, int], int]


def count_json(output: Path) -> Counts:
    report = json.loads((output / "report.json").read_text())
    statuses = Counter(host["status"] for host in report["hosts"])
    severities: Counter[str] = Counter()
    waived = 0
    for host in report["hosts"]:
        for row in host["findings"]:
            if row["waived"]:
                waived += 1
            else:
                severities[report["findings"][row["finding"]]["severity"]] += 1
    totals = report["totals"]
    assert totals["hosts"] == {"total": sum(statuses.values()), **statuses}
    assert totals["findings"] == {
        "total": sum(severities.values()),
        **severities,
        "waived": waived,
    }
    return dict(statuses), dict(severities), waived


def count_csv(output: Path) -> Counts:
    with open(output / "report.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    hosts = {row["host"]: row["status"] for row in rows}
    severities = Counter(
        row["severity"] for row in rows if row["severity"] and not row["waived"]
    )
    return (
        dict(Counter(hosts.values())),
        dict(severities),
        sum(bool(row["waived"]) for row in rows),
    )


def count_sarif(output: Path) -> Counts:
    run = json.loads((output / "report.sarif").read_text())["runs"][0]
    names = {"error": "high", "warning": "medium", "note": "low"}
    severities: Counter[str] = Counter()
    waived = 0
    for result in run["results"]:
        severities[names[result["level"]]] += result["properties"]["hostCount"]
        waived += result["properties"]["waivedHostCount"]
    hosts = run["properties"]["totals"]["hosts"]
    return (
        {key: hosts[key] for key in hosts if key != "total"},
        dict(severities),
        waived,
    )


def count_prometheus(output: Path) -> Counts:
    parser = pytest.importorskip(
        "prometheus_client.parser", reason="validates the textfile"
    )
    families = {
        each.name: each
        for each in parser.text_string_to_metric_families(
            (output / "report.prom").read_text()
        )
    }
    prefix = "pyfleet_python_fleet_"
    statuses = Counter(
        sample.labels["status"] for sample in families[prefix + "host_status"].samples
    )
    severities: Counter[str] = Counter()
    for sample in families[prefix + "host_findings"].samples:
        severities[sample.labels["severity"]] += int(sample.value)
    totals = {
        sample.labels["severity"]: int(sample.value)
        for sample in families[prefix + "findings"].samples
    }
    assert totals == severities
    rules = sum(
        sample.value for sample in families[prefix + "host_rule_findings"].samples
    )
    assert (
        rules
        == sum(sample.value for sample in families[prefix + "rule_findings"].samples)
        == sum(totals.values())
    )
    return (
        dict(statuses),
        totals,
        int(families[prefix + "findings_waived"].samples[0].value),
    )


def count_markdown(output: Path) -> Counts:
    lines = (output / "report.md").read_text().splitlines()
    (row,) = [
        number for number, line in enumerate(lines) if line.startswith("| hosts |")
    ]
    names = [cell.strip() for cell in lines[row].strip("|").split("|")]
    numbers = [int(cell) for cell in lines[row + 2].strip("|").split("|")]
    table = dict(zip(names, numbers))
    labels = {
        "fail": "Fail",
        "incomplete": "Incomplete",
        "failed": "Audit failed",
        "unreachable": "Unreachable",
        "no_result": "No result",
        "pass": "Pass",
    }
    statuses = {key: table[label] for key, label in labels.items()}
    return statuses, {key: table[key] for key in SEVERITIES}, table["waived"]


def read_island(output: Path) -> dict[str, Any]:
    page = (output / "report.html").read_text()
    match = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', page, re.S
    )
    assert match
    island: dict[str, Any] = json.loads(match[1])
    return island


def count_html(output: Path) -> Counts:
    island = read_island(output)
    statuses = Counter(island["statuses"][host[2]][0] for host in island["hosts"])
    severities: Counter[str] = Counter()
    waived = 0
    for host in island["hosts"]:
        for place, number in enumerate(host[5]):
            if host[6] and str(place) in host[6]:
                waived += 1
            else:
                severities[island["severities"][island["findings"][number][1]][0]] += 1
    return dict(statuses), dict(severities), waived


COUNTERS = [
    count_json,
    count_csv,
    count_sarif,
    count_prometheus,
    count_markdown,
    count_html,
]


@pytest.mark.parametrize("count", COUNTERS)
def test_every_format_gives_the_counts_of_the_hosts(output: Path, count: Any) -> None:
    assert count(output) == (STATUSES, SEVERITIES, WAIVED)


def test_the_page_without_scripts_shows_the_counts(output: Path) -> None:
    html5lib = pytest.importorskip("html5lib", reason="parses the page")
    document = html5lib.parse(
        (output / "report.html").read_text(), namespaceHTMLElements=False
    )
    cards = [
        element
        for element in document.iter("a")
        if "card" in (element.get("class") or "").split()
    ]
    shown = {
        card.get("class").split()[1]: int(
            "".join(card.find("span[@class='big']").itertext())
        )
        for card in cards
    }
    assert shown == {"pass": 2, "fail": 2, "incomplete": 1, "not_reached": 4}
    hosts = {
        "".join(cell.itertext())
        for cell in document.iter("th")
        if cell.get("scope") == "row"
    }
    assert hosts == {"web1", "web2", "web10"}


def test_the_page_is_valid_and_holds_hostile_text_as_text(output: Path) -> None:
    html5lib = pytest.importorskip("html5lib", reason="parses the page")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = (output / "report.html").read_text()
    document = parser.parse(page)
    assert parser.errors == []
    assert len(list(document.iter("script"))) == 2
    assert HOSTILE in {"".join(code.itertext()) for code in document.iter("code")}
    assert HOSTILE in {row[2] for row in read_island(output)["findings"]}
    assert "\u2028" not in page.partition('id="data"')[2]


def test_the_page_requests_nothing_from_a_network(output: Path) -> None:
    page = (output / "report.html").read_text()
    assert "default-src 'none'" in page
    head = page.partition('id="data"')[0]
    assert (
        re.findall(r"""(?:src|href)=["']?(?:https?:)?//[^"' >]*|url\(|@import""", head)
        == []
    )


def test_json_follows_its_schema(output: Path, results: Path, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="validates JSON")
    schema = json.loads((DATA / "report.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    validator.validate(json.loads((output / "report.json").read_text()))
    compared = build_all(results, tmp_path / "compared", baseline=str(results))
    validator.validate(json.loads((compared / "report.json").read_text()))


def test_cyclonedx_follows_its_schema(output: Path) -> None:
    validation = pytest.importorskip(
        "cyclonedx.validation.json", reason="validates CycloneDX"
    )
    schema = pytest.importorskip("cyclonedx.schema", reason="validates CycloneDX")
    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    files = sorted((output / "cyclonedx").iterdir())
    assert [path.name for path in files] == [
        f"{host}.cdx.json" for host in ("db1", "ok", "web1", "web10", "web2")
    ]
    for path in files:
        assert validator.validate_str(path.read_text()) is None
    components = json.loads(files[0].read_text())["components"]
    libraries = {each["name"]: each.get("purl") for each in components[0]["components"]}
    # A distribution's build has fixes that PyPI's has not.
    assert libraries == {
        "Ruamel.YAML": "pkg:pypi/ruamel-yaml@0.18",
        "litellm": "pkg:pypi/litellm@1.82.7",
        "python-apt": None,
    }


def test_sarif_has_what_github_wants(output: Path) -> None:
    run = json.loads((output / "report.sarif").read_text())["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"]: rule["properties"]["security-severity"] for rule in rules} == {
        "marker-removed": "8.0",
        "python-end-of-life": "5.0",
        "unknown-python": "2.0",
    }
    for result in run["results"]:
        location = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(
            r"[A-Za-z0-9_.~/%-]+", location
        ) and not location.startswith("/")
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert set(result["partialFingerprints"]) == {
            "pyfleetFinding/v1",
            "primaryLocationLineHash",
        }
    marker = run["results"][0]
    assert marker["properties"]["hosts"] == ["web1", "web2"]


def test_sarif_suppresses_what_is_waived_everywhere(tmp_path: Path) -> None:
    from .sample_fleet import OLD, audit

    waived = {**OLD, "waived": "until spring"}
    results = write_fleet(tmp_path / "results", web1=audit("pass", waived))
    output = build_all(results, tmp_path / "output")
    run = json.loads((output / "report.sarif").read_text())["runs"][0]
    (result,) = [
        each for each in run["results"] if each["ruleId"] == "python-end-of-life"
    ]
    assert [each["justification"] for each in result["suppressions"]] == [
        "@until spring",
        "until spring",
    ]


def test_the_same_input_gives_the_same_bytes(results: Path, tmp_path: Path) -> None:
    def contents(output: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(output)): path.read_bytes()
            for path in output.rglob("*")
            if path.is_file()
        }

    first = contents(build_all(results, tmp_path / "a"))
    assert contents(build_all(results, tmp_path / "b")) == first
    assert contents(build_all(results, tmp_path / "a")) == first


CELLS = [
    ("=1+1", "'=1+1"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("  =1", "'  =1"),
    ("\t=1", "'\t=1"),
    ("\uff1d1", "'\uff1d1"),
    ("/srv/=1", "/srv/=1"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "cell"), CELLS)
def test_no_cell_of_csv_is_a_formula(text: str, cell: str) -> None:
    assert neutralise_formula(text) == cell


def test_csv_holds_no_formula_of_a_host(output: Path) -> None:
    with open(output / "report.csv", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert "'=cmd(); shipped by python3 (dpkg)" in cells
    assert "'@until spring" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_label_of_prometheus_is_read_as_it_was() -> None:
    assert escape_label('a"b\\c\nd') == 'a\\"b\\\\c\\nd'


def test_each_family_of_prometheus_has_one_help(output: Path) -> None:
    lines = (output / "report.prom").read_text().splitlines()
    helps = Counter(line.split()[2] for line in lines if line.startswith("# HELP"))
    assert set(helps.values()) == {1}


def test_markdown_leaves_a_command_as_it_is_and_escapes_text(output: Path) -> None:
    text = (output / "report.md").read_text()
    assert "`mv /usr/lib/python3.13/EXTERNALLY-MANAGED /root | cat`" in text
    assert "ssh: \\<no route\\> =1" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b <c>", "a\\_b \\<c\\>"),
        ("mail @all", "`mail @all`"),
        ("see http://example.org/?a|b", "`see http://example.org/?a\\|b`"),
        ("WWW.example.org", "`WWW.example.org`"),
    ],
)
def test_markdown_has_no_link_and_no_mention_of_a_host(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_the_address_of_a_rule_is_one_address() -> None:
    assert rule_page("x) [y](javascript:z").endswith("#x%29%20%5By%5D%28javascript%3Az")


@pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01", "tomorrow", ""])
def test_a_date_that_is_none_costs_no_chart(date: str) -> None:
    python = PythonCount("cpython", "3.13", 1, "2024-10-07", "2029-10-31")
    chart = draw_support([python], date)
    assert chart is None or 0 < len(chart.ticks) < 20


def test_the_problems_are_in_the_report(output: Path) -> None:
    report = json.loads((output / "report.json").read_text())
    assert len(report["problems"]) == 1
    assert report["problems"][0].startswith(
        "damaged.json is not a result of a host: it is not JSON"
    )
    messages = {
        host["host"]: host["message"]
        for host in report["hosts"]
        if host["status"] == "no_result"
    }
    assert messages == {
        "silent": "the run ended without a result of this host",
        "stale": "no result of this run; the last one is of 2026-01-01T00:00:00Z",
    }
