# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of PEP 668: what may lie in the marker's place, and what may tell pip and uv to pass it by."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

#: What the marker is: its bytes, or (kind, argument).
CONTENTS: Dict[str, object] = {
    "absent": None,
    "vendor text": b"[externally-managed]\nError=To install, try apt install\n python3-xyz.\n\n See the manual.\n",
    "empty file": b"",
    "no section": b"Error=something\n",
    "text, no INI": b"This Python belongs to the system.\nLeave it alone.\n",
    "section in another case": b"[Externally-Managed]\nError=shown?\n",
    "section, no key": b"[externally-managed]\n",
    "key in lower case": b"[externally-managed]\nerror=lower case\n",
    "colon": b"[externally-managed]\nError: with a colon\n",
    "empty value": b"[externally-managed]\nError=\n",
    "text on the next lines": b"[externally-managed]\nError=\n The system-wide Python is managed\n by apk.\n",
    "key without value": b"[externally-managed]\nError\n",
    "duplicate key": b"[externally-managed]\nError=one\nError=two\n",
    "duplicate key, other case": b"[externally-managed]\nError=one\nERROR=two\n",
    "duplicate section": b"[externally-managed]\nError=one\n[externally-managed]\nError=two\n",
    "percent": b"[externally-managed]\nError=100%% and %(home)s\n",
    "from DEFAULT": b"[DEFAULT]\nError=by default\n[externally-managed]\n",
    "comments": b"# a comment\n[externally-managed]\n; another\nError=text ; no comment\n",
    "other sections": b"[other]\nError=wrong\n[externally-managed]\nError=right\n",
    "invalid UTF-8": b"[externally-managed]\nError=caf\xe9\n",
    "UTF-8 text": "[externally-managed]\nError=Gehört dem System\n".encode(),
    "byte order mark": b"\xef\xbb\xbf[externally-managed]\nError=text\n",
    "null bytes": b"\x00\x00\x00\x00",
    "carriage returns": b"[externally-managed]\r\nError=dos\r\n text\r\n",
    "indented section": b"  [externally-managed]\n  Error=indented\n",
    "markup": b"[externally-managed]\nError=[bold]not markup[/bold] [1]\n",
    "languages": b"[externally-managed]\nError=plain\nError-de=Deutsch\nError-de_DE=Deutschland\nError-fr=francais\n",
    "one language": b"[externally-managed]\nError=plain\nError-de=Deutsch\n",
    "only a language": b"[externally-managed]\nError-de=Deutsch\n",
    "large": b"[externally-managed]\nError=large\n# " + b"x" * 40000 + b"\n",
    "directory": ("directory", ""),
    "dangling link": ("link", "nowhere"),
    "link to /dev/null": ("link", "/dev/null"),
    "link to a file": ("link", "managed-by-vendor"),
    "link to a directory": ("link", "encodings"),
    "link to itself": ("link", "EXTERNALLY-MANAGED"),
    "unreadable": ("mode", "0"),
}


class Case(NamedTuple):
    """One set of settings; ``{}`` in a text or value is the case's own directory."""

    name: str
    files: Tuple[Tuple[str, object], ...] = ()
    env: Tuple[Tuple[str, str], ...] = ()
    since: str = ""  # the oldest pip that is claimed to do as is said


#: Places below a case's directory: XDG_CONFIG_DIRS is {}/xdg1:{}/xdg2, HOME is {}/home.
FIRST, SECOND = "xdg1/pip/pip.conf", "xdg2/pip/pip.conf"
LEGACY, USER = "home/.pip/pip.conf", "home/.config/pip/pip.conf"
SITE, NAMED = "SITE", "named.conf"
ON, OFF = (
    "[global]\nbreak-system-packages = true\n",
    "[global]\nbreak-system-packages = false\n",
)
INSTALL_ON, INSTALL_OFF = (
    ON.replace("global", "install"),
    OFF.replace("global", "install"),
)
PLACES = (FIRST, SECOND, LEGACY, USER, SITE)
BREAK = "PIP_BREAK_SYSTEM_PACKAGES"
CONFIG_FILE = ("PIP_CONFIG_FILE", "{}/named.conf")


