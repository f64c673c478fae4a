# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out what is planned for one application of pipx, with the rights of the process that calls it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._install.errors import explain_error
from .._process.commands import CommandResult, OperationError, Run
from .._process.secrets import Credential, netrc_text, redact
from .._scan import pep440 as versions
from .versions import ability

_ASIDE = ".pyfleet-"


class Work(NamedTuple):
    """One application, and how pipx is to work on it."""

    executable: str
    environment: Mapping[str, str]
    bin_directory: str
    man_directory: str
    credentials: Tuple[Credential, ...] = ()
    options: Tuple[str, ...] = ()  # of `pipx install`
    directory: str = ""  # of the application that is there
    backend: str = "pip"


def needed(kinds: Collection[str], backend: str) -> List[Tuple[str, str]]:
    """Give the options that steps of these kinds stand for and not every pipx has, with the first that does."""
    wants = [("pin", ability("pin").since)] if {"pin", "unpin"} & set(kinds) else []
    uses_uv = backend == "uv" and set(kinds) - {"remove", "link", "heal"}
    return wants + ([("backend=uv", ability("backend").since)] if uses_uv else [])


class Pipx:
    """The pipx of a host."""

    def __init__(self, run: Run, work: Work, private: str, name: str) -> None:
        environment = dict(work.environment)
        if work.directory:
            environment["PIPX_HOME"] = _home(work.directory)
        if environment.pop("UV_NO_INDEX", ""):  # uv has no such variable
            environment["UV_CONFIG_FILE"] = os.path.join(private, "uv.toml")
            with open(environment["UV_CONFIG_FILE"], "x") as file:
                file.write("no-index = true\n")
        if work.credentials:
            environment["NETRC"] = os.path.join(private, "netrc")
            with open(environment["NETRC"], "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(netrc_text(work.credentials))
        self._run, self._work, self._environment, self._private = run, work, environment, private
        self._name = os.path.basename(work.directory) or name
        self._secrets = [credential.password for credential in work.credentials]

    def carry_out(self, steps: Sequence[Tuple[str, Sequence[str]]]) -> None:
        """Do the steps, in their order; a rebuild that fails puts back what was there."""
        if steps and steps[0][0] == "heal":
            heal(self._work.directory)
            return
        self.refuse_what_it_cannot([kind for kind, _words in steps])
        if steps and steps[0][0] == "rebuild":
            with kept_aside(self._work.directory):
                for kind, words in steps:
                    self._do("install" if kind == "rebuild" else kind, words)
        else:
            for kind, words in steps:
                self._do(kind, words)
        if self._work.directory:
            sweep(self._work, every=False)

    def _do(self, kind: str, words: Sequence[str]) -> None:
        name = self._name
        if kind == "install":
            done = self._call("install", *self._work.options, "--", *words)
            if "already seems to be installed" in done.output + done.errors:
                message = "an application of that name is there, and was installed from something else"
                hint = "Write its name as well: name @ file:///path, or name @ URL."
                raise OperationError("installed-otherwise", message, hint, redact(done.output.strip(), self._secrets))
        elif kind == "inject":
            options = [word for word in words if word.startswith("--")]
            self._call("inject", *options, "--", name, *[word for word in words if word not in options])
        elif kind == "uninject":
            self._call("uninject", "--", name, *words)
        elif kind == "upgrade":
            self._call("upgrade", *words, "--", name)
        elif kind in ("pin", "unpin"):
            self._call(kind, "--", name)
        elif kind == "link":
            self._link(words)
        elif kind == "remove":
            self._remove(name)

    def _call(self, *words: str) -> CommandResult:
        done = self._run([self._work.executable, *words], self._environment, self._private, 0)
        if done.status:
            raise self._explain(done)
        return done

    def _explain(self, done: CommandResult) -> OperationError:
        said = done.output + done.errors
        if "No apps associated with package" in said:
            hint = "Set include_dependencies for the commands of its dependencies, or take a virtual environment."
            return OperationError(
                "no-commands", "it has no commands of its own", hint, redact(said.strip(), self._secrets)
            )
        return explain_error(done, {}, self._secrets)

    def refuse_what_it_cannot(self, kinds: Collection[str]) -> None:
        """Ask pipx for its version where a step needs one that not all have."""
        wants = needed(kinds, self._work.backend)
        version = self.version() if wants else ""
        for option, floor in wants:
            if not versions.at_least(version, floor):
                message = "%s needs pipx %s or newer, and this is %s" % (option, floor, version)
                raise OperationError("pipx-too-old", message, "Leave it out, or install a newer pipx.")
        if "backend=uv" in dict(wants):
            self._require_uv()

    def _require_uv(self) -> None:
        environment = {**self._environment, "PIPX_HOME": self._private}  # a log goes there
        words = [self._work.executable, "environment", "--value", "PIPX_UV_BINARY"]
        done = self._run(words, environment, self._private, 0)
        if done.status:
            raise self._explain(done)
        if not done.output.strip():
            hint = "Put one into /usr/local/bin, or install pipx[uv], or take backend=pip."
            raise OperationError("no-uv", "backend=uv needs uv, and pipx finds none", hint)

    def version(self) -> str:
        """Ask pipx for its version."""
        return self._call("--version").output.strip()

    def _link(self, names: Sequence[str]) -> None:
        os.makedirs(self._work.bin_directory, exist_ok=True)
        for name in names:
            scripts = os.listdir(self._work.directory + "/bin")
            plain = [each for each in scripts if each == name or _suffixed(each, name)]
            path = os.path.join(self._work.bin_directory, name)
            if plain and not os.path.exists(path):
                if os.path.islink(path):
                    os.unlink(path)
                script = name if name in plain else max(plain, key=len)
                os.symlink(os.path.join(self._work.directory, "bin", script), path)

    def _remove(self, name: str) -> None:
        if self._work.executable and os.path.isdir(self._work.directory):
            # What it leaves, be it for a broken environment, is taken away below.
            self._run([self._work.executable, "uninstall", "--", name], self._environment, self._private, 0)
        sweep(self._work, every=True)
        for path in (self._work.directory, _aside(self._work.directory)):
            if os.path.lexists(path):
                shutil.rmtree(path)

    def newer(self, specs: Sequence[str]) -> Optional[bool]:
        """Ask pip, which changes nothing, whether an upgrade would; None where it can't tell."""
        report = os.path.join(self._private, "report.json")
        command = [self._work.directory + "/bin/python", "-m", "pip", "install", "--dry-run", "--quiet"]
        command += ["--report", report, "--upgrade", "--", *specs]
        done = self._run(command, {**self._environment, "PIP_USER": "0"}, self._private, 0)
        if done.status:
            if "no such option" in done.errors or "No module named pip" in done.errors:
                return None
            raise self._explain(done)
        with open(report, encoding="utf-8") as file:
            rows = json.load(file)["install"]
        return any(self._differs(row) for row in rows)

    def _differs(self, row: Dict[str, Any]) -> bool:
        """Tell whether what would be installed is not what is there: another version, or another commit."""
        name, version = row["metadata"]["name"], row["metadata"]["version"]
        commit = row.get("download_info", {}).get("vcs_info", {}).get("commit_id", "")
        folder = "%s-%s.dist-info" % (name.replace("-", "_").replace(".", "_").lower(), version)
        for library in sorted(os.listdir(self._work.directory + "/lib")):
            site = os.path.join(self._work.directory, "lib", library, "site-packages")
            for entry in os.listdir(site) if os.path.isdir(site) else ():
                if entry.replace(".dist-info", "").replace("-", "_").replace(".", "_").lower() == folder.replace(
                    ".dist-info", ""
                ).replace("-", "_").replace(".", "_"):
                    return bool(commit) and commit != _commit(os.path.join(site, entry, "direct_url.json"))
        return True


def _commit(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return str(json.load(file)["vcs_info"]["commit_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _suffixed(script: str, name: str) -> bool:
    stem, extension = os.path.splitext(script)
    return name.startswith(stem) and name.endswith(extension)


def _home(directory: str) -> str:
    return os.path.dirname(os.path.dirname(directory))


def _aside(directory: str) -> str:
    return os.path.join(_home(directory), _ASIDE + os.path.basename(directory))


@contextmanager
def kept_aside(directory: str) -> Iterator[None]:
    """Move an environment away while another is made in its place; put it back when that fails."""
    os.rename(directory, _aside(directory))
    try:
        yield
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        os.rename(_aside(directory), directory)
        raise
    shutil.rmtree(_aside(directory))


def heal(directory: str) -> None:
    """Put back what a rebuild that was broken off had moved away: it is whole, and the other may not be."""
    if not os.path.lexists(_aside(directory)):  # it was at work still, and is done by now
        return
    shutil.rmtree(directory, ignore_errors=True)
    os.rename(_aside(directory), directory)


def sweep(work: Work, every: bool) -> None:
    """Remove the links to commands and manual pages that lead into the environment: all, or those to nothing."""
    places = [work.bin_directory]
    for top in (work.man_directory, os.path.join(os.path.dirname(work.man_directory), "fish/vendor_completions.d")):
        places += [os.path.join(top, name) for name in os.listdir(top)] if os.path.isdir(top) else []
    for place in places:
        for name in os.listdir(place) if os.path.isdir(place) else ():
            path = os.path.join(place, name)
            if os.path.islink(path) and (every or not os.path.exists(path)):
                target = os.path.normpath(os.path.join(place, os.readlink(path)))
                if (target + "/").startswith(work.directory + "/"):
                    os.unlink(path)


def with_pipx(run: Run, work: Work, name: str, do: Callable[[Pipx], Any]) -> Any:
    """Do something with pipx, and a private directory that is removed; ``name`` is of what is not installed yet."""
    private = tempfile.mkdtemp(prefix="pyfleet-")
    try:
        return do(Pipx(run, work, private, name))
    finally:
        shutil.rmtree(private, ignore_errors=True)


def index_environment(index: Mapping[str, Any]) -> Dict[str, str]:
    """Give the variables that tell pip and uv of the indexes; URLs carry no credentials here."""
    links = [_as_word(link) for link in index.get("find_links") or ()]
    extra: List[str] = list(index.get("extra_index_urls") or ())
    seconds = "%g" % (index.get("timeout") or 0)
    rows = (
        (index.get("index_url"), (("PIP_INDEX_URL", ""), ("UV_DEFAULT_INDEX", ""))),
        (" ".join(extra), (("PIP_EXTRA_INDEX_URL", ""), ("UV_INDEX", ""))),
        (" ".join(links), (("PIP_FIND_LINKS", ""), ("UV_FIND_LINKS", ","))),
        ("1" if index.get("no_index") else "", (("PIP_NO_INDEX", ""), ("UV_NO_INDEX", ""))),
        (index.get("ca_bundle"), (("PIP_CERT", ""), ("REQUESTS_CA_BUNDLE", ""), ("SSL_CERT_FILE", ""))),
        ("" if seconds == "0" else seconds, (("PIP_DEFAULT_TIMEOUT", ""), ("UV_HTTP_TIMEOUT", ""))),
    )
    return {
        name: value.replace(" ", comma) if comma else value for value, names in rows if value for name, comma in names
    }


def _as_word(path: str) -> str:
    return path.replace(" ", "%20") if "://" in path or " " not in path else "file://" + path.replace(" ", "%20")
