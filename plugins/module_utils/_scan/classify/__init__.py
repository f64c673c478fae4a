# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 3: whose is it? Pure functions over what was read."""
