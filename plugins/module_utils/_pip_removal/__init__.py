# SPDX-License-Identifier: GPL-3.0-or-later
"""Distributions that pip installed into the directories of a package manager: removed, and those packages restored."""
