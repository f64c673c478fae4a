# SPDX-License-Identifier: GPL-3.0-or-later
"""Installers, pip and uv: requirements, indexes, credentials and errors."""
