# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host that is measured: a Debian container with an SSH server, reached over SSH with pipelining as hosts are."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH.parent / "tests"))

from testbed.containers import Container

_SETUP = """
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
apt-get install -y -qq --no-install-recommends openssh-server %s >/dev/null
mkdir -p /run/sshd /root/.ssh /srv/wheels
cp /tmp/key.pub /root/.ssh/authorized_keys
chmod 700 /root/.ssh && chmod 600 /root/.ssh/authorized_keys
"""
_SERVE = "mkdir -p /run/sshd; /usr/sbin/sshd -p 2222; hostname -I"
PACKAGES = ("python3-apt", "python3-pip", "python3-venv")


class Target(NamedTuple):
    """A host, and a directory for what a measurement of it needs."""

    container: Container
    directory: Path
    address: str


@contextmanager
def open_target(
    image: str, packages: Sequence[str] = PACKAGES, wheels: Sequence[Path] = ()
) -> Iterator[Target]:
    """Start a host with these packages and, in /srv/wheels, the wheels of these directories."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Container(
        image, network=True
    ) as container:
        directory = Path(name)
        subprocess.run(
            [
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                str(directory / "key"),
            ],
            check=True,
        )
        container.copy_in(directory / "key.pub", "/tmp/key.pub")
        container.shell(_SETUP % " ".join(packages))
        for each in wheels:
            container.copy_in(each, "/srv/wheels")
        yield Target(container, directory, serve(container))


def serve(container: Container) -> str:
    """Start the SSH server of a host; give its address."""
    return container.shell(_SERVE).stdout.split()[-1]


def playbook(
    directory: Path,
    addresses: Sequence[str],
    book: Path,
    *options: str,
    **environment: str,
) -> None:
    """Run a playbook on hosts; ends the program with what Ansible said where it fails."""
    arguments = [
        "-i",
        ",".join(addresses) + ",",
        "-u",
        "root",
        "--private-key",
        str(directory / "key"),
        *options,
    ]
    arguments += [
        "-e",
        "ansible_port=2222",
        "-e",
        "ansible_python_interpreter=/usr/bin/python3",
    ]
    persistent = (
        "-o ControlMaster=auto -o ControlPersist=600s -o UserKnownHostsFile=/dev/null"
    )
    settings = {
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_HOST_KEY_CHECKING": "0",
        "ANSIBLE_SSH_ARGS": persistent,
    }
    done = subprocess.run(
        ["ansible-playbook", *arguments, str(book)],
        env={**os.environ, **settings, **environment}, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-1000:])
