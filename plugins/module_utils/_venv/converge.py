# SPDX-License-Identifier: GPL-3.0-or-later
"""Converges environments: looks, plans, has the child build, switches, links and prunes. The one door for `venv`."""

from __future__ import annotations

import os
import random
import shutil
import time
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from .._host.host import Host
from .._install.contents import read_contents, verify_contents
from .._process.accounts import Account
from .._process.commands import OperationError, Run
from .._process.environment import clean_environment, reject_unsupported_variables
from .._process.locks import locked
from .._process.privilege_drop import run_in_child
from .._scan.select import Interpreter
from . import build as building
from . import links as exposure
from . import releases
from .fast_path import Order, Outcome, as_it_is, attempt, inputs_of, previous_of, settle
from .health import check_health, find_checker
from .host_state import Survey, find_interpreter, find_uv, missing, pip_has_an_index, survey
from .link_state import are_missing, obsolete_links
from .owner import account_of, owns
from .plan import Plan, altered, compare, plan_environment
from .spec import EnvironmentSpec
from .state import EnvironmentState, read_environment_state, read_record, releases_directory


class Converger:
    """Converges one environment after the other; what one made can speed up the next.

    :param run: runs commands.
    :param check: tell what would change, and change nothing.
    :param default_python: the interpreter where a wish names none: the one that Ansible itself uses.
    :param tell: takes a line on what is being done.
    """

    def __init__(self, run: Run, check: bool, default_python: str, tell: Callable[[str], None]) -> None:
        self._run = run
        self._check = check
        self._default_python = default_python
        self._tell = tell
        self._many = False
        self._seeds: Dict[Optional[Account], str] = {}
        self._surveys: Dict[Tuple[Optional[Account], str], Survey] = {}

    def converge(self, orders: Sequence[Order]) -> List[Outcome]:
        """Converge all that is not settled; one that fails does not keep the others from being tried."""
        self._many = len(orders) > 1
        try:
            outcomes = [attempt(order.spec, partial(self._converge, order)) for order in orders]
            return [outcome for outcome in outcomes if outcome is not None]
        finally:
            for account, pip_bootstrap in self._seeds.items():
                self._as(account, partial(shutil.rmtree, pip_bootstrap, ignore_errors=True))
            self._seeds.clear()

    def _as(self, account: Optional[Account], work: Callable[[], Any]) -> Any:
        environment, _credentials = clean_environment(account, {})
        return run_in_child(lambda say: work(), account, environment)

    def _pip_bootstrap(self, account: Optional[Account], path: str) -> str:
        """Give a directory in which an unpacked pip stays for the next environment of the same owner."""
        if self._many and account not in self._seeds:
            self._seeds[account] = str(self._as(account, partial(building.make_pip_bootstrap, path)))
        return self._seeds.get(account, "")

    # -- something may be to be done -----------------------------------------------------------------------------------
    def _converge(self, order: Order) -> Outcome:
        if self._check:
            with Host() as host:
                return self._settled(order.spec, host) or self._act(order, host)
        with locked(order.spec.path, order.spec.lock_timeout, os.geteuid()), Host() as host:
            return self._settled(order.spec, host) or self._act(order, host)

    def _settled(self, spec: EnvironmentSpec, host: Host) -> Optional[Outcome]:
        return settle(spec, host)

    def _act(self, order: Order, host: Host) -> Outcome:
        spec = order.spec
        account = account_of(spec)
        current = read_environment_state(host, spec.path)
        place = releases.place(spec.path, os.geteuid() if account is None else account.uid, host)
        hands = _Hands(place, account, self._tell)
        exposure.refuse_foreign(host, spec, hands.uid)
        if spec.health_check is not None:
            find_checker(spec.health_check, account)
        if spec.state == "absent":
            return self._remove(spec, current, hands, host)
        if spec.release:
            return self._go_back(spec, current, hands, host)
        task, found = self._prepare(order, host, current, account)
        if self._check:
            answer = self._in_child(building.predict_changes, task, account)
            return self._outcome(task, found, answer, current.release, host)
        return self._make(task, found, hands, host)

    def _prepare(
        self, order: Order, host: Host, current: EnvironmentState, account: Optional[Account]
    ) -> Tuple[building.Task, Survey]:
        spec = order.spec
        if spec.strategy == "in_place" and current.kind != "absent" and not owns(spec, current):
            hint = "Name its owner, or take strategy=atomic, which makes a new release for the new one."
            raise OperationError("other-owner", "%s belongs to another user or group" % spec.path, hint)
        inputs = inputs_of(host, spec)
        wanted = spec.python or self._default_python
        found = self._survey(host, current, account, wanted)
        asked = find_interpreter(host, spec.python, found.interpreters) if spec.python else None
        if current.prefix and current.kind != "absent":
            found = _add_problems(host, spec, current, found)
        plan = plan_environment(spec, found.present, asked)
        interpreter = self._interpreter(host, spec, plan, found, asked)
        reject_unsupported_variables()
        environment, credentials = clean_environment(account, inputs.variables)
        uv = find_uv(host, account, os.environ.get("PATH", ""))
        installer = _choose_installer(spec, found, interpreter, uv, pip_has_an_index(host, account, environment))
        task = building.Task(
            spec=spec, plan=plan, current=current, interpreter=interpreter, installer=installer, uv=uv,
            pip_bootstrap=self._pip_bootstrap(account, spec.path),
            inputs=inputs.digest, local=inputs.local, target="", release="", environment=environment,
            credentials=(*order.credentials, *credentials), run=self._run,
        )  # fmt: skip
        return task, found

    def _survey(self, host: Host, current: EnvironmentState, account: Optional[Account], wanted: str) -> Survey:
        """Look at the host; where there is no environment yet, what was seen for the one before still holds."""
        key = (account, wanted)
        if current.prefix or key not in self._surveys:
            found = survey(host, current, account, [wanted] if wanted.startswith("/") else [])
            self._surveys[key] = found
            return found
        return self._surveys[key]._replace(present=missing(current))

    def _interpreter(
        self, host: Host, spec: EnvironmentSpec, plan: Plan, found: Survey, asked: Optional[Interpreter]
    ) -> Interpreter:
        """Give the interpreter that the environment shall stand on; one that is kept keeps its own."""
        if plan.base == "copy":
            own = next((each for each in found.interpreters if each.canonical == found.present.python), None)
            if own is not None:
                return own
        return asked or find_interpreter(host, spec.python or self._default_python, found.interpreters)

    def _in_child(
        self, work: Callable[..., Dict[str, Any]], task: building.Task, account: Optional[Account]
    ) -> Dict[str, Any]:
        answer = run_in_child(lambda say: work(task, say), account, task.environment, tell=self._tell)
        return _checked(answer)

    def _make(self, task: building.Task, found: Survey, hands: _Hands, host: Host) -> Outcome:
        """Build, and let it serve."""
        spec, current = task.spec, task.current
        atomic = spec.strategy == "atomic"
        release = releases.new_id(time.time(), random.SystemRandom()) if atomic else ""
        target = os.path.join(releases_directory(spec.path), release) if atomic else (current.prefix or spec.path)
        task = task._replace(target=target, release=release)
        if atomic:
            hands.do(lambda: releases.clean_leftovers(spec.path))
        hands.make_directory(target)
        try:
            answer = self._in_child(building.build, task, hands.account)
            if atomic and not answer["same"]:
                self._check_health(task, hands)
                self._switch(task, hands)
        except BaseException:
            if atomic:
                hands.do(lambda: releases.remove_release(spec.path, release))
            elif current.kind == "absent":
                hands.do(lambda: releases.remove_empty(target))
            raise
        if answer["same"]:
            if atomic:
                hands.do(lambda: releases.remove_release(spec.path, release))
            release = current.release
        with Host() as after:
            outcome = self._outcome(task, found, answer, release, after)
            changed = exposure.expose(
                after, spec, read_environment_state(after, spec.path), current, hands.uid, hands.do_at
            )
        if atomic and not answer["same"]:
            hands.do(lambda: releases.prune(spec.path, spec.keep))
        done = outcome.done if not changed or "links" in outcome.done else (*outcome.done, "links")
        return outcome._replace(done=done, changed=outcome.changed or bool(changed))

    def _check_health(self, task: building.Task, hands: _Hands) -> None:
        check = task.spec.health_check
        if check is not None:
            self._tell("checking the health of the new release")
            check_health(self._run, check, task.target, find_checker(check, hands.account))

    def _switch(self, task: building.Task, hands: _Hands) -> None:
        path, release = task.spec.path, task.release
        if task.plan.adopt:
            old = releases.new_id(time.time() - 1, random.SystemRandom())
            hands.do(lambda: releases.adopt(path, release, old))
        else:
            hands.do(lambda: releases.switch(path, release))

    def _outcome(
        self, task: building.Task, found: Survey, answer: Mapping[str, Any], release: str, host: Host
    ) -> Outcome:
        spec, current, plan = task.spec, task.current, task.plan
        difference = compare(answer["before"], answer["after"], answer["again"])
        done = []
        if current.kind == "absent":
            done.append("created")
        if plan.adopt:
            done.append("adopted")
        if plan.base == "copy" and answer["settings"]:
            done.append("settings")
        if current.kind != "absent" and not owns(spec, current):
            done.append("owner")
        moves = spec.strategy == "atomic" and bool(
            done or plan.because or any(difference)
        )  # links follow to a new release
        if self._check and (
            (moves and spec.links) or are_missing(host, spec, current) or obsolete_links(host, spec, current)
        ):
            done.append("links")
        rebuilt = plan.because
        changed = bool(done or rebuilt or any(difference) or answer["unresolved"])
        previous = current.release if release != current.release else previous_of(current)
        return Outcome(
            spec.path, changed, task.interpreter.path, task.interpreter.version, release,
            previous, str(answer["installer"]), difference,
            answer["before"], answer["after"], rebuilt, tuple(done), str(answer["unresolved"]),
        )  # fmt: skip

    # -- other states --------------------------------------------------------------------------------------------------
    def _remove(self, spec: EnvironmentSpec, current: EnvironmentState, hands: _Hands, host: Host) -> Outcome:
        before = read_contents(host, current.prefix).packages if current.prefix else {}
        if not self._check:
            exposure.withdraw(host, spec, current, hands.uid, hands.do_at)
            hands.do(lambda: releases.remove_environment(spec.path))
        return Outcome(
            spec.path, True, previous=current.release, before=before, difference=compare(before, {}), done=("removed",)
        )

    def _go_back(self, spec: EnvironmentSpec, current: EnvironmentState, hands: _Hands, host: Host) -> Outcome:
        prefix = os.path.join(releases_directory(spec.path), spec.release)
        if spec.release not in current.releases:
            kept = ", ".join(current.releases) or "none"
            raise OperationError(
                "no-such-release", "release %s is not kept for %s" % (spec.release, spec.path), "Kept: %s." % kept
            )
        wanted = read_environment_state(host, spec.path)._replace(prefix=prefix, release=spec.release)
        after = read_contents(host, prefix)
        if not host.real(prefix + "/bin/python"):
            raise OperationError(
                "release-broken",
                "release %s has no interpreter any more" % spec.release,
                "Converge the environment with its packages instead.",
            )
        before = read_contents(host, current.prefix).packages if current.prefix else {}
        switched = current.release != spec.release
        if not self._check:
            if current.kind == "directory":
                raise OperationError(
                    "not-switched", "%s is a plain directory" % spec.path, "Converge it with strategy=atomic first."
                )
            if switched:
                hands.do(lambda: releases.switch(spec.path, spec.release))
            with Host() as now:
                exposure.expose(now, spec, read_environment_state(now, spec.path), current, hands.uid, hands.do_at)
        outcome = as_it_is(spec, wanted._replace(record=read_record(host, prefix)))
        return outcome._replace(
            changed=True, previous=current.release, before=before, after=after.packages,
            difference=compare(before, after.packages), done=("switched",) if switched else ("links",),
        )  # fmt: skip


