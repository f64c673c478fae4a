# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry point `rebuild`, with systemd and real package managers, none of which fails or waits because of it."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import Any, Iterator

import pytest
from convergence.packages import write_wheel
from testbed.containers import Container

from deployment.conftest import Played, need_image, play, role

#: Makes systemd the first process of a Debian that has none.
SYSTEMD = """
apt-get -qq update >/dev/null && apt-get -qq -y install --no-install-recommends systemd dbus >/dev/null 2>&1 &&
exec /lib/systemd/systemd
"""
#: What the unit that the role writes starts: it prints the version and waits.
COMMAND = [
    "python",
    "-c",
    "import time, web; print('serving', web.VERSION, flush=True); time.sleep(1e6)",
]
#: Run within the confinement of the unit's process, as the user that it has.
TRY_WRITES = """
for place in /var/lib/web /tmp /etc /usr /home /opt; do
  touch $place/probe 2>/dev/null && echo "$place"
done
ls /home >/dev/null 2>&1 && echo "reads /home"
true
"""
PROGRAM = "/usr/local/lib/pyfleet/rebuild.pyz"
CONTROL = "Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: tiny\n"
REBUILD: dict[str, Any] = {
    "app_venv_rebuild_environments": [], "app_venv_rebuild_python": "/usr/bin/python3", "app_venv_rebuild_hook": True,
    "app_venv_rebuild_on_calendar": "daily", "app_venv_rebuild_delay": "1s", "app_venv_rebuild_random_delay": "0",
}  # fmt: skip


class Host:
    """A container, and plays on it."""

    def __init__(self, container: Container, directory: Path) -> None:
        self.container, self._directory = container, directory

    def try_play(self, entry: str, version: str, *options: str) -> Played:
        """Play an entry point for one application, whose unit the role writes."""
        application = {
            "name": "web", "packages": [f"web=={version}"], "find_links": ["/srv/wheels"], "no_index": True,
            "pip": False, "user": "web", "create_user": True,
            "service": {"name": "web", "unit": {"command": COMMAND}},
            "health_check": {"command": ["python", "-c", "import web"]},
        }  # fmt: skip
        return play(
            self.container,
            self._directory,
            [role(entry)],
            *options,
            app_venv_apps=[application],
            **REBUILD,
        )

    def play(self, entry: str, version: str, *options: str) -> list[str]:
        """Return the tasks that changed something."""
        played = self.try_play(entry, version, *options)
        assert played.status == 0, played.output + self.run(
            "journalctl", "--unit=web", "--lines=40"
        )
        return played.changed

    def run(self, *command: str) -> str:
        return self.container.run(*command, check=False).stdout.strip()

    def pid(self) -> str:
        return self.run("systemctl", "show", "--property=MainPID", "--value", "web")

    def until(self, *command: str) -> None:
        """Wait until a command succeeds."""
        script = f"until {shlex.join(command)} >/dev/null 2>&1; do sleep 0.2; done"
        self.container.run("timeout", "90", "sh", "-c", script)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    directory = tmp_path / "wheels"
    directory.mkdir()
    for version in ("1.0", "2.0"):
        write_wheel(directory, "web", version)
    return directory


@pytest.fixture
def debian(tmp_path: Path, wheels: Path, uv: Path) -> Iterator[Host]:
    """A Debian that systemd runs."""
    image = need_image("localhost/pyfleet/debian:13")
    # systemd mounts to confine the service; the test enters its namespace, which takes SYS_PTRACE.
    started = {
        "options": ["--systemd=always", "--cap-add=SYS_ADMIN,SYS_PTRACE"],
        "command": ["sh", "-c", SYSTEMD],
        "network": True,
    }
    with Container(image, mounts={wheels: "/srv/wheels"}, **started) as container:  # type: ignore[arg-type]
        host = Host(container, tmp_path)
        host.until("systemctl", "is-system-running", "--wait")
        container.copy_in(uv, "/usr/local/bin/uv")
        yield host


