# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of a host that audits itself: write the result as JSON, and as metrics for node_exporter.

Exit status 0: there is a verdict, whatever it is. 1: the audit failed; the result says why. 2: the configuration cannot
be used, or nothing could be written.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._host.host import Host, Limits
from .._process.run_process import run_command
from .._process.write_file import replace_file
from .._scan.audit_pipeline import run_audit, select_subsets
from .._scan.judge.policy import make_policy
from .._scan.read.trusted_json import Unusable
from .._scan.scan_request import make_request
from .._scan.serialize.audit_result import serialize_audit
from .._scan.serialize.metrics import serialize_metrics
from .._scan.serialize.text import safe_text
from .audit_config import AuditConfig, read_config

CONFIG = "/etc/pyfleet/audit.json"
#: Of the result that a host writes; `plugin_utils/python_audit/collected.py` reads it.
SCHEMA_VERSION = 1
#: Commands are trusted ones, called by their full path; what they call themselves is the system's own.
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "LANGUAGE": "C"}


class Audited(NamedTuple):
    """What an audit of this host resulted in."""

    audit: Optional[
        Mapping[str, Any]
    ]  # as the module audit returns it; None if there is no verdict
    facts: Optional[
        Mapping[str, Any]
    ]  # as the module python_facts returns them; None if they are not requested
    problem: str  # why there is no verdict


def main(arguments: Sequence[str]) -> int:
    """Audit this host, write the result, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="audit.pyz", description="Audit the Pythons of this host."
    )
    parser.add_argument(
        "--config",
        default=CONFIG,
        metavar="FILE",
        help="the configuration (%s)" % CONFIG,
    )
    options = parser.parse_args(arguments)
    try:
        config = read_config(os.path.abspath(options.config))
    except Unusable as exc:
        return _fail(str(exc))
    audited = _audit(config)
    now = time.time()
    try:
        _write(config, _record(audited, now), serialize_metrics(audited.audit, now))
    except OSError as exc:
        return _fail("the result cannot be written: %s" % exc)
    if audited.audit is None:
        return _fail("the audit failed: %s" % audited.problem, 1)
    sys.stdout.write("%s: %s\n" % (audited.audit["verdict"], audited.audit["msg"]))
    return 0


def _audit(config: AuditConfig) -> Audited:
    try:
        policy = make_policy(config.options)
        subsets = select_subsets(policy, config.inventory)
        request = make_request(config.options, subsets)
        with _open_host(config.options) as host:
            audit, facts = run_audit(host, request, policy, config.inventory)
        return Audited(serialize_audit(audit), facts, "")
    except Exception as exc:  # recorded, so that a host that cannot audit itself is not taken for one that passed
        return Audited(None, None, "%s: %s" % (type(exc).__name__, exc))


def _open_host(options: Mapping[str, Any]) -> Host:
    def run_for_scan(argv: Sequence[str], seconds: float) -> Tuple[int, bytes, bytes]:
        return run_command(argv, {**os.environ, **_ENVIRONMENT}, "/", seconds)

    may_run = options["execute"] != "never"
    limits = Limits(seconds=options["time_limit"])
    return Host(
        root=options["root"], run=run_for_scan if may_run else None, limits=limits
    )


def _record(audited: Audited, now: float) -> Dict[str, Any]:
    """Return what a collecting playbook reads, `time` in UTC."""
    return {
        "schema_version": SCHEMA_VERSION,
        "state": "failed" if audited.audit is None else "scanned",
        "message": safe_text(audited.problem),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "audit": audited.audit,
        "facts": audited.facts,
    }


def _write(config: AuditConfig, record: Mapping[str, Any], metrics: str) -> None:
    """Write the result for root alone, as it names what is weak on this host, and the metrics for everybody."""
    replace_file(config.result, json.dumps(record, sort_keys=True) + "\n", 0o600)
    if config.textfile:
        replace_file(config.textfile, metrics, 0o644)


def _fail(message: str, status: int = 2) -> int:
    sys.stderr.write("%s\n" % safe_text(message))
    return status
