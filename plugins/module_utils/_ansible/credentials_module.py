# SPDX-License-Identifier: GPL-3.0-or-later
"""An AnsibleModule whose options may hold credentials."""

from __future__ import annotations

from typing import Any, Iterable, NoReturn

from ansible.module_utils.basic import AnsibleModule

from .._process.secrets import find_secrets, mask_values
from .peer_options import NO_PEER, Peer, explain_options, explain_state

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22

    def register_secrets(values: Iterable[str], /) -> None:
        """Do nothing: `no_log_values` is what counts."""


#: Where distributions come from: options of every module that installs some.
INDEX_ARGUMENTS: dict[str, Any] = {
    "index_url": {"type": "str"},
    "extra_index_urls": {"type": "list", "elements": "str", "default": []},
    "index_credentials": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "host": {"type": "str", "required": True},
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "default": "", "no_log": True},
        },
    },
    "find_links": {"type": "list", "elements": "str", "default": []},
    "no_index": {"type": "bool", "default": False},
    "ca_bundle": {"type": "path"},
    "timeout": {"type": "float", "default": 0.0},
}


class Module(AnsibleModule):
    """Keeps the credentials in its options out of logs and results, and explains options that it does not have.

    :param peer: the module that users come from, whose options are answered with the ones here.
    """

    def __init__(self, *args: Any, peer: Peer = NO_PEER, **kwargs: Any) -> None:
        self.peer = peer
        self._is_validated = False
        super().__init__(*args, **kwargs)
        self._is_validated = True
        self.no_log_values.update(find_secrets(self.params))
        register_secrets(self.no_log_values)

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """End the module; begin the message of a failed validation with what to use instead."""
        if not self._is_validated:
            names = {name for name in self.params if not name.startswith("_ansible_")}
            explained = explain_options(
                names - set(self.argument_spec), self.argument_spec, self.peer
            )
            explained += explain_state(self.params.get("state"), self.peer)
            msg = ("%s %s" % (explained, msg)).strip()
        super().fail_json(msg, **kwargs)
        raise AssertionError("fail_json came back")  # for the type checker: it does not

    def add_path_info(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Leave the result as it is: what AnsibleModule adds beside a `path` would be of the link."""
        return kwargs

    def _log_invocation(self) -> None:
        """Log the options as AnsibleModule does, without the credentials in URLs and variables.

        AnsibleModule calls this before ``__init__`` has ended. Its own search for passwords cuts one that holds an @ in
        two, and logs one half.
        """
        self.no_log_values.update(find_secrets(self.params))
        params = self.params
        self.params = mask_values(params, self.no_log_values)
        try:
            super()._log_invocation()
        finally:
            self.params = params

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        """Mask the result and the options within it (`invocation`), whatever this ansible-core does by itself.

        From 2.22 on it masks registered secrets on the controller, and those of four characters or more only.
        """
        self.params = mask_values(self.params, self.no_log_values)
        super()._return_formatted(mask_values(kwargs, self.no_log_values))