def test_a_host_with_systemd(debian: Host) -> None:
    """A unit restarts when the release changes, and only then; the hook rebuilds what an upgrade broke."""
    debian.play("main", "1.0")
    first = debian.pid()
    assert first != "0"
    assert debian.play("main", "1.0") == []
    assert debian.pid() == first
    _check_that_a_failed_restart_is_repeated(debian)
    second = debian.pid()
    assert second not in (first, "0")
    _check_that_the_service_is_confined(debian)
    assert "serving 2.0" in debian.run(
        "journalctl", "--unit=web", "--output=cat", "--lines=2"
    )
    _check_what_is_installed(debian)
    _check_that_apt_has_it_rebuilt(debian, second)
    assert debian.play("main", "2.0") == []
    _check_that_apt_goes_on(debian)


def _check_that_the_service_is_confined(host: Host) -> None:
    """The unit is active with everything that the role confines it with, and can write to its state only."""
    status = host.run("cat", f"/proc/{host.pid()}/status")
    assert "NoNewPrivs:\t1" in status and "CapBnd:\t0000000000000000" in status
    assert (
        host.run("systemctl", "show", "--property=ProtectSystem", "--value", "web")
        == "strict"
    )
    entered = [
        "nsenter",
        "--mount",
        f"--target={host.pid()}",
        "setpriv",
        "--reuid=web",
        "--regid=web",
        "--clear-groups",
    ]
    written = host.run(*entered, "sh", "-c", TRY_WRITES).split("\n")
    assert written == ["/var/lib/web", "/tmp"]
    assert (
        host.run("sh", "-c", "ls /tmp/probe /var/lib/web/probe 2>/dev/null")
        == "/var/lib/web/probe"
    )


def _check_that_a_failed_restart_is_repeated(host: Host) -> None:
    """Fault injection: the unit cannot start, and later it can."""
    drop_in = "/etc/systemd/system/web.service.d"
    host.container.shell(
        f"mkdir {drop_in}; printf '[Service]\nExecStartPre=/bin/false\n' > {drop_in}/fault.conf"
    )
    failed = host.try_play("main", "2.0")
    assert failed.status != 0
    assert (
        "its service web could not be restarted; the next run tries it again"
        in " ".join(failed.output.split())
    )
    host.container.shell(
        f"rm -r {drop_in}; systemctl daemon-reload; systemctl reset-failed web"
    )
    assert "Restart or reload the service" in host.play("main", "2.0")
    assert host.play("main", "2.0") == []


def _check_what_is_installed(host: Host) -> None:
    predicted = host.play("rebuild", "2.0", "--check")
    assert not host.run("ls", "-A", "/usr/local/lib/pyfleet"), (
        "check mode has installed something"
    )
    # Check mode can't enable a timer that is not there yet; it says that it would install it.
    assert [
        name for name in host.play("rebuild", "2.0") if name != "Enable the timer"
    ] == predicted
    assert host.play("rebuild", "2.0") == []
    assert host.run("systemctl", "is-active", "pyfleet-rebuild.timer") == "active"
    assert host.run("systemctl", "is-enabled", "pyfleet-rebuild.timer") == "enabled"
    assert "pyfleet-rebuild.timer" in host.run("systemctl", "list-timers")
    assert host.run(PROGRAM) == "/opt/web/venv: works"
    files = [PROGRAM, "/etc/pyfleet/environments.json", "/usr/local/lib/pyfleet"]
    assert host.run("stat", "-c", "%U %a", *files).split("\n") == [
        "root 755",
        "root 600",
        "root 755",
    ]


def _check_that_apt_has_it_rebuilt(host: Host, served: str) -> None:
    """With the installation of a package, a real hook, timer and unit; nobody starts anything by hand."""
    script = "mkdir -p /tmp/deb/DEBIAN; cat > /tmp/deb/DEBIAN/control; dpkg-deb --build /tmp/deb /tmp/tiny.deb"
    host.container.run("sh", "-c", script, text=CONTROL)
    host.container.shell(
        "rm /opt/web/venv/bin/python*; ln -s /usr/bin/python3.7 /opt/web/venv/bin/python"
    )
    host.container.run("apt-get", "install", "-y", "/tmp/tiny.deb")
    host.until(
        "sh",
        "-c",
        "journalctl --unit=pyfleet-rebuild --output=cat | grep '^/opt/web/venv: rebuilt on /usr/bin/'",
    )
    host.until("sh", "-c", "! systemctl is-active pyfleet-rebuild.service")
    assert host.pid() not in (served, "0")
    assert (
        host.run("/opt/web/venv/bin/python", "-c", "import web; print(web.VERSION)")
        == "2.0"
    )


