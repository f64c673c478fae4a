# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door to the machine: every file, link and command is reached through it."""
