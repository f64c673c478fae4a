# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of community.general.pipx and ansible.builtin.pip that have another name here, and misspelt options.

The tables in docs/pipx.md and docs/venv.md are checked against these.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Collection, Iterable, List, Mapping

from .._host.record import NamedTuple


class Peer(NamedTuple):
    """Another module that users come from."""

    name: str
    options: Mapping[str, str]  # its option: what to use here
    states: Mapping[str, str]  # its value of `state`: what to use here


NO_PEER = Peer(name="", options={}, states={})
COMMUNITY_PIPX = Peer(
    name="community.general.pipx",
    options={
        "force": "leave it out: what is broken or does not match is rebuilt; reinstall=true rebuilds in any case",
        "global": "use scope",
        "include_injected": "use state=latest, which upgrades injected packages without a version as well",
        "inject_packages": "use inject, the complete list",
        "install_apps": "use inject_apps",
        "install_deps": "use include_dependencies",
        "pip_args": "use index_url, extra_index_urls, find_links, no_index, ca_bundle or timeout",
        "source": "use name, which takes a specification, a URL, or name @ URL",
        "spec_metadata": "use apps",
    },
    states={
        "inject": "use state=present with inject, the complete list",
        "install": "use state=present",
        "install_all": "use state=present with apps",
        "pin": "use state=present with pin=true",
        "reinstall": "use reinstall=true; what is broken is rebuilt in any case",
        "reinstall_all": "use reinstall=true with apps; what is broken is rebuilt in any case",
        "uninject": "use state=present with inject, the complete list",
        "uninstall": "use state=absent",
        "uninstall_all": "use state=absent with apps",
        "unpin": "use state=present with pin=false",
        "upgrade": "use state=latest",
        "upgrade_all": "use state=latest with apps",
        "upgrade_shared": "leave it out: pipx upgrades its shared libraries",
    },
)
ANSIBLE_PIP = Peer(
    name="ansible.builtin.pip",
    options={
        "break_system_packages": "leave it out: an environment is never externally managed",
        "editable": "use requirements, a file with a line such as -e /srv/app",
        "executable": "use path, the environment; its own pip, or uv, installs into it",
        "name": "use packages",
        "umask": "use mode",
        "version": "use packages, such as name==version",
        "virtualenv": "use path",
        "virtualenv_command": "use installer, and python for the interpreter",
        "virtualenv_python": "use python",
        "virtualenv_site_packages": "use system_site_packages",
    },
    states={
        "forcereinstall": "use state=present with verify=full, which rebuilds what was altered"
    },
)


def explain_options(
    unknown: Iterable[str], supported: Collection[str], peer: Peer
) -> str:
    """Return a sentence for each unknown option: what it is called here, or which option was probably meant."""
    sentences: List[str] = []
    for name in sorted(unknown):
        similar = get_close_matches(name, sorted(supported), n=1)
        if name in peer.options:
            sentences.append(
                "For %s of %s, %s." % (name, peer.name, peer.options[name])
            )
        elif similar:
            sentences.append("For %s, did you mean %s?" % (name, similar[0]))
    return " ".join(sentences)


def explain_state(state: Any, peer: Peer) -> str:
    """Return a sentence for a value of `state` that only the peer has; '' for any other."""
    if not isinstance(state, str) or state not in peer.states:
        return ""
    return "For state=%s of %s, %s." % (state, peer.name, peer.states[state])
