# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of docs/situations tell the reader to run, run as written: on a Debian 13, one on a host that acts as a Mac.

The collection comes from its tarball, installed into an empty directory. Each page finds the host in the state that it
is about, and its commands and playbooks run in their order, with nothing but an inventory besides.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Iterator, Mapping, NamedTuple

import pytest
import yaml
from convergence.packages import write_wheel
from testbed.containers import BUILD, Container, environment, podman

from deployment.conftest import need_image, reach

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE = "localhost/pyfleet/documents"
SITUATIONS = REPOSITORY / "docs/situations"
WHEELS = "/mnt/wheels"
PYTHONS = "/mnt/pythons"
#: What pages install, fetched once for all of them. The disk need not outlive the test, and dpkg does not wait for it.
FETCHED = "python3-apt python3-venv pipx python3-psycopg2 python3-pymysql"
FETCH = f"""
rm -f /etc/apt/apt.conf.d/docker-clean
echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/fast
apt-get update -qq -o Acquire::Languages=none
apt-get install -y -qq --no-install-recommends --download-only {FETCHED} >/dev/null
"""
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
    "black": "25.9",
}
OLD_ENVIRONMENT = """
mkdir -p /srv/shop/venv/bin /srv/shop/venv/lib/python3.11/site-packages
printf 'home = /usr/bin\\nversion = 3.11.2\\n' > /srv/shop/venv/pyvenv.cfg
ln -s /usr/bin/python3.11 /srv/shop/venv/bin/python
chown -R shop: /srv/shop
"""
PIPX = "apt-get install -y -qq --no-install-recommends pipx >/dev/null"
VENV = "apt-get install -y -qq --no-install-recommends python3-venv >/dev/null"
PACKED_PYTHON = f"python3 - {PYTHONS} <<'EOF'\n%s\nEOF\n" % (
    REPOSITORY / "extensions/molecule/uv/files/downloads.py"
).read_text(encoding="utf-8")
REMOVED_MARKER = "rm /usr/lib/python3.*/EXTERNALLY-MANAGED"
OVERRIDE = "printf 'break-system-packages = true\\n' >> /etc/pip.conf"
SOURCES = {
    "Dockerfile": "FROM debian:13\nRUN pip install --break-system-packages shop\n",
    ".github/workflows/test.yml": "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n"
    "    steps:\n      - run: sudo pip install shop\n",
    ".gitlab-ci.yml": "test:\n  image: debian:13\n  script:\n    - pip install shop\n",
}


class Host(NamedTuple):
    """A host that pages are about: its name and group in the inventory, and what it has before any page."""

    image: str
    name: str
    group: str
    setup: str
    user: str = "root"
    python: str = "/usr/bin/python3"
    # Environments are a thousand small files each, which cost an overlay of file systems more than creating them.
    in_memory: tuple[str, ...] = ("/home", "/opt", "/srv", "/tmp")


SERVER = Host("localhost/pyfleet/debian:13", "web1", "web", HOST)
# The distribution in WSL is the controller itself, and Windows leaves this directory in it.
WSL = SERVER._replace(
    name="localhost", group="ungrouped", setup=HOST + "mkdir /run/WSL\n"
)
MAC = Host(
    "localhost/pyfleet/macos-like:15",
    "mac1",
    "macs",
    "mkdir -p ~/.config/pip && /opt/homebrew/bin/brew install pipx && "
    f"printf '[global]\\nno-index = true\\nfind-links = {WHEELS}\\n' > ~/.config/pip/pip.conf",
    "admin",
    "/opt/homebrew/bin/python3",
    ("/tmp",),
)


