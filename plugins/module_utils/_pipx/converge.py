# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings applications of pipx to what is wanted: looks, plans, lets pipx do it as the owner, and looks again."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import Any, Callable, Optional, Sequence, Tuple

from .._host.host import Host
from .._process.commands import OperationError, Run, from_os_error
from .._process.locks import locked
from .._process.privilege_drop import clean_environment, run_in_child
from .._scan import pep440 as versions
from .._scan.project_name import canonicalize_name
from .._scan.read.pyvenv_cfg import parse_shebang
from .._scan.read.trust import TrustReader
from .fast_path import Order, Outcome, Seen, look, outcome_of, refuse_foreign
from .plan import Plan, Step, describe, parse_requirement, plan, predict_changes
from .run import Pipx, Work, index_environment, needed, with_pipx
from .spec import Application, Requirement
from .versions import ability

_PLACES = ("/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin")
_ROUNDS = 4  # more than any plan needs: what is installed from a URL has a name, and so more steps, only afterwards
_UNRESOLVED = "only an upgrade itself can tell whether there is a newer release"


class Convergence:
    """Brings applications to what is wanted, one after the other.

    :param run: runs a command.
    :param check: only tell what would be done.
    """

    def __init__(self, run: Run, check: bool) -> None:
        self._run = run
        self._check = check

    def converge(self, order: Order) -> Outcome:
        """Bring one application to what is wanted; a failure is part of the outcome."""
        seen = look(order)
        try:
            refuse_foreign(order, seen)
            if self._check:
                return self._predict(order, seen)
            with locked(order.homes[0], order.lock_timeout, os.geteuid()):
                return self._converge(order)
        except OperationError as exc:
            return outcome_of(order, seen, seen)._replace(failed=exc)
        except OSError as exc:
            return outcome_of(order, seen, seen)._replace(failed=from_os_error(exc, order.label))

    def _predict(self, order: Order, seen: Seen) -> Outcome:
        newer = self._ask_for_newer(order, seen)
        todo = plan(order.wish, seen.found, seen.links, newer)
        kinds = [step.kind for step in todo.steps]
        self._refuse_what_pipx_cannot(order, seen, kinds)
        after = predict_changes(order.wish, seen.found, todo)
        unresolved = _UNRESOLVED if newer is None and "upgrade" in kinds else ""
        before = describe(seen.found)
        return Outcome(order, seen, before, after, bool(todo.steps), todo.repaired, unresolved)

    def _refuse_what_pipx_cannot(self, order: Order, seen: Seen, kinds: Sequence[str]) -> None:
        """Fail where the real run would, unless there is no pipx yet: what comes before may bring it."""
        if kinds and _find_pipx(order, True):
            work = _work_of(order, seen)
            if needed(kinds, work.backend):
                self._in_child(order, work, lambda pipx: pipx.refuse_what_it_cannot(kinds))

    def _converge(self, order: Order) -> Outcome:
        """Do what is to be done. Nobody else is at work, so that what is seen now holds."""
        before = look(order)
        try:
            changed, repaired, seen = self._work(order, before)
        except OperationError as exc:
            return outcome_of(order, before, look(order))._replace(failed=exc)
        told = outcome_of(order, before, seen)
        return told._replace(changed=changed or told.changed, repaired=repaired)

    def _work(self, order: Order, seen: Seen) -> Tuple[bool, str, Seen]:
        newer, changed, repaired = self._ask_for_newer(order, seen), False, ""
        for _turn in range(_ROUNDS):
            refuse_foreign(order, seen)
            todo = self._plan(order, seen, newer)
            if not todo.steps:
                return changed, repaired, seen
            # Of an upgrade that nobody could foresee, what it did tells.
            changed = changed or newer is True or todo.steps != (Step("upgrade"),)
            repaired = repaired or todo.repaired
            self._carry_out(order, seen, todo)
            newer, seen = False, look(order)
        message = "%s is not as it is wanted after all was done" % order.label
        raise OperationError("not-converged", message, "See what pipx says of it: pipx list.")

    def _plan(self, order: Order, seen: Seen, newer: Optional[bool]) -> Plan:
        todo = plan(order.wish, seen.found, seen.links, newer)
        if "uninject" in [step.kind for step in todo.steps]:
            version = self._in_child(order, _work_of(order, seen), Pipx.version)
            able = versions.at_least(str(version), ability("uninject").since) is True
            return plan(order.wish, seen.found, seen.links, newer, able)
        return todo

    def _ask_for_newer(self, order: Order, seen: Seen) -> Optional[bool]:
        """Tell whether an upgrade would change anything, so that check mode and the real run agree."""
        found, wish = seen.found, order.wish
        if wish.state != "latest" or found is None or found.problems or found.backend != "pip" or found.interrupted:
            return None
        if found.pinned and wish.pin is not False:
            return False
        recorded = parse_requirement(found.spec) or Requirement(found.spec, found.name)
        extras = "[%s]" % ",".join(recorded.extras) if recorded.extras else ""
        specs = [recorded.text if recorded.url else found.name + extras]
        if _upgrades_injected(order):
            specs += [each.name for each in found.injected]
        answer = self._in_child(order, _work_of(order, seen), lambda pipx: pipx.newer(specs))
        return answer if isinstance(answer, bool) else None

    def _carry_out(self, order: Order, seen: Seen, todo: Plan) -> None:
        steps = [(step.kind, list(step.words)) for step in todo.steps]
        if not order.wish.requirement.name and steps[0][0] == "install":
            steps = steps[:1]  # its name is known only then
        if _upgrades_injected(order):
            steps = [(kind, ["--include-injected"] if kind == "upgrade" else words) for kind, words in steps]
        work = _work_of(order, seen, remove=steps[0][0] == "remove")
        works = [work]
        if not work.directory and steps[0][0] == "remove":
            name = canonicalize_name(order.wish.requirement.name + order.wish.suffix)
            works = [work._replace(directory=home + "/venvs/" + name) for home in order.homes]
        for each in works:
            self._in_child(order, each, lambda pipx: _alone(order, lambda: pipx.carry_out(steps)))

    def _in_child(self, order: Order, work: Work, do: Callable[[Pipx], Any]) -> Any:
        name = canonicalize_name(order.wish.requirement.name + order.wish.suffix)
        return run_in_child(lambda say: with_pipx(self._run, work, name, do), order.account, work.environment)


