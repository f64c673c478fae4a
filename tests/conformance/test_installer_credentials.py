# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pip of several versions and uv, run for real on an index that asks for a password, which nobody gets to see."""

from __future__ import annotations

import base64
import contextlib
import functools
import http.server
import sys
import threading
from pathlib import Path
from typing import Iterator, NamedTuple

import pytest

from ansible_collections.pyfleet.python.plugins.module_utils._install.spec import (
    Change,
    Index,
    InstallSpec,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.secrets import (
    Credential,
)

sys.path.insert(0, str(Path(__file__).parent))

from installers import EVERY, Shop

CANARY = "canary-pa55%2Fword"


class Guarded(http.server.SimpleHTTPRequestHandler):
    """Serves files to those who know the password."""

    wanted = "Basic " + base64.b64encode(b"me@site:canary-pa55/word").decode()

    def do_GET(self) -> None:
        if self.headers.get("Authorization") == self.wanted:
            super().do_GET()
        else:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


class Served(NamedTuple):
    url: str
    open_url: str


@pytest.fixture
def served(wheels: Path) -> Iterator[Served]:
    """Serve the packages behind a password; give the URL with and without it."""
    handler = functools.partial(Guarded, directory=str(wheels))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        place = f"127.0.0.1:{server.server_port}/"
        yield Served(f"http://me%40site:{CANARY}@{place}", f"http://{place}")
        server.shutdown()
        thread.join()


@EVERY
@pytest.mark.parametrize(
    "way", ["find_links", "file", "package", "credentials", "variable"]
)
def test_passwords_are_on_no_command_line(made: Shop, served: Served, way: str) -> None:
    ask = InstallSpec(
        ("delta==1.0",), sources=Index(no_index=True, find_links=(served.url,))
    )
    given: list[Credential] = []
    if way == "file":
        asked = made.file(
            "req.txt", f"--no-index\n--find-links {served.url}\ndelta==1.0\n"
        )
        ask = InstallSpec(requirements=(asked,))
    elif way == "package":
        ask = InstallSpec(
            (f"delta @ {served.url}delta-1.0-py3-none-any.whl",),
            sources=Index(no_index=True),
        )
    elif way == "credentials":
        ask = ask._replace(sources=Index(no_index=True, find_links=(served.open_url,)))
        given = [Credential("127.0.0.1", "me@site", "canary-pa55/word")]
    elif way == "variable":
        made.environment["SITE_PASSWORD"] = CANARY
        ask = ask._replace(
            sources=Index(
                no_index=True,
                find_links=(served.url.replace(CANARY, "${SITE_PASSWORD}"),),
            )
        )
    predicted = made.installer(given).predict(made.prefix, ask)
    assert made.kind == "pip-20.3.4" or predicted.changes == (
        Change("delta", "", "1.0"),
    ), predicted
    made.installer(given).install(made.prefix, ask)
    assert made.has()["delta"] == "1.0"
    assert "canary" not in repr(made.commands)
    for path in Path(made.root / "work").rglob("*"):
        with contextlib.suppress(IsADirectoryError):
            assert b"canary" not in path.read_bytes() or path.name == "netrc"
    site = next(Path(made.prefix).glob("lib/python*/site-packages"))
    told = [path for path in site.glob("delta-*/*") if b"canary" in path.read_bytes()]
    assert not told, "the password is in what was installed"


@EVERY
def test_a_wrong_password_is_said_and_not_shown(made: Shop, served: Served) -> None:
    wrong = served.url.replace(CANARY, "canary-wrong") + "delta-1.0-py3-none-any.whl"
    with pytest.raises(OperationError) as raised:
        made.installer().install(
            made.prefix,
            InstallSpec((f"delta @ {wrong}",), sources=Index(no_index=True)),
        )
    assert raised.value.code == "unauthorised", raised.value.output
    assert "canary" not in raised.value.message + raised.value.output
