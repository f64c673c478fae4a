# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source audits: waivers, what cannot be judged, libraries that are missing, formats, the exit status."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit import (
    audit_source,
    containerfile,
    parsers,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.audit_source import (
    audit_paths,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.base_images import (
    find_base,
    find_runner,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.command_line import (
    main,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.model import (
    PLACES,
    Note,
    Report,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.rules import (
    RULES,
    find_cure,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.serialize import (
    FORMATS,
    to_github,
    to_gitlab,
    to_result,
    to_sarif,
    to_text,
)
from ansible_collections.pyfleet.python.plugins.plugin_utils.source_audit.yaml_nodes import (
    mask_jinja,
)

ROOT = Path(__file__).parents[4]


def audit(root: Path, **files: str | bytes) -> Report:
    for name, content in files.items():
        path = root / name.replace("_DOT_", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return audit_paths([str(root)])


def reasons(report: Report) -> list[str]:
    return [
        f"{Path(note.path).name}:{note.line}: {note.reason}"
        for note in report.incomplete
    ]


@pytest.mark.parametrize(
    ("image", "marked"),
    [
        ("debian", True),
        ("debian:12.7-slim", True),
        ("debian:11", False),
        ("library/debian:trixie", True),
        ("docker.io/library/ubuntu:22.04", False),
        ("ubuntu:23.04", True),
        ("ubuntu@sha256:0a1b", True),
        ("ubuntu:jammy-20240808", False),
        ("alpine:3.19.1", True),
        ("alpine:3.9", False),
        ("python:3.13", False),
        ("fedora:43", False),
        ("registry.access.redhat.com/ubi9/python-312", False),
        ("archlinux:base-devel", True),
        ("postgres:16-bookworm", True),
        ("golang:1.23-alpine3.20", True),
        ("nvidia/cuda:12.2.0-devel-ubuntu22.04", False),
        ("registry.example.com:5000/base", None),
        ("ros:humble", None),
    ],
)
def test_bases(image: str, marked: bool | None) -> None:
    assert find_base(image).marked is marked


def test_runners() -> None:
    labels = (
        "ubuntu-latest",
        "ubuntu-24.04-arm",
        "ubuntu-22.04",
        "macos-15",
        "windows-2025",
        "self-hosted",
    )
    assert [find_runner(label).marked for label in labels] == [
        True,
        True,
        False,
        True,
        False,
        None,
    ]


def test_runners_of_github_override_the_marker_for_the_time_being(
    tmp_path: Path,
) -> None:
    workflows = tmp_path / ".github/workflows"
    workflows.mkdir(parents=True)
    job = "    steps: [{run: pip install x}]\n"
    text = f"jobs:\n  a:\n    runs-on: ubuntu-latest\n{job}  b:\n    runs-on: macos-15\n{job}"
    (workflows / "ci.yml").write_text(text)
    runner, mac = audit_paths([str(tmp_path)]).findings
    assert runner.message.endswith(
        "it works only as long as the image overrides PEP 668 in /etc/pip.conf."
    )
    assert mac.message.startswith("pip install fails on macos-15")


def test_a_waiver_needs_the_rule_and_a_reason(tmp_path: Path) -> None:
    report = audit(
        tmp_path,
        a_DOT_sh="sudo pip install x  # pyfleet: ignore[sudo-pip] the host is thrown away\n",
        b_DOT_sh="# pyfleet: ignore[marker-removed, sudo-pip] the host is thrown away\n# Tools.\nsudo pip install x\n",
        c_DOT_sh="sudo pip install x  # pyfleet: ignore[sudo-pip]\n",
        d_DOT_sh="sudo pip install x  # pyfleet: ignore[marker-removed] another rule\n",
        e_DOT_sh="# pyfleet: ignore[sudo-pip] too far away\n\nsudo pip install x\n",
    )
    assert [finding.waived for finding in report.findings] == [
        "the host is thrown away"
    ] * 2 + [None] * 3
    assert report.findings[2].message.endswith(
        "The waiver on line 1 gives no reason, so it does not count."
    )
    assert report.verdict == "fail"


def test_a_waiver_before_an_instruction_or_task_holds_for_its_script(
    tmp_path: Path,
) -> None:
    containerfile = "FROM debian:12\n# pyfleet: ignore[pip-on-marked-python] to see it fail\nRUN true && \\\n  pip install x\n"
    shell = "    - shell: |\n        true\n        sudo pip install x\n"
    playbook = "- hosts: a\n  tasks:\n    # pyfleet: ignore[sudo-pip] old\n" + shell
    report = audit(tmp_path, Dockerfile=containerfile, play_DOT_yml=playbook)
    assert [finding.waived for finding in report.findings] == ["to see it fail", "old"]
    assert report.verdict == "pass"


def test_bad_input_is_one_note_each(tmp_path: Path) -> None:
    (tmp_path / "link.sh").symlink_to("/etc/passwd")
    (tmp_path / "directory.sh").mkdir()
    report = audit(
        tmp_path,
        binary_DOT_sh=b"#!/bin/sh\n\0\1\2",
        huge_DOT_sh=b"#" * (1024 * 1024 + 1),
        broken_DOT_yml="a: [1\nb: {\n",
        jinja_DOT_yml="- hosts: {{ hosts }}:!old\n  tasks: []\n",
        latin_DOT_sh="echo \u00e9\nsudo pip install x\n".encode("latin-1"),
        shell_DOT_sh="if true; then\nsudo pip install x\n",
        pip_DOT_conf="no section\n",
        uv_DOT_toml="[pip\n",
        empty_DOT_yml="",
        Dockerfile="",
    )
    (tmp_path / "pip.conf").write_text("break-system-packages = 1\n")
    names = [reason.partition(":")[0] for reason in reasons(report)]
    assert names == [
        "binary.sh",
        "broken.yml",
        "huge.sh",
        "jinja.yml",
        "pip.conf",
        "shell.sh",
        "uv.toml",
    ]
    assert (
        "jinja.yml:1: This is not valid YAML (a Jinja expression outside of quotes?)"
        in "\n".join(reasons(report))
    )
    assert [Path(finding.path).name for finding in report.findings] == [
        "latin.sh",
        "shell.sh",
    ]


def test_aliases_and_depth_do_not_stall(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x]"] + [
        f"a{row}: &a{row} [*a{row - 1}, *a{row - 1}, *a{row - 1}]"
        for row in range(1, 40)
    ]
    report = audit(
        tmp_path,
        bomb_DOT_yml="\n".join(rows),
        deep_DOT_yml="[" * 30_000,
        deep_DOT_sh="(" * 30_000,
        wide_DOT_sh="pip install " + " ".join(["$a$b$c"] * 3000) + "\n",
    )
    assert {Path(note.path).name for note in report.incomplete} >= {
        "bomb.yml",
        "deep.yml",
    }


@pytest.mark.parametrize("opening", ["{{", "{%", "{#", "${{"])
def test_jinja_that_is_never_closed_takes_linear_time(opening: str) -> None:
    def seconds(rows: int) -> float:
        text = f"x {opening}\n" * rows
        start = time.process_time()
        assert mask_jinja(text) == text
        return time.process_time() - start

    assert seconds(80_000) < 16 * max(seconds(20_000), 0.01)


def test_masks_keep_lines_and_expansions_of_the_shell() -> None:
    text = "a {% if x\n %}b{# c #} ${#d} {{ e }}${{ f }} {% g"
    assert (
        mask_jinja(text) == "a        \n   b        ${#d} JJJJJJJ" + "J" * 8 + " {% g"
    )


def test_merges_of_merges_are_visited_once(tmp_path: Path) -> None:
    rows = ["- &a0 {shell: pip install x}"]
    for row in range(1, 40):
        rows.append(f"- &a{row} {{<<: [{', '.join([f'*a{row - 1}'] * 9)}]}}")
    report = audit(tmp_path, tasks_DOT_yml="\n".join(rows) + "\n")
    assert not report.incomplete


def test_a_file_that_takes_too_long_is_one_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_source, "MAX_SECONDS", 0.2)
    start = time.monotonic()
    report = audit(
        tmp_path,
        deep_DOT_yml="[" * 100_000,
        plain_DOT_sh="pip install --break-system-packages x\n",
    )
    assert time.monotonic() - start < 5
    assert reasons(report) == ["deep.yml:0: Judging it takes longer than 0.2 seconds."]
    assert [Path(found.path).name for found in report.findings] == ["plain.sh"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("long.sh", "%s"), ("Dockerfile", "FROM debian\nRUN %s")],
)
def test_the_limit_of_time_interrupts_a_parser_written_in_c(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_source, "MAX_SECONDS", 0.2)
    (tmp_path / name).write_text(text % ("a|" * 300_000 + "a\n"))
    start = time.monotonic()
    report = audit_source.audit_paths([str(tmp_path)])
    assert time.monotonic() - start < 2
    assert [note.reason for note in report.incomplete] == [
        "Judging it takes longer than 0.2 seconds."
    ]


@pytest.mark.parametrize(
    ("opening", "closing"), [("if a; then ", " fi;"), ("{ ", " };"), ("$(", ")")]
)
def test_a_long_script_that_is_nested_deeply_is_one_note(
    opening: str, closing: str, tmp_path: Path
) -> None:
    # Longer than what the parser takes in one piece: at the limit of recursion, the library must not read the text.
    text = "true\n" * 15_000 + opening * 10_000 + "pip install x;" + closing * 10_000
    report = audit(tmp_path, a_DOT_sh=text)
    assert reasons(report) == ["a.sh:0: It is nested too deeply."]


def test_a_number_of_too_many_digits_is_a_note(tmp_path: Path) -> None:
    report = audit(tmp_path, uv_DOT_toml="a = " + "1" * 5000 + "\n")
    assert len(report.incomplete) == 1


def test_pipes_links_and_deep_directories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "Dockerfile")
    os.mkfifo(tmp_path / "script")
    (tmp_path / "pip.conf").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to(".")
    monkeypatch.chdir(tmp_path)
    try:
        for _level in range(1200):
            os.mkdir("d")
            os.chdir("d")
        Path("a.sh").write_text("pip install --break-system-packages x\n")
        report = audit_source.audit_paths([str(tmp_path)])
    finally:
        # pytest removes what earlier runs left, and before Python 3.13 shutil.rmtree() is recursive.
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)
    assert [Path(found.path).name for found in report.findings] == ["a.sh"]
    assert [Path(note.path).name for note in report.incomplete] == ["Dockerfile"]


def test_variables_that_double_stay_small(tmp_path: Path) -> None:
    assert containerfile.expand("$a", {"a": "x"}) == "x"
    assert len(containerfile.expand("$a$a", {"a": "x" * 60_000})) < 100
    report = audit(
        tmp_path, Dockerfile="ARG a=x\n" + "ARG a=$a$a\n" * 200 + "FROM $a\n"
    )
    assert not report.findings


@pytest.mark.skipif(sys.platform != "linux", reason="macOS counts in bytes")
def test_variables_of_a_script_that_double_stay_small(tmp_path: Path) -> None:
    lines = "".join('A%d="$A%d$A%d"\n' % (n, n - 1, n - 1) for n in range(1, 2000))
    text = "A0=x\n" + lines + "for a in $A1999 $A7; do sudo pip install $a; done\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = audit(tmp_path, a_DOT_sh=text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    assert [found.rule for found in report.findings] == ["sudo-pip"]
    assert not report.incomplete


@pytest.mark.parametrize(
    "library",
    ["tree_sitter", "tree_sitter_bash", "tree_sitter_containerfile", "ruamel_yaml"],
)
def test_a_missing_library_is_named_and_the_rest_is_judged(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsers, library, None)
    parsers._tree_sitter_parser.cache_clear()
    report = audit(
        tmp_path,
        a_DOT_sh="sudo pip install x\n",
        Dockerfile="FROM debian:12\nENV PIP_BREAK_SYSTEM_PACKAGES=1\nRUN pip install x\n",
        site_DOT_yml="- hosts: a\n  tasks:\n    - pip: {name: x}\n    - command: sudo pip install x\n",
        pip_DOT_conf="[global]\nbreak-system-packages = 1\n",
    )
    parsers._tree_sitter_parser.cache_clear()
    assert report.incomplete
    name = library.replace("_", "." if library == "ruamel_yaml" else "-")
    for note in report.incomplete:
        assert note.reason.startswith("Install the Python package")
        assert name in note.reason
    assert "pip.conf" in {Path(finding.path).name for finding in report.findings}


def test_every_rule_has_a_cure_for_every_place() -> None:
    for rule in RULES:
        for place in PLACES:
            assert find_cure(rule.key, place)


def test_the_page_names_every_rule_with_its_severity() -> None:
    page = (ROOT / "docs/source_audit.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"### {rule.key}\n\nSeverity: {rule.severity}." in page


def test_formats(tmp_path: Path) -> None:
    script = (
        "sudo pip install 100%,x\nsudo pip install y # pyfleet: ignore[sudo-pip] z\n"
    )
    report = audit(tmp_path, a_DOT_sh=script, b_DOT_sh=b"\0")
    sarif = json.loads(to_sarif(report))
    (run,) = sarif["runs"]
    assert sarif["version"] == "2.1.0"
    assert [result["ruleId"] for result in run["results"]] == ["sudo-pip", "sudo-pip"]
    assert run["results"][1]["suppressions"] == [
        {"kind": "inSource", "justification": "z"}
    ]
    assert (
        run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"]
        == "sudo-pip"
    )
    assert run["invocations"][0]["executionSuccessful"] is False
    (row,) = json.loads(to_gitlab(report))
    assert (row["check_name"], row["severity"], row["location"]["lines"]["begin"]) == (
        "sudo-pip",
        "major",
        1,
    )
    annotation, notice, last = to_github(report).splitlines()
    assert (
        annotation.startswith("::warning file=")
        and ",line=1,endLine=1,title=sudo-pip::" in annotation
    )
    assert notice.endswith("title=not judged::It is binary.")
    assert last == "fail: 1 finding, 1 waived, 1 not judged in 2 files"
    assert "waived: sudo-pip: z" in to_text(report)
    assert to_result(report)["findings"][0]["evidence"] == "sudo pip install 100%,x"


_INJECTIONS = [
    "a\n::error file=x::pwned\n.sh",
    "::error ::pwned.sh",
    "##[error]pwned.sh",
    "##vso[task.complete]pwned.sh",
    "b%0A::error::x,line=9.sh",
    "esc\x1b[31m\x1b]0;title\x07.sh",
    "bidi\u202egnp\u2028::error::.sh",
    "cr\r::error::\x85.sh",
    "bytes\udcff\udcfe.sh",
    "--output=x.sh",
]
_HOSTILE_SCRIPT = """::error::x | sudo pip install "\x1b[31m\u202e" '
::error::y'
sudo pip install a\r::error::b '##vso[task.complete]' -i https://me:s3cret@example.org/
sudo pip install a # pyfleet: ignore[sudo-pip] ok \x1b[31m ##[add-mask] \u202e \r::error::x
"""


def test_no_name_and_no_command_injects_anything_into_a_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in _INJECTIONS:
        with open(name, "w", encoding="utf-8") as stream:
            stream.write("#!/bin/sh\n" + _HOSTILE_SCRIPT)
    Path("Dockerfile").write_text("FROM a\x1b[31m\u202e\nRUN pip install x\n")
    Path("gitlab-ci.yml").write_text(
        'a:\n  image: "b\\n::error::\\e[31m"\n  script: [pip install x]\n'
    )
    report = audit_paths(["."])
    assert {row.path for row in report.findings} == set(_INJECTIONS)
    for make in FORMATS.values():
        output = make(report)
        assert output.replace("\n", "").isprintable()
        assert "s3cret" not in output
        if make is not to_github:  # whose lines are commands already, and a line is one
            assert "##[" not in output and "##vso[" not in output
    commands = [
        line for line in to_text(report).split("\n") if "::" in line.strip()[:2]
    ]
    assert not commands
    annotations = to_github(report).splitlines()[:-1]
    assert len(annotations) == sum(row.waived is None for row in report.findings)
    assert all(row.startswith("::warning file=") for row in annotations)


def test_sarif_names_files_by_relative_references(tmp_path: Path) -> None:
    report = Report(
        incomplete=(Note("a b/x:y\udcff#%.sh", 0, "It is binary."),),
    )
    (run,) = json.loads(to_sarif(report))["runs"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    location = notification["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "a%20b/x%3Ay%FF%23%25.sh"}


def test_names_that_no_encoding_has_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "\udcff \u00e9.sh").write_text("sudo pip install x\n")
    assert main(["--output", str(tmp_path / "report"), str(tmp_path)]) == 1
    assert "\\xff \u00e9.sh:1: medium" in (tmp_path / "report").read_text("utf-8")
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", output)
    assert main([str(tmp_path)]) == 1
    output.seek(0)
    assert "\\xff \\xe9.sh:1: medium" in output.read()


def test_files_that_pre_commit_hands_over_are_no_options() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["args"][-1] == "--"


def test_the_exit_status(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "good.sh").write_text("true\n")
    assert main([str(tmp_path)]) == 0
    (tmp_path / "bad.yml").write_text("a: [")
    assert main([str(tmp_path)]) == 3
    (tmp_path / "worse.sh").write_text("sudo pip install x\n")
    assert (
        main(
            [
                "--format",
                "json",
                "--output",
                str(tmp_path / "report.json"),
                str(tmp_path),
            ]
        )
        == 1
    )
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "fail"
    assert main(["--exclude", "worse.sh", "--exclude", "bad.yml", str(tmp_path)]) == 0
    with pytest.raises(SystemExit) as error:
        main([str(tmp_path / "missing")])
    assert error.value.code == 2
    assert "does not exist" in capsys.readouterr().err
