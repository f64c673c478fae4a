# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure core: discover, read, classify, judge, report."""
