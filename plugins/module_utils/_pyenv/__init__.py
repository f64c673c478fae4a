# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons of one pyenv root."""
