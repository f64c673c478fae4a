# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of docs/images.md: built as documented, without a network, run, and looked into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Iterator

import pytest
import yaml
from convergence.test_rebuild import let_it_find_its_library
from testbed.containers import BUILD, REPOSITORY, Container, environment, podman

from deployment.conftest import need_image

EXAMPLES = REPOSITORY / "docs/examples"
#: What `ansible-playbook` needs; the rest of the tools stays here.
ANSIBLE = "ansible _yaml yaml jinja2 markupsafe packaging resolvelib cryptography cffi pycparser"
ASK = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8000').read().decode())"
DEBIAN = "localhost/pyfleet/debian:13"
TAG = "localhost/pyfleet-images"
#: An image of the testbed, with Ansible as a first stage would install it, wheels, and no index.
PROVISION = """
FROM {base}
COPY site /opt/site
COPY collections /usr/share/ansible/collections
COPY wheels /srv/wheels
COPY uv ansible-playbook /usr/local/bin/
COPY uv.toml /etc/uv/
ENV PYTHONPATH=/opt/site
"""
PLAYBOOK = "#!{python}\nfrom ansible.cli.playbook import main\nmain()\n"


def build(file: Path, context: Path, tag: str, *options: str) -> None:
    command = [
        "podman",
        "build",
        "--network=none",
        "--pull=never",
        "--layers=false",  # nothing of the first stage is left here either
        f"--file={file}",
        f"--tag={tag}",
        *options,
    ]
    command += [str(context)]
    done = subprocess.run(
        command, env=dict(environment()), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.fixture
def tags() -> Iterator[list[str]]:
    made: list[str] = []
    yield made
    for tag in reversed(made):
        podman("image", "rm", "--force", tag, check=False)


def provisioner(context: Path, base: str, python: str, uv: Path) -> None:
    """Write the context of the image that the first stage is built on."""
    site = Path(yaml.__file__).parents[1]
    for name in (*ANSIBLE.split(), *(f"{each}.dist-info" for each in _releases())):
        ignored = shutil.ignore_patterns("__pycache__", "tests")
        shutil.copytree(site / name, context / "site" / name, ignore=ignored)
    for path in site.glob("_cffi_backend*.so"):
        shutil.copy(path, context / "site")
    collection = context / "collections/ansible_collections/pyfleet/python"
    for name in ("plugins", "meta", "roles"):
        shutil.copytree(
            REPOSITORY / name,
            collection / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    (context / "wheels").mkdir()
    for path in (BUILD / "wheelhouse").glob("cowsay-*.whl"):
        shutil.copy(path, context / "wheels")
    shutil.copy(uv, context / "uv")
    (context / "uv.toml").write_text('no-index = true\nfind-links = ["/srv/wheels"]\n')
    (context / "ansible-playbook").write_text(PLAYBOOK.format(python=python))
    (context / "ansible-playbook").chmod(0o755)
    (context / "Containerfile").write_text(PROVISION.format(base=base))


def _releases() -> list[str]:
    """Return name and version of what is copied, as the names of its metadata have it."""
    names = (
        "ansible_core",
        "jinja2",
        "markupsafe",
        "packaging",
        "pyyaml",
        "resolvelib",
        "cryptography",
        "cffi",
    )
    return [f"{name}-{metadata.version(name)}" for name in names]


def answer_of(image: str) -> tuple[str, str]:
    """Start the image as it would be, and give what its application answers, and what lies in it."""
    identity = podman(
        "run", "--detach", "--ulimit=host", "--network=none", "--stop-timeout=0", image
    ).stdout.strip()
    try:
        for _attempt in range(100):
            answer = podman("exec", identity, "python", "-c", ASK, check=False)
            if answer.returncode == 0:
                break
            time.sleep(0.1)
        there = "find / -xdev \\( -path /proc -o -path /sys \\) -prune -o -print 2>/dev/null || true"
        return answer.stdout + answer.stderr, podman(
            "exec", "--user=root", identity, "sh", "-c", there
        ).stdout
    finally:
        podman("rm", "--force", "--time=0", identity)


def write_python(context: Path) -> None:
    """Write a Python as the official images have it: built into /usr/local, and no marker; and the image with it."""
    prefix, executable = Path(sys.base_prefix), Path(os.path.realpath(sys.executable))
    ignored = shutil.ignore_patterns(
        "__pycache__", "test", "tests", "idlelib", "ensurepip", "*.a", "site-packages"
    )
    shutil.copytree(
        prefix / "lib" / executable.name,
        context / "local/lib" / executable.name,
        ignore=ignored,
    )
    for path in prefix.glob("lib/libpython*.so*"):
        shutil.copy(path, context / "local/lib", follow_symlinks=False)
    binaries = context / "local/bin"
    binaries.mkdir()
    shutil.copy(executable, binaries)
    let_it_find_its_library(executable, prefix, context / "local")
    (binaries / "python3").symlink_to(executable.name)
    (context / "Containerfile").write_text(f"FROM {DEBIAN}\nCOPY local /usr/local\n")


@pytest.mark.parametrize(
    ("kind", "python"),
    [("debian", "/usr/bin/python3"), ("python", "/usr/local/bin/python3")],
)
def test_images(
    kind: str, python: str, tmp_path: Path, tags: list[str], uv: Path
) -> None:
    if sys.version_info[:2] != (3, 13):
        pytest.skip("Ansible is taken from here, and Debian 13 has Python 3.13")
    base = need_image(DEBIAN)
    for name in ("base", "provision"):
        (tmp_path / name).mkdir()
    if kind == "python":
        write_python(tmp_path / "base")
        base = f"{TAG}:base"
        tags.append(base)
        build(tmp_path / "base/Containerfile", tmp_path / "base", base)
    provision, image = f"{TAG}:provision", f"{TAG}:{kind}"
    tags += [provision, image]
    provisioner(tmp_path / "provision", base, python, uv)
    build(tmp_path / "provision/Containerfile", tmp_path / "provision", provision)
    options = [f"--build-arg=BASE={base}", f"--build-arg=PROVISION={provision}"]
    build(
        EXAMPLES / f"images/Containerfile.{kind}", EXAMPLES / "images", image, *options
    )
    answer, files = answer_of(image)
    assert "/opt/venv" in answer
    with Container(image) as made:
        # The environment's own link, on the interpreter that it was to stand on.
        assert made.run("readlink", "-f", "/opt/venv/bin/python").stdout.startswith(
            python
        )
    _check_what_is_left(files, base)
    size, own_size = map(
        int,
        podman("image", "inspect", "--format={{.Size}}", image, base).stdout.split(),
    )
    assert size - own_size < 5_000_000, (
        "an environment with one small package and no pip"
    )


def _check_what_is_left(files: str, base: str) -> None:
    """Nothing of what built it, no cache, and the distribution's marker as it was."""
    paths = set(files.splitlines())
    assert "/usr/lib/python3.13/EXTERNALLY-MANAGED" in paths
    with Container(base) as plain:
        there = set(
            plain.run(
                "find",
                "/root",
                "/tmp",
                "/var",
                "/usr/local",
                "/build",
                "/opt",
                check=False,
            ).stdout.splitlines()
        )
    new = {
        path
        for path in paths - there
        if path.startswith(
            ("/root/", "/tmp/", "/var/", "/usr/local/", "/build/", "/opt/")
        )
    }
    assert not [path for path in new if not path.startswith("/opt/venv")], sorted(new)[
        :20
    ]
    assert not [
        path for path in new if {"pip", "uv", "cache", ".cache"} & set(path.split("/"))
    ]


def test_no_recipe_breaks_system_packages() -> None:
    texts = [
        path.read_text()
        for path in (*EXAMPLES.rglob("*.*"), REPOSITORY / "docs/images.md")
    ]
    assert len(texts) > 8
    assert not [
        text
        for text in texts
        if "break-system-packages" in text or "BREAK_SYSTEM_PACKAGES" in text
    ]


def test_the_recipes_for_ci_provision_what_they_use(tmp_path: Path) -> None:
    """The command of both is the same but for the place; it is played here, and what it makes is used."""
    jobs = yaml.safe_load((EXAMPLES / "ci/github-actions.yml").read_text())["jobs"][
        "test"
    ]["steps"]
    lines = yaml.safe_load((EXAMPLES / "ci/gitlab-ci.yml").read_text())["test"][
        "before_script"
    ]
    places = {"$RUNNER_TEMP/venv": "VENV", "$CI_PROJECT_DIR/.venv": "VENV"}
    commands = [
        step["run"] for step in jobs if step.get("name") == "Provision the runner"
    ]
    commands += [line for line in lines if line.startswith("ansible-playbook")]
    for place, name in places.items():
        commands = [command.replace(place, name) for command in commands]
    assert len(commands) == 2 and len(set(commands)) == 1
    venv = tmp_path / "venv"
    shutil.copytree(EXAMPLES / "ci", tmp_path / "ci")
    environ = {
        **os.environ,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(BUILD / "wheelhouse"),
        "PIP_CONFIG_FILE": "/dev/null",
    }
    command = (
        commands[0].replace("VENV", str(venv))
        + f" --extra-vars python={os.path.realpath(sys.executable)}"
    )
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert (
        subprocess.run(
            [venv / "bin/python", "-c", "import cowsay"], check=False
        ).returncode
        == 0
    )
