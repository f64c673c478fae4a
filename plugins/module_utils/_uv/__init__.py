# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons that uv installs and upgrades, in one directory with one owner."""
