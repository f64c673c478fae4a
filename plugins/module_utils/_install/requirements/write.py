# SPDX-License-Identifier: GPL-3.0-or-later
"""The requirements file that an installer is given: all that is asked, in a private file, and no credential in it.

pip hands the URL of an index on to the processes that build, on their command line; so a username and password are
taken out of every URL, also in the user's own files, and handed over in a netrc and, for git, in variables.
"""

from __future__ import annotations

import os
import re
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple
from urllib.parse import quote

from ..._host.host import Host
from ..._process.commands import OperationError
from ..._process.secrets import Credential, git_environment, netrc_text, strip_text
from ..spec import InstallSpec
from .parse import Gathered, Line, is_pylock, read_requirements

#: A user part of a URL that names variables, which the installer would put there.
_VARIABLES = re.compile(r"(?<=://)[^/\s@]*\$\{[A-Z0-9_]+\}[^/\s]*(?=@)")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


class InstallerInputs(NamedTuple):
    """What an installer takes its requirements from."""

    arguments: Tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Tuple[str, ...]
    names: Mapping[str, str]  # of a file that was written for it: the user's own


class _Stripper:
    """Takes credentials out of texts, and keeps them."""

    def __init__(self, credentials: Sequence[Credential], environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.found: List[Credential] = list(credentials)
        self._given = {each.host.partition(":")[0] for each in credentials}

    def strip(self, text: str) -> str:
        """Give a text without them; variables in the user part of a URL get their values first."""
        text = _VARIABLES.sub(lambda part: _VARIABLE.sub(self._value, part.group()), text)
        clean, credentials = strip_text(text)
        for each in credentials:
            others = [known for known in self.found if known.host == each.host and known != each]
            if others and each.host not in self._given:
                message = "two credentials are given for %s" % each.host
                raise OperationError("credentials-conflict", message, "Give the ones that count in index_credentials.")
            self.found.append(each)
        return clean

    def _value(self, match: re.Match[str]) -> str:
        return self._environment.get(match.group(1)) or match.group()


def write_installer_inputs(
    work: str, install_spec: InstallSpec, credentials: Sequence[Credential], environment: Mapping[str, str]
) -> InstallerInputs:
    """Write the requirements of ``ask`` into the private directory ``work``.

    :param credentials: for indexes; they count before those in URLs.
    :param environment: of the installer, for variables in URLs.
    """
    stripper = _Stripper(credentials, environment)
    hashed = bool(install_spec.lock) and not is_pylock(install_spec.lock)
    asked = [*install_spec.requirements, *([install_spec.lock] if hashed else [])]
    with Host() as host:
        gathered = read_requirements(host, [*asked, *install_spec.constraints])
    for path, reason in gathered.problems:
        raise OperationError(
            "no-such-file", "%s: %s" % (path, reason), "The owner of the environment must be able to read it."
        )
    copies = _copy_files(work, gathered, stripper)
    lines = _index_lines(install_spec, stripper)
    lines += ["-r %s" % os.path.basename(copies[os.path.normpath(path)]) for path in asked]
    lines += ["-c %s" % os.path.basename(copies[os.path.normpath(path)]) for path in install_spec.constraints]
    lines += [stripper.strip(_portable(package)) for package in install_spec.packages]
    path = os.path.join(work, "asked.txt")
    write_private(path, "\n".join(lines) + "\n")
    arguments = ["--require-hashes"] if install_spec.require_hashes or hashed else []
    variables: Dict[str, str] = {}
    if install_spec.lock and not hashed:  # uv takes no other file beside it
        arguments = ["-r", install_spec.lock]
        variables = _index_variables(install_spec, stripper)
    else:
        arguments += ["-r", path]
    for option, names in (("--only-binary", install_spec.only_binary), ("--no-binary", install_spec.no_binary)):
        for name in names:
            arguments += [option, name]
    spoken = {copy: place for place, copy in copies.items()}
    spoken[path] = "the options of this task"
    variables.update(_hand_over(work, stripper.found))
    return InstallerInputs(tuple(arguments), variables, _secrets(stripper.found), spoken)


def _hand_over(work: str, found: Sequence[Credential]) -> Dict[str, str]:
    """Give the variables by which an installer, and git, finds the credentials."""
    if not found:
        return {}
    netrc = os.path.join(work, "netrc")
    write_private(netrc, netrc_text(found))
    return {"NETRC": netrc, **git_environment({"https://%s/" % each.host: each for each in reversed(found)})}


def _secrets(found: Sequence[Credential]) -> Tuple[str, ...]:
    return tuple({each.password or each.username for each in found})


def _index_lines(install_spec: InstallSpec, stripper: _Stripper) -> List[str]:
    index, lines = install_spec.sources, []
    if index.no_index:
        lines.append("--no-index")
    if index.index_url:
        lines.append("--index-url %s" % stripper.strip(index.index_url))
    lines += ["--extra-index-url %s" % stripper.strip(url) for url in index.extra_index_urls]
    lines += ["--find-links %s" % stripper.strip(_portable(place)) for place in index.find_links]
    return lines


def _index_variables(install_spec: InstallSpec, stripper: _Stripper) -> Dict[str, str]:
    """Give the index as variables of pip and uv, for a lock, beside which no options can be written into a file."""
    index = install_spec.sources
    extra = [stripper.strip(url) for url in index.extra_index_urls]
    links = [stripper.strip(_portable(place)) for place in index.find_links]
    url = stripper.strip(index.index_url)
    found = {
        "PIP_NO_INDEX": "1" if index.no_index else "",
        "PIP_INDEX_URL": url,
        "UV_DEFAULT_INDEX": url,
        "PIP_EXTRA_INDEX_URL": " ".join(extra),
        "UV_INDEX": " ".join(extra),
        "PIP_FIND_LINKS": " ".join(links),
        "UV_FIND_LINKS": ",".join(links),
    }
    return {name: value for name, value in found.items() if value}


def _portable(path: str) -> str:
    """Give a path as a word: one with white space as a URL, which pip and uv both take without quotation marks."""
    if path.startswith("/") and re.search(r"[\s'\"]", path.partition(";")[0].strip()):
        return "file://" + quote(path, safe="/[]")
    return path


def _copy_files(work: str, gathered: Gathered, stripper: _Stripper) -> Dict[str, str]:
    """Write each file anew, with what it names by absolute path and without credentials; give the copies by path."""
    copies = {path: os.path.join(work, "file-%d.txt" % number) for number, path in enumerate(gathered.files)}
    for path, copy in copies.items():
        directory = os.path.dirname(path)
        lines = [stripper.strip(_rewrite(line, directory, copies)) for line in gathered.lines[path]]
        write_private(copy, "\n".join(lines) + "\n")
    return copies


def _rewrite(line: Line, directory: str, copies: Mapping[str, str]) -> str:
    """Give a line that means the same from anywhere."""
    place = os.path.normpath(os.path.join(directory, line.value))
    if line.kind in ("include", "constrain"):
        name = os.path.basename(copies[place]) if place in copies else line.value  # relative to the file that names it
        return "-%s %s" % ("r" if line.kind == "include" else "c", name)
    if line.kind == "editable" and ":" not in line.value:
        return "-e %s%s" % (_portable(place), line.rest)
    if line.kind == "local":
        return _portable(place) + line.rest
    if line.kind == "find-links" and ":" not in line.value:
        return "--find-links %s" % _portable(place)
    return line.text


def write_private(path: str, text: str) -> None:
    """Write a file that only this user can read."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
