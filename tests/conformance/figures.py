# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that tests leave for the end of the run, also those of a worker of pytest-xdist."""

from __future__ import annotations

FIGURES: list[str] = []
