# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments of conda, mamba and micromamba: what is requested of them, what is there, and how it is changed."""
