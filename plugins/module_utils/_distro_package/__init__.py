# SPDX-License-Identifier: GPL-3.0-or-later
"""Which package of the distribution contains a project of PyPI."""
