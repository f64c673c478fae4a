# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a module as defaults for the items of its list option: `environments` of venv, `apps` of pipx_app."""

from __future__ import annotations

import copy
from typing import Any, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .credentials_module import Module
from .peer_options import explain_options, explain_state
from .refusal import refuse


def merge_with_defaults(
    module: Module,
    arguments: Mapping[str, Any],
    option: str,
    item: Mapping[str, Any],
    *,
    label: str,
    key: str,
) -> dict[str, Any]:
    """Return the options of one item: its own, validated as the module's are, else the module's.

    Ends the module where an option of the item is invalid.

    :param arguments: the argument spec that the items share with the module.
    :param option: the list option that holds the item.
    :param label: the item in messages, such as `apps[0]`.
    :param key: the option that identifies an item, which has no default.
    """
    argument_spec = copy.deepcopy(dict(arguments))
    for argument in argument_spec.values():
        argument.pop("default", None)
    result = ArgumentSpecValidator(argument_spec).validate(dict(item))
    if result.error_messages:
        message = "%s: %s" % (label, "; ".join(result.error_messages))
        explained = [
            explain_options(result.unsupported_parameters, argument_spec, module.peer),
            explain_state(item.get("state"), module.peer),
            "An entry accepts the options of the module.",
        ]
        refuse(module, option, message, " ".join(each for each in explained if each))
    own = {
        name: value
        for name, value in result.validated_parameters.items()
        if value is not None
    }
    defaults = {name: module.params[name] for name in arguments}
    return {**defaults, key: None, **own}


def merge_all_with_defaults(
    module: Module, arguments: Mapping[str, Any], option: str, *, key: str
) -> list[dict[str, Any]]:
    """Return the options of every item of a list option; of the module alone where the option is not set."""
    items = module.params[option]
    if items is None:
        return [dict(module.params)]
    return [
        merge_with_defaults(
            module, arguments, option, item, label="%s[%d]" % (option, number), key=key
        )
        for number, item in enumerate(items)
    ]
