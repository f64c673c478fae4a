# SPDX-License-Identifier: GPL-3.0-or-later
"""What would change in the configuration files of a scope: spec and state in, plan out."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .._scan.model import UvConfigFile
from .._scan.read import toml as _toml  # noqa: F401 - what a reader imports when it runs must be there before the fork
from .._scan.read.installer_config import parse_pip_config, parse_uv_config
from .document import (
    Document,
    find_unreadable,
    find_values,
    parse_document,
    remove_key,
    set_values,
)
from .option_values import DEFAULT_SECTION, OPTIONS, OVERRIDE, TRUE_WORDS
from .spec import PipConfigSpec, Setting
from .state import ConfigFile, PipConfigState
from .uv_document import set_override

_BYTE_ORDER_MARK = "\ufeff"


class FileChange(NamedTuple):
    """A file and its text before and after; None where there is no file."""

    path: str
    before: Optional[str]
    after: Optional[str]


class SettingChange(NamedTuple):
    """A setting with its values before and after, and the file that holds it; None where it is not set."""

    section: str
    key: str
    path: str
    before: Optional[Tuple[str, ...]]
    after: Optional[Tuple[str, ...]]


class PlanProblem(NamedTuple):
    """Why a file cannot be edited, and what to do."""

    code: str
    message: str
    hint: str


class PipConfigPlan(NamedTuple):
    """The changes of all files, those of all settings, and what prevents them."""

    files: Tuple[FileChange, ...]
    settings: Tuple[SettingChange, ...]
    problems: Tuple[PlanProblem, ...] = ()

    @property
    def changed(self) -> bool:
        """Return whether any file changes."""
        return any(change.before != change.after for change in self.files)


def plan_pip_config(spec: PipConfigSpec, state: PipConfigState) -> PipConfigPlan:
    """Plan the changes of all settings; with problems, nothing may be written."""
    problems = tuple(_find_file_problems(spec, state))
    if problems:
        return PipConfigPlan((), (), problems)
    return _plan_uv(spec, state) if spec.tool == "uv" else _plan_pip(spec, state)


def _find_file_problems(
    spec: PipConfigSpec, state: PipConfigState
) -> Iterator[PlanProblem]:
    for file in state.files:
        if file.problem:
            message = "%s could not be read: %s" % (file.path, file.problem)
            yield PlanProblem(
                "unreadable-file",
                message,
                "Make it a readable file, or run the task with become.",
            )
        elif file.text and file.text.startswith(_BYTE_ORDER_MARK):
            message = "%s starts with a byte order mark, with which %s fails" % (
                file.path,
                spec.tool,
            )
            yield PlanProblem(
                "byte-order-mark",
                message,
                "Save it as UTF-8 without a byte order mark.",
            )
        elif file.text:
            yield from _find_syntax_problems(spec, file)


def _find_syntax_problems(
    spec: PipConfigSpec, file: ConfigFile
) -> Iterator[PlanProblem]:
    text = file.text or ""
    data = text.encode("utf-8", "surrogateescape")
    hint = "Correct or remove that file: every %s command fails until then." % spec.tool
    if spec.tool == "uv":
        error = parse_uv_config(data).error
        if error:
            yield PlanProblem(
                "invalid-file", "uv cannot read %s: %s" % (file.path, error), hint
            )
        return
    line = find_unreadable(parse_document(text))
    if line:
        yield PlanProblem(
            "invalid-file", "pip cannot read line %d of %s" % (line, file.path), hint
        )
        return
    error = parse_pip_config(data, "latin-1").error
    if error:
        yield PlanProblem(
            "invalid-file", "pip cannot read %s: %s" % (file.path, error), hint
        )


def _plan_pip(spec: PipConfigSpec, state: PipConfigState) -> PipConfigPlan:
    documents = {file.path: parse_document(file.text or "") for file in state.files}
    changes: List[SettingChange] = []
    for setting in spec.settings:
        if setting.state == "absent":
            changes += _remove(documents, setting)
        else:
            changes.append(_set(documents, setting))
    files = tuple(_make_file_change(file, documents[file.path]) for file in state.files)
    return PipConfigPlan(files, tuple(changes), tuple(_verify(spec, files)))


def _set(documents: Dict[str, Document], setting: Setting) -> SettingChange:
    """Set a key in the strongest file that has it, else in the last file of the scope."""
    paths = list(documents)
    holders = [
        path
        for path in paths
        if find_values(documents[path], setting.section, setting.key) is not None
    ]
    path = holders[-1] if holders else paths[-1]
    before = find_values(documents[path], setting.section, setting.key)
    if before is not None and are_same_values(setting.key, before, setting.values):
        return SettingChange(setting.section, setting.key, path, before, before)
    documents[path] = set_values(
        documents[path], setting.section, setting.key, setting.values
    )
    return SettingChange(setting.section, setting.key, path, before, setting.values)


def _remove(
    documents: Dict[str, Document], setting: Setting
) -> Iterator[SettingChange]:
    """Remove a key from every file of the scope."""
    found = False
    for path, document in list(documents.items()):
        before = find_values(document, setting.section, setting.key)
        if before is not None:
            found = True
            documents[path] = remove_key(document, setting.section, setting.key)
            yield SettingChange(setting.section, setting.key, path, before, None)
    if not found:
        yield SettingChange(
            setting.section, setting.key, list(documents)[-1], None, None
        )


def are_same_values(key: str, one: Tuple[str, ...], other: Tuple[str, ...]) -> bool:
    """Return whether pip reads two spellings of the values of a key alike."""
    option = OPTIONS.get(key)
    if option is not None and option.kind == "list":
        return " ".join(one).split() == " ".join(other).split()
    if option is not None and option.kind == "flag" and len(one) == len(other) == 1:
        return (one[0].lower() in TRUE_WORDS) == (other[0].lower() in TRUE_WORDS)
    return one == other


def _make_file_change(file: ConfigFile, document: Document) -> FileChange:
    text = document.to_text()
    unchanged = file.text is not None and parse_document(file.text) == document
    if unchanged or (file.text is None and not text):
        return FileChange(file.path, file.text, file.text)
    return FileChange(file.path, file.text, text)


def _verify(
    spec: PipConfigSpec, files: Tuple[FileChange, ...]
) -> Iterator[PlanProblem]:
    """Read the new files as pip does, and yield where a setting is not what was requested."""
    for change in files:
        rows = parse_pip_config(
            (change.after or "").encode("utf-8", "surrogateescape"), "latin-1"
        )
        if rows.error:
            yield PlanProblem(
                "not-editable",
                "%s cannot be edited: %s" % (change.path, rows.error),
                "Edit it by hand.",
            )
            continue
        found = {(section, key) for section, key, _value in rows.settings}
        for setting in spec.settings:
            if setting.state == "absent" and (setting.section, setting.key) in found:
                message = (
                    "[%s] %s of %s comes from its section [DEFAULT], which applies to every section"
                    % (
                        setting.section,
                        setting.key,
                        change.path,
                    )
                )
                yield PlanProblem(
                    "in-default-section",
                    message,
                    "Set section to %s." % DEFAULT_SECTION,
                )


def _plan_uv(spec: PipConfigSpec, state: PipConfigState) -> PipConfigPlan:
    file = state.files[-1]
    original = file.text or ""
    text = original
    changes: List[SettingChange] = []
    for setting in spec.settings:
        before = _override_values(_parse_uv_text(text))
        after = setting.values if setting.state == "present" else None
        changes.append(SettingChange("pip", OVERRIDE, file.path, before, after))
        if before != after:
            text = set_override(text, after[0] if after else None)
    result = _parse_uv_text(text)
    is_as_requested = not changes or _override_values(result) == changes[-1].after
    if result.error or not is_as_requested:
        message = "%s cannot be edited line by line" % file.path
        problem = PlanProblem("not-editable", message, "Edit it by hand.")
        return PipConfigPlan((), (), (problem,))
    edited = FileChange(
        path=file.path,
        before=file.text,
        after=file.text if text == original else text,
    )
    return PipConfigPlan((edited,), tuple(changes))


def _parse_uv_text(text: str) -> UvConfigFile:
    return parse_uv_config(text.encode("utf-8", "surrogateescape"))


def _override_values(config: UvConfigFile) -> Optional[Tuple[str, ...]]:
    """Return the override that uv reads as the values of a setting, None where it is not set."""
    switch = config.break_system_packages
    return None if switch is None else (str(switch).lower(),)
