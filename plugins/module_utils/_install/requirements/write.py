# SPDX-License-Identifier: GPL-3.0-or-later
"""The requirements file that an installer is given: all that is asked, in a private file, and no credential in it.

pip hands the URL of an index on to the processes that build, on their command line; so a username and password are
taken out of every URL, also in the user's own files, and handed over in a netrc and, for git, in variables.
"""

from __future__ import annotations

import os
import re
from typing import Dict, List, Mapping, NamedTuple, Sequence, Set, Tuple

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
from .foreign_files import reject_foreign_file
from .parse import (
    Gathered,
    Line,
    absolute_file_url,
    expand_variables,
    file_url,
    is_pylock,
    local_project,
    parse_line,
    project_path,
    read_requirements,
)

#: The name of a requirement that has no marker.
_UNCONDITIONAL = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:[@=<>!~(][^;]*)?"
)


_SINGLE_EQUALS = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?)\s*=\s*([^=\s;]+)"
)


class InstallerInputs(NamedTuple):
    """What an installer takes its requirements from."""

    arguments: Tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Tuple[str, ...]
    names: Mapping[str, str]  # of a file that was written for it: the user's own
    requested: Tuple[
        str, ...
    ] = ()  # names of distributions that are requested without a condition


class CredentialCollector:
    """Takes credentials out of texts and collects them.

    :param credentials: given for their hosts; they count before those in URLs.
    :param environment: of the installer, for variables in the user part of a URL.
    """

    def __init__(
        self, credentials: Sequence[Credential], environment: Mapping[str, str]
    ) -> None:
        self._environment = environment
        self.found: List[Credential] = list(credentials)
        self._given = {parse_host(each.host)[0] for each in credentials}

    def strip(self, text: str) -> str:
        """Return a text without credentials; raises OperationError where a host has two, or one cannot be taken out."""
        clean, credentials = strip_text(expand_variables(text, self._environment))
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
        same_host = any(
            parse_host(known.host)[0] == credential.host for known in self.found
        )
        if same_host and credential.host not in self._given:
            message = "%s has two different credentials" % credential.host
            raise OperationError(
                "credentials-conflict",
                message,
                "Set the right ones in index_credentials.",
            )
        self.found.append(credential)


def write_installer_inputs(
    work: str,
    install_spec: InstallSpec,
    credentials: Sequence[Credential],
    environment: Mapping[str, str],
) -> InstallerInputs:
    """Write what is requested into the private directory ``work``; raises OperationError for what can't be used.

    :param credentials: for indexes; they count before those in URLs.
    :param environment: of the installer, for variables (``${NAME}``).
    """
    collector = CredentialCollector(credentials, environment)
    files = _requirements_files(install_spec)
    gathered = _read_files(install_spec, files, environment)
    packages = _read_packages(install_spec, environment)
    index = collector.strip_index(install_spec.sources)
    copies = _copy_files(work, gathered, collector)
    lines = index_lines(index)
    lines += [
        "-r %s" % os.path.basename(copies[os.path.normpath(path)]) for path in files
    ]
    lines += [
        "-c %s" % os.path.basename(copies[os.path.normpath(path)])
        for path in install_spec.constraints
    ]
    lines += [
        collector.strip(_make_absolute(line, install_spec.directory))
        for line in packages
    ]
    path = os.path.join(work, "asked.txt")
    write_private(path, "\n".join(lines) + "\n")
    variables = connection_variables(index)
    if is_pylock(install_spec.lock):  # uv takes no other file beside it
        variables.update(index_variables(index))
    variables.update(hand_over_credentials(work, collector.found))
    requested = [*packages, *_included_lines(gathered, files)]
    return InstallerInputs(
        arguments=_arguments(install_spec, path),
        environment=variables,
        secrets=tuple({each.password or each.username for each in collector.found}),
        names={
            **{copy: original for original, copy in copies.items()},
            path: "the options of this task",
        },
        requested=_unconditional_names(requested),
    )


def _requirements_files(install_spec: InstallSpec) -> List[str]:
    """Return the files that go after -r; raises OperationError for one of another tool."""
    for path in install_spec.requirements:
        reject_foreign_file(path, "requirements")
    reject_foreign_file(install_spec.lock, "lock")
    files = list(install_spec.requirements)
    if install_spec.lock and not is_pylock(install_spec.lock):
        files.append(install_spec.lock)
    return files


