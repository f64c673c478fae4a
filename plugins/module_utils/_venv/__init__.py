# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments: spec, state, plan, converge."""
