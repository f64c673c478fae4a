# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge workflows of GitHub Actions and pipelines of GitLab CI."""

from __future__ import annotations

import re
from typing import Any, Iterator

from .base_images import UNKNOWN, Base, find_base, find_runner
from .collector import Collector
from .model import Finding
from .shell_judge import describe_variable
from .shell_state import OVERRIDE_VARIABLES, ShellState, is_true
from .yaml_nodes import (
    first_line,
    is_mapping,
    is_sequence,
    items,
    mask_expressions,
    pairs,
    read_script,
    scalar,
)

#: Actions after which `python` and `pip` are those of the job.
_OWN_PYTHON = re.compile(
    r"actions/setup-python|conda-incubator/setup-miniconda|mamba-org/setup-micromamba|"
    r"mamba-org/provision-with-micromamba|pdm-project/setup-pdm|deadsnakes/action|moonrepo/setup-toolchain|prefix-dev/"
)
_SHELLS = re.compile(r"(ba|da|z|)sh\b|$|J+")
#: Keys of a GitLab pipeline that are no jobs.
_RESERVED = frozenset(
    "default variables image services stages include workflow cache before_script after_script spec".split()
)


def judge_workflow(root: Any, collector: Collector) -> None:
    """Judge a workflow, or an action that is composed of steps."""
    top = pairs(root)
    state = ShellState("ci")
    _environment(top.get("env"), state, collector)
    shell = _default_shell(top)
    for job in pairs(top.get("jobs")).values():
        keys = pairs(job)
        inner = state.on_new_machine()
        inner.base = _find_job_base(keys)
        _environment(keys.get("env"), inner, collector)
        _steps(keys.get("steps"), inner, collector, _default_shell(keys) or shell)
    if "runs" in top:
        _steps(pairs(top["runs"]).get("steps"), state, collector, shell)


def judge_pipeline(root: Any, collector: Collector) -> None:
    """Judge a pipeline of GitLab CI."""
    top = pairs(root)
    default = {**top, **pairs(top.get("default"))}
    for name, job in top.items():
        keys = _extend(top, name)
        if (
            name in _RESERVED
            or not is_mapping(job)
            or not {"script", "before_script", "after_script"} & set(keys)
        ):
            continue
        if name.startswith(".") and "script" not in keys:
            continue
        image = keys.get("image", default.get("image"))
        image_name = (
            scalar(pairs(image).get("name")) if is_mapping(image) else scalar(image)
        )
        state = ShellState("ci", _find_image(image_name, top))
        _environment(top.get("variables"), state, collector)
        _environment(keys.get("variables"), state, collector)
        after = state.copy()
        for part in ("before_script", "script"):
            _lines(keys.get(part, default.get(part)), state, collector, top)
        _lines(
            keys.get("after_script", default.get("after_script")), after, collector, top
        )


def _environment(node: Any, state: ShellState, collector: Collector) -> None:
    for name, value in pairs(node).items():
        text = scalar(pairs(value).get("value")) if is_mapping(value) else scalar(value)
        state.assign(name, (mask_expressions(text),), text)
        if name in OVERRIDE_VARIABLES and is_true(text):
            finding = Finding(
                rule="break-system-packages-setting",
                path=collector.path,
                line=first_line(value),
                end_line=first_line(value),
                message=describe_variable(name),
                evidence=f"{name}: {text}",
                place="ci",
            )
            collector.add(finding)


def _default_shell(keys: dict[str, Any]) -> str:
    return scalar(pairs(pairs(keys.get("defaults")).get("run")).get("shell"))


def _find_job_base(keys: dict[str, Any]) -> Base:
    container = keys.get("container")
    if container is not None:
        image = (
            scalar(pairs(container).get("image"))
            if is_mapping(container)
            else scalar(container)
        )
        return _matrix_base(image, keys, find_base)
    runner = keys.get("runs-on")
    labels = (
        [scalar(label) for label in items(runner)]
        if is_sequence(runner)
        else [scalar(runner)]
    )
    return _matrix_base(labels[0] if labels else "", keys, find_runner)


def _matrix_base(text: str, keys: dict[str, Any], find: Any) -> Base:
    """Return the first marked base of those that a matrix gives, else the first."""
    found = re.fullmatch(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}", text.strip())
    matrix = pairs(pairs(keys.get("strategy")).get("matrix"))
    names = [text]
    if found:
        names = [scalar(value) for value in items(matrix.get(found.group(1)))]
        names += [
            scalar(pairs(row).get(found.group(1)))
            for row in items(matrix.get("include"))
        ]
    bases = [find(name) for name in names if name]
    return next((base for base in bases if base.marked), bases[0] if bases else UNKNOWN)


def _steps(node: Any, job: ShellState, collector: Collector, shell: str) -> None:
    for step in items(node):
        keys = pairs(step)
        if _OWN_PYTHON.match(scalar(keys.get("uses"))):
            job.base = job.base._replace(marked=False)
        if "run" not in keys:
            continue
        # Each step is a shell of its own; what it adds to GITHUB_PATH holds for those after it.
        job.active = job.active or job.machine.path_of_job
        state = job.copy()
        _environment(keys.get("env"), state, collector)
        if not _SHELLS.match(scalar(keys.get("shell")) or shell):
            continue
        script = read_script(keys["run"], collector.lines, mask_expressions)
        collector.script(
            script.text, state, script.line_of, waived_from=first_line(step)
        )


def _find_image(name: str, top: dict[str, Any]) -> Base:
    """Return the base of an image, with the variables of the pipeline in its name."""
    values = {key: scalar(value) for key, value in pairs(top.get("variables")).items()}
    expanded = re.sub(
        r"\$\{?(\w+)\}?", lambda found: values.get(found.group(1), found.group()), name
    )
    return (
        find_base(expanded)
        if "$" not in expanded and expanded
        else UNKNOWN._replace(name=name)
    )


def _extend(top: dict[str, Any], name: str, depth: int = 0) -> dict[str, Any]:
    """Return the keys of a job with those of the jobs that it extends in this file."""
    own = pairs(top.get(name))
    parents = own.get("extends")
    names = (
        [scalar(parent) for parent in items(parents)]
        if is_sequence(parents)
        else [scalar(parents)]
    )
    keys: dict[str, Any] = {}
    for parent in names:
        if parent in top and depth < 10:
            keys.update(_extend(top, parent, depth + 1))
    return {**keys, **own}


def _lines(
    node: Any, state: ShellState, collector: Collector, top: dict[str, Any]
) -> None:
    for line in _flatten(node, top):
        script = read_script(line, collector.lines, mask_expressions)
        collector.script(script.text, state, script.line_of)


def _flatten(node: Any, top: dict[str, Any], depth: int = 0) -> Iterator[Any]:
    """Yield the scalars of a script, those of ``!reference`` and of nested lists included."""
    if depth > 10 or node is None:
        return
    if getattr(node, "tag", None) is not None and str(node.tag) == "!reference":
        keys = [scalar(key) for key in items(node)]
        if len(keys) == 2:
            yield from _flatten(pairs(top.get(keys[0])).get(keys[1]), top, depth + 1)
    elif is_sequence(node):
        for inner in items(node):
            yield from _flatten(inner, top, depth + 1)
    elif scalar(node):
        yield node