def _values() -> Tuple[Case, ...]:
    """Each spelling of a boolean, in a file and in the environment."""
    words = (
        "true",
        "True",
        "yes",
        "y",
        "t",
        "on",
        "1",
        "false",
        "no",
        "n",
        "f",
        "off",
        "0",
        "",
        "2",
        "enabled",
        "'true'",
    )
    words += ("true ; note", "true # note", "TRUE")
    cases = [
        Case(
            "file: %r" % word,
            ((USER, "[global]\nbreak-system-packages = %s\n" % word),),
        )
        for word in words
    ]
    return (*cases, *(Case("env: %r" % word, (), ((BREAK, word),)) for word in words))


def _order() -> Tuple[Case, ...]:
    """Each pair of places, on in one and off in the other, in either section."""
    cases = []
    for index, low in enumerate(PLACES):
        cases.append(Case("on in %s" % low, ((low, ON),)))
        cases.append(Case("on in [install] of %s" % low, ((low, INSTALL_ON),)))
        for high in PLACES[index + 1 :]:
            for first, second in (
                (ON, OFF),
                (OFF, ON),
                (INSTALL_ON, OFF),
                (INSTALL_OFF, ON),
                (OFF, INSTALL_ON),
            ):
                name = "%s %r, %s %r" % (low, first, high, second)
                cases.append(Case(name, ((low, first), (high, second))))
        cases.append(
            Case("off in %s, env on" % low, ((low, INSTALL_OFF),), ((BREAK, "1"),))
        )
        cases.append(
            Case("on in %s, env off" % low, ((low, INSTALL_ON),), ((BREAK, "0"),))
        )
        cases.append(Case("on in %s, env empty" % low, ((low, ON),), ((BREAK, ""),)))
        for text in (ON, OFF):
            other = OFF if text is ON else ON
            cases.append(
                Case(
                    "%s %r, named %r" % (low, text, other),
                    ((low, text), (NAMED, other)),
                    (CONFIG_FILE,),
                )
            )
            cases.append(
                Case(
                    "%s %r, named is not there" % (low, text),
                    ((low, text),),
                    (CONFIG_FILE,),
                )
            )
            cases.append(
                Case(
                    "%s %r, named empty" % (low, text),
                    ((low, text), (NAMED, "")),
                    (CONFIG_FILE,),
                )
            )
            env = (("PIP_CONFIG_FILE", "/dev/null"),)
            cases.append(Case("%s %r, no files" % (low, text), ((low, text),), env))
            cases.append(
                Case(
                    "%s %r, PIP_CONFIG_FILE empty" % (low, text),
                    ((low, text),),
                    (("PIP_CONFIG_FILE", ""),),
                )
            )
    return tuple(cases)


