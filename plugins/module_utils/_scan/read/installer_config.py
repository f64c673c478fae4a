# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what configures pip and uv: files, in the places where each looks for them, and variables."""

from __future__ import annotations

import codecs
import re
from typing import Iterator, Mapping, Sequence, Tuple

from ..._host.host import Host, Missing, Unreadable, User
from ..._host.record import NamedTuple
from ..ini import IniError, parse_ini
from ..model import PipConfigFile, Settings, UvConfigFile, VariableSetting
from .variables import normal_key, read_variables

Homes = Sequence[Tuple[User, str, str]]  # (user, home, configuration home)
Variables = Sequence[VariableSetting]

_ONE_SPELLING_SINCE = "26.3"  # this pip takes two spellings of one key for a duplicate
_KEG = re.compile(r"(.+)/(?:opt|Cellar)/python[^/]*/")
_SETTINGS_LIMIT = 20_000  # each key of [DEFAULT] is in every section
_FILE_LIMIT = 64 * 1024  # bytes; real files have less than 4 KiB
_TOO_COSTLY = "it takes too much time or memory to read"
_ERROR_LIMIT = 300  # characters
_KEY = "break-system-packages"
_REDIRECTS = ("target", "prefix")
_PIP = PipConfigFile(path="", scope="", user="", settings=())
_UV = UvConfigFile(path="", scope="", user="", break_system_packages=None)


def read_settings(
    host: Host, users: Sequence[User], prefixes: Sequence[str]
) -> Settings:
    """Return the settings for the caller (named by number where no local account) and ``users``, on these prefixes."""
    home, config = (
        _absolute(host.env.get(name, "")) for name in ("HOME", "XDG_CONFIG_HOME")
    )
    caller = host.caller() or User("#%d" % host.uid, host.uid, -1, home, "")
    homes = [(caller, home or caller.home.rstrip("/"), config)] if caller.home else []
    homes += [
        (user, user.home.rstrip("/"), "") for user in users if user.name != caller.name
    ]
    homes = [(user, home, config or home + "/.config") for user, home, config in homes]
    variables = read_variables(
        host, [user for user, _home, _config in homes], caller.name
    )
    pip, uv = (
        read_pip_files(host, homes, prefixes, variables),
        read_uv_files(host, homes, variables),
    )
    return Settings(pip, uv, variables, caller.name, language_of(host.env))


def _absolute(value: str) -> str:
    """Return a directory; a relative one counts as none, as for uv and pip 26.3."""
    return value.strip().rstrip("/") if value.strip().startswith("/") else ""


def _locale(env: Mapping[str, str], category: str) -> str:
    return env.get("LC_ALL") or env.get(category) or env.get("LANG") or ""


def language_of(env: Mapping[str, str]) -> str:
    """Return ``locale.getlocale(locale.LC_MESSAGES)[0]``, '' for C."""
    name = _locale(env, "LC_MESSAGES")
    if name.partition(".")[0] in ("", "C", "POSIX"):
        return ""
    import locale

    return locale.normalize(name).partition(".")[0].partition("@")[0]


def encoding_of(env: Mapping[str, str]) -> str:
    """Return the encoding of a locale, UTF-8 where it names none (PEP 538)."""
    codeset = _locale(env, "LC_CTYPE").partition(".")[2].partition("@")[0]
    try:
        return codecs.lookup(
            "utf-8" if env.get("PYTHONUTF8") == "1" else codeset or "utf-8"
        ).name
    except (LookupError, ValueError):
        return "utf-8"


