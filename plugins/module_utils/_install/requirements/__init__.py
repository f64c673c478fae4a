# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements files: parsing and writing."""