class _Hands:
    """Who does the work in the directory above an environment: root where only root may write, else its owner."""

    def __init__(self, place: str, account: Optional[Account], tell: Callable[[str], None]) -> None:
        self.account = account
        self.uid = os.geteuid() if account is None else account.uid
        self._place = place
        self._tell = tell

    def do(self, work: Callable[[], object]) -> None:
        """Do work in the directory above the environment."""
        self.do_at(self._place, work)

    def do_at(self, place: str, work: Callable[[], object]) -> None:
        """Do work at a place that root, or the owner, may write."""
        if place == "root" or self.account is None:
            work()
        else:
            environment, _credentials = clean_environment(self.account, {})
            run_in_child(lambda say: work() and None, self.account, environment, tell=self._tell)

    def make_directory(self, path: str) -> None:
        """Make a directory for the owner, those above it as they come."""

        def make() -> None:
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
            try:
                os.mkdir(path, 0o755)
            except FileExistsError:
                return
            if self._place == "root" and self.account is not None:
                os.chown(path, self.account.uid, self.account.gid)

        self.do(make)


def _add_problems(host: Host, spec: EnvironmentSpec, current: EnvironmentState, found: Survey) -> Survey:
    """Add what neither an installer nor a look at its health would see."""
    texts = []
    if current.uid != _uid(account_of(spec)):
        texts.append("It belongs to another user, whose files are not taken over.")
    contents = read_contents(host, current.prefix)
    texts.append(altered(current.record, contents.packages, contents.builds, contents.scripts))
    if spec.verify == "full":
        paths = verify_contents(host, current.prefix)
        texts.append("Files are missing or altered: %s." % ", ".join(paths[:5]) if paths else "")
    problems = tuple(("altered", text) for text in texts if text)
    return found._replace(present=found.present._replace(problems=(*found.present.problems, *problems)))


