# SPDX-License-Identifier: GPL-3.0-or-later
"""The requirements file that an installer is given: all that is asked, in a private file, and no credential in it.

pip hands the URL of an index on to the processes that build, on their command line; so a username and password are
taken out of every URL, also in the user's own files, and handed over in a netrc and, for git, in variables.
"""

from __future__ import annotations

import os
import re
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ..._host.host import Host
from ..._process.commands import OperationError
from ..._process.secrets import Credential, parse_host, strip_text
from ..index import (
    connection_variables,
    hand_over_credentials,
    index_lines,
    index_variables,
    reject_query_secrets,
    to_word,
    write_private,
)
from ..spec import Index, InstallSpec
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


class CredentialCollector:
    """Takes credentials out of texts and collects them.

    :param credentials: given for their hosts; they count before those in URLs.
    :param environment: of the installer, for variables in the user part of a URL.
    """

    def __init__(self, credentials: Sequence[Credential], environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.found: List[Credential] = list(credentials)
        self._given = {parse_host(each.host)[0] for each in credentials}

    def strip(self, text: str) -> str:
        """Return a text without credentials; raises OperationError where a host has two, or one cannot be taken out."""
        text = _VARIABLES.sub(lambda part: _VARIABLE.sub(self._value, part.group()), text)
        clean, credentials = strip_text(text)
        reject_query_secrets(clean)
        for credential in credentials:
            self._add(credential)
        return clean

    def strip_index(self, index: Index) -> Index:
        """Return an index without credentials in its URLs."""
        return index._replace(
            index_url=self.strip(index.index_url),
            extra_index_urls=tuple(self.strip(url) for url in index.extra_index_urls),
            find_links=tuple(self.strip(place) for place in index.find_links),
        )

    def _add(self, credential: Credential) -> None:
        """Add a credential; a netrc has no ports, so a host can have one only."""
        if credential in self.found:
            return
        same_host = any(parse_host(known.host)[0] == credential.host for known in self.found)
        if same_host and credential.host not in self._given:
            message = "two credentials are given for %s" % credential.host
            raise OperationError("credentials-conflict", message, "Give the ones that count in index_credentials.")
        self.found.append(credential)

    def _value(self, match: re.Match[str]) -> str:
        return self._environment.get(match.group(1)) or match.group()


def write_installer_inputs(
    work: str, install_spec: InstallSpec, credentials: Sequence[Credential], environment: Mapping[str, str]
) -> InstallerInputs:
    """Write the requirements of ``ask`` into the private directory ``work``.

    :param credentials: for indexes; they count before those in URLs.
    :param environment: of the installer, for variables in URLs.
    """
    collector = CredentialCollector(credentials, environment)
    hashed = bool(install_spec.lock) and not is_pylock(install_spec.lock)
    asked = [*install_spec.requirements, *([install_spec.lock] if hashed else [])]
    with Host() as host:
        gathered = read_requirements(host, [*asked, *install_spec.constraints])
    for path, reason in gathered.problems:
        raise OperationError(
            "no-such-file", "%s: %s" % (path, reason), "The owner of the environment must be able to read it."
        )
    copies = _copy_files(work, gathered, collector)
    index = collector.strip_index(install_spec.sources)
    lines = index_lines(index)
    lines += ["-r %s" % os.path.basename(copies[os.path.normpath(path)]) for path in asked]
    lines += ["-c %s" % os.path.basename(copies[os.path.normpath(path)]) for path in install_spec.constraints]
    lines += [collector.strip(to_word(package)) for package in install_spec.packages]
    path = os.path.join(work, "asked.txt")
    write_private(path, "\n".join(lines) + "\n")
    arguments = ["--require-hashes"] if install_spec.require_hashes or hashed else []
    variables: Dict[str, str] = connection_variables(index)
    if install_spec.lock and not hashed:  # uv takes no other file beside it
        arguments = ["-r", install_spec.lock]
        variables.update(index_variables(index))
    else:
        arguments += ["-r", path]
    for option, names in (("--only-binary", install_spec.only_binary), ("--no-binary", install_spec.no_binary)):
        for name in names:
            arguments += [option, name]
    original_names = {copy: place for place, copy in copies.items()}
    original_names[path] = "the options of this task"
    variables.update(hand_over_credentials(work, collector.found))
    return InstallerInputs(tuple(arguments), variables, _secrets(collector.found), original_names)


def _secrets(found: Sequence[Credential]) -> Tuple[str, ...]:
    return tuple({each.password or each.username for each in found})


def _copy_files(work: str, gathered: Gathered, collector: CredentialCollector) -> Dict[str, str]:
    """Write each file anew, with what it names by absolute path and without credentials; give the copies by path."""
    copies = {path: os.path.join(work, "file-%d.txt" % number) for number, path in enumerate(gathered.files)}
    for path, copy in copies.items():
        directory = os.path.dirname(path)
        lines = [collector.strip(_rewrite(line, directory, copies)) for line in gathered.lines[path]]
        write_private(copy, "\n".join(lines) + "\n")
    return copies


def _rewrite(line: Line, directory: str, copies: Mapping[str, str]) -> str:
    """Give a line that means the same from anywhere."""
    place = os.path.normpath(os.path.join(directory, line.value))
    if line.kind in ("include", "constrain"):
        name = os.path.basename(copies[place]) if place in copies else line.value  # relative to the file that names it
        return "-%s %s" % ("r" if line.kind == "include" else "c", name)
    if line.kind == "editable" and ":" not in line.value:
        return "-e %s%s" % (to_word(place), line.rest)
    if line.kind == "local":
        return to_word(place) + line.rest
    if line.kind == "find-links" and ":" not in line.value:
        return "--find-links %s" % to_word(place)
    return line.text
