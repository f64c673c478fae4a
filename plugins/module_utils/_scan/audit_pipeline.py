# SPDX-License-Identifier: GPL-3.0-or-later
"""A scan, and what some rules of an audit need beside it: only what the chosen rules judge is read."""

from __future__ import annotations

from typing import Sequence

from .._host.host import Host
from .audit_model import AuditReadings
from .model import Request
from .pipeline import scan
from .read.conda_channels import read_conda_installations
from .read.conda_packages import read_conda_packages
from .read.ignored_pip_config import read_ignored_pip_configs
from .read.startup_hooks import read_startup_hooks
from .verdicts import Scan


def scan_for_audit(
    host: Host, request: Request, rules: Sequence[str]
) -> tuple[Scan, AuditReadings]:
    """Scan a host, and read what the chosen rules need beside it."""
    scanned = scan(host, request)
    readings = scanned.readings
    more = AuditReadings()
    if "startup-hook" in rules:
        more = more._replace(
            startup_hooks=read_startup_hooks(host, readings, request.execute)
        )
    if "pip-config-ignored" in rules:
        more = more._replace(
            ignored_pip_configs=read_ignored_pip_configs(host, readings)
        )
    if "conda-commercial-channel" in rules:
        more = more._replace(
            conda_installations=read_conda_installations(host, readings)
        )
    if "listed-package" in rules:
        more = more._replace(conda_packages=read_conda_packages(host, readings))
    scanned = scanned._replace(
        notes=tuple(host.notes),
        notes_left_out=host.notes_left_out,
        duration=host.elapsed(),
    )
    return scanned, more
