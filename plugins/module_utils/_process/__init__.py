# SPDX-License-Identifier: GPL-3.0-or-later
"""Effects: what carries a plan out. Standard library only; commands come in through an injected callable."""