def parse_pip_config(data: bytes, encoding: str = "utf-8") -> PipConfigFile:
    """Parse a pip.conf as pip does (RawConfigParser); never raises. With an ``error`` each pip command ends at once."""
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return _PIP._replace(error="it is not in the encoding %s" % encoding)
    text = text.replace("\r\n", "\n").replace(
        "\r", "\n"
    )  # universal newlines, as pip has them
    try:
        parsed = parse_ini(text, str.lower)
    except IniError as exc:
        return _PIP._replace(error=str(exc)[:_ERROR_LIMIT])
    if parsed.row_count() > _SETTINGS_LIMIT:
        return _PIP._replace(unread="it has more than %d settings" % _SETTINGS_LIMIT)
    settings = tuple(
        (section, normal_key(key), value) for section, key, value in parsed.rows()
    )
    file = _PIP._replace(settings=settings)
    has_two_spellings = len({row[:2] for row in settings}) < len(settings)
    if has_two_spellings:
        try:
            parse_ini(text, normal_key)
        except IniError as exc:
            return file._replace(
                error=str(exc)[:_ERROR_LIMIT], error_from=_ONE_SPELLING_SINCE
            )
    return file


def parse_uv_config(data: bytes) -> UvConfigFile:
    """Parse a uv.toml; never raises. With an ``error`` uv 0.13 refuses to start; not every such mistake is seen."""
    from .toml import TomlError, scan_toml

    try:
        found = scan_toml(data.decode("utf-8"))
    except (UnicodeDecodeError, TomlError) as exc:
        return _UV._replace(error="not valid TOML: %s" % exc)
    except ValueError as exc:
        return _UV._replace(unread="can't be followed: %s" % exc)
    pip = {
        path[1]: text
        for path, text in found.items()
        if path[0] == "pip" and len(path) == 2
    }
    error = _uv_error(found, pip)
    if error:
        return _UV._replace(error=error)
    redirects = ["%s = %s" % (name, pip[name]) for name in _REDIRECTS if name in pip]
    return _UV._replace(
        break_system_packages=pip[_KEY] == "true" if _KEY in pip else None,
        redirect=redirects[-1] if redirects else "",
    )


def _uv_error(found: Mapping[tuple[str, ...], str], pip: Mapping[str, str]) -> str:
    """Return why uv refuses a file, by its values as they are written, and those of [pip]; '' where it does not."""
    if any(path[0] == "tool" for path in found):
        return "[tool.uv] belongs into pyproject.toml"
    if (_KEY,) in found or _KEY.replace("-", "_") in pip:
        return "%s outside [pip], or with underscores" % _KEY
    is_table = found.get(("pip",), "{}") == "{}"
    is_boolean = pip.get(_KEY, "true") in ("true", "false")
    are_strings = all(pip[name][0] in "\"'" for name in _REDIRECTS if name in pip)
    if not (is_table and is_boolean and are_strings):
        return "a value for pip of the wrong kind"
    return ""


def read_pip_files(
    host: Host, homes: Homes, prefixes: Sequence[str], variables: Variables
) -> tuple[PipConfigFile, ...]:
    """Return every file that is there, the weakest first; one that pip ignores is there without settings."""
    encoding = encoding_of(host.env)
    uids = {user.name: user.uid for user, _home, _config in homes}
    found = []
    for place in _pip_places(host, homes, prefixes, variables):
        if host.expired(place.path):
            break
        file = _read_pip_file(host, place, encoding, uids)
        if file is not None:
            found.append(file)
    return tuple(found)


def _read_pip_file(
    host: Host, place: _Place, encoding: str, uids: Mapping[str, int]
) -> PipConfigFile | None:
    """Return what one file sets; None where it is not there."""
    data, code, reason = _read(host, place.path)
    if code in ("missing", "link-loop"):
        return None
    is_ignored = code == "not-a-file"
    if (
        code == "permission"
    ):  # pip ignores what its user may not read; does the scan see what that user sees?
        is_ignored = not place.user or host.uid in (0, uids.get(place.user))
    too_costly = _PIP._replace(unread=_TOO_COSTLY)
    file = host.bounded(
        place.path, lambda: parse_pip_config(data, encoding), too_costly
    )
    unread = "" if is_ignored else reason or file.unread
    return file._replace(
        path=place.path,
        scope=place.scope,
        user=place.user,
        prefix=place.prefix,
        unread=unread,
    )