def _spellings() -> Tuple[Case, ...]:
    """Keys, sections, variables and syntax as people write them."""
    texts = {
        "underscores": "[global]\nbreak_system_packages = true\n",
        "capitals": "[global]\nBREAK-SYSTEM-PACKAGES = true\n",
        "dashes before": "[global]\n--break-system-packages = true\n",
        "colon": "[global]\nbreak-system-packages: true\n",
        "no blanks": "[global]\nbreak-system-packages=true",
        "indented": "  [global]\n  break-system-packages = true\n",
        "section in capitals": "[GLOBAL]\nbreak-system-packages = true\n",
        "section with blanks": "[ global ]\nbreak-system-packages = true\n",
        "other section": "[list]\nbreak-system-packages = true\n",
        "pip section": "[pip]\nbreak-system-packages = true\n",
        "uninstall section": "[uninstall]\nbreak-system-packages = true\n",
        "DEFAULT alone": "[DEFAULT]\nbreak-system-packages = true\n",
        "DEFAULT and global": "[DEFAULT]\nbreak-system-packages = true\n[global]\ntimeout = 5\n",
        "DEFAULT and install off": "[DEFAULT]\nbreak_system_packages = true\n[install]\nbreak-system-packages = no\n",
        "two spellings": "[global]\nbreak-system-packages = true\nbreak_system_packages = false\n",
        "two spellings, on last": "[global]\nbreak-system-packages = false\nbreak_system_packages = true\n",
        "duplicate": "[global]\nbreak-system-packages = true\nbreak-system-packages = true\n",
        "duplicate section": "[global]\nbreak-system-packages = true\n[global]\ntimeout = 3\n",
        "no section": "break-system-packages = true\n",
        "no value": "[global]\nbreak-system-packages\n",
        "comment": "[global]\n# break-system-packages = true\n; break-system-packages = true\n",
        "continuation": "[global]\nbreak-system-packages =\n    true\n",
        "continued": "[global]\nbreak-system-packages = true\n    true\n",
        "global after install": "[install]\nbreak-system-packages = false\n[global]\nbreak-system-packages = true\n",
        "empty in install": "[global]\nbreak-system-packages = true\n[install]\nbreak-system-packages =\n",
        "byte order mark": "\ufeff[global]\nbreak-system-packages = true\n",
        "carriage returns": "[global]\r\nbreak-system-packages = true\r\n",
        "old Mac line ends": "[global]\rbreak-system-packages = true\r",
        "form feed": "[global]\nbreak-system-packages = true\x0c\ntimeout = 5\x0cx\n",
        "junk": "\x00\x01\x02",
        "empty": "",
        "text": "just some text\n",
        "UTF-8": "[global]\nindex-url = https://exämple.org/simple\nbreak-system-packages = true\n",
        "prefix": "[global]\nprefix = {}/into\n",
        "target": "[install]\ntarget = {}/into\n",
        "root": "[install]\nroot = {}/into\n",
        "prefix empty": "[install]\nprefix =\n",
        "user": "[install]\nuser = true\n",
        "user and break": "[install]\nuser = true\nbreak-system-packages = 1\n",
        "user wrong": "[install]\nuser = perhaps\n",
        "user and target": "[install]\nuser = yes\ntarget = {}/into\n",
        "user and prefix": "[install]\nuser = yes\nprefix = {}/into\n",
        "user and root": "[install]\nuser = yes\nroot = {}/into\n",
        "no-deps wrong": "[install]\nno-deps = sometimes\n",
        "require-virtualenv": "[global]\nrequire-virtualenv = true\n",
        "require-venv": "[global]\nrequire-venv = true\n",
        "require-virtualenv and break": "[global]\nrequire-virtualenv = true\nbreak-system-packages = true\n",
        "require-virtualenv wrong": "[global]\nrequire-virtualenv = maybe\n",
        "dry-run": "[install]\ndry-run = true\n",
    }
    cases = [Case("text: " + name, ((USER, text),)) for name, text in texts.items()]
    cases.append(
        Case(
            "text: invalid UTF-8",
            ((USER, b"[global]\nproxy = \xe9\nbreak-system-packages = true\n"),),
        )
    )
    cases.append(Case("a directory", ((USER, None),)))
    cases.append(
        Case("named is a directory", ((USER, ON), (NAMED, None)), (CONFIG_FILE,))
    )
    cases.append(
        Case(
            "named is the first",
            ((FIRST, ON), (SITE, OFF)),
            (("PIP_CONFIG_FILE", "{}/" + FIRST),),
        )
    )
    cases.append(
        Case("named broken, user on", ((USER, ON), (NAMED, "x\n")), (CONFIG_FILE,))
    )
    return tuple(cases)


