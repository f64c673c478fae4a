# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection without Ansible: a command line for what a host does by itself. The lookup rebuild_zipapp packs it."""
