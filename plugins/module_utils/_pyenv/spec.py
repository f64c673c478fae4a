# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of a pyenv root: the option table and the record made from it."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from .._host.record import NamedTuple
from .._process.secrets import has_credentials
from .._scan.invalid_option import OptionProblem
from .definitions import is_version_name
from .libraries import BY_EXTENSION

SYSTEM = "system"
_REQUIRED = ("bz2", "ctypes", "lzma", "sqlite3", "ssl", "zlib")


class OptionRow(NamedTuple):
    """One option of the module: its argument specification, and whether it changes what a build contains."""

    name: str
    argument: Dict[str, Any]
    of_build: bool = False


#: The one table of options.
OPTION_TABLE = (
    OptionRow("root", {"type": "path", "default": "~/.pyenv"}),
    OptionRow("pyenv", {"type": "path"}),
    OptionRow("versions", {"type": "list", "elements": "raw", "default": []}),
    OptionRow(
        "state",
        {
            "type": "str",
            "choices": ["present", "latest", "absent"],
            "default": "present",
        },
    ),
    OptionRow("global", {"type": "list", "elements": "raw"}),
    OptionRow(
        "rebuild", {"type": "str", "choices": ["never", "changed"], "default": "never"}
    ),
    OptionRow(
        "configure_options",
        {"type": "list", "elements": "str", "default": []},
        of_build=True,
    ),
    OptionRow(
        "make_options",
        {"type": "list", "elements": "str", "default": []},
        of_build=True,
    ),
    OptionRow("cflags", {"type": "str", "default": ""}, of_build=True),
    OptionRow("jobs", {"type": "int", "default": 0}),
    OptionRow("build_environment", {"type": "dict", "default": {}}, of_build=True),
    OptionRow("build_directory", {"type": "path"}),
    OptionRow(
        "required_extensions",
        {"type": "list", "elements": "str", "default": list(_REQUIRED)},
    ),
    OptionRow("cache", {"type": "path"}),
    OptionRow("offline", {"type": "bool", "default": False}),
    OptionRow("mirror_url", {"type": "str"}),
    OptionRow(
        "mirror_layout",
        {"type": "str", "choices": ["checksum", "python.org"], "default": "checksum"},
    ),
    OptionRow("lock_timeout", {"type": "float", "default": 1800.0}),
)


class BuildOptions(NamedTuple):
    """How versions are built."""

    configure_options: Tuple[str, ...] = ()
    make_options: Tuple[str, ...] = ()
    cflags: str = ""
    jobs: int = 0  # 0: one for each processor
    build_environment: Tuple[Tuple[str, str], ...] = ()
    build_directory: str = ""
    required_extensions: Tuple[str, ...] = _REQUIRED
    cache: str = ""
    offline: bool = False
    mirror_url: str = ""
    mirror_layout: str = "checksum"


class PyenvSpec(NamedTuple):
    """The versions of one root."""

    root: str
    pyenv: str = ""  # the executable; '': the root's own, or the one of the system
    versions: Tuple[str, ...] = ()
    state: str = "present"  # present, latest, absent
    global_versions: Optional[Tuple[str, ...]] = None  # None: as they are
    rebuild: str = "never"  # never, changed
    build: BuildOptions = BuildOptions()
    lock_timeout: float = 1800.0


def make_argument_spec() -> Dict[str, Any]:
    """Return the argument specification of the module."""
    return {row.name: dict(row.argument) for row in OPTION_TABLE}


def make_spec(options: Mapping[str, Any]) -> PyenvSpec:
    """Return the spec of the options in ``OPTION_TABLE``, after `validate_options`."""
    environment = {str(key): str(value) for key, value in _environment_of(options)}
    chosen = options["global"]
    return PyenvSpec(
        root=options["root"].rstrip("/") or "/",
        pyenv=options["pyenv"] or "",
        versions=tuple(dict.fromkeys(map(_text, options["versions"]))),
        state=options["state"],
        global_versions=None if chosen is None else tuple(map(_text, chosen)),
        rebuild=options["rebuild"],
        build=BuildOptions(
            configure_options=tuple(options["configure_options"]),
            make_options=tuple(options["make_options"]),
            cflags=options["cflags"],
            jobs=options["jobs"],
            build_environment=tuple(sorted(environment.items())),
            build_directory=options["build_directory"] or "",
            required_extensions=tuple(options["required_extensions"]),
            cache=options["cache"] or "",
            offline=options["offline"],
            mirror_url=options["mirror_url"] or "",
            mirror_layout=options["mirror_layout"],
        ),
        lock_timeout=options["lock_timeout"],
    )


