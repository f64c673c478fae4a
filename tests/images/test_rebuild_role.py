# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry point `rebuild`: what it installs works, and no package manager fails or waits because of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from convergence.packages import write_wheel
from testbed.containers import Container

from images.conftest import need_image, play, role

#: Stands for systemd: takes down what it is told, and says that a service runs.
SYSTEMCTL = """#!/bin/sh
echo "$*" >> /run/told
case $* in
    *--value*) echo active ;;
    show*) printf 'Id=x\\nLoadState=loaded\\nActiveState=active\\n' ;;
    is-enabled*) echo enabled ;;
esac
"""
CONTROL = "Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: tiny\n"


def test_what_is_installed(tmp_path: Path, uv: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_wheel(wheels, "web", "1.0")
    listed = {
        "path": "/opt/web/venv",
        "find_links": ["/srv/wheels"],
        "no_index": True,
        "pip": False,
        "services": ["web.service"],
    }
    variables: dict[str, Any] = {
        "app_venv_rebuild_environments": [listed], "app_venv_rebuild_python": "/usr/bin/python3",
        "app_venv_rebuild_hook": True, "app_venv_rebuild_on_calendar": "daily", "app_venv_rebuild_delay": "2min",
        "app_venv_rebuild_random_delay": "5min", "__app_venv_plan": {"applications": []},
    }  # fmt: skip
    with Container(need_image("localhost/pyfleet/debian:13"), mounts={wheels: "/srv/wheels"}) as host:
        host.copy_in(uv, "/usr/local/bin/uv")
        host.run("mkdir", "-p", "/run/systemd/system")
        host.run("sh", "-c", "cat > /usr/bin/systemctl && chmod 755 /usr/bin/systemctl", text=SYSTEMCTL)
        foreseen = play(host, tmp_path, [role("rebuild")], "--check", **variables)
        assert foreseen.status == 0, foreseen.output
        assert host.run("ls", "-A", "/usr/local/lib/pyfleet", check=False).returncode, (
            "check mode has installed something"
        )
        done = play(host, tmp_path, [role("rebuild")], **variables)
        assert done.status == 0, done.output
        # Check mode can't enable a timer that is not there yet; it says that it would install it.
        assert [name for name in done.changed if name != "Enable the timer"] == foreseen.changed
        assert play(host, tmp_path, [role("rebuild")], **variables).changed == []
        made = {
            "path": "/opt/web/venv",
            "packages": ["web"],
            "find_links": ["/srv/wheels"],
            "no_index": True,
            "pip": False,
        }
        done = play(host, tmp_path, [{"name": "Make", "pyfleet.python.venv": made}])
        assert done.status == 0, done.output
        _check_the_program(host)
        _check_the_hook(host)


def _check_the_program(host: Container) -> None:
    program = "/usr/local/lib/pyfleet/rebuild.pyz"
    assert host.run(program).stdout == "/opt/web/venv: works\n"
    host.shell("rm /opt/web/venv/bin/python* && ln -s /usr/bin/python3.7 /opt/web/venv/bin/python")
    host.shell(": > /run/told")
    told = host.run(program).stdout
    assert told.startswith("/opt/web/venv: rebuilt on /usr/bin/python3"), told
    assert host.run("/opt/web/venv/bin/python", "-c", "import web; print(web.VERSION)").stdout == "1.0\n"
    assert host.run("cat", "/run/told").stdout.endswith("\nrestart web.service\n")
    mode = host.run("stat", "-c", "%U %a", program, "/etc/pyfleet/environments.json", "/usr/local/lib/pyfleet").stdout
    assert mode == "root 755\nroot 644\nroot 755\n"


def _check_the_hook(host: Container) -> None:
    soon = "/usr/local/lib/pyfleet/rebuild-soon"
    host.run("mkdir", "-p", "/tmp/deb/DEBIAN")
    host.run(
        "sh",
        "-c",
        "cat > /tmp/deb/DEBIAN/control; dpkg-deb --build /tmp/deb /tmp/tiny.deb; : > /run/told",
        text=CONTROL,
    )
    host.run("apt-get", "install", "-y", "/tmp/tiny.deb")
    told = host.run("cat", "/run/told").stdout.splitlines()
    assert told[0] == "--no-block stop pyfleet-rebuild-soon.timer"
    assert told[-1] == "--no-block restart pyfleet-rebuild-soon.timer"
    # Not a systemctl that fails, nor one that hangs, nor a program that is gone makes apt fail.
    host.shell("printf '#!/bin/sh\nexit 1\n' > /usr/bin/systemctl")
    host.run("apt-get", "remove", "-y", "tiny")
    host.shell("printf '#!/bin/sh\nexec sleep 100\n' > /usr/bin/systemctl")
    started = time.monotonic()
    host.run(soon)
    assert time.monotonic() - started < 50
    host.run("rm", soon)
    host.run("apt-get", "install", "-y", "/tmp/tiny.deb")
