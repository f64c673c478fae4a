# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 4: may pip write there, and is it sound? Pure functions over what was classified."""
