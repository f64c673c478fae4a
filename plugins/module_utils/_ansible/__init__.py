# SPDX-License-Identifier: GPL-3.0-or-later
"""All of the shared code that imports Ansible.

Modules import it before the other rooms, so it is here that imports are made faster.
"""

from .payload_import import compile_once

compile_once(__loader__)
