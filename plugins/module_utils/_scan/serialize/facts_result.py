# SPDX-License-Identifier: GPL-3.0-or-later
"""A scan as plain data: the RETURN contract of python_facts, bounded."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import Any, Dict

from ..model import Owner, PipReading, Request, Settings
from ..verdicts import JudgedEnvironment, JudgedInstallation, Scan
from .text import plain, safe_text

#: Bytes of JSON that a result may weigh; what would go beyond is left out, and said.
SIZE_LIMIT = 1024 * 1024

Plain = Dict[str, Any]


def serialize_facts(
    scan: Scan, request: Request, root: str = "/", limit: int = SIZE_LIMIT
) -> Plain:
    """Return the facts of a scan: the requested subsets, and always what is incomplete."""
    readings, judged, subset = scan.readings, scan.judged, request.subset
    context, system = (
        scan.classified.context._asdict(),
        _pick(readings.system, "id version name kernel"),
    )
    counts = {
        "installations": len(judged.installations),
        "environments": len(judged.environments),
    }
    facts: Plain = {
        "context": {**context, "system": system},
        "incomplete": scan.notes,
        "scan": {
            "duration": round(scan.duration, 4),
            "root": root,
            "subset": sorted(subset),
            "execute": request.execute,
            "users": [user.name for user in readings.users],
            "search_paths": readings.search_paths,
            "counts": {**counts, "incomplete": len(scan.notes) + scan.notes_left_out},
        },
    }
    if "installations" in subset:
        facts["installations"] = [_installation(row) for row in judged.installations]
        facts["commands"] = readings.commands
    if "environments" in subset:
        facts["environments"] = [_environment(row) for row in judged.environments]
    for key in counts if "packages" in subset else ():
        for row, told in zip(getattr(scan.classified, key), facts.get(key, ())):
            told["packages"] = row.packages
    if "pip_config" in subset:
        facts["pip_config"] = _settings(readings.settings)
    return bound(plain(facts), limit)


def _installation(judged: JudgedInstallation) -> Plain:
    row, managed, reading = (
        judged.installation,
        judged.managed,
        judged.installation.reading,
    )
    package = _pick(
        row.package or Owner("", "", "", ""), "name=package version manager"
    )
    known = bool(row.package or not row.package_unknown)
    because = _pick(managed, "pip=pip.because uv=uv.because")
    return {
        **_pick(row, "version version_source provider provider_because system"),
        **_pick(reading, "path names implementation prefix stdlib problems"),
        **_pick(reading, "trusted=trust.trusted trusted_because=trust.because"),
        "site_packages": [directory.path for directory in reading.site_directories],
        "package": {**package, "known": known, "because": row.package_unknown},
        "externally_managed": {
            **_pick(managed, "marker state because message neutralised_by=overrides"),
            "effective": {
                **_pick(managed, "pip=pip.stopped uv=uv.stopped"),
                "because": because,
            },
        },
        "venv": _pick(judged.venv, "usable ensurepip missing_package because"),
        "pip": reading.pip or PipReading("", ""),
    }


def _environment(judged: JudgedEnvironment) -> Plain:
    row, reading, pipx = (
        judged.environment,
        judged.environment.reading,
        judged.environment.reading.pipx,
    )
    told = {
        **_pick(row, "kind version base base_provider"),
        **_pick(reading, "path python user"),
        "system_site_packages": reading.config.get("include-system-site-packages", "")
        .strip()
        .lower()
        == "true",
        "health": judged.health,
        "problems": [
            _pick(problem, "code message hint") for problem in judged.problems
        ],
    }
    if pipx:
        names = "name=application version suffix commands injected python pinned backend home error"
        told["application"] = _pick(pipx, names)
    return told


def _settings(settings: Settings) -> Plain:
    files = [_pick(row, "path scope user error settings") for row in settings.pip_files]
    for row in files:
        told = [
            (section, option, _value(option, value))
            for section, option, value in row["settings"]
        ]
        row["settings"] = [
            dict(zip(("section", "option", "value"), each)) for each in told
        ]
    variables = [
        {**_pick(row, "name source scope user"), "value": _value(*row[:2])}
        for row in settings.variables
    ]
    uv_files = [
        _pick(row, "path scope user break_system_packages error")
        for row in settings.uv_files
    ]
    return {"files": files, "uv_files": uv_files, "variables": variables}


def _value(name: str, value: str) -> str:
    """Redact a value together with its name, which may say that it is a secret."""
    return safe_text("%s=%s" % (name, value), lines=True)[len(safe_text(name)) + 1 :]


def _pick(record: Any, names: str) -> Plain:
    """Return attributes of a record by their names; ``key=a.b`` returns a nested one under another name."""
    return {
        name.partition("=")[0]: attrgetter(name.rpartition("=")[2])(record)
        for name in names.split()
    }


def bound(facts: Plain, limit: int) -> Plain:
    """Cut lists from their ends, the least important first, until the whole fits, and say what was cut."""
    left = limit - len(json.dumps(facts))
    if left >= 0:
        return facts
    left -= 8192  # for what is said of it
    pythons = [
        row for key in ("environments", "installations") for row in facts.get(key, ())
    ]
    parts: list[tuple[Plain, str]] = [(row, "packages") for row in pythons]
    parts += [
        (facts, key)
        for key in ("incomplete", "environments", "commands", "installations")
    ]
    parts += [
        (facts.get("pip_config", {}), key) for key in ("files", "variables", "uv_files")
    ]
    dropped: dict[str, int] = {}
    for holder, key in parts:
        while left < 0 and holder.get(key):
            left += len(json.dumps(holder[key].pop())) + 2
            dropped[key] = dropped.get(key, 0) + 1
    for key, count in dropped.items():
        reason = "%d %s left out: the result would be too large" % (count, key)
        facts["incomplete"].append({"path": "", "code": "cut", "reason": reason})
    return facts
