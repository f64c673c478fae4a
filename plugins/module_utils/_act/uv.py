# SPDX-License-Identifier: GPL-3.0-or-later
"""uv as an installer. Leaves what pip would: files copied, and a pip where one is asked for. Compiles no bytecode."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from typing import Dict, List, Mapping, Sequence, Tuple
from urllib.parse import unquote

from .._core.host import Host
from .._core.read.release import normalise, read_contents
from .asking import Ask, Change, Prediction
from .commands import Done, Failed, Run
from .complaints import explain
from .creation import empty, prompt_of
from .diversion import refuse_diversion, without_diversion
from .requirements import Papers, write_papers
from .secrets import Credential
from .seed import Seed, has_pip, remove_pip

#: A line of what would change: by version, or, where that is not known yet, by URL.
_ROW = re.compile(r"^ ([+~-]) ([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?:==(\S+)| @ (\S+))", re.MULTILINE)
_WHEEL = re.compile(r"/[^/-]+-([^/-]+)-[^/?#]+\.whl(?:[?#]|$)")
_VERSION = re.compile(r"\d+(?:\.\d+)+\S*")
#: uv looks for settings in the directory that it starts in and above: there only root can put any.
_DIRECTORY = "/"


class UvInstaller:
    """Installs with uv.

    :param uv: the program.

    The others are as of PipInstaller.
    """

    name = "uv"

    def __init__(
        self,
        run: Run,
        python: str,
        work: str,
        environment: Mapping[str, str],
        seed: Seed,
        missing_package: str,
        credentials: Sequence[Credential],
        uv: str,
    ) -> None:
        self._run = run
        self._python = python
        self._work = work
        self._environment = dict(
            without_diversion(environment),
            UV_LINK_MODE="copy",
            UV_PYTHON_DOWNLOADS="never",
            UV_NO_PROGRESS="1",
            NO_COLOR="1",
        )
        if not _can_keep_cache(environment):
            self._environment["UV_CACHE_DIR"] = os.path.join(work, "cache")
        self._seed = seed
        self._credentials = credentials
        self._uv_program = uv
        self._told_version = ""

    @property
    def version(self) -> str:
        """Give uv's own version, '' where it does not tell."""
        if not self._told_version:
            done = self._run([self._uv_program, "--version"], self._environment, _DIRECTORY, 60.0)
            match = _VERSION.search(done.output)
            self._told_version = match.group() if match else ""
        return self._told_version

    def create(self, prefix: str, system_site_packages: bool, pip: bool) -> None:
        """Make an empty environment at ``prefix``, with a pip where the wheel is there; else `install` brings it."""
        there = os.path.isdir(prefix)
        options = ["--system-site-packages"] if system_site_packages else []
        options += ["--allow-existing"] if there else []
        command = ["venv", "--quiet", "--no-project", "--python", self._python, "--prompt", prompt_of(prefix), *options]
        done = self._uv([*command, prefix], {})
        if done.status:
            empty(prefix, there)
            raise explain(done, {}, ())
        if pip:
            _keep_pip(prefix)
            self._give_pip(prefix)

    def _give_pip(self, prefix: str) -> None:
        if self._seed.version() and self._seed.is_whole(self._python):
            self._seed.put_into(prefix, self._python)
        else:
            remove_pip(prefix)

    def _uv(self, arguments: Sequence[str], extra: Mapping[str, str]) -> Done:
        return self._run([self._uv_program, *arguments], {**self._environment, **extra}, _DIRECTORY, 0)

    def _install(self, prefix: str, ask: Ask, papers: Papers, *more: str) -> Done:
        """Run `uv pip install`; the lock file that it leaves in the environment, writable for all, is taken away."""
        command = ["pip", "install", "--python", os.path.join(prefix, "bin", "python"), *more]
        try:
            return self._uv(command, self._variables(ask, papers))
        finally:
            with suppress(OSError):
                os.unlink(os.path.join(prefix, ".lock"))

    def _variables(self, ask: Ask, papers: Papers) -> Dict[str, str]:
        found = dict(papers.environment)
        if ask.sources.ca_bundle:
            found["SSL_CERT_FILE"] = ask.sources.ca_bundle
        if ask.sources.timeout:
            found["UV_HTTP_TIMEOUT"] = "%d" % max(1, round(ask.sources.timeout))
        return found

    def _papers(self, ask: Ask) -> Papers:
        return write_papers(self._work, ask, self._credentials, self._environment)

    def install(self, prefix: str, ask: Ask) -> None:
        """Install what is asked for; raises Failed with the cause."""
        refuse_diversion(self.name, self._environment, prefix)
        if ask.pip and not has_pip(prefix):
            self._give_pip(prefix)
        if ask.pip and ask.exact:
            _keep_pip(prefix)
        papers = self._papers(ask)
        if _asks_something(ask):
            done = self._install(prefix, ask, papers, *papers.arguments, *_options(ask))
            if done.status:
                raise explain(done, papers.names, papers.secrets)
        if ask.pip and not has_pip(prefix):
            papers = self._papers(_for_pip(ask))
            done = self._install(prefix, ask, papers, *papers.arguments)
            if done.status:
                raise explain(done, papers.names, papers.secrets)
        if not ask.pip and has_pip(prefix):
            remove_pip(prefix)

    def predict(self, prefix: str, ask: Ask) -> Prediction:
        """Tell what ``install`` would change; changes nothing in the environment."""
        refuse_diversion(self.name, self._environment, prefix)
        with Host() as host:
            installed = dict(read_contents(host, prefix).packages)
        changes: Dict[str, Change] = {}
        asked = [ask] if _asks_something(ask) else []
        if ask.pip and not has_pip(prefix):
            if self._seed.version():
                changes["pip"] = Change("pip", installed.get("pip", ""), self._seed.version())
            else:
                asked.append(_for_pip(ask))
        if not ask.pip and "pip" in installed:
            changes["pip"] = Change("pip", installed["pip"], "")
        for each in asked:
            papers = self._papers(each)
            done = self._install(prefix, each, papers, *papers.arguments, *_options(each), "--dry-run")
            if done.status:
                return Prediction(tuple(changes.values()), explain(done, papers.names, papers.secrets).message)
            coming, going, unnamed = _read_rows(done.errors + done.output)
            try:
                coming.update(self._find_versions(prefix, each, unnamed))
            except Failed as failed:
                return Prediction(tuple(changes.values()), failed.message)
            for name, change in _compare(coming, going, installed).items():
                if name != "pip" or (ask.pip and change.after and "pip" not in changes):
                    changes[name] = change
        return Prediction(tuple(changes.values()))

    def _find_versions(self, prefix: str, ask: Ask, unnamed: Mapping[str, str]) -> Dict[str, str]:
        """Give the versions of what is named by URL: a wheel's by its name, others by building them elsewhere."""
        found: Dict[str, str] = {}
        for name, url in unnamed.items():
            match = _WHEEL.search(url)
            if match:
                found[name] = unquote(match.group(1))
                continue
            papers = self._papers(ask._replace(packages=("%s @ %s" % (name, url),), requirements=(), lock=""))
            target = os.path.join(self._work, "versions", name)
            done = self._install(prefix, ask, papers, *papers.arguments, "--no-deps", "--target", target)
            if done.status:
                raise explain(done, papers.names, papers.secrets)
            for each in os.listdir(target):
                stem = each.rpartition(".dist-info")[0].split("-")
                if normalise(stem[0]) == name:
                    found[name] = stem[1]
            shutil.rmtree(target, ignore_errors=True)
        return found


