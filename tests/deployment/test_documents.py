# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of docs/situations tell the reader to run, run as written on a Debian 13.

The collection comes from its tarball, installed into an empty directory. Each page finds the host in the state that it
is about, and its commands and playbooks run in their order, with nothing but an inventory besides.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, NamedTuple

import pytest
import yaml
from convergence.packages import write_wheel
from testbed.containers import BUILD, Container, environment

from deployment.conftest import need_image

REPOSITORY = Path(__file__).resolve().parents[2]
SITUATIONS = REPOSITORY / "docs/situations"
WHEELS = "/srv/wheels"
HOST = f"""
useradd --system --create-home shop
mkdir -p /srv/shop && chown shop: /srv/shop
printf 'shop==4.2\\n' > /srv/shop/requirements.txt
printf '[global]\\nno-index = true\\nfind-links = {WHEELS}\\n' > /etc/pip.conf
"""
APPLICATIONS = {
    "shop": "4.2",
    "gunicorn": "23.0",
    "httpie": "3.2",
    "ansible-core": "2.21.0",
    "jmespath": "1.0",
}
OLD_ENVIRONMENT = """
mkdir -p /srv/shop/venv/bin /srv/shop/venv/lib/python3.11/site-packages
printf 'home = /usr/bin\\nversion = 3.11.2\\n' > /srv/shop/venv/pyvenv.cfg
ln -s /usr/bin/python3.11 /srv/shop/venv/bin/python
chown -R shop: /srv/shop
"""
PIPX = "apt-get update -qq && apt-get install -y -qq --no-install-recommends pipx >/dev/null"
VENV = "apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null"
REMOVED_MARKER = "rm /usr/lib/python3.*/EXTERNALLY-MANAGED"
OVERRIDE = "printf 'break-system-packages = true\\n' >> /etc/pip.conf"
SOURCES = {
    "Dockerfile": "FROM debian:13\nRUN pip install --break-system-packages shop\n",
    ".github/workflows/test.yml": "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n"
    "    steps:\n      - run: sudo pip install shop\n",
    ".gitlab-ci.yml": "test:\n  image: debian:13\n  script:\n    - pip install shop\n",
}


class Page(NamedTuple):
    """A page, and the state of the host that it is about."""

    name: str
    state: str
    before: str  # what its commands report on that host
    then: str  # a command of a shell that succeeds after the cure


PAGES = [
    Page(
        "server",
        "",
        "",
        "test ! -e /usr/local/bin/gunicorn && test ! -e /srv/shop/venv",
    ),
    Page("ensurepip", "", "venv-support-missing", "true"),
    Page("command-line-tool", PIPX, "", "test ! -e /usr/local/bin/http"),
    Page(
        "deleted-marker",
        REMOVED_MARKER,
        "marker-removed",
        "test -s /usr/lib/python3.13/EXTERNALLY-MANAGED && dpkg -V libpython3.13-stdlib",
    ),
    Page(
        "inherited-playbook",
        OVERRIDE,
        "marker-neutralised",
        "! grep break-system-packages /etc/pip.conf && grep no-index /etc/pip.conf",
    ),
    Page(
        "distribution-package",
        "apt-get update -qq",
        "python3-psycopg2",
        "python3 -c 'import psycopg2, pymysql'",
    ),
    Page(
        "after-upgrade",
        f"{OLD_ENVIRONMENT}\n{PIPX}\npipx install --global --quiet httpie\n"
        "ln -sf /usr/bin/python3.11 /opt/pipx/venvs/httpie/bin/python",
        "environment-broken",
        "/srv/shop/venv/bin/python -c 'import shop' && /usr/local/bin/http || test $? = 7",
    ),
    Page("container-image", "", "break-system-packages", "true"),
    Page("github-actions", "", "sudo", "true"),
    Page("gitlab-ci", "", "pip install", "true"),
]
#: Pages about hosts that a container is not, and why; their commands are checked for options that exist by unit tests.
ELSEWHERE = {
    "another-python": "uv would download a Python: extensions/molecule/uv runs it without internet",
    "homebrew": "a Mac: extensions/molecule/pipx and venv run it on a host that acts as one",
    "wsl2": "a Windows machine",
}