def _variables() -> Tuple[Case, ...]:
    names = {
        "PIP_break_system_packages": "1",
        "PIP_Break-System-Packages": "1",
        "PIP___BREAK_SYSTEM_PACKAGES": "1",
        "pip_break_system_packages": "1",
        "PIP_OVERRIDE_EXTERNALLY_MANAGED": "1",
        "PIP_BREAK_SYSTEM": "1",
        "PIP_TARGET": "{}/into",
        "PIP_PREFIX": "{}/into",
        "PIP_ROOT": "{}/into",
        "PIP_TARGET ": "x",
        "PIP_USER": "1",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_REQUIRE_VENV": "true",
        "PIP_ISOLATED": "1",
        "UV_BREAK_SYSTEM_PACKAGES": "1",
    }
    cases = [Case("%s=%s" % row, (), (row,)) for row in names.items()]
    cases.append(Case("PIP_TARGET empty", (), (("PIP_TARGET", ""),)))
    cases.append(
        Case(
            "user by file, target by env",
            ((USER, "[install]\nuser=1\n"),),
            (("PIP_TARGET", "{}/into"),),
        )
    )
    cases.append(
        Case(
            "user off by env",
            ((USER, "[install]\nuser=1\nprefix={}/i\n"),),
            (("PIP_USER", "0"),),
        )
    )
    cases.append(
        Case(
            "relative config home",
            ((USER, ON),),
            (("XDG_CONFIG_HOME", "home/.config"),),
            "26.3",
        )
    )
    cases.append(
        Case(
            "config home",
            (("other/pip/pip.conf", ON),),
            (("XDG_CONFIG_HOME", "{}/other"),),
        )
    )
    cases.append(
        Case("config home elsewhere", ((USER, ON),), (("XDG_CONFIG_HOME", "{}/other"),))
    )
    return tuple(cases)


FEW_SETTINGS: Tuple[Case, ...] = (Case("nothing set"), *_spellings(), *_variables())
SETTINGS: Tuple[Case, ...] = (*FEW_SETTINGS, *_values(), *_order())

UV_USER, UV_FIRST, UV_SECOND = (
    "home/.config/uv/uv.toml",
    "xdg1/uv/uv.toml",
    "xdg2/uv/uv.toml",
)
UV_ON, UV_OFF = (
    "[pip]\nbreak-system-packages = true\n",
    "[pip]\nbreak-system-packages = false\n",
)
_UV_TEXTS = {
    "on": UV_ON,
    "off": UV_OFF,
    "dotted": "pip.break-system-packages = true\n",
    "inline": "pip = { break-system-packages = true }\n",
    "inline, last comma": "pip = { break-system-packages = true, }\n",
    "inline over lines": "pip = {\n  break-system-packages = true\n}\n",
    "quoted": "[ 'pip' ]\n\"break-system-packages\" = true # yes\n",
    "escaped": '["p\\u0069p"]\nbreak-system-packages = true\n',
    "in a string": '[pip]\nindex-url = """\nhttps://x.org/#\nbreak-system-packages = true\n"""\n',
    "in a comment": "[pip]\n# break-system-packages = true\n",
    "in a list": "[pip]\nfind-links = ['/x', # and\n 'break-system-packages = true']\n",
    "top level": "break-system-packages = true\n",
    "underscores": "[pip]\nbreak_system_packages = true\n",
    "a string": "[pip]\nbreak-system-packages = 'true'\n",
    "a number": "[pip]\nbreak-system-packages = 1\n",
    "capitals": "[pip]\nbreak-system-packages = True\n",
    "twice": UV_ON + "break-system-packages = true\n",
    "table twice": UV_ON + UV_ON,
    "array of tables": "[[pip]]\nbreak-system-packages = true\n",
    "not closed": "[pip\n",
    "no value": "[pip]\nbreak-system-packages =\n",
    "byte order mark": "\ufeff" + UV_ON,
    "carriage returns": UV_ON.replace("\n", "\r\n"),
    "empty": "",
    "prefix": "[pip]\nprefix = '{}/into'\n",
    "prefix empty": "[pip]\nprefix = ''\n",
    "target": "[pip]\ntarget = '{}/into'\n",
    "target a number": "[pip]\ntarget = 5\n",
    "tool table": "[tool.uv.pip]\nbreak-system-packages = true\n",
    "other keys": "offline = true\n[pip]\nno-deps = true\nbreak-system-packages = true\n",
}


