# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pip of several versions and uv, run for real on small packages made on the spot: what is foreseen is what happens."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any, Iterator, Mapping, NamedTuple, Sequence

import pytest
from convergence.packages import hash_of, write_index, write_lock, write_project
from testbed import wheelhouse

from ansible_collections.pyfleet.python.plugins.module_utils._act.asking import Ask, Change, Index
from ansible_collections.pyfleet.python.plugins.module_utils._act.commands import Done, Failed
from ansible_collections.pyfleet.python.plugins.module_utils._act.pip import PipInstaller
from ansible_collections.pyfleet.python.plugins.module_utils._act.secrets import Credential
from ansible_collections.pyfleet.python.plugins.module_utils._act.uv import UvInstaller
from ansible_collections.pyfleet.python.plugins.module_utils._core.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._core.read.release import read_contents

sys.path.insert(0, str(Path(__file__).parent))

from hosts import missing

CANARY = "canary-pa55%2Fword"
#: Name -> version of pip (its wheel is in the wheelhouse; '' is what the interpreter brings), Python; None: uv.
KINDS: dict[str, tuple[str, str] | None] = {
    "pip-20.3.4": ("20.3.4", "3.9"),
    "pip-25.1.1": ("25.1.1", "3.9"),
    "pip-26.3": ("26.3", "3.13"),
    "uv": None,
}
# 25.1.1 is asked only for what a pip between the others cannot do.
OLD_AND_NEW = ["pip-20.3.4", "pip-26.3", "uv"]
NEW = OLD_AND_NEW[1:]


