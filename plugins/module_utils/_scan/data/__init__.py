# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of facts; rows with their evidence, no behaviour."""