def _uv_settings() -> Tuple[Case, ...]:
    cases = [
        Case("uv.toml: " + name, ((UV_USER, text),)) for name, text in _UV_TEXTS.items()
    ]
    words = (
        "1",
        "0",
        "true",
        "TRUE",
        "y",
        "n",
        "on",
        "off",
        "t",
        "f",
        "yes",
        "no",
        "",
        "2",
        "maybe",
    )
    cases += [
        Case(
            "UV_BREAK_SYSTEM_PACKAGES=%r" % word,
            (),
            (("UV_BREAK_SYSTEM_PACKAGES", word),),
        )
        for word in words
    ]
    for text, word in ((UV_ON, "0"), (UV_OFF, "1")):
        cases.append(
            Case(
                "file %r, env %s" % (text, word),
                ((UV_USER, text),),
                (("UV_BREAK_SYSTEM_PACKAGES", word),),
            )
        )
    for user, first, second in (
        (UV_OFF, UV_ON, None),
        (UV_ON, UV_OFF, None),
        (None, None, UV_ON),
        (None, UV_OFF, UV_ON),
    ):
        rows = ((UV_USER, user), (UV_FIRST, first), (UV_SECOND, second))
        cases.append(
            Case(
                "user %r, first %r, second %r" % (user, first, second),
                tuple(row for row in rows if row[1]),
            )
        )
    cases += [
        Case("system broken", ((UV_USER, UV_ON), (UV_FIRST, "[pip\n"))),
        Case(
            "user off, system target",
            ((UV_USER, UV_OFF), (UV_FIRST, "[pip]\ntarget = '{}/into'\n")),
        ),
        Case("invalid UTF-8", ((UV_USER, b"[pip] # \xe9\n"),)),
        Case("a directory", ((UV_USER, None),)),
        Case("no config", ((UV_USER, UV_ON),), (("UV_NO_CONFIG", "1"),)),
        Case("no config off", ((UV_USER, UV_ON),), (("UV_NO_CONFIG", "0"),)),
        Case("no config empty", ((UV_USER, UV_ON),), (("UV_NO_CONFIG", ""),)),
        Case("named on", (("n.toml", UV_ON),), (("UV_CONFIG_FILE", "{}/n.toml"),)),
        Case(
            "named on, no config",
            (("n.toml", UV_ON),),
            (("UV_CONFIG_FILE", "{}/n.toml"), ("UV_NO_CONFIG", "1")),
        ),
        Case(
            "named empty, user on",
            ((UV_USER, UV_ON), ("n.toml", "")),
            (("UV_CONFIG_FILE", "{}/n.toml"),),
        ),
        Case("named missing", ((UV_USER, UV_ON),), (("UV_CONFIG_FILE", "{}/n.toml"),)),
        Case(
            "named is the empty string", ((UV_USER, UV_ON),), (("UV_CONFIG_FILE", ""),)
        ),
        Case(
            "config home",
            (("other/uv/uv.toml", UV_ON),),
            (("XDG_CONFIG_HOME", "{}/other"),),
        ),
        Case(
            "relative config home",
            ((UV_USER, UV_ON),),
            (("XDG_CONFIG_HOME", "home/.config"),),
        ),
        Case("pip's variable", (), ((BREAK, "1"),)),
        Case("pip's files", ((USER, ON), (SITE, ON))),
    ]
    return tuple(cases)


UV_SETTINGS: Tuple[Case, ...] = (Case("nothing set"), *_uv_settings())
