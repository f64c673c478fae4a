# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 5: what a scan or an audit says, as plain data."""
