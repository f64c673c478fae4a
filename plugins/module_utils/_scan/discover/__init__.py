# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 1: where may a Python be?"""
