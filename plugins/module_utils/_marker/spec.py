# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of the EXTERNALLY-MANAGED files: the option table and the record made from it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Tuple

from .._scan.invalid_option import OptionProblem

_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_TEXT_LIMIT = 4000
_TEXTS_LIMIT = 48 * 1024  # bytes; a scan compares files up to 64 KiB


class MarkerSpec(NamedTuple):
    """Which Pythons are meant, and what their EXTERNALLY-MANAGED files are to be."""

    pythons: Tuple[
        str, ...
    ] = ()  # empty: every Python whose package manager ships a file
    diversions: str = "keep"  # keep, remove
    site_marker: str = "keep"  # keep, present, absent
    message: str = ""
    localized_messages: Mapping[str, str] = {}


#: The one table of options: name, and argument specification.
OPTION_TABLE: Mapping[str, Dict[str, Any]] = {
    "state": {"type": "str", "default": "present"},
    "pythons": {"type": "list", "elements": "path", "default": []},
    "diversions": {"type": "str", "choices": ["keep", "remove"], "default": "keep"},
    "site_marker": {"type": "str", "choices": ["keep", "present", "absent"]},
    "error_message": {"type": "str"},
    "localized_error_messages": {"type": "dict", "default": {}},
}


def validate_spec(spec: MarkerSpec, state: str) -> Iterator[OptionProblem]:
    """Yield what is invalid in a spec; ``state`` is the option of that name."""
    if state != "present":
        message = (
            "there is no state=%s: without the file, pip writes into the directories of the system's packages"
            % state
        )
        hint = "Use a virtual environment, pipx or the distribution's package; see pyfleet.python.venv and pipx_app."
        yield OptionProblem("state", message, hint)
    for path in spec.pythons:
        if not path.startswith("/"):
            yield OptionProblem(
                "pythons", "%s is not an absolute path" % path, "Begin it with a /."
            )
    if spec.site_marker != "keep" and not spec.pythons:
        message = "site_marker needs pythons: a site-specific file is written only for selected interpreters"
        yield OptionProblem("pythons", message, "Name them, such as /usr/bin/python3.")
    if spec.site_marker == "present" and not spec.message.strip():
        yield OptionProblem(
            "error_message",
            "site_marker=present needs error_message",
            "Tell users what to do instead of pip install.",
        )
    if spec.site_marker != "present" and (spec.message or spec.localized_messages):
        yield OptionProblem(
            "error_message",
            "error_message belongs to site_marker=present",
            "Leave it out, or set site_marker.",
        )
    yield from _validate_texts(spec)


def _is_control(char: str) -> bool:
    """Return whether a character is no part of a text: a control character but for line ends and tabs, or a surrogate."""
    return unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t"


def _validate_texts(spec: MarkerSpec) -> Iterator[OptionProblem]:
    texts = (spec.message, *spec.localized_messages.values())
    if sum(len(text.encode("utf-8", "replace")) for text in texts) > _TEXTS_LIMIT:
        message = "the texts are longer than %d bytes together" % _TEXTS_LIMIT
        yield OptionProblem("localized_error_messages", message, "Shorten them.")
    for language, text in {"": spec.message, **spec.localized_messages}.items():
        if language and not _LANGUAGE.fullmatch(language):
            hint = "Use a code such as de or pt_BR: pip looks for Error-pt_BR, then Error-pt."
            yield OptionProblem(
                "localized_error_messages", "%r is not a language code" % language, hint
            )
        if len(text) > _TEXT_LIMIT:
            message = "the text is longer than %d characters" % _TEXT_LIMIT
            yield OptionProblem("error_message", message, "Shorten it.")
        if language and not text.strip():
            message = "the text for %s is empty" % language
            yield OptionProblem("localized_error_messages", message, "Leave it out.")
        control = next(filter(_is_control, text), "")
        if control:
            message = "the text holds the control character %a" % control
            hint = "Leave it out: pip would write it to the terminals of all users."
            yield OptionProblem("error_message", message, hint)
        if any(line.lstrip().startswith(("#", ";")) for line in text.splitlines()):
            message = "a line of the text begins with # or ;, and would be a comment of the file"
            yield OptionProblem(
                "error_message", message, "Begin the line with another character."
            )