def _environment_of(options: Mapping[str, Any]) -> List[Tuple[Any, Any]]:
    return list(options["build_environment"].items())


def _text(item: Any) -> str:
    return str(item).strip()


def build_fingerprint(build: BuildOptions) -> Dict[str, Any]:
    """Return the options that change what a build contains, as they are recorded beside it."""
    return {
        "configure_options": list(build.configure_options),
        "make_options": list(build.make_options),
        "cflags": build.cflags,
        "build_environment": dict(build.build_environment),
    }


def validate_options(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    """Yield what is invalid in the options."""
    if not options["root"].startswith("/"):
        yield OptionProblem("root", "root is not an absolute path", "Begin it with /.")
    for option in ("versions", "global"):
        for item in options[option] or ():
            yield from _validate_version(option, item)
    yield from _validate_build(options)
    if options["state"] == "absent":
        both = {*map(_text, options["versions"])} & {
            *map(_text, options["global"] or ())
        }
        if both:
            message = "%s is in versions with state=absent, and in global"
            yield OptionProblem(
                "global", message % sorted(both)[0], "Remove it from one of them."
            )
    if not options["versions"] and options["global"] is None:
        yield OptionProblem(
            "versions", "nothing is requested", "Set versions, global, or both."
        )


def _validate_version(option: str, item: Any) -> Iterator[OptionProblem]:
    if isinstance(item, (float, bool)):
        message = "%s contains the number %s, and YAML reads 3.10 as 3.1"
        yield OptionProblem(
            option, message % (option, item), 'Write versions in quotes: "3.10".'
        )
        return
    text = _text(item)
    if option == "global" and text == SYSTEM:
        return
    if not isinstance(item, (str, int)) or not is_version_name(text):
        yield OptionProblem(
            option,
            "%s contains an invalid version: %s" % (option, text[:100]),
            "Write a version such as 3.13, 3.13.5, 3.13t or pypy3.11-7.3.20.",
        )
    elif text.isdecimal():
        yield OptionProblem(
            option,
            "%s does not say which minor version" % text,
            "Write a minor version such as 3.13.",
        )


def _validate_build(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    for option in ("configure_options", "make_options"):
        for item in options[option]:
            if len(item.split()) != 1:
                yield OptionProblem(
                    option,
                    "pyenv separates options at spaces, and this one has some: %s"
                    % item,
                    "Write each option as an item of its own, without spaces in it.",
                )
    for key, value in _environment_of(options):
        if not str(key).isidentifier() or "\0" in str(value):
            yield OptionProblem(
                "build_environment",
                "this is not the name of a variable: %s" % key,
                "Use letters, digits and underscores.",
            )
    for name in options["required_extensions"]:
        if name not in BY_EXTENSION:
            yield OptionProblem(
                "required_extensions",
                "%s is not an extension that pyenv checks" % name,
                "Choose from %s." % ", ".join(sorted(BY_EXTENSION)),
            )
    yield from _validate_downloads(options)
    if options["jobs"] < 0:
        yield OptionProblem(
            "jobs", "jobs is negative", "Set it to 0 for all processors."
        )


def _validate_downloads(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    if options["mirror_url"] and has_credentials(options["mirror_url"]):
        yield OptionProblem(
            "mirror_url",
            "mirror_url has credentials, which curl would show in the process list",
            "Use a mirror that requires none, or put the archives into cache.",
        )
    if options["offline"] and options["mirror_url"]:
        yield OptionProblem(
            "offline",
            "mirror_url has no effect with offline",
            "Set one of them.",
        )
