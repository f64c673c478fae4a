# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule about configuration that pip does not read."""

from __future__ import annotations

from ..audit_model import IgnoredPipConfig
from .rule import Check, Results, Rule, ScannedHost

PIP_CONFIG_IGNORED = Rule(
    key="pip-config-ignored",
    severity="low",
    needs=("installations", "pip_config"),
    cure="Set the keys with the module pyfleet.python.pip_config, and remove {subject}.",
)


def check_ignored_configs(scanned: ScannedHost) -> Results:
    """Yield each file that pip does not read, or reads without an effect of all that is in it."""
    by_path: dict[str, list[IgnoredPipConfig]] = {}
    for row in scanned.more.ignored_pip_configs:
        by_path.setdefault(row.path, []).append(row)
    for path, rows in by_path.items():
        first = _describe(rows[0])
        more = ", and %d more" % (len(rows) - 1) if len(rows) > 1 else ""
        yield PIP_CONFIG_IGNORED.finding(
            path,
            "pip ignores %s%s" % (first, more)
            if rows[0].what != "file"
            else "pip cannot read it: " + rows[0].reason,
            cure=_cure(path, rows[0]),
            evidence=[_describe(row) for row in rows],
        )


def _describe(row: IgnoredPipConfig) -> str:
    if row.what == "section":
        return "the section [%s]: %s" % (row.name, row.reason)
    if row.what == "key":
        return "the key %s: %s" % (row.name, row.reason)
    return "the file: " + row.reason


def _cure(path: str, row: IgnoredPipConfig) -> str:
    """Return how the settings take effect."""
    if row.what == "place":
        return (
            "Set the keys in %s with the module pyfleet.python.pip_config, and remove %s."
            % (row.instead, path)
        )
    if row.what == "section" and row.instead:
        module = (
            "Set them in section %s with the module pyfleet.python.pip_config"
            % row.instead
        )
        return "%s, and remove [%s] from %s." % (module, row.name, path)
    if row.what == "key" and row.instead:
        return "Set %s with the module pyfleet.python.pip_config, and remove %s." % (
            row.instead,
            row.name,
        )
    if row.what == "file":
        return "Save it as UTF-8 without a byte order mark, or write it with the module pyfleet.python.pip_config."
    return (
        "Remove it from %s, or set the key that is meant with the module pyfleet.python.pip_config."
        % path
    )


CHECKS = (Check(check_ignored_configs, (PIP_CONFIG_IGNORED,)),)
