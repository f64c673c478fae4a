# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Re-packing: a configured Debian root (the donor) becomes a host that knows nothing but rpm or pacman packages.

Runs inside the builder container; ``python3 -m testbed.repack`` is its only entrance.
"""
