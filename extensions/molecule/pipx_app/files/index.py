# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package index over the wheelhouse that requires a username and a password, and records every command line."""

from __future__ import annotations

import base64
import glob
import http.server
import os
import sys
import threading

WHEELHOUSE, NOTES = sys.argv[1:]
WANTED = "Basic " + base64.b64encode(b"deploy:s3cr/et@word").decode()


def watch() -> None:
    """Record the command line of every process, as any user of the host can."""
    seen = set()
    while True:
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as file:
                    seen.add(file.read())
            except OSError:
                continue
        with open(NOTES + ".new", "wb") as file:
            file.write(b"\n".join(seen))
        os.rename(NOTES + ".new", NOTES)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as PEP 503 specifies."""

    def do_GET(self) -> None:
        """Send a page of links, or a file."""
        if self.headers.get("Authorization") != WANTED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
            self.end_headers()
            return
        name = self.path.strip("/").split("/")[-1]
        if name.endswith((".whl", ".tar.gz")):
            with open(os.path.join(WHEELHOUSE, name), "rb") as file:
                body = file.read()
        else:
            start = name.replace("-", "_") + "-"
            files = [
                each
                for each in sorted(os.listdir(WHEELHOUSE))
                if each.lower().startswith(start)
            ]
            body = "".join(
                '<a href="/files/%s">%s</a>\n' % (each, each) for each in files
            ).encode()
        self.send_response(200 if body else 404)
        self.send_header(
            "Content-Type",
            "text/html" if not name.endswith((".whl", ".gz")) else "application/zip",
        )
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Log nothing."""


if os.fork():
    os._exit(0)
os.setsid()
for number in (0, 1, 2):
    os.dup2(os.open(os.devnull, os.O_RDWR), number)
threading.Thread(target=watch, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", 8099), Handler).serve_forever()
