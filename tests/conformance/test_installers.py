# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pip of several versions and uv, run on small packages built here: the prediction equals the result."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from convergence.packages import hash_of, write_lock, write_project

from ansible_collections.pyfleet.python.plugins.module_utils._install.spec import Index
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)

sys.path.insert(0, str(Path(__file__).parent))

from installers import EVERY, MOST, TWO, Shop


def python(shop: Shop, *arguments: str) -> str:
    done = subprocess.run(
        [shop.prefix + "/bin/python", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=shop.environment,
    )
    return done.stdout.strip()


# -------------------------------------------------------------- making environments


@EVERY
def test_a_new_environment_is_whole(made: Shop) -> None:
    link = os.readlink(made.prefix + "/bin/python")
    first = link if "/" in link else os.readlink(made.prefix + "/bin/" + link)
    assert first == made.python, (
        "it stands on a name that may come to mean another Python"
    )
    assert python(made, "-c", "import sys; print(sys.prefix)") == made.prefix
    assert list(made.has()) == ["pip"]
    script = subprocess.run(
        [made.prefix + "/bin/pip", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.prefix in script.stdout
    files = python(made, "-m", "pip", "show", "--files", "pip")
    assert "../../../bin/pip3" in files and "Installer: pip" in python(
        made, "-m", "pip", "show", "--verbose", "pip"
    )
    python(made, "-m", "pip", "uninstall", "--yes", "pip")
    assert not list(Path(made.prefix).rglob("*pip*")), (
        "its RECORD does not list all that belongs to pip"
    )


@EVERY
def test_system_site_packages_and_no_pip(shop: Shop) -> None:
    shop.installer().create(shop.prefix, True, False)
    assert shop.has() == {}
    assert (
        "include-system-site-packages = true"
        in Path(shop.prefix, "pyvenv.cfg").read_text()
    )


@TWO
def test_a_directory_that_is_there_keeps_its_mode(shop: Shop) -> None:
    Path(shop.prefix).mkdir(mode=0o750)
    shop.installer().create(shop.prefix, False, True)
    assert Path(shop.prefix).stat().st_mode & 0o777 == 0o750
    assert list(shop.has()) == ["pip"]


@TWO
def test_a_failure_leaves_nothing(shop: Shop) -> None:
    shop.python = shop.file(
        "python3.13",
        '#!/bin/sh\nmkdir -p "$(eval echo \\${$#})/bin"\necho no >&2; exit 3\n',
    )
    os.chmod(shop.python, 0o755)
    with pytest.raises(OperationError):
        shop.installer().create(shop.prefix, False, True)
    assert not os.path.lexists(shop.prefix)


@pytest.mark.parametrize("shop", ["pip-26.3"], indirect=True)
def test_ensurepip_is_missing(shop: Shop) -> None:
    with pytest.raises(OperationError) as raised:
        shop.installer(wheels="").create(shop.prefix, False, True)
    assert raised.value.code == "venv-support-missing"
    assert (
        "python3-venv" in raised.value.message
        and "pyfleet.python.venv_support" in raised.value.hint
    )
    assert not os.path.lexists(shop.prefix)


@pytest.mark.parametrize("shop", ["uv"], indirect=True)
def test_without_a_wheel_uv_installs_pip(shop: Shop, programs: Path) -> None:
    shop.installer(wheels="").create(shop.prefix, False, True)
    (wheel,) = (programs / "26.3").glob("pip-*.whl")
    index = Index(no_index=True, find_links=(str(shop.wheels), str(wheel.parent)))
    predicted = shop.installer(wheels="").predict(
        shop.prefix, shop.ask("delta", sources=index)
    )
    assert {each.name for each in predicted.changes} == {"pip", "delta"}
    shop.installer(wheels="").install(shop.prefix, shop.ask("delta", sources=index))
    assert shop.has() == {"delta": "2.0", "pip": "26.3"}


# -------------------------------------------------------------- installing


@EVERY
def test_installs_upgrades_and_downgrades(made: Shop) -> None:
    assert made.converge("alpha==1.0", "gamma[fast]") == [
        "alpha - 1.0", "delta - 2.0", "gamma - 1.0", "part - 1.0",
    ]  # fmt: skip
    assert python(made, "-m", "alpha") == "1.0 1.0 1.0"
    assert made.converge("alpha") == []
    assert made.converge("alpha==1.1", "delta<2") == [
        "alpha 1.0 1.1",
        "delta 2.0 1.1",
        "part 1.0 1.1",
    ]
    assert made.converge("alpha", upgrade=True) == ["alpha 1.1 2.0", "part 1.1 2.0"]
    assert made.converge('early; python_version < "3"', "Mixed_Name") == [
        "mixed-name - 1.0"
    ]
    # The environment's own pip may be linked from where it was unpacked, a private directory of the same user.
    links = [
        path
        for path in Path(made.prefix).rglob("*.py")
        if path.stat().st_nlink > 1 and "/pip/" not in str(path)
    ]
    assert not links, "files are shared with a cache that others can write"


@MOST
def test_exact_removes_what_is_not_asked_for(made: Shop) -> None:
    made.converge("alpha==1.0", "gamma[fast,more]", "picky")
    assert made.converge("gamma[more]", "alpha==2.0", exact=True) == [
        "alpha 1.0 2.0", "delta 2.0 -", "part 1.0 2.0", "picky 1.0 -",
    ]  # fmt: skip
    assert set(made.has()) == {"alpha", "gamma", "mixed-name", "part", "pip"}
    assert made.converge(exact=True) == [
        "alpha 2.0 -",
        "gamma 1.0 -",
        "mixed-name 1.0 -",
        "part 2.0 -",
    ]
    assert set(made.has()) == {"pip"}


@EVERY
def test_no_pip_is_left_behind(shop: Shop) -> None:
    shop.installer().create(shop.prefix, False, False)
    assert shop.converge("alpha==1.0", "source", pip=False) == [
        "alpha - 1.0",
        "part - 1.0",
        "source - 1.0",
    ]
    assert shop.converge("alpha", upgrade=True, pip=False) == [
        "alpha 1.0 2.0",
        "part 1.0 2.0",
    ]
    assert not list(Path(shop.prefix).rglob("pip*"))
    assert len(shop.converge("alpha")) == 1  # pip comes
    assert len(shop.converge("alpha", pip=False)) == 1  # and goes
    assert not list(Path(shop.prefix).rglob("pip*"))


@EVERY
@pytest.mark.parametrize("loss", ["pip", "dist-info", "script"])
def test_a_pip_that_is_half_gone_is_repaired(made: Shop, loss: str) -> None:
    site = next(Path(made.prefix).glob("lib/python*/site-packages"))
    lost = {
        "pip": site / "pip",
        "dist-info": next(site.glob("pip-*.dist-info")),
        "script": site / "pip/__main__.py",
    }
    subprocess.run(["rm", "-r", lost[loss]], check=True)
    made.installer().install(made.prefix, made.ask("delta"))
    assert set(made.has()) == {"delta", "pip"}
    assert python(made, "-m", "pip", "--version")


# pip 20.3 can install no project without a setup.py in editable mode.
@MOST
def test_files_mean_the_same_from_anywhere(made: Shop) -> None:
    write_project(made.root / "app" / "my project", "project")
    made.file(
        "app/sub/more.txt",
        "--constraint=../c.txt\nalpha \\\n   >=1 # why\n\n-rlast.txt",
    )
    made.file("app/sub/last.txt", "\ufeffdelta ; python_version > '3'\n")
    made.file("app/c.txt", "alpha<2\ndelta==1.0\n")
    asked = made.file("app/req.txt", "# all\n-r sub/more.txt\n-e 'my project'\n")
    assert made.converge(requirements=(asked,)) == [
        "alpha - 1.1",
        "delta - 1.0",
        "part - 1.1",
        "project - 1.0",
    ]
    assert str(made.root / "app/my project/src") in python(
        made, "-c", "import project; print(project.__file__)"
    )


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
        with pytest.raises(OperationError) as raised:
            made.installer().install(made.prefix, made.ask(lock=wrong, exact=exact))
        assert raised.value.code == code, raised.value.output
    assert made.has()["delta"] == "1.0"


@pytest.mark.parametrize("shop", ["pip-25.1.1", "pip-26.3", "uv"], indirect=True)
def test_pylock(made: Shop) -> None:
    made.converge("early")
    lock = str(
        write_lock(
            made.root / "pylock.toml", sorted(made.wheels.glob("delta-1.1-*.whl"))
        )
    )
    if made.kind == "pip-25.1.1":
        with pytest.raises(OperationError) as raised:
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
def test_what_went_wrong_is_said(
    made: Shop, asked: list[str], code: str, word: str
) -> None:
    before = made.has()
    with pytest.raises(OperationError) as raised:
        made.installer().install(made.prefix, made.ask(*asked))
    failed = raised.value
    if made.kind == "pip-20.3.4" and code == "build-failed":
        word = ""  # it names the command that failed, and no project
    assert (failed.code, word in failed.message) == (code, True), (
        failed.message,
        failed.output,
    )
    assert failed.hint and "\n" not in failed.message
    assert code != "build-failed" or "the compiler of broken said no" in failed.output
    assert str(made.root / "work") not in failed.message + failed.output
    assert made.has() == before
    # uv finds out only when it builds whether a source can be built.
    if made.kind != "pip-20.3.4" and (made.kind, code) != ("uv", "build-failed"):
        predicted = made.installer().predict(made.prefix, made.ask(*asked))
        assert word in predicted.unresolved and predicted.unresolved


@EVERY
def test_an_index_that_is_not_there(made: Shop) -> None:
    index = Index(index_url="http://127.0.0.1:9/simple", timeout=1)
    made.environment.update(PIP_RETRIES="1", UV_HTTP_RETRIES="0")
    with pytest.raises(OperationError) as raised:
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
    except OperationError as failed:
        assert (
            failed.code == "diverted"
            and key in failed.message
            and str(made.root / "home") in failed.message
        )
    else:
        assert made.has()["delta"] == "2.0"
    assert not (made.root / "elsewhere").exists()
