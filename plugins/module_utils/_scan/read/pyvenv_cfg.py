# SPDX-License-Identifier: GPL-3.0-or-later
"""The small files that say what an environment is: pyvenv.cfg, the head of a script, the activation script."""

from __future__ import annotations

_KEY_LIMIT = 200


def parse_pyvenv_cfg(data: bytes) -> dict[str, str]:
    """Return the keys, in lower case, as CPython's site.py reads them (PEP 405): no sections, comments or quotes."""
    text = (
        data.decode("utf-8", "surrogateescape")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
    )
    found: dict[str, str] = {}
    for line in text.split("\n"):
        key, sign, value = line.partition("=")
        key = key.strip().lower()
        if sign and (len(found) < _KEY_LIMIT or key in found):
            found[key] = value.strip()
    return found


def parse_shebang(head: bytes) -> str:
    """Return the absolute path of the interpreter that a console script names, or ''.

    One with a space, or too long for the kernel, is on the second line: ``'''exec' "/a b/python" "$0" "$@"``.
    """
    first, _newline, rest = (
        head[:4096].decode("utf-8", "surrogateescape").partition("\n")
    )
    if not first.startswith("#!"):
        return ""
    path = first[2:].strip().split(" ")[0]
    if first[2:].strip() == "/bin/sh" and rest.startswith("'''exec' "):
        word = rest[len("'''exec' ") :].partition("\n")[0].strip()
        path = word.lstrip("'\"").split(word[0] if word[:1] in ("'", '"') else " ", 1)[
            0
        ]
    return (
        path
        if path.startswith("/") and "$" not in path and not path.endswith("/env")
        else ""
    )


def parse_activate(data: bytes) -> str:
    """Return the directory that a bin/activate sets VIRTUAL_ENV to; '' if the script computes it when run."""
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        name, _sign, value = line.strip().partition("=")
        if name in ("VIRTUAL_ENV", "export VIRTUAL_ENV"):
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
                value = value[1:-1]
            if value.startswith("/") and not set("$'\"`\\") & set(value):
                return value
    return ""
