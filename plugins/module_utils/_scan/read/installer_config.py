# SPDX-License-Identifier: GPL-3.0-or-later
"""Read all that tells pip and uv what to do: configuration files where each looks for them, and variables."""

from __future__ import annotations

import codecs
import re
from typing import Callable, Iterator, Mapping, Sequence, Tuple

from ..._host.host import Host, Missing, Unreadable, User
from ..model import PipConfigFile, Settings, UvConfigFile, VariableSetting
from .variables import normal_key, read_variables

Homes = Sequence[Tuple[User, str, str]]  # (user, home, configuration home)
Variables = Sequence[VariableSetting]

_ONE_SPELLING_SINCE = "26.3"  # this pip takes two spellings of one key for a duplicate
_KEG = re.compile(r"(.+)/(?:opt|Cellar)/python[^/]*/")
_BLANKS = re.compile(r"[^\S\n]{100,}")
_KEY = "break-system-packages"
_UV = UvConfigFile("", "", "", None)


def read_settings(host: Host, users: Sequence[User], prefixes: Sequence[str]) -> Settings:
    """Give the settings for the caller (named by number where no local account) and ``users``, on these prefixes."""
    home, config = (_absolute(host.env.get(name, "")) for name in ("HOME", "XDG_CONFIG_HOME"))
    caller = host.caller() or User("#%d" % host.uid, host.uid, -1, home, "")
    homes = [(caller, home or caller.home.rstrip("/"), config)] if caller.home else []
    homes += [(user, user.home.rstrip("/"), "") for user in users if user.name != caller.name]
    homes = [(user, home, config or home + "/.config") for user, home, config in homes]
    variables = read_variables(host, [user for user, _home, _config in homes], caller.name)
    pip, uv = read_pip_files(host, homes, prefixes, variables), read_uv_files(host, homes, variables)
    return Settings(pip, uv, variables, caller.name, language_of(host.env))


def _absolute(value: str) -> str:
    """Give a directory; a relative one counts as none, as for uv and pip 26.3."""
    return value.strip().rstrip("/") if value.strip().startswith("/") else ""


def _locale(env: Mapping[str, str], category: str) -> str:
    return env.get("LC_ALL") or env.get(category) or env.get("LANG") or ""


def language_of(env: Mapping[str, str]) -> str:
    """Give ``locale.getlocale(locale.LC_MESSAGES)[0]``, '' for C."""
    name = _locale(env, "LC_MESSAGES")
    if name.partition(".")[0] in ("", "C", "POSIX"):
        return ""
    import locale

    return locale.normalize(name).partition(".")[0].partition("@")[0]


