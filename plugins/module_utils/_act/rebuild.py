# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuilds environments that an upgrade of Python broke, with the versions that they had; needs no playbook.

Sound ones are left alone. What decides is root's: the list of environments, the indexes, the interpreter. The record in
an environment is its owner's, and says names and versions only. Where root does the work itself, the record and all
files that are installed from must be root's as well.
"""

from __future__ import annotations

import os
from typing import Optional, Tuple

from .._core.host import Host
from .._core.plan.rebuild import is_by_hash, pin
from .._core.plan.refusals import refuse, refuse_together
from .._core.plan.venv import REBUILT, plan_environment
from .._core.read.environment_list import Listed, Unusable, read_environment_list
from .._core.read.inputs import read_inputs
from .._core.read.links import are_missing
from .._core.read.release import RECORD, Serving, read_serving
from .._core.read.trust import TrustReader
from .._core.wish import Wish
from . import building
from .accounts import Account, account_of
from .commands import Failed
from .secrets import holds_credentials
from .settled import Order, Outcome
from .survey import Survey, find_interpreter, survey
from .venv import Converger

_HINT = "Run the playbook that made it."


def read_list(path: str) -> Tuple[Listed, ...]:
    """Read the list of environments; raises Unusable where it can't be used, or asks for what the module refuses."""
    with Host() as host:
        listed = read_environment_list(host, path)
    wishes = [each.wish for each in listed]
    for refusal in (*refuse_together(wishes), *(each for wish in wishes for each in refuse(wish))):
        raise Unusable("%s: %s" % (path, refusal.message))
    for wish in wishes:
        if _holds_credentials(wish):
            message = (
                "%s: the entry of %s holds credentials; those of an index belong into pip's own configuration on the"
            )
            raise Unusable(
                message % (path, wish.path) + " host, those of a health check into a file that its command reads"
            )
    return listed


def _holds_credentials(wish: Wish) -> bool:
    urls = [wish.index_url, *wish.extra_index_urls, *wish.find_links, *wish.packages]
    return holds_credentials([urls, wish.health_check._asdict() if wish.health_check else {}])


class Rebuilder(Converger):
    """Makes environments anew that do not work any more, each under its lock and in one step, as a converge does."""

    def _settled(self, wish: Wish, host: Host) -> Optional[Outcome]:
        """Give the outcome of an environment that works, and raise Failed for one that can't be rebuilt."""
        serving = read_serving(host, wish.path)
        if serving.kind == "other":
            raise Failed("not-an-environment", "%s is %s" % (wish.path, serving.what), "Take it off the list.")
        if serving.kind == "absent":
            raise Failed("not-there", "%s is not there" % wish.path, _HINT)
        if self._why(wish, serving, host) or are_missing(host, wish, serving):
            return None
        record = serving.record
        python, version = str(record.get("python", "")), str(record.get("version", ""))
        return Outcome(wish.path, python=python, version=version, release=serving.release)

    def _why(self, wish: Wish, serving: Serving, host: Host) -> Tuple[str, ...]:
        """Tell why an environment is to be made anew; empty where it is sound."""
        account = account_of(wish)
        wanted = wish.python or self._default_python
        found = survey(host, serving, account, [wanted] if wanted.startswith("/") else [])
        broken = any(code in REBUILT for code, _message in found.present.problems)
        asked = None
        if wish.python and not broken:
            try:
                asked = find_interpreter(host, wish.python, found.interpreters)
            except Failed:
                return ()  # it works, and there is nothing better to stand on
        return plan_environment(wish, found.present, asked).because

    def _prepare(
        self, order: Order, host: Host, serving: Serving, account: Optional[Account]
    ) -> Tuple[building.Task, Survey]:
        """Ask for what is on record, on the interpreter that is there now."""
        wish, record = order.wish, serving.record
        if not record:
            raise Failed("no-record", "what was in %s is not on record" % wish.path, _HINT)
        _refuse_files_of_others(wish, serving, account)
        inputs = read_inputs(host, wish)
        unchanged = not inputs.missing and record["inputs"] == inputs.digest
        if is_by_hash(wish) and not unchanged:
            message = "the files that %s is locked by are not those that it was made from" % wish.path
            raise Failed("lock-changed", message, _HINT)
        try:
            pinned = pin(wish, record, unchanged)
        except ValueError as exc:
            raise Failed("unsound-record", "the record of %s is not sound: %s" % (wish.path, exc), _HINT) from None
        task, found = super()._prepare(order._replace(wish=pinned), host, serving, account)
        # What the playbook asked for is there again: its next run need not look further.
        return task._replace(inputs=record["inputs"]), found


def _refuse_files_of_others(wish: Wish, serving: Serving, account: Optional[Account]) -> None:
    """Fail where somebody but root and who does the work could have written what is worked from."""
    local = [each[7:] if each.startswith("file://") else each for each in (*wish.find_links, *wish.packages)]
    named = [*wish.requirements, *wish.constraints, wish.lock, *local]
    with Host(uid=os.geteuid() if account is None else account.uid) as theirs:
        files = [theirs.real(path) for path in named if path.startswith("/")]
        trust = TrustReader(theirs).judge([os.path.join(serving.prefix, RECORD), *(path for path in files if path)])
    if not trust.trusted:
        message = "others could have written what %s would be made from: %s" % (wish.path, "; ".join(trust.because))
        raise Failed("untrusted-files", message, "Give them to root, or to the owner of the environment.")
