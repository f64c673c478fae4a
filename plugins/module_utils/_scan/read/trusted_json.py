# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON that root wrote for a program that runs as root: read only if nobody else could have written it."""

from __future__ import annotations

import json
from typing import Any

from ..._host.host import Host
from .trust import TrustReader


class Unusable(Exception):
    """A file cannot be used; the text is one sentence that says why."""


def read_trusted_json(host: Host, path: str, limit: int) -> Any:
    """Return the value in the file at ``path``, of at most ``limit`` bytes.

    :raises Unusable: if it is missing, unreadable or no JSON, or if others could have written it.
    """
    real = host.real(path)
    if real is None:
        raise Unusable("%s is not there" % path)
    trust = TrustReader(host).judge([real])
    if not trust.trusted:
        because = "; ".join(trust.because)
        raise Unusable("other users can write %s: %s" % (path, because))
    data = host.content(real, limit)
    if data is None:
        raise Unusable("%s cannot be read" % path)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as exc:
        raise Unusable("%s is not valid JSON: %s" % (path, exc)) from None