def _check_that_apt_goes_on(host: Host) -> None:
    """Neither a systemctl that fails or hangs nor a missing program makes apt fail."""
    soon = "/usr/local/lib/pyfleet/rebuild-soon"
    host.container.shell(
        "rm /usr/bin/systemctl; printf '#!/bin/sh\nexit 1\n' > /usr/bin/systemctl; chmod 755 /usr/bin/systemctl"
    )
    host.container.run("apt-get", "remove", "-y", "tiny")
    host.container.shell("printf '#!/bin/sh\nexec sleep 100\n' > /usr/bin/systemctl")
    started = time.monotonic()
    host.container.run(soon)
    assert time.monotonic() - started < 50
    host.container.run("rm", soon)
    host.container.run("apt-get", "install", "-y", "/tmp/tiny.deb")


ACTIONS = "/etc/dnf/plugins/post-transaction-actions.d"
#: Image, what it may lack for hooks, a transaction, and what the hook tells systemd.
TRANSACTIONS = {
    "dnf5": (
        "fedora:43",
        "test -d /etc/dnf/libdnf5-plugins/actions.d || dnf install -y libdnf5-plugin-actions",
        "dnf reinstall -y netbase",
        ["stop", "restart"],
    ),
    "dnf4": (
        "fedora:40",
        f"test -d {ACTIONS} || dnf install -y python3-dnf-plugin-post-transaction-actions",
        "dnf reinstall -y python3",
        ["restart"],
    ),
    "pacman": (
        "archlinux:rolling",
        "mkdir -p /etc/pacman.d",
        "pacman -Sy --noconfirm python",
        ["restart"],
    ),
}
#: The plugin of dnf 4 that runs actions, for a dnf that is Debian's: as its own package has it.
PLUGIN = f"""
apt-get -qq update >/dev/null; cd /tmp; apt-get -qq download dnf-plugins-core; dpkg-deb -x dnf-plugins-core_*.deb there
modules=usr/lib/python3/dist-packages plugin=post-transaction-actions
mkdir -p plugin/$modules/dnf-plugins plugin/usr/lib/python3.13/site-packages plugin{ACTIONS}
cp there/etc/dnf/plugins/$plugin.conf plugin/etc/dnf/plugins
cp there/$modules/dnf-plugins/$plugin.py plugin/$modules/dnf-plugins
cp -r there/$modules/dnfpluginscore plugin/usr/lib/python3.13/site-packages
"""
#: Stands for systemd, which these hosts do not have: records its arguments.
SYSTEMCTL = """#!/bin/sh
echo "$*" >> /run/systemctl.log
case $* in
    show*) printf 'Id=x\\nLoadState=loaded\\nActiveState=active\\n' ;;
    is-enabled*) echo enabled ;;
esac
"""


def _bring_plugin(container: Container, directory: Path) -> None:
    with Container(need_image("localhost/pyfleet/debian:13"), network=True) as source:
        source.shell(PLUGIN)
        source.copy_out("/tmp/plugin", directory / "plugin")
    container.copy_in(directory / "plugin", "/")


@pytest.mark.parametrize("manager", TRANSACTIONS)
def test_a_transaction_sets_the_timer(manager: str, tmp_path: Path) -> None:
    image, prepare, act, verbs = TRANSACTIONS[manager]
    with Container(need_image(f"localhost/pyfleet/{image}"), network=True) as container:
        fedora_like = not container.run(
            "ls", "/usr/share/fedora-like-repository", check=False
        ).returncode
        if manager == "dnf4" and fedora_like:  # which has no package with the plugin
            _bring_plugin(container, tmp_path)
        container.shell(f"mkdir -p /run/systemd/system /etc/systemd/system; {prepare}")
        container.run(
            "sh",
            "-c",
            "cat > /usr/bin/systemctl && chmod 755 /usr/bin/systemctl",
            text=SYSTEMCTL,
        )
        host = Host(container, tmp_path)
        host.play("rebuild", "1.0")
        container.shell(f": > /run/systemctl.log; {act}")
        recorded = host.run("cat", "/run/systemctl.log").splitlines()
        assert recorded == [
            f"--no-block {verb} pyfleet-rebuild-soon.timer" for verb in verbs
        ]
