# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 5: what would change it. Pure: wishes and readings in, plans out."""
