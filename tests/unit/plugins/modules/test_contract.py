# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RETURN, options and fragments are a contract: what is documented is produced and taken, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from ansible_collections.pyfleet.python.plugins.doc_fragments import _scan as fragment
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.result import (
    PipxAppResult,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.spec import (
    PipxAppRequest,
    PipxAppSpec,
    Requirement,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.state import (
    Application,
    PipxAppState,
)
from ansible_collections.pyfleet.python.plugins.module_utils._pipx.versions import (
    FEATURES,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.discover.environments import (
    SYSTEM_ROOTS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.judge.verdict import (
    judge_audit,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.model import Request
from ansible_collections.pyfleet.python.plugins.module_utils._scan.pipx_record import (
    PipxInjectedReading,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.rules.registry import (
    RULES,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.scan_request import (
    SCAN_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.audit_result import (
    serialize_audit,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.serialize.facts_result import (
    serialize_facts,
)
from ansible_collections.pyfleet.python.plugins.module_utils._scan.verdicts import (
    Policy,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.outcome import (
    Outcome,
)
from ansible_collections.pyfleet.python.plugins.module_utils._venv.plan import (
    Difference,
)
from ansible_collections.pyfleet.python.tests.unit.plugins.module_utils.fixtures import (
    factories as make,
)

pytest.importorskip("yaml", reason="checked on a controller's Python")
pytest.importorskip(
    "ansible.module_utils.basic", reason="needs ansible-core's module_utils"
)

import yaml

from ansible_collections.pyfleet.python.plugins.module_utils._ansible.pipx_app_module import (
    PIPX_ARGUMENTS,
)
from ansible_collections.pyfleet.python.plugins.module_utils._ansible.pipx_app_module import (
    to_result as pipx_app_to_result,
)
from ansible_collections.pyfleet.python.plugins.module_utils._ansible.venv_module import (
    to_result,
)
from ansible_collections.pyfleet.python.plugins.modules import (
    audit,
    pipx_app,
    python_facts,
    venv,
)

SUBSET = ("installations", "environments", "packages", "pip_config")
TYPES = {
    "str": str,
    "bool": (bool, type(None)),
    "int": int,
    "float": float,
    "dict": dict,
    "list": list,
}


def produced_facts() -> Dict[str, Any]:
    facts = serialize_facts(make.rich_scan(), Request(subset=SUBSET))
    return {"ansible_facts": {"pyfleet_python": facts}, "pyfleet_python": facts}


def produced_audit() -> Dict[str, Any]:
    policy = Policy(tuple(rule.key for rule in RULES))
    scan = make.rich_scan()
    result = serialize_audit(judge_audit(scan, policy, make.TODAY))
    return {**result, "problem": {}, "facts": {}}


def produced_venv() -> Dict[str, Any]:
    row = (("six", "1.16.0", "1.17.0"),)
    failed = OperationError(
        "no-such-project", "no release of shop was found", "Check its name.", "ERROR: …"
    )
    outcome = Outcome(
        "/srv/app/venv",
        difference=Difference(row, row, row, row, row),
        rebuilt=("It is gone.",),
    )
    told = to_result(outcome._replace(done=("created",), failed=failed))
    single = {
        key: value for key, value in told.items() if key not in ("changed", "msg")
    }
    return {**single, "environments": [told]}


def produced_pipx_app() -> Dict[str, Any]:
    request = PipxAppRequest(
        spec=PipxAppSpec(Requirement("black", "black")),
        label="black",
        scope="global",
        account=None,
        homes=("/opt/pipx",),
        bin_directory="/usr/local/bin",
        man_directory="",
        sources={},
        credentials=(),
        python="",
        backend="pip",
        executable="",
        lock_timeout=300.0,
    )
    application = Application(
        directory="/opt/pipx/venvs/black",
        home="/opt/pipx",
        name="black",
        version="24.1.0",
        commands=("black",),
        injected=(PipxInjectedReading("jmespath", "1.0.1", "jmespath", False, False),),
    )
    failed = OperationError(
        "no-such-project",
        "no release of black was found",
        "Check its name.",
        "ERROR: …",
    )
    state = PipxAppState(application.directory, application, ())
    row = pipx_app_to_result(
        PipxAppResult(request, state, "", "black 24.1.0\n", failed=failed), True
    )
    return {
        **{
            key: value for key, value in row.items() if key not in ("changed", "failed")
        },
        "apps": [row],
    }


PRODUCED = {
    "python_facts": (python_facts, produced_facts),
    "audit": (audit, produced_audit),
    "venv": (venv, produced_venv),
    "pipx_app": (pipx_app, produced_pipx_app),
}


def differences(spec: Any, values: List[Any], path: str) -> Iterator[str]:
    """Yield where values and their documentation differ; of a list of rows, all rows together must show each key."""
    for value in values:
        if not isinstance(value, TYPES[spec["type"]]) or (
            spec["type"] == "int" and isinstance(value, bool)
        ):
            yield "%s: is %s, documented as %s" % (
                path,
                type(value).__name__,
                spec["type"],
            )
            return
    if "contains" not in spec:
        return
    rows = [
        row
        for value in values
        for row in (value if isinstance(value, list) else [value])
    ]
    seen = {key for row in rows for key in row}
    for key in seen - set(spec["contains"]):
        yield "%s.%s: produced, not documented" % (path, key)
    for key, inner in spec["contains"].items():
        if key in seen:
            yield from differences(
                inner, [row[key] for row in rows if key in row], "%s.%s" % (path, key)
            )
        else:
            yield "%s.%s: documented, not produced" % (path, key)


@pytest.mark.parametrize("name", PRODUCED)
def test_return_is_what_is_returned(name: str) -> None:
    module, produce = PRODUCED[name]
    documented = {"type": "dict", "contains": yaml.safe_load(module.RETURN)}
    assert sorted(set(differences(documented, [produce()], name))) == []


def nodes(spec: Any, path: str) -> Iterator[Any]:
    for key, value in spec.items():
        yield "%s.%s" % (path, key), key, value
        yield from nodes(value.get("contains", {}), "%s.%s" % (path, key))


@pytest.mark.parametrize("name", PRODUCED)
def test_each_key_has_a_sample_and_no_name_of_a_dicts_method(name: str) -> None:
    for path, key, value in nodes(yaml.safe_load(PRODUCED[name][0].RETURN), name):
        assert not hasattr({}, key), path
        assert value["description"], path
        assert value["returned"], path
        assert "sample" in value or "contains" in value, path


@pytest.mark.parametrize("name", PRODUCED)
def test_samples_have_the_documented_type_and_keys(name: str) -> None:
    for path, _key, value in nodes(yaml.safe_load(PRODUCED[name][0].RETURN), name):
        if "sample" not in value:
            continue
        assert isinstance(value["sample"], TYPES[value["type"]]), path
        for row in value["sample"] if value["type"] == "list" else [value["sample"]]:
            if "contains" in value:
                assert set(row) <= set(value["contains"]), path
                for key in row:
                    assert isinstance(
                        row[key], TYPES[value["contains"][key]["type"]]
                    ), "%s.%s" % (path, key)


def test_scan_options_and_their_fragment_are_a_pair() -> None:
    documented = yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
    assert set(documented) == set(SCAN_ARGUMENTS)
    for name, spec in SCAN_ARGUMENTS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == spec.get(key), (name, key)


def test_options_of_pipx_app_are_documented() -> None:
    documented = yaml.safe_load(pipx_app.DOCUMENTATION)["options"]
    assert set(documented) == set(PIPX_ARGUMENTS)
    for name, spec in PIPX_ARGUMENTS.items():
        for key in ("type", "elements", "choices", "default"):
            assert documented[name].get(key) == spec.get(key), (name, key)


def test_what_a_pipx_must_be_for_is_documented_as_the_table_has_it() -> None:
    page = (Path(__file__).resolve().parents[4] / "docs/pipx.md").read_text(
        encoding="utf-8"
    )
    for row in FEATURES:
        if row.without:
            assert re.search(
                r"^\| `%s\b[^|]*\| %s \|" % (row.key, row.since), page, re.MULTILINE
            ), row


def test_the_documented_roots_are_those_that_are_searched() -> None:
    text = " ".join(
        yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"][
            "environment_roots"
        ]["description"]
    )
    for root, _less in SYSTEM_ROOTS:
        assert "V(%s)" % root in text


def test_every_rule_is_documented_with_its_severity() -> None:
    described = yaml.safe_load(audit.DOCUMENTATION)["options"]["rules"]["description"]
    assert [line.split(" - ")[0] for line in described[1:]] == [
        "V(%s) (%s)" % (rule.key, rule.severity) for rule in RULES
    ]


def test_the_documentation_of_the_rules_is_that_of_the_table() -> None:
    script = Path(__file__).resolve().parents[4] / "dev/docs_findings.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], stdout=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