def encoding_of(env: Mapping[str, str]) -> str:
    """Give the encoding of a locale, UTF-8 where it names none (PEP 538)."""
    codeset = _locale(env, "LC_CTYPE").partition(".")[2].partition("@")[0]
    try:
        return codecs.lookup("utf-8" if env.get("PYTHONUTF8") == "1" else codeset or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8"


def parse_pip_config(data: bytes, encoding: str = "utf-8") -> PipConfigFile:
    """Parse a pip.conf as pip does (RawConfigParser); never raises. With an ``error`` each pip command ends at once."""
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return PipConfigFile("", "", "", (), "it is not in the encoding %s" % encoding)
    # Universal newlines, as pip has them; and no run of blanks that the parser's patterns would be slow on.
    text = _BLANKS.sub(" " * 100, text.replace("\r\n", "\n").replace("\r", "\n"))
    settings, error = _parse(text, str.lower)
    since = ""
    if len({row[:2] for row in settings}) < len(settings):
        error = _parse(text, normal_key)[1]
        since = _ONE_SPELLING_SINCE if error else ""
    return PipConfigFile("", "", "", settings, error, error_from=since)


def _parse(text: str, spelling: Callable[[str], str]) -> tuple[tuple[tuple[str, str, str], ...], str]:
    from configparser import RawConfigParser

    parser = RawConfigParser()
    parser.optionxform = spelling  # type: ignore[assignment,method-assign]  # as configparser documents it
    try:
        parser.read_string(text, "pip.conf")
        rows = [(name, normal_key(key), value) for name in parser.sections() for key, value in parser.items(name)]
    except Exception as exc:  # whatever this parser raises ends pip
        return (), " ".join(str(exc).split())[:300] or type(exc).__name__
    return tuple(rows), ""


def parse_uv_config(data: bytes) -> UvConfigFile:
    """Parse a uv.toml; never raises. With an ``error`` uv 0.13 refuses to start; not every such mistake is seen."""
    from .toml import TomlError, scan_toml

    file = _UV
    try:
        found = scan_toml(data.decode("utf-8"))
    except (UnicodeDecodeError, TomlError) as exc:
        return file._replace(error="not valid TOML: %s" % exc)
    except ValueError as exc:
        return file._replace(unread="can't be followed: %s" % exc)
    pip = {path[1]: text for path, text in found.items() if path[0] == "pip" and len(path) == 2}
    redirects = [(name, pip[name]) for name in ("target", "prefix") if name in pip]
    kinds = pip.get(_KEY, "true") in ("true", "false") and all(text[0] in "\"'" for _name, text in redirects)
    wrong = {
        "[tool.uv] belongs into pyproject.toml": any(path[0] == "tool" for path in found),
        "%s outside [pip], or with underscores" % _KEY: (_KEY,) in found or _KEY.replace("-", "_") in pip,
        "a value for pip of the wrong kind": found.get(("pip",), "{}") != "{}" or not kinds,
    }
    error = next((why for why, holds in wrong.items() if holds), "")
    redirect = " = ".join(redirects[-1]) if redirects else ""
    switch = pip[_KEY] == "true" if _KEY in pip else None
    return file._replace(error=error) if error else file._replace(break_system_packages=switch, redirect=redirect)


def read_pip_files(
    host: Host, homes: Homes, prefixes: Sequence[str], variables: Variables
) -> tuple[PipConfigFile, ...]:
    """Give every file that is there, the weakest first; one that pip passes over is there without settings."""
    encoding = encoding_of(host.env)
    uids = {user.name: user.uid for user, _home, _config in homes}
    found = []
    for path, scope, user, prefix in _pip_places(host, homes, prefixes, variables):
        data, code, reason = _read(host, path)
        if code not in ("missing", "link-loop"):
            passed_over = code == "permission" and (not user or host.uid in (0, uids.get(user)))
            unread = "" if passed_over or code == "not-a-file" else reason
            text = parse_pip_config(data, encoding)
            found.append(text._replace(path=path, scope=scope, user=user, prefix=prefix, unread=unread))
    return tuple(found)


def _read(host: Host, path: str) -> tuple[bytes, str, str]:
    try:
        return host.read(path), "", ""
    except Missing:
        return b"", "missing", "no such file"
    except Unreadable as exc:
        if exc.code not in ("not-a-file", "link-loop"):
            host.note(path, exc.code, exc.reason)
        return b"", exc.code, exc.reason


def _pip_places(
    host: Host, homes: Homes, prefixes: Sequence[str], variables: Variables
) -> Iterator[tuple[str, str, str, str]]:
    """Give (path, scope, user, prefix) in pip's order (appdirs.py, configuration.py)."""
    mac = host.system == "darwin"
    support = "/Library/Application Support"
    kegs = [(prefix, _KEG.match(prefix)) for prefix in prefixes] if mac else []
    yield from ((keg.group(1) + "/share/pip/pip.conf", "global", "", prefix) for prefix, keg in kegs if keg)
    for directory in [support] if mac else [*_xdg(host), ""]:
        yield (directory + "/pip/pip.conf" if directory else "/etc/pip.conf"), "global", "", ""
    for user, home, config in homes:
        yield home + "/.pip/pip.conf", "user", user.name, ""
        own = home + (support if host.is_dir(home + support + "/pip") else "/.config") if mac else config
        yield own + "/pip/pip.conf", "user", user.name, ""
    yield from ((prefix.rstrip("/") + "/pip.conf", "site", "", prefix) for prefix in dict.fromkeys(prefixes))
    yield from ((path, "env", user, "") for path, user in _named(variables, "PIP_CONFIG_FILE"))


def _named(variables: Variables, name: str) -> list[tuple[str, str]]:
    found = {row.value: row.user for row in variables if row.name == name and row.value.startswith("/")}
    return [(path, user) for path, user in found.items() if path != "/dev/null"]


def _xdg(host: Host) -> list[str]:
    places = host.env.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg"
    return [place.rstrip("/") for place in places.split(":") if place.startswith("/")]


def read_uv_files(host: Host, homes: Homes, variables: Variables) -> tuple[UvConfigFile, ...]:
    """Give the files that uv reads: the first system one, each user's (also on macOS), what UV_CONFIG_FILE names."""
    system = [path for path in (place + "/uv/uv.toml" for place in (*_xdg(host), "/etc")) if host.is_file(path)]
    places = [(path, "system", "") for path in system[:1]]
    places += [(config + "/uv/uv.toml", "user", user.name) for user, _home, config in homes]
    places += [(path, "env", user) for path, user in _named(variables, "UV_CONFIG_FILE")]
    found = []
    for path, scope, user in places:
        data, code, reason = _read(host, path)
        file = (parse_uv_config(data) if data else _UV)._replace(path=path, scope=scope, user=user)
        if code in ("missing", "not-a-file"):
            file = file._replace(error=reason)
        if code != "missing" or scope == "env":
            found.append(file if file.error else file._replace(unread=reason or file.unread))
    return tuple(found)