def _can_keep_cache(environment: Mapping[str, str]) -> bool:
    """Tell whether uv could write its cache where it would look for it."""
    path = environment.get("UV_CACHE_DIR") or environment.get("XDG_CACHE_HOME") or environment.get("HOME", "")
    while path and not os.path.isdir(path):
        path = os.path.dirname(path.rstrip("/"))
    return bool(path) and path != "/" and os.access(path, os.W_OK)


def _for_pip(ask: Ask) -> Ask:
    """Give the same wish for pip alone: nobody has its hash."""
    return ask._replace(packages=("pip",), requirements=(), lock="", exact=False, require_hashes=False, upgrade=False)


def _asks_something(ask: Ask) -> bool:
    return bool(ask.packages or ask.requirements or ask.lock or ask.exact)


def _options(ask: Ask) -> List[str]:
    index = ["--no-index"] if ask.sources.no_index else []  # there is no variable for it
    return [*index, *(["--exact"] if ask.exact else []), *(["--upgrade"] if ask.upgrade else [])]


def _keep_pip(prefix: str) -> None:
    """Have `--exact` leave pip alone: uv does so where it is told that it made the environment with one."""
    path = os.path.join(prefix, "pyvenv.cfg")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    if not re.search(r"^seed\s*=\s*true", text, re.MULTILINE):
        with open(path, "a", encoding="utf-8") as file:
            file.write("seed = true\n" if text.endswith("\n") else "\nseed = true\n")


def _read_rows(said: str) -> Tuple[Dict[str, str], Dict[str, str], Dict[str, str]]:
    """Read uv's dry run: (name -> version) of what comes and of what goes, (name -> URL) of what has no version yet."""
    coming: Dict[str, str] = {}
    going: Dict[str, str] = {}
    unnamed: Dict[str, str] = {}
    for sign, spelled, version, url in _ROW.findall(said):
        rows = going if sign == "-" else coming if version else unnamed
        rows[normalise(spelled)] = version or url
    return coming, going, unnamed


def _compare(coming: Mapping[str, str], going: Mapping[str, str], installed: Mapping[str, str]) -> Dict[str, Change]:
    found = {name: Change(name, installed.get(name, ""), version) for name, version in coming.items()}
    found.update((name, Change(name, version, "")) for name, version in going.items() if name not in coming)
    return found