class Reader:
    """Runs the blocks of a page."""

    def __init__(
        self, container: Container, directory: Path, collections: Path
    ) -> None:
        self.directory = directory
        host = {
            "ansible_connection": "containers.podman.podman",
            "ansible_host": container.id,
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_become": False,  # the connection is root's, and there is no sudo
        }
        inventory = {"web": {"hosts": {"web1": host}}}
        (directory / "hosts.json").write_text(json.dumps(inventory))
        self.variables = {
            **environment(),
            "ANSIBLE_COLLECTIONS_PATH": f"{collections}:{BUILD / 'collections'}",
            "ANSIBLE_INVENTORY": str(directory / "hosts.json"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "true",
            "HOME": str(directory),
            "PYTHONWARNINGS": "ignore",
        }
        # Where ansible-galaxy installs collections.
        (directory / ".ansible").mkdir()
        (directory / ".ansible/collections").symlink_to(collections)
        self.source = directory / "source"
        for name, text in SOURCES.items():
            (self.source / name).parent.mkdir(parents=True, exist_ok=True)
            (self.source / name).write_text(text)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.source,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def play(self, text: str, *options: str) -> str:
        (self.directory / "play.yml").write_text(text)
        done = self.run("ansible-playbook", str(self.directory / "play.yml"), *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def read_blocks(page: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of a page with their languages."""
    text = (SITUATIONS / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection, built and installed into an empty directory."""
    scratch = tmp_path_factory.mktemp("release")
    galaxy = ["ansible-galaxy", "collection"]
    build = [*galaxy, "build", str(REPOSITORY), "--output-path", str(scratch)]
    subprocess.run(build, check=True, capture_output=True, env=environment())
    (tarball,) = scratch.glob("pyfleet-python-*.tar.gz")
    install = [
        *galaxy,
        "install",
        "--force",
        "--offline",
        "-p",
        str(scratch / "at"),
        str(tarball),
    ]
    subprocess.run(install, check=True, capture_output=True, env=environment())
    return scratch / "at"


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small packages with the names of those on the pages; their commands end with status 7."""
    directory = tmp_path_factory.mktemp("wheels")
    for name, version in APPLICATIONS.items():
        module = name.replace("-", "_")
        command = {"httpie": "http"}.get(name, name)
        write_wheel(
            directory,
            name,
            version,
            scripts={command: f"{module}:main"},
            files={f"{module}.py": "def main():\n    return 7\n"},
        )
    # The shared libraries of pipx need a pip.
    shutil.copy(max((BUILD / "wheelhouse").glob("pip-2*.whl")), directory)
    directory.chmod(0o755)
    return directory


@pytest.fixture
def container(wheels: Path) -> Iterator[Container]:
    image = need_image("localhost/pyfleet/debian:13")
    with Container(image, mounts={wheels: WHEELS}, network=True) as started:
        started.shell(HOST)
        yield started


def is_playbook(text: str) -> bool:
    found = yaml.safe_load(text)
    return isinstance(found, list) and all("hosts" in play for play in found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_does_what_it_says(
    page: Page, container: Container, collections: Path, tmp_path: Path
) -> None:
    container.shell(page.state)
    reader = Reader(container, tmp_path, collections)
    reported = ""
    for language, text in read_blocks(page.name):
        if language == "console":
            for line in text.splitlines():
                done = reader.run("sh", "-c", line)
                failed = done.returncode and not is_verdict(line, done)
                assert not failed, line + "\n" + done.stdout + done.stderr
                reported += done.stdout
        elif language == "yaml" and is_playbook(text):
            reader.play(text)
            again = reader.play(text)
            assert re.search(r"changed=0 ", again), again
    assert page.before in reported
    container.shell(page.then)


def is_verdict(line: str, done: subprocess.CompletedProcess[str]) -> bool:
    """Return whether a program ended with a status because of what it found, as source_audit does."""
    return (
        "plugin_utils.source_audit" in line and done.returncode == 1 and not done.stderr
    )


def test_every_page_is_run_or_says_why_not() -> None:
    pages = {path.stem for path in SITUATIONS.glob("*.md")} - {"README"}
    assert pages == {page.name for page in PAGES} | set(ELSEWHERE)
