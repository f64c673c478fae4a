# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXTERNALLY-MANAGED files of a host (PEP 668): restored as shipped, or the site's own."""
