# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package index on this machine (PEP 503), which may want a password, and may stop answering."""

from __future__ import annotations

import base64
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from .packages import hash_of


class Index:
    """Serves the files of a directory.

    :param login: username and password, joined by a colon, without which nothing is given.
    """

    def __init__(self, directory: Path, login: str = "") -> None:
        self.directory, self.login = directory, login
        self.patience = -1  # how many requests are still answered; -1: all
        self.asked: list[str] = []
        self.revived = threading.Event()
        handler = type("Handler", (_Handler,), {"index": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            daemon=True,
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, userinfo: str = "") -> str:
        return (
            f"http://{userinfo + '@' if userinfo else ''}127.0.0.1:{self.port}/simple/"
        )

    def lose_after(self, requests: int) -> None:
        """Answer this many requests, and then none."""
        self.revived.clear()
        self.patience = requests

    def revive(self) -> None:
        self.patience = -1
        self.revived.set()

    def __enter__(self) -> Index:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.revived.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    index: Index

    def log_message(self, *_arguments: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        index = self.index
        if index.patience == 0:
            index.revived.wait(60)  # the client is the first to give up
            return
        index.patience = max(index.patience - 1, -1)
        index.asked.append(self.path)
        if index.login and self.headers.get("Authorization") != _basic(index.login):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data, kind = self._find()
        self.send_response(200 if data is not None else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data or b"")

    def _find(self) -> tuple[bytes | None, str]:
        project = re.fullmatch(r"/simple/([^/]+)/?", self.path)
        if project:
            rows = [
                f'<a href="/files/{path.name}#{hash_of(path).replace(":", "=")}">{path.name}</a><br>'
                for path in sorted(self.index.directory.iterdir())
                if re.sub(r"[-_.]+", "-", path.name.split("-")[0]).lower() == project[1]
            ]
            return (
                "<!DOCTYPE html><html><body>" + "".join(rows)
            ).encode() if rows else None, "text/html"
        path = self.index.directory / self.path.rpartition("/")[2]
        if self.path.startswith("/files/") and path.is_file():
            return path.read_bytes(), "application/octet-stream"
        return None, "text/plain"


def _basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()
