# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings in the configuration files of pip and uv."""
