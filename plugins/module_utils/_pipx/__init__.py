# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications that pipx installs: spec, state, plan, converge."""
