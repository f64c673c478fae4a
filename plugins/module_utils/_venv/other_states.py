# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove an environment, or make a kept release the current one."""

from __future__ import annotations

import os

from .._host.host import Host
from .._install.contents import read_contents
from .._process.commands import OperationError
from . import releases, script_links
from .context import Context
from .foreign_content import reject_foreign_content
from .outcome import Outcome, recorded_outcome
from .plan import compare
from .spec import EnvironmentSpec
from .state import EnvironmentState, read_record, releases_directory


def remove(context: Context, *, check: bool) -> Outcome:
    """Remove an environment with its releases and links; raises OperationError where it holds anything else."""
    spec, current, host = context.spec, context.current, context.host
    if current.kind == "directory":
        reject_foreign_content(host, current.prefix, "removed")
    before = read_contents(host, current.prefix).packages if current.prefix else {}
    if not check:
        script_links.remove_links(host, spec, current=current, files=context.files)
        context.files.run(lambda: releases.remove_environment(spec.path))
    return Outcome(
        path=spec.path,
        changed=True,
        previous=current.release,
        before=before,
        difference=compare(before, {}),
        done=("removed",),
    )


def switch_back(context: Context, *, check: bool) -> Outcome:
    """Make a kept release the current one; raises OperationError where it is missing or does not work."""
    spec, current, host = context.spec, context.current, context.host
    prefix = _require_release(spec, current, host)
    if current.kind == "directory" and not check:
        message = "%s is a plain directory" % spec.path
        hint = "Run the module with strategy=atomic first."
        raise OperationError("not-switched", message, hint)
    before = read_contents(host, current.prefix).packages if current.prefix else {}
    after = read_contents(host, prefix).packages
    is_switched = current.release != spec.release
    if not check:
        if is_switched:
            context.files.run(lambda: releases.switch(spec.path, spec.release))
        script_links.update_links(spec, before=current, files=context.files)
    state = current._replace(
        prefix=prefix, release=spec.release, record=read_record(host, prefix)
    )
    return recorded_outcome(spec, state)._replace(
        changed=True,
        previous=current.release,
        before=before,
        after=after,
        difference=compare(before, after),
        done=("switched",) if is_switched else ("links",),
    )


def _require_release(
    spec: EnvironmentSpec, current: EnvironmentState, host: Host
) -> str:
    """Return the directory of a kept release; raises OperationError where it is missing or does not work."""
    prefix = os.path.join(releases_directory(spec.path), spec.release)
    if spec.release not in current.releases:
        kept = ", ".join(current.releases) or "none"
        message = "there is no kept release %s of %s" % (spec.release, spec.path)
        raise OperationError("no-such-release", message, "Kept: %s." % kept)
    if not host.real(prefix + "/bin/python"):
        message = "the interpreter of release %s is gone" % spec.release
        hint = "Set the packages of the environment instead of release."
        raise OperationError("release-broken", message, hint)
    return prefix
