# SPDX-License-Identifier: GPL-3.0-or-later
"""Converges environments: looks, plans, has the child build, switches, links and prunes. The one door for `venv`."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._core.host import Host
from .._core.plan.python_choice import Interpreter
from .._core.plan.venv import Difference, Plan, altered, compare, is_settled, plan_environment
from .._core.read.inputs import Inputs, read_inputs
from .._core.read.release import (
    Serving,
    read_contents,
    read_record,
    read_serving,
    releases_directory,
    verify_contents,
)
from .._core.wish import Wish
from . import building, exposure, releases
from .commands import Failed, Run
from .demoted import Account, clean_environment, find_account, run_in_child
from .locks import locked
from .survey import Survey, find_interpreter, find_uv, pip_has_an_index, survey


class Order(NamedTuple):
    """One environment that is asked for, and the credentials for its indexes."""

    wish: Wish
    credentials: Tuple[Any, ...] = ()


class Outcome(NamedTuple):
    """What became of one environment."""

    path: str
    changed: bool = False
    python: str = ""
    version: str = ""
    release: str = ""
    previous: str = ""
    installer: str = ""
    difference: Difference = Difference()
    before: Mapping[str, str] = {}
    after: Mapping[str, str] = {}
    rebuilt: Tuple[str, ...] = ()
    done: Tuple[str, ...] = ()  # what else was changed: created, adopted, owner, mode, links, switched, removed
    unresolved: str = ""
    duration: float = 0.0
    failed: Optional[Failed] = None


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

    def converge(self, orders: Sequence[Order]) -> List[Outcome]:
        """Converge all; one that fails does not keep the others from being tried."""
        self._many = len(orders) > 1
        try:
            with Host() as host:
                return [self._timed(order, host) for order in orders]
        finally:
            for account, seed in self._seeds.items():
                self._as(account, partial(shutil.rmtree, seed, ignore_errors=True))
            self._seeds.clear()

    def _as(self, account: Optional[Account], work: Callable[[], Any]) -> Any:
        environment, _credentials = clean_environment(account, {})
        return run_in_child(lambda say: work(), account, environment)

    def _seed(self, account: Optional[Account]) -> str:
        """Give a directory in which an unpacked pip stays for the next environment of the same owner."""
        if self._many and account not in self._seeds:
            self._seeds[account] = str(self._as(account, lambda: tempfile.mkdtemp(prefix=building.SEEDS)))
        return self._seeds.get(account, "")

    def _timed(self, order: Order, host: Host) -> Outcome:
        started = time.monotonic()
        try:
            outcome = self._settled(order.wish, host) or self._converge(order)
        except Failed as exc:
            outcome = Outcome(order.wish.path, failed=exc)
        except OSError as exc:
            problem = Failed("io-error", "%s: %s" % (exc.filename or order.wish.path, exc.strerror or exc))
            outcome = Outcome(order.wish.path, failed=problem)
        if order.wish.strategy == "in_place":  # also where what serves is a release that is changed in place
            outcome = outcome._replace(release="", previous="")
        return outcome._replace(duration=round(time.monotonic() - started, 3))

    # -- nothing to do: told by reading alone --------------------------------------------------------------------------
    def _settled(self, wish: Wish, host: Host) -> Optional[Outcome]:
        """Give the outcome where nothing is to be done, as reading alone tells."""
        serving = read_serving(host, wish.path)
        if serving.kind == "other":
            raise Failed(
                "not-an-environment",
                "%s is %s" % (wish.path, serving.what),
                "Move it away, or name another path; nothing was touched.",
            )
        if wish.state == "absent":
            nothing = serving.kind == "absent" and not (serving.releases or serving.unfinished)
            return Outcome(wish.path) if nothing and not exposure.are_left(host, wish) else None
        if wish.release:
            settled = (
                serving.release == wish.release and serving.prefix and not exposure.are_missing(host, wish, serving)
            )
            return _as_it_is(wish, serving) if settled else None
        if wish.state == "latest" or serving.kind == "absent":
            return None
        if serving.unfinished:  # left by a run that was ended, or of one that is at work
            return None
        inputs = _inputs(host, wish)
        if inputs.moving or serving.record.get("inputs") != inputs.digest:
            return None
        contents = read_contents(host, serving.prefix)
        why = is_settled(wish, serving.kind, serving.record, inputs.digest, contents.digest)
        if (
            why
            or not _is_owned(wish, serving)
            or not _has_mode(wish, serving)
            or exposure.are_missing(host, wish, serving)
            or exposure.obsolete_links(host, wish, serving)
        ):
            return None
        if wish.verify == "full" and verify_contents(host, serving.prefix):
            return None
        return _as_it_is(wish, serving)._replace(before=contents.packages, after=contents.packages)

    # -- something may be to be done -----------------------------------------------------------------------------------
    def _converge(self, order: Order) -> Outcome:
        if self._check:
            with Host() as host:
                return self._act(order, host)
        with locked(order.wish.path, order.wish.lock_timeout, os.geteuid()), Host() as host:
            settled = self._settled(order.wish, host)
            return settled if settled is not None else self._act(order, host)

    def _act(self, order: Order, host: Host) -> Outcome:
        wish = order.wish
        account = account_of(wish)
        serving = read_serving(host, wish.path)
        place = releases.place(wish.path, os.geteuid() if account is None else account.uid, host)
        hands = _Hands(place, account, self._tell)
        exposure.refuse_foreign(host, wish, hands.uid)
        if wish.state == "absent":
            return self._remove(wish, serving, hands, host)
        if wish.release:
            return self._go_back(wish, serving, hands, host)
        task, found = self._prepare(order, host, serving, account)
        if self._check:
            answer = self._in_child(building.foresee, task, account)
            return self._outcome(task, found, answer, serving.release, host)
        return self._make(task, found, hands, host)

    def _prepare(
        self, order: Order, host: Host, serving: Serving, account: Optional[Account]
    ) -> Tuple[building.Task, Survey]:
        wish = order.wish
        if wish.strategy == "in_place" and serving.kind != "absent" and not _is_owned(wish, serving):
            hint = "Name its owner, or take strategy=atomic, which makes a new release for the new one."
            raise Failed("other-owner", "%s belongs to another user or group" % wish.path, hint)
        inputs = _inputs(host, wish)
        wanted = wish.python or self._default_python
        found = survey(host, serving, account, [wanted] if wanted.startswith("/") else [])
        asked = find_interpreter(host, wish.python, found.interpreters) if wish.python else None
        if serving.prefix and serving.kind != "absent":
            found = _add_problems(host, wish, serving, found)
        plan = plan_environment(wish, found.present, asked)
        interpreter = self._interpreter(host, wish, plan, found, asked)
        environment, credentials = clean_environment(account, {})
        uv = find_uv(host, account, os.environ.get("PATH", ""))
        installer = _choose_installer(wish, found, interpreter, uv, pip_has_an_index(host, account, environment))
        task = building.Task(
            wish=wish, plan=plan, serving=serving, interpreter=interpreter, installer=installer, uv=uv,
            seed=self._seed(account),
            inputs=inputs.digest, local=inputs.local, target="", release="", environment=environment,
            credentials=(*order.credentials, *credentials), run=self._run,
        )  # fmt: skip
        return task, found

    def _interpreter(
        self, host: Host, wish: Wish, plan: Plan, found: Survey, asked: Optional[Interpreter]
    ) -> Interpreter:
        """Give the interpreter that the environment shall stand on; one that is kept keeps its own."""
        if plan.base == "copy":
            own = next((each for each in found.interpreters if each.canonical == found.present.python), None)
            if own is not None:
                return own
        return asked or find_interpreter(host, wish.python or self._default_python, found.interpreters)

    def _in_child(
        self, work: Callable[..., Dict[str, Any]], task: building.Task, account: Optional[Account]
    ) -> Dict[str, Any]:
        answer = run_in_child(lambda say: work(task, say), account, task.environment, tell=self._tell)
        return _checked(answer)

    def _make(self, task: building.Task, found: Survey, hands: _Hands, host: Host) -> Outcome:
        """Build, and let it serve."""
        wish, serving = task.wish, task.serving
        atomic = wish.strategy == "atomic"
        release = releases.new_id(time.time(), random.SystemRandom()) if atomic else ""
        target = os.path.join(releases_directory(wish.path), release) if atomic else (serving.prefix or wish.path)
        task = task._replace(target=target, release=release)
        if atomic:
            hands.do(lambda: releases.clean_leftovers(wish.path))
        hands.make_directory(target)
        try:
            answer = self._in_child(building.build, task, hands.account)
            if atomic and not answer["same"]:
                self._switch(task, hands)
        except BaseException:
            if atomic:
                hands.do(lambda: releases.remove_release(wish.path, release))
            elif serving.kind == "absent":
                hands.do(lambda: releases.remove_empty(target))
            raise
        if answer["same"]:
            if atomic:
                hands.do(lambda: releases.remove_release(wish.path, release))
            release = serving.release
        with Host() as after:
            outcome = self._outcome(task, found, answer, release, after)
            changed = exposure.expose(after, wish, read_serving(after, wish.path), serving, hands.uid, hands.do_at)
        if atomic and not answer["same"]:
            hands.do(lambda: releases.prune(wish.path, wish.keep))
        done = outcome.done if not changed or "links" in outcome.done else (*outcome.done, "links")
        return outcome._replace(done=done, changed=outcome.changed or bool(changed))

    def _switch(self, task: building.Task, hands: _Hands) -> None:
        path, release = task.wish.path, task.release
        if task.plan.adopt:
            old = releases.new_id(time.time() - 1, random.SystemRandom())
            hands.do(lambda: releases.adopt(path, release, old))
        else:
            hands.do(lambda: releases.switch(path, release))

    def _outcome(
        self, task: building.Task, found: Survey, answer: Mapping[str, Any], release: str, host: Host
    ) -> Outcome:
        wish, serving, plan = task.wish, task.serving, task.plan
        difference = compare(answer["before"], answer["after"], answer["again"])
        done = []
        if serving.kind == "absent":
            done.append("created")
        if plan.adopt:
            done.append("adopted")
        if plan.base == "copy" and answer["settings"]:
            done.append("settings")
        if serving.kind != "absent" and not _is_owned(wish, serving):
            done.append("owner")
        moves = wish.strategy == "atomic" and bool(
            done or plan.because or any(difference)
        )  # links follow to a new release
        if self._check and (
            (moves and wish.links)
            or exposure.are_missing(host, wish, serving)
            or exposure.obsolete_links(host, wish, serving)
        ):
            done.append("links")
        rebuilt = plan.because
        changed = bool(done or rebuilt or any(difference) or answer["unresolved"])
        return Outcome(
            wish.path, changed, task.interpreter.path, task.interpreter.version, release,
            serving.release if release != serving.release else _previous(serving), str(answer["installer"]), difference,
            answer["before"], answer["after"], rebuilt, tuple(done), str(answer["unresolved"]),
        )  # fmt: skip

    # -- other states --------------------------------------------------------------------------------------------------
    def _remove(self, wish: Wish, serving: Serving, hands: _Hands, host: Host) -> Outcome:
        before = read_contents(host, serving.prefix).packages if serving.prefix else {}
        if not self._check:
            exposure.withdraw(host, wish, serving, hands.uid, hands.do_at)
            hands.do(lambda: releases.remove_environment(wish.path))
        return Outcome(
            wish.path, True, previous=serving.release, before=before, difference=compare(before, {}), done=("removed",)
        )

    def _go_back(self, wish: Wish, serving: Serving, hands: _Hands, host: Host) -> Outcome:
        prefix = os.path.join(releases_directory(wish.path), wish.release)
        if wish.release not in serving.releases:
            kept = ", ".join(serving.releases) or "none"
            raise Failed(
                "no-such-release", "release %s is not kept for %s" % (wish.release, wish.path), "Kept: %s." % kept
            )
        wanted = read_serving(host, wish.path)._replace(prefix=prefix, release=wish.release)
        after = read_contents(host, prefix)
        if not host.real(prefix + "/bin/python"):
            raise Failed(
                "release-broken",
                "release %s has no interpreter any more" % wish.release,
                "Converge the environment with its packages instead.",
            )
        before = read_contents(host, serving.prefix).packages if serving.prefix else {}
        switched = serving.release != wish.release
        if not self._check:
            if serving.kind == "directory":
                raise Failed(
                    "not-switched", "%s is a plain directory" % wish.path, "Converge it with strategy=atomic first."
                )
            if switched:
                hands.do(lambda: releases.switch(wish.path, wish.release))
            with Host() as now:
                exposure.expose(now, wish, read_serving(now, wish.path), serving, hands.uid, hands.do_at)
        outcome = _as_it_is(wish, wanted._replace(record=read_record(host, prefix)))
        return outcome._replace(
            changed=True, previous=serving.release, before=before, after=after.packages,
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


def account_of(wish: Wish) -> Optional[Account]:
    """Give the account that does the work, or None where the caller does it as itself."""
    if not wish.owner and not wish.group:
        return None
    account = find_account(wish.owner or str(os.geteuid()), wish.group)
    if os.geteuid() != 0:
        if account.uid != os.geteuid():
            raise Failed("not-root", "only root can work for another owner: %s" % wish.owner, "Add become: true.")
        return None if account.gid == os.getegid() else account
    return None if (account.uid, account.gid) == (0, os.getegid()) else account


def _is_owned(wish: Wish, serving: Serving) -> bool:
    """Tell whether the files are of the owner and group that are wished; of no group in particular, any will do."""
    account = account_of(wish)
    uid, gid = (os.geteuid(), os.getegid()) if account is None else (account.uid, account.gid)
    return serving.uid == uid and (not wish.group or serving.gid == gid)


def _has_mode(wish: Wish, serving: Serving) -> bool:
    return not wish.mode or int(wish.mode, 8) == serving.mode


def _add_problems(host: Host, wish: Wish, serving: Serving, found: Survey) -> Survey:
    """Add what neither an installer nor a look at its health would see."""
    texts = []
    if serving.uid != _uid(account_of(wish)):
        texts.append("It belongs to another user, whose files are not taken over.")
    contents = read_contents(host, serving.prefix)
    texts.append(altered(serving.record, contents.packages, contents.builds, contents.scripts))
    if wish.verify == "full":
        paths = verify_contents(host, serving.prefix)
        texts.append("Files are missing or altered: %s." % ", ".join(paths[:5]) if paths else "")
    problems = tuple(("altered", text) for text in texts if text)
    return found._replace(present=found.present._replace(problems=(*found.present.problems, *problems)))


def _uid(account: Optional[Account]) -> int:
    return os.geteuid() if account is None else account.uid


def _inputs(host: Host, wish: Wish) -> Inputs:
    inputs = read_inputs(host, wish)
    if inputs.missing:
        path, reason = inputs.missing[0]
        raise Failed("no-such-file", "%s: %s" % (path, reason), "Put the file on the host before this task.")
    return inputs


def _as_it_is(wish: Wish, serving: Serving) -> Outcome:
    record = serving.record
    return Outcome(
        wish.path,
        python=str(record.get("python", "")),
        version=str(record.get("version", "")),
        release=serving.release,
        previous=_previous(serving),
        installer=str(record.get("installer", "")),
    )


def _previous(serving: Serving) -> str:
    """Give the newest kept release that is older than the one that serves."""
    older = [each for each in serving.releases if each < serving.release]
    return older[-1] if older else ""


def _choose_installer(wish: Wish, found: Survey, interpreter: Interpreter, uv: str, pip_only: bool) -> str:
    """Choose pip or uv; what made an environment goes on with it, so that a uv that appears changes nothing."""
    if wish.installer == "uv" and not uv:
        hint = "Install uv where only root can alter it, or take installer=pip."
        raise Failed("no-uv", "installer=uv, but no uv that may be run was found", hint)
    if wish.installer != "auto":
        return wish.installer
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
        raise Failed("child-answer", "the process that worked for the owner gave no sound answer")
    return {
        "before": {str(key): str(value) for key, value in answer["before"].items()},
        "after": {str(key): str(value) for key, value in answer["after"].items()},
        "again": [str(name) for name in answer["again"]],
        "unresolved": str(answer.get("unresolved") or ""),
        "installer": str(answer.get("installer", "")),
        "settings": bool(answer.get("settings")),
        "same": bool(answer.get("same")),
    }
