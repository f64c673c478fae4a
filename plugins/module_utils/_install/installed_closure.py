# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that the Python of an environment runs: which distributions are needed, by the metadata that is installed.

It is shipped as source and never imported for its functions: requirements and markers are evaluated by pip's own
`packaging`, in the environment that they are for. Reads a job (JSON) from the file named on its command line, writes a
list of normalised names (JSON) to standard output. A job:

- ``path``: directories that hold pip, where the environment has none;
- ``sites``: directories of installed distributions;
- ``roots``: pairs of a requested name and its extras;
- ``coming``: pairs of a name and the requirements of what is about to be installed.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Dict, List, Set, Tuple


def read_requirements(job: Dict[str, Any]) -> Dict[str, List[str]]:
    """Return the requirements of each distribution, by normalised name."""
    from importlib.metadata import distributions

    from pip._vendor.packaging.utils import canonicalize_name

    requirements: Dict[str, List[str]] = {}
    for each in distributions(path=job["sites"] + sys.path):
        name = each.metadata["Name"]
        if name:
            requirements.setdefault(canonicalize_name(name), each.requires or [])
    for name, rows in job["coming"]:
        requirements[canonicalize_name(name)] = rows
    return requirements


def find_needed(
    roots: List[Tuple[str, List[str]]], requirements: Dict[str, List[str]]
) -> Set[str]:
    """Return the names of the roots and of all that they need, with their extras."""
    from pip._vendor.packaging.requirements import Requirement
    from pip._vendor.packaging.utils import canonicalize_name

    pending: List[Tuple[str, str]] = []
    for name, extras in roots:
        pending += [(canonicalize_name(name), extra) for extra in ["", *extras]]
    seen: Set[Tuple[str, str]] = set()
    while pending:
        name, extra = pending.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for text in requirements.get(name, []):
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate(
                {"extra": extra}
            ):
                needed = canonicalize_name(requirement.name)
                pending += [(needed, each) for each in ["", *requirement.extras]]
    return {name for name, _extra in seen}


def main() -> None:
    """Read a job, write the names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    sys.path[:0] = job["path"]
    needed = find_needed(job["roots"], read_requirements(job))
    json.dump(sorted(needed), sys.stdout)


if __name__ == "__main__":
    main()
