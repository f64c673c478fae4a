# SPDX-License-Identifier: GPL-3.0-or-later
"""A digest of all that a spec requests, with the files that it names: equal digests request the same."""

from __future__ import annotations

import hashlib
import json
import re
from types import MappingProxyType
from typing import Iterator, Mapping, NamedTuple

from .._host.host import Host
from .._install.contents import digest_tree
from .._install.requirements.parse import (
    Line,
    Reference,
    expand_variables,
    find_variables,
    local_project,
    parse_line,
    parse_reference,
    read_requirements,
)
from .._process.effective_user import effective_user
from .owner import find_owner
from .spec import OPTIONS, EnvironmentSpec

#: Variables that an installer gets from nowhere else than from this collection.
_OWN_VARIABLE = re.compile(
    r"PATH|HOME|USER|LOGNAME|LANG|(?:LC|LD|DYLD|PYTHON|PIP|UV|GIT)_?.*"
)


class Inputs(NamedTuple):
    """The files and projects that a spec names."""

    digest: str
    moving: tuple[str, ...] = ()  # why the same digest may mean something else tomorrow
    references: tuple[
        Reference, ...
    ] = ()  # into version control, with their credentials
    missing: tuple[tuple[str, str], ...] = ()  # (path, why it could not be read)
    local: tuple[str, ...] = ()  # local projects and archives, absolute paths
    files: tuple[
        str, ...
    ] = ()  # every path on the host that is installed from: those, and the files that name them
    variables: Mapping[str, str] = MappingProxyType(
        {}
    )  # of the caller's environment that requirements name

    @property
    def may_change(self) -> bool:
        """Return whether the same digest may mean something else tomorrow."""
        return bool(self.moving) or not all(each.is_commit for each in self.references)


def read_inputs(host: Host, spec: EnvironmentSpec) -> Inputs:
    """Read and digest every file that a spec names, and the local projects that those name, as the owner may.

    Whatever these files name (another user's file, a link to a secret, a device), root does not read it for the owner.
    """
    account = find_owner(spec)
    if account is None or host.uid != 0:
        return _read_inputs(host, spec)
    with effective_user(account), Host(uid=account.uid, env={}) as theirs:
        return _read_inputs(theirs, spec)


def _read_inputs(host: Host, spec: EnvironmentSpec) -> Inputs:
    paths = [*spec.requirements, *spec.constraints, *([spec.lock] if spec.lock else [])]
    # An owner's requirements file must not bring root's own variables to light.
    caller = {} if spec.owner else host.env
    values = {**caller, **spec.build_environment}
    gathered = read_requirements(host, paths, values, spec.chdir)
    lines = list(_package_lines(spec, values))
    references = filter(None, map(parse_reference, lines))
    local = {path for path, _editable in gathered.local}
    local.update(filter(None, (local_project(line, spec.chdir) for line in lines)))
    used = {**gathered.variables, **_package_variables(spec, values)}
    moving = [*gathered.moving]
    tree = digest_tree(host, sorted(local)) if local else "none"
    if not tree:
        moving.append("a local project is too large to compare")
    digests = sorted(
        (path, hashlib.sha256(data).hexdigest())
        for path, data in gathered.files.items()
    )
    parts = [_content_options(spec), digests, tree, used]
    digest = hashlib.sha256(
        json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")
    ).hexdigest()
    places = [path for path in spec.find_links if path.startswith("/")]
    return Inputs(
        digest=digest,
        moving=tuple(moving),
        references=(*gathered.references, *references),
        missing=tuple(gathered.problems),
        local=tuple(sorted(local)),
        files=tuple(sorted({*gathered.files, *local, *places})),
        variables={
            name: value
            for name, value in used.items()
            if value and not _OWN_VARIABLE.fullmatch(name)
        },
    )


def _package_lines(spec: EnvironmentSpec, values: Mapping[str, str]) -> Iterator[Line]:
    """Yield the packages of a spec as lines of a requirements file."""
    for package in spec.packages:
        yield from parse_line(expand_variables(package, values))


def _package_variables(
    spec: EnvironmentSpec, values: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that packages of a spec name, with their values; '' for one that is not set."""
    names = (name for package in spec.packages for name in find_variables(package))
    return {name: values.get(name, "") for name in names}


def _content_options(spec: EnvironmentSpec) -> dict[str, object]:
    """Return the options that decide what is installed and are not at their default.

    So a new option does not change the digest of environments that do not use it.
    """
    defaults = EnvironmentSpec("")
    values = {row.name: getattr(spec, row.name) for row in OPTIONS if row.is_content}
    return {
        name: value
        for name, value in values.items()
        if value != getattr(defaults, name)
    }