class Page(NamedTuple):
    """A page, and the state of the host that it is about."""

    name: str
    state: str
    before: str  # what its commands report on that host
    then: str  # a command of a shell that succeeds after the cure
    host: Host = SERVER
    environment: Mapping[str, str] = {}  # of its tasks, for what needs the internet


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
        "",
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
    Page(
        "another-python",
        f"{VENV}\n{PACKED_PYTHON}",
        '"version": "3.13',
        "grep /opt/uv/python /srv/shop/venv/pyvenv.cfg && /srv/shop/venv/bin/python -c 'import shop'",
        environment={"UV_PYTHON_DOWNLOADS_JSON_URL": f"{PYTHONS}/downloads.json"},
    ),
    Page(
        "homebrew",
        "",
        '"provider": "homebrew"',
        "~/.local/bin/black || test $? = 7 && ~/src/shop/.venv/bin/python -c 'import shop'",
        MAC,
    ),
    Page(
        "wsl2",
        VENV,
        '"wsl": "wsl2"',
        "~/venvs/project/bin/ansible-core || test $? = 7",
        WSL,
    ),
]


class Reader:
    """Runs the blocks of a page."""

    def __init__(
        self, container: Container, page: Page, directory: Path, collections: Path
    ) -> None:
        self.directory, self.page = directory, page
        reached = reach(container, directory)
        host: dict[str, Any] = {
            **reached.host,
            "ansible_user": page.host.user,
            "ansible_python_interpreter": page.host.python,
            "ansible_become": False,  # the connection is root's, and there is no sudo
        }
        inventory = {page.host.group: {"hosts": {page.host.name: host}}}
        (directory / "hosts.json").write_text(json.dumps(inventory))
        self.variables = {
            **reached.environment,
            "ANSIBLE_COLLECTIONS_PATH": f"{collections}:{BUILD / 'collections'}",
            "ANSIBLE_INVENTORY": str(directory / "hosts.json"),
            # No page changes a fact that another of its plays reads.
            "ANSIBLE_GATHERING": "smart",
            "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(directory / "facts"),
            "HOME": str(directory),
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

    def play(self, text: str) -> str:
        plays = yaml.safe_load(text)
        for each in plays:
            each["environment"] = dict(self.page.environment)
        (self.directory / "play.yml").write_text(yaml.safe_dump(plays))
        done = self.run("ansible-playbook", str(self.directory / "play.yml"))
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
    # The shared libraries of pipx need a pip, and the role uv has a wheel's checksum.
    for pattern in ("pip-2*.whl", "uv-*.whl"):
        shutil.copy(max((BUILD / "wheelhouse").glob(pattern)), directory)
    directory.chmod(0o755)
    return directory


@pytest.fixture(scope="session")
def debian() -> Iterator[str]:
    """An image of Debian 13 that has fetched the packages that pages install."""
    with Container(need_image(SERVER.image), network=True) as container:
        container.shell(FETCH)
        podman("commit", "--quiet", container.id, IMAGE)
    yield IMAGE
    podman("rmi", "--force", IMAGE)


@pytest.fixture
def container(
    page: Page, wheels: Path, request: pytest.FixtureRequest
) -> Iterator[Container]:
    """The host that a page is about, in the state that it is about."""
    image = page.host.image
    if image == SERVER.image:
        image = request.getfixturevalue("debian")
    options = [f"--tmpfs={path}:rw,exec,suid" for path in page.host.in_memory]
    with Container(
        need_image(image), mounts={wheels: WHEELS}, network=True, options=options
    ) as started:
        started.shell(f"{page.host.setup}\n{page.state}", user=page.host.user)
        yield started


def is_playbook(text: str) -> bool:
    found = yaml.safe_load(text)
    return isinstance(found, list) and all("hosts" in play for play in found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_does_what_it_says(
    page: Page, container: Container, collections: Path, tmp_path: Path
) -> None:
    reader = Reader(container, page, tmp_path, collections)
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
    container.shell(page.then, user=page.host.user)


def is_verdict(line: str, done: subprocess.CompletedProcess[str]) -> bool:
    """Return whether a program ended with a status because of what it found, as source_audit does."""
    return (
        "plugin_utils.source_audit" in line and done.returncode == 1 and not done.stderr
    )


def test_every_page_is_run() -> None:
    pages = {path.stem for path in SITUATIONS.glob("*.md")} - {"README"}
    assert pages == {page.name for page in PAGES}