def _read_files(
    install_spec: InstallSpec, files: Sequence[str], environment: Mapping[str, str]
) -> Gathered:
    with Host() as host:
        gathered = read_requirements(
            host,
            [*files, *install_spec.constraints],
            environment,
            install_spec.directory,
        )
    for path, reason in gathered.problems:
        hint = "The owner of the environment must be able to read it."
        raise OperationError("no-such-file", "%s: %s" % (path, reason), hint)
    return gathered


def _arguments(install_spec: InstallSpec, path: str) -> Tuple[str, ...]:
    """Return the arguments that name the requirements; ``path`` is the file that was written."""
    arguments: List[str] = []
    if is_pylock(install_spec.lock):
        arguments += ["-r", install_spec.lock]
    else:
        arguments += (
            ["--require-hashes"]
            if install_spec.require_hashes or install_spec.lock
            else []
        )
        arguments += ["-r", path]
    if install_spec.no_deps:
        arguments.append("--no-deps")
    for name in install_spec.only_binary:
        arguments += ["--only-binary", name]
    for name in install_spec.no_binary:
        arguments += ["--no-binary", name]
    return tuple(arguments)


def _included_lines(gathered: Gathered, files: Sequence[str]) -> List[Line]:
    """Return the lines of requirements files and of what they include; constraints request nothing."""
    lines: List[Line] = []
    seen: Set[str] = set()
    pending = [os.path.normpath(path) for path in files]
    while pending:
        path = pending.pop()
        if path in seen or path not in gathered.lines:
            continue
        seen.add(path)
        for line in gathered.lines[path]:
            lines.append(line)
            if line.kind == "include":
                pending.append(
                    os.path.normpath(os.path.join(os.path.dirname(path), line.value))
                )
    return lines


def _read_packages(
    install_spec: InstallSpec, environment: Mapping[str, str]
) -> List[Line]:
    """Parse the packages; raises OperationError for a relative path that has no directory to start from."""
    lines: List[Line] = []
    for package in install_spec.packages:
        parsed = list(parse_line(expand_variables(package, environment)))
        line = parsed[0] if len(parsed) == 1 else Line("other", package)
        single = _SINGLE_EQUALS.fullmatch(package)
        if single:
            message = "%s is not a requirement: did you mean %s==%s?" % (
                package,
                *single.groups(),
            )
            raise OperationError(
                "bad-requirement", message, "A single = is not an operator (PEP 440)."
            )
        path = project_path(line)
        if path and not path.startswith("/") and not install_spec.directory:
            message = (
                "%s is a relative path, and packages have no directory that it starts from"
                % package
            )
            raise OperationError(
                "relative-path",
                message,
                "Write it as an absolute path, or in a requirements file.",
            )
        lines.append(line)
    return lines


def _unconditional_names(lines: Sequence[Line]) -> Tuple[str, ...]:
    """Return the names that lines request whatever the platform is: those without a marker."""
    names = []
    for line in lines:
        text = line.text.partition(" --")[0].strip() if line.kind == "other" else ""
        match = _UNCONDITIONAL.fullmatch(text)
        if match:
            names.append(match.group(1))
    return tuple(names)


def _copy_files(
    work: str, gathered: Gathered, collector: CredentialCollector
) -> Dict[str, str]:
    """Write a copy of each file that means the same from anywhere and holds no credentials; return them by path."""
    copies = {
        path: os.path.join(work, "file-%d.txt" % number)
        for number, path in enumerate(gathered.files)
    }
    for path, copy in copies.items():
        lines = []
        for line in gathered.lines[path]:
            lines.append(collector.strip(_rewrite(line, os.path.dirname(path), copies)))
        write_private(copy, "\n".join(lines) + "\n")
    return copies


def _rewrite(line: Line, own: str, copies: Mapping[str, str]) -> str:
    """Return a line of a file in the directory ``own`` so that it means the same from anywhere."""
    place = os.path.normpath(os.path.join(own, line.value))
    if line.kind in ("include", "constrain"):
        name = (
            os.path.basename(copies[place]) if place in copies else line.value
        )  # relative to the file that names it
        return "-%s %s" % ("r" if line.kind == "include" else "c", name)
    if line.kind == "find-links" and ":" not in line.value:
        return "--find-links %s" % to_word(place)
    return _make_absolute(line, line.directory)


def _make_absolute(line: Line, directory: str) -> str:
    """Return a line that names a project, with its path or ``file:`` URL made absolute."""
    url = file_url(line)
    if url:
        return line.text.replace(url, absolute_file_url(url, directory), 1)
    project = local_project(line, directory)
    if project and line.kind == "editable":
        return "-e %s%s" % (to_word(project), line.rest)
    return to_word(project) + line.rest if project else line.text
