# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 2: what is it? Everything that the files say, and nothing that has to be run."""
