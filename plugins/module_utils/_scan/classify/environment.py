# SPDX-License-Identifier: GPL-3.0-or-later
"""What kind an environment is, of which version, and whose interpreter it stands on."""

from __future__ import annotations

from typing import Callable

from ..model import EnvironmentReading
from ..verdicts import Environment


def classify_environment(
    reading: EnvironmentReading, provider_of: Callable[[str], str]
) -> Environment:
    """Classify; ``provider_of`` gives the provider of the installation with a canonical executable, or ''."""
    provider = provider_of(reading.base) if reading.base else ""
    return Environment(
        reading, _kind(reading), _version(reading), reading.base, provider
    )


def _kind(reading: EnvironmentReading) -> str:
    if reading.conda:
        return "conda"
    if reading.pipx is not None:
        return "pipx"
    if "uv" in reading.config or reading.receipt:
        return "uv"
    return (
        "virtualenv"
        if "virtualenv" in reading.config or reading.legacy_prefix
        else "venv"
    )


def _version(reading: EnvironmentReading) -> str:
    """Return the version that is really there, else the one recorded at creation: virtualenv's is 3.9.2.final.0."""
    written = reading.config.get("version") or reading.config.get("version_info", "")
    numbers = ".".join(part for part in written.split(".")[:3] if part.isdigit())
    libraries = reading.lib_languages[0] if len(reading.lib_languages) == 1 else ""
    return reading.full_version or reading.base_language or numbers or libraries