def _alone(order: Order, do: Callable[[], None]) -> None:
    """Do something in the child of root's that is somebody else, while that user's own runs wait."""
    account = order.account
    with locked(order.homes[0], order.lock_timeout, account.uid) if account is not None else nullcontext():
        do()


def _upgrades_injected(order: Order) -> bool:
    return not any(each.specifier for each in order.wish.inject or ())


def _work_of(order: Order, seen: Seen, remove: bool = False) -> Work:
    executable = _find_pipx(order, remove)
    extra = {
        "USE_EMOJI": "0",
        "COLUMNS": "1000",
        "PIP_NO_INPUT": "1",
        "PIP_USER": "0",
        **index_environment(order.sources),
    }
    if order.scope == "global" or len(order.homes) == 1:
        extra["PIPX_HOME"] = order.homes[0]
    extra.update(PIPX_BIN_DIR=order.bin_directory, PIPX_MAN_DIR=order.man_directory)
    extra["PIPX_COMPLETION_DIR"] = os.path.dirname(order.man_directory)
    backend = order.backend if seen.found is None else seen.found.backend
    if backend != "auto":
        extra["PIPX_DEFAULT_BACKEND"] = backend
    environment, credentials = clean_environment(order.account, extra)
    return Work(
        executable,
        environment,
        order.bin_directory,
        order.man_directory,
        (*order.credentials, *credentials),
        _install_options(order, seen),
        seen.directory,
        backend,
    )


def _install_options(order: Order, seen: Seen) -> Tuple[str, ...]:
    wish, found = order.wish, seen.found or Application("", "", "", "")
    options = ["--suffix", wish.suffix] if wish.suffix else []
    python = order.python if order.python.startswith("/") else "python" + wish.language if wish.language else ""
    options += ["--python", python] if python else []
    for option, asked, there in (
        ("--system-site-packages", wish.system_site_packages, found.system_site_packages),
        ("--include-deps", wish.include_dependencies, found.include_dependencies),
    ):
        options += [option] if (there if asked is None else asked) else []
    return tuple(options)


def _find_pipx(order: Order, optional: bool) -> str:
    """Give the pipx to run; where root runs it, only one that nobody else can have altered."""
    places = [place + "/pipx" for place in _PLACES]
    if order.scope == "user":
        places.append(order.bin_directory + "/pipx")
    places = [order.executable] if order.executable else places
    with Host() as host:
        path = next((path for path in places if host.is_file(path)), "")
        if not path and not optional:
            message = "there is no %s" % (order.executable or "pipx on this host")
            raise OperationError("no-pipx", message, "Install it, as the role pyfleet.python.pipx does.")
        if path and os.geteuid() == 0 and (order.account is None or order.account.uid == 0):
            real = host.real(path) or path
            interpreter = parse_shebang(host.content(real, 4096, True) or b"")
            files = [os.path.join(os.path.realpath(os.path.dirname(path)), "pipx"), real, host.real(interpreter) or ""]
            trust = TrustReader(host).judge(each for each in files if each)
            if trust.trusted is not True:
                message = "root must not run %s: %s" % (path, "; ".join(trust.because))
                raise OperationError("pipx-untrusted", message, "Install a pipx that only root can alter.")
    return path