def _uid(account: Optional[Account]) -> int:
    return os.geteuid() if account is None else account.uid


def _choose_installer(spec: EnvironmentSpec, found: Survey, interpreter: Interpreter, uv: str, pip_only: bool) -> str:
    """Choose pip or uv; what made an environment goes on with it, so that a uv that appears changes nothing."""
    if spec.installer == "uv" and not uv:
        hint = "Install uv where only root can alter it, or take installer=pip."
        raise OperationError("no-uv", "installer=uv, but no uv that may be run was found", hint)
    if spec.installer != "auto":
        return spec.installer
    if found.present.installer in ("pip", "uv") and (uv or found.present.installer == "pip"):
        return found.present.installer
    if uv and not pip_only:
        return "uv"
    return "uv" if uv and interpreter.venv is False else "pip"


def _checked(answer: Any) -> Dict[str, Any]:
    """Take what a child said for what it is: data of the environment's owner."""
    sound = (
        isinstance(answer, dict) and isinstance(answer.get("before"), dict) and isinstance(answer.get("after"), dict)
    )
    if not sound or not isinstance(answer.get("again"), list):
        raise OperationError("child-answer", "the process that worked for the owner gave no sound answer")
    return {
        "before": {str(key): str(value) for key, value in answer["before"].items()},
        "after": {str(key): str(value) for key, value in answer["after"].items()},
        "again": [str(name) for name in answer["again"]],
        "unresolved": str(answer.get("unresolved") or ""),
        "installer": str(answer.get("installer", "")),
        "settings": bool(answer.get("settings")),
        "same": bool(answer.get("same")),
    }