def _read(host: Host, path: str) -> tuple[bytes, str, str]:
    """Return the content of a file, or the code and the reason why there is none."""
    try:
        return host.read(path, _FILE_LIMIT), "", ""
    except Missing:
        return b"", "missing", "no such file"
    except Unreadable as exc:
        if exc.code not in ("not-a-file", "link-loop"):
            host.note(path, exc.code, exc.reason)
        return b"", exc.code, exc.reason


class _Place(NamedTuple):
    """A path where pip looks for a file."""

    path: str
    scope: str  # global, user, site or env
    user: str = ""
    prefix: str = ""


def _pip_places(
    host: Host, homes: Homes, prefixes: Sequence[str], variables: Variables
) -> Iterator[_Place]:
    """Yield the places in pip's order (appdirs.py, configuration.py)."""
    is_mac = host.system == "darwin"
    support = "/Library/Application Support"
    for prefix in prefixes if is_mac else ():
        keg = _KEG.match(prefix)
        if keg:
            yield _Place(keg.group(1) + "/share/pip/pip.conf", "global", prefix=prefix)
    directories = [support] if is_mac else _xdg(host)
    yield from (
        _Place(directory + "/pip/pip.conf", "global") for directory in directories
    )
    if not is_mac:
        yield _Place("/etc/pip.conf", "global")
    for user, home, config in homes:
        yield _Place(home + "/.pip/pip.conf", "user", user.name)
        directory = config
        if is_mac:
            directory = home + (
                support if host.is_dir(home + support + "/pip") else "/.config"
            )
        yield _Place(directory + "/pip/pip.conf", "user", user.name)
    for prefix in dict.fromkeys(prefixes):
        yield _Place(prefix.rstrip("/") + "/pip.conf", "site", prefix=prefix)
    for path, name in _named(variables, "PIP_CONFIG_FILE"):
        yield _Place(path, "env", name)


def _named(variables: Variables, name: str) -> list[tuple[str, str]]:
    found = {
        row.value: row.user
        for row in variables
        if row.name == name and row.value.startswith("/")
    }
    return [(path, user) for path, user in found.items() if path != "/dev/null"]


def _xdg(host: Host) -> list[str]:
    places = host.env.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg"
    return [place.rstrip("/") for place in places.split(":") if place.startswith("/")]


def read_uv_files(
    host: Host, homes: Homes, variables: Variables
) -> tuple[UvConfigFile, ...]:
    """Return the files that uv reads: the first system one, each user's (also on macOS), what UV_CONFIG_FILE names."""
    system = [
        path
        for path in (place + "/uv/uv.toml" for place in (*_xdg(host), "/etc"))
        if host.is_file(path)
    ]
    places = [_Place(path, "system") for path in system[:1]]
    places += [
        _Place(config + "/uv/uv.toml", "user", user.name)
        for user, _home, config in homes
    ]
    places += [
        _Place(path, "env", user) for path, user in _named(variables, "UV_CONFIG_FILE")
    ]
    found = []
    for place in places:
        if host.expired(place.path):
            break
        file = _read_uv_file(host, place)
        if file is not None:
            found.append(file)
    return tuple(found)


def _read_uv_file(host: Host, place: _Place) -> UvConfigFile | None:
    """Return what one file sets; None where it is not there, and uv does not mind."""
    data, code, reason = _read(host, place.path)
    if code == "missing" and place.scope != "env":
        return None
    too_costly = _UV._replace(unread=_TOO_COSTLY)
    file = (
        host.bounded(place.path, lambda: parse_uv_config(data), too_costly)
        if data
        else _UV
    )
    if code in ("missing", "not-a-file"):
        file = file._replace(error=reason)
    if not file.error:
        file = file._replace(unread=reason or file.unread)
    return file._replace(path=place.path, scope=place.scope, user=place.user)
