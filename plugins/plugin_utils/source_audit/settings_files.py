# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge configuration files of pip and uv that lie in a repository."""

from __future__ import annotations

import configparser
from typing import Any

import tomllib

from .collector import Collector
from .model import Finding, NotJudged
from .shell_state import is_true

_KEY = "break-system-packages"


def judge_pip_config(text: str, collector: Collector) -> None:
    """Judge a pip.conf; raise NotJudged where pip could not read it either."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise NotJudged(f"pip cannot read it: {str(error).splitlines()[0]}.") from None
    for section in parser.sections():
        for key, value in parser.items(section):
            if key.replace("_", "-") == _KEY and is_true(value):
                _add(
                    collector,
                    f"[{section}] switches the protection of PEP 668 off for every pip command.",
                )


def judge_uv_config(text: str, collector: Collector) -> None:
    """Judge a uv.toml or pyproject.toml; raise NotJudged where it is not TOML."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except ValueError as error:
        # TOMLDecodeError, or a number of more digits than Python reads.
        raise NotJudged(f"This is not valid TOML: {error}.") from None
    tables = [data.get("pip"), _table(_table(data.get("tool")).get("uv")).get("pip")]
    if any(_table(table).get(_KEY) is True for table in tables):
        _add(
            collector,
            "The setting switches the protection of PEP 668 off for `uv pip`.",
        )


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _add(collector: Collector, message: str) -> None:
    lines = enumerate(collector.lines, 1)
    line = next(
        (
            number
            for number, text in lines
            if text.replace("_", "-").lower().lstrip().startswith(_KEY)
        ),
        1,
    )
    collector.add(
        Finding(
            rule="break-system-packages-setting",
            path=collector.path,
            line=line,
            end_line=line,
            message=message,
            evidence=collector.lines[line - 1].strip()[:200],
            place="host",
        )
    )