def interpreter(minor: str) -> str:
    """Give a Python of this machine that can make environments, by its canonical path."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    places = [*sorted(pyenv.glob(f"{minor}.*/bin/python{minor}")), Path(f"/usr/bin/python{minor}")]
    for path in places:
        if path.exists() and not subprocess.run([path, "-Ic", "import venv, ensurepip"], check=False).returncode:
            return os.path.realpath(path)
    missing(f"no Python {minor} was found")
    raise AssertionError


class Shop:
    """An installer of one kind, with the packages that it is asked for, and all that it ran."""

    def __init__(self, root: Path, kind: str, wheels: Path, programs: Path) -> None:
        self.root, self.kind, self.wheels = root, kind, wheels
        self.commands: list[Sequence[str]] = []
        asked = KINDS[kind]
        self.python = interpreter(asked[1] if asked else "3.13")
        self.pips = Path(self.python).parents[1] / "lib" / Path(self.python).name / "ensurepip/_bundled"
        if asked and asked[0]:
            self.pips = programs / asked[0]
        for name in ("work", "home", "seed"):
            (root / name).mkdir()
        self.prefix = str(root / "environment")
        self.uv = str(programs / "uv")
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(root / "home"), "LC_ALL": "C.UTF-8"}

    def run(self, argv: Sequence[str], environment: Mapping[str, str], cwd: str, seconds: float) -> Done:
        self.commands.append(argv)
        done = subprocess.run(
            argv, env=dict(environment), cwd=cwd, timeout=seconds or 300, capture_output=True, check=False
        )
        return Done(done.returncode, *(said.decode("utf-8", "surrogateescape") for said in (done.stdout, done.stderr)))

    def installer(self, credentials: Sequence[Credential] = (), **more: Any) -> PipInstaller | UvInstaller:
        given: dict[str, Any] = {
            "run": self.run,
            "python": self.python,
            "work": str(self.root / "work"),
            "environment": self.environment,
            "wheels": str(self.pips),
            "seed": str(self.root / "seed"),
            "missing_package": "python3-venv",
            "credentials": credentials,
            **more,
        }
        return UvInstaller(uv=self.uv, **given) if self.kind == "uv" else PipInstaller(**given)

    def ask(self, *packages: str, **more: Any) -> Ask:
        return Ask(packages, **{"sources": Index(no_index=True, find_links=(str(self.wheels),)), **more})

    def has(self) -> dict[str, str]:
        with Host() as host:
            return dict(read_contents(host, self.prefix).packages)

    def file(self, name: str, text: str) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def converge(self, *packages: str, **more: Any) -> list[str]:
        """Ask what would change, see that nothing did, do it, and hold the two against each other."""
        ask, before, tree = self.ask(*packages, **more), self.has(), fingerprint(self.prefix)
        foreseen = self.installer().predict(self.prefix, ask)
        assert fingerprint(self.prefix) == tree, "the dry run changed the environment"
        self.installer().install(self.prefix, ask)
        after = self.has()
        differing = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        changed = {Change(name, before.get(name, ""), after.get(name, "")) for name in differing}
        if foreseen.unresolved:
            assert self.kind == "pip-20.3.4", foreseen
        else:
            assert {each for each in foreseen.changes if each.before != each.after} == changed
        return [f"{name} {before.get(name, '-')} {after.get(name, '-')}" for name in differing]


def fingerprint(prefix: str) -> str:
    """Digest every file of an environment but bytecode, which any start may leave."""
    state = hashlib.sha256()
    for path in sorted(Path(prefix).rglob("*")):
        if path.suffix != ".pyc" and path.name != "__pycache__":
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            state.update(os.fsencode(path) + b"\0" + content)
    return state.hexdigest()


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_index(tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("scratch"))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give uv, and for each version of pip a directory such as ensurepip's."""
    house, target = wheelhouse.ensure(), tmp_path_factory.mktemp("programs")
    for version in ("20.3.4", "25.1.1", "26.3"):
        (target / version).mkdir()
        (wheel,) = house.glob(f"pip-{version}-*.whl")
        (target / version / wheel.name).symlink_to(wheel)
    (wheel,) = house.glob("uv-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith("/scripts/uv")]
        (target / "uv").write_bytes(archive.read(name))
    (target / "uv").chmod(0o755)
    return target


@pytest.fixture
def shop(request: pytest.FixtureRequest, tmp_path: Path, wheels: Path, programs: Path) -> Shop:
    return Shop(tmp_path, request.param, wheels, programs)


@pytest.fixture
def made(shop: Shop) -> Shop:
    """Give an installer with an environment that has a pip."""
    shop.installer().create(shop.prefix, False, True)
    return shop


EVERY = pytest.mark.parametrize("shop", OLD_AND_NEW, indirect=True)
MOST = pytest.mark.parametrize("shop", NEW, indirect=True)
TWO = pytest.mark.parametrize("shop", ["pip-26.3", "uv"], indirect=True)


def python(shop: Shop, *arguments: str) -> str:
    done = subprocess.run(
        [shop.prefix + "/bin/python", *arguments], capture_output=True, text=True, check=True, env=shop.environment
    )
    return done.stdout.strip()


# -------------------------------------------------------------- making environments


@EVERY
def test_a_new_environment_is_whole(made: Shop) -> None:
    link = os.readlink(made.prefix + "/bin/python")
    first = link if "/" in link else os.readlink(made.prefix + "/bin/" + link)
    assert first == made.python, "it stands on a name that may come to mean another Python"
    assert python(made, "-c", "import sys; print(sys.prefix)") == made.prefix
    assert list(made.has()) == ["pip"]
    script = subprocess.run([made.prefix + "/bin/pip", "--version"], capture_output=True, text=True, check=True)
    assert made.prefix in script.stdout
    files = python(made, "-m", "pip", "show", "--files", "pip")
    assert "../../../bin/pip3" in files and "Installer: pip" in python(made, "-m", "pip", "show", "--verbose", "pip")
    python(made, "-m", "pip", "uninstall", "--yes", "pip")
    assert not list(Path(made.prefix).rglob("*pip*")), "its RECORD does not list all that belongs to pip"


@EVERY
def test_system_site_packages_and_no_pip(shop: Shop) -> None:
    shop.installer().create(shop.prefix, True, False)
    assert shop.has() == {}
    assert "include-system-site-packages = true" in Path(shop.prefix, "pyvenv.cfg").read_text()


@TWO
def test_a_directory_that_is_there_keeps_its_mode(shop: Shop) -> None:
    Path(shop.prefix).mkdir(mode=0o750)
    shop.installer().create(shop.prefix, False, True)
    assert Path(shop.prefix).stat().st_mode & 0o777 == 0o750
    assert list(shop.has()) == ["pip"]


@TWO
def test_a_failure_leaves_nothing(shop: Shop) -> None:
    shop.python = shop.file("python3.13", '#!/bin/sh\nmkdir -p "$(eval echo \\${$#})/bin"\necho no >&2; exit 3\n')
    os.chmod(shop.python, 0o755)
    with pytest.raises(Failed):
        shop.installer().create(shop.prefix, False, True)
    assert not os.path.lexists(shop.prefix)


@pytest.mark.parametrize("shop", ["pip-26.3"], indirect=True)
def test_ensurepip_is_missing(shop: Shop) -> None:
    with pytest.raises(Failed) as raised:
        shop.installer(wheels="").create(shop.prefix, False, True)
    assert raised.value.code == "venv-support-missing"
    assert "python3-venv" in raised.value.message and "pyfleet.python.venv_support" in raised.value.hint
    assert not os.path.lexists(shop.prefix)


@pytest.mark.parametrize("shop", ["uv"], indirect=True)
def test_without_a_wheel_uv_installs_pip(shop: Shop, programs: Path) -> None:
    shop.installer(wheels="").create(shop.prefix, False, True)
    (wheel,) = (programs / "26.3").glob("pip-*.whl")
    index = Index(no_index=True, find_links=(str(shop.wheels), str(wheel.parent)))
    foreseen = shop.installer(wheels="").predict(shop.prefix, shop.ask("delta", sources=index))
    assert {each.name for each in foreseen.changes} == {"pip", "delta"}
    shop.installer(wheels="").install(shop.prefix, shop.ask("delta", sources=index))
    assert shop.has() == {"delta": "2.0", "pip": "26.3"}


# -------------------------------------------------------------- installing


@EVERY
def test_installs_upgrades_and_downgrades(made: Shop) -> None:
    assert made.converge("alpha==1.0", "gamma[fast]") == [
        "alpha - 1.0", "delta - 2.0", "gamma - 1.0", "part - 1.0",
    ]  # fmt: skip
    assert list(Path(made.prefix).rglob("late.*.pyc")), "bytecode is not compiled"
    assert python(made, "-m", "alpha") == "1.0 1.0 1.0"
    assert made.converge("alpha") == []
    assert made.converge("alpha==1.1", "delta<2") == ["alpha 1.0 1.1", "delta 2.0 1.1", "part 1.0 1.1"]
    assert made.converge("alpha", upgrade=True) == ["alpha 1.1 2.0", "part 1.1 2.0"]
    assert made.converge('early; python_version < "3"', "Mixed_Name") == ["mixed-name - 1.0"]
    links = [path for path in Path(made.prefix).rglob("*.py") if path.stat().st_nlink > 1]
    assert not links, "files are shared with a cache that others can write"


@MOST
def test_exact_removes_what_is_not_asked_for(made: Shop) -> None:
    made.converge("alpha==1.0", "gamma[fast,more]", "picky")
    assert made.converge("gamma[more]", "alpha==2.0", exact=True) == [
        "alpha 1.0 2.0", "delta 2.0 -", "part 1.0 2.0", "picky 1.0 -",
    ]  # fmt: skip
    assert set(made.has()) == {"alpha", "gamma", "mixed-name", "part", "pip"}
    assert made.converge(exact=True) == ["alpha 2.0 -", "gamma 1.0 -", "mixed-name 1.0 -", "part 2.0 -"]
    assert set(made.has()) == {"pip"}


@EVERY
def test_no_pip_is_left_behind(shop: Shop) -> None:
    shop.installer().create(shop.prefix, False, False)
    assert shop.converge("alpha==1.0", "source", pip=False) == ["alpha - 1.0", "part - 1.0", "source - 1.0"]
    assert shop.converge("alpha", upgrade=True, pip=False) == ["alpha 1.0 2.0", "part 1.0 2.0"]
    assert not list(Path(shop.prefix).rglob("pip*"))
    assert len(shop.converge("alpha")) == 1  # pip comes
    assert len(shop.converge("alpha", pip=False)) == 1  # and goes
    assert not list(Path(shop.prefix).rglob("pip*"))


@EVERY
@pytest.mark.parametrize("loss", ["pip", "dist-info", "script"])
def test_a_pip_that_is_half_gone_is_mended(made: Shop, loss: str) -> None:
    site = next(Path(made.prefix).glob("lib/python*/site-packages"))
    lost = {"pip": site / "pip", "dist-info": next(site.glob("pip-*.dist-info")), "script": site / "pip/__main__.py"}
    subprocess.run(["rm", "-r", lost[loss]], check=True)
    made.installer().install(made.prefix, made.ask("delta"))
    assert set(made.has()) == {"delta", "pip"}
    assert python(made, "-m", "pip", "--version")


# pip 20.3 can install no project without a setup.py in editable mode.
@MOST
def test_files_mean_the_same_from_anywhere(made: Shop) -> None:
    write_project(made.root / "app" / "my project", "project")
    made.file("app/sub/more.txt", "--constraint=../c.txt\nalpha \\\n   >=1 # why\n\n-rlast.txt")
    made.file("app/sub/last.txt", "\ufeffdelta ; python_version > '3'\n")
    made.file("app/c.txt", "alpha<2\ndelta==1.0\n")
    asked = made.file("app/req.txt", "# all\n-r sub/more.txt\n-e 'my project'\n")
    assert made.converge(requirements=(asked,)) == ["alpha - 1.1", "delta - 1.0", "part - 1.1", "project - 1.0"]
    assert str(made.root / "app/my project/src") in python(made, "-c", "import project; print(project.__file__)")


@EVERY
def test_hashes(made: Shop) -> None:
    (wheel,) = made.wheels.glob("delta-1.0-*.whl")
    lock = made.file("lock.txt", f"delta==1.0 \\\n  --hash={hash_of(wheel)}\n")
    exact = made.kind != "pip-20.3.4"
    assert made.converge(lock=lock, exact=exact) == ["delta - 1.0"]
    assert set(made.has()) == {"delta", "pip"}
    for text, code in (
        ("delta==1.1\n", "hash-missing"),
        (f"delta==1.1 --hash={hash_of(wheel)}\n", "hash-mismatch"),
    ):
        wrong = made.file("wrong.txt", text)
        with pytest.raises(Failed) as raised:
            made.installer().install(made.prefix, made.ask(lock=wrong, exact=exact))
        assert raised.value.code == code, raised.value.output
    assert made.has()["delta"] == "1.0"


@pytest.mark.parametrize("shop", ["pip-25.1.1", "pip-26.3", "uv"], indirect=True)
def test_pylock(made: Shop) -> None:
    made.converge("early")
    lock = str(write_lock(made.root / "pylock.toml", sorted(made.wheels.glob("delta-1.1-*.whl"))))
    if made.kind == "pip-25.1.1":
        with pytest.raises(Failed) as raised:
            made.installer().install(made.prefix, made.ask(lock=lock, exact=True))
        assert raised.value.code == "pip-too-old" and "25.1.1" in raised.value.message
        return
    assert made.converge(lock=lock, exact=True) == ["delta - 1.1", "early 1.0 -"]
    assert set(made.has()) == {"delta", "pip"}


# -------------------------------------------------------------- failing


@EVERY
@pytest.mark.parametrize(
    ("asked", "code", "word"),
    [
        (["nowhere"], "no-such-project", "nowhere"),
        (["alpha==9"], "no-matching-version", "alpha==9"),
        (["alpha==2.0", "picky"], "no-solution", ""),
        (["broken"], "build-failed", "broken"),
        (["not a requirement"], "bad-requirement", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_went_wrong_is_said(made: Shop, asked: list[str], code: str, word: str) -> None:
    before = made.has()
    with pytest.raises(Failed) as raised:
        made.installer().install(made.prefix, made.ask(*asked))
    failed = raised.value
    if made.kind == "pip-20.3.4" and code == "build-failed":
        word = ""  # it names the command that failed, and no project
    assert (failed.code, word in failed.message) == (code, True), (failed.message, failed.output)
    assert failed.hint and "\n" not in failed.message
    assert code != "build-failed" or "the compiler of broken said no" in failed.output
    assert str(made.root / "work") not in failed.message + failed.output
    assert made.has() == before
    # uv finds out only when it builds whether a source can be built.
    if made.kind != "pip-20.3.4" and (made.kind, code) != ("uv", "build-failed"):
        foreseen = made.installer().predict(made.prefix, made.ask(*asked))
        assert word in foreseen.unresolved and foreseen.unresolved


@EVERY
def test_an_index_that_is_not_there(made: Shop) -> None:
    index = Index(index_url="http://127.0.0.1:9/simple", timeout=1)
    made.environment.update(PIP_RETRIES="1", UV_HTTP_RETRIES="0")
    with pytest.raises(Failed) as raised:
        made.installer().install(made.prefix, made.ask("delta", sources=index))
    assert raised.value.code == "no-index", raised.value.output


@pytest.mark.parametrize("shop", ["pip-20.3.4", "pip-26.3", "uv"], indirect=True)
@pytest.mark.parametrize("key", ["target", "prefix", "root", "user"])
def test_settings_of_the_host_divert_nothing(made: Shop, key: str) -> None:
    value = "true" if key == "user" else str(made.root / "elsewhere")
    made.file("home/.config/pip/pip.conf", f"[install]\n{key} = {value}\n")
    if key in ("target", "prefix"):
        made.file("home/.config/uv/uv.toml", f'[pip]\n{key} = "{value}"\n')
    try:
        made.installer().install(made.prefix, made.ask("delta"))
    except Failed as failed:
        assert failed.code == "diverted" and key in failed.message and str(made.root / "home") in failed.message
    else:
        assert made.has()["delta"] == "2.0"
    assert not (made.root / "elsewhere").exists()


# -------------------------------------------------------------- credentials


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
@pytest.mark.parametrize("way", ["find_links", "file", "package", "credentials", "variable"])
def test_passwords_are_on_no_command_line(made: Shop, served: Served, way: str) -> None:
    ask = Ask(("delta==1.0",), sources=Index(no_index=True, find_links=(served.url,)))
    given: list[Credential] = []
    if way == "file":
        asked = made.file("req.txt", f"--no-index\n--find-links {served.url}\ndelta==1.0\n")
        ask = Ask(requirements=(asked,))
    elif way == "package":
        ask = Ask((f"delta @ {served.url}delta-1.0-py3-none-any.whl",), sources=Index(no_index=True))
    elif way == "credentials":
        ask = ask._replace(sources=Index(no_index=True, find_links=(served.open_url,)))
        given = [Credential("127.0.0.1", "me@site", "canary-pa55/word")]
    elif way == "variable":
        made.environment["SITE_PASSWORD"] = CANARY
        ask = ask._replace(sources=Index(no_index=True, find_links=(served.url.replace(CANARY, "${SITE_PASSWORD}"),)))
    foreseen = made.installer(given).predict(made.prefix, ask)
    assert made.kind == "pip-20.3.4" or foreseen.changes == (Change("delta", "", "1.0"),), foreseen
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
    with pytest.raises(Failed) as raised:
        made.installer().install(made.prefix, Ask((f"delta @ {wrong}",), sources=Index(no_index=True)))
    assert raised.value.code == "unauthorised", raised.value.output
    assert "canary" not in raised.value.message + raised.value.output
