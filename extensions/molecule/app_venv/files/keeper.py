# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a listening socket, as systemd's socket units do, and hand it to the service at its start: keeper.py ADDRESS.

Signals: USR1 starts the service, USR2 stops it and waits for its end. /run/shop.pid is there while it runs.
"""

from __future__ import annotations

import os
import pwd
import signal
import socket
import sys

PID_FILE = "/run/shop.pid"
# What a unit says in User=, EnvironmentFile= and ExecStart=.
USER = "shop"
START = "set -a; . /opt/shop/environment; exec /opt/shop/venv/bin/gunicorn --workers 2 --log-level warning shop:app"


def start(listening: socket.socket) -> int:
    """Start the service with the socket as its descriptor 3, by systemd's protocol."""
    pid = os.fork()
    if pid == 0:
        become(listening)
    with open(PID_FILE, "w", encoding="ascii") as file:
        file.write(str(pid))
    return pid


def become(listening: socket.socket) -> None:
    """Become the service."""
    signal.pthread_sigmask(
        signal.SIG_UNBLOCK, {signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD}
    )
    account = pwd.getpwnam(USER)
    if listening.fileno() != 3:
        os.dup2(listening.fileno(), 3)
    os.set_inheritable(3, True)
    os.initgroups(USER, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    environment = {
        "PATH": "/usr/bin:/bin",
        "LISTEN_FDS": "1",
        "LISTEN_PID": str(os.getpid()),
    }
    os.execve("/bin/sh", ["sh", "-c", START], environment)


def main(address: str) -> None:
    """Serve the signals."""
    host, port = address.split(":")
    listening = socket.create_server((host, int(port)), backlog=512)
    wanted = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    pid = 0
    while True:
        got = signal.sigwait(wanted)
        if got == signal.SIGUSR1 and not pid:
            pid = start(listening)
        elif got == signal.SIGUSR2 and pid:
            os.kill(pid, signal.SIGTERM)
        elif got == signal.SIGCHLD and pid and os.waitpid(pid, os.WNOHANG)[0]:
            pid = 0
            os.unlink(PID_FILE)


if __name__ == "__main__":
    main(sys.argv[1])
