# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements files read as pip reads them: the same lines, the same files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._host.host import Host
from ansible_collections.pyfleet.python.plugins.module_utils._install.requirements.parse import (
    absolute_file_url,
    decode_requirements,
    is_pylock,
    local_project,
    parse_line,
    parse_reference,
    parse_requirements,
    read_requirements,
)

req_file = pytest.importorskip("pip._internal.req.req_file")


def of_pip(directory):
    """Return (requirement, editable, constraint) of each line of main.txt, as pip's own parser sees them."""
    rows = req_file.parse_requirements(
        os.path.join(directory, "main.txt"), session=None
    )
    return [(row.requirement, row.is_editable, row.constraint) for row in rows]


def of_ours(gathered, path, constraint=False):
    found = []
    for line in gathered.lines[path]:
        if line.kind in ("include", "constrain"):
            nested = os.path.normpath(os.path.join(os.path.dirname(path), line.value))
            found += of_ours(gathered, nested, line.kind == "constrain")
        elif line.kind == "editable":
            found.append((line.value + line.rest.partition(" ")[0], True, constraint))
        elif not line.text.startswith("-"):
            words = line.text.split(" ")
            options = [
                number for number, word in enumerate(words) if word.startswith("-")
            ]
            found.append(
                (" ".join(words[: options[0]] if options else words), False, constraint)
            )
    return found


PIECES = st.sampled_from(
    [
        "alpha", "beta==1.0", "gamma[fast] >=2 ; python_version > '3'", "./project", "/srv/app[dev]", "# said", " # x",
        "delta # why", "eps#no", "--no-index", "--pre", "-i https://h/simple", "--index-url=https://h/simple",
        "--find-links ./wheels", "-f/srv/wheels", "--trusted-host h --pre", "-e ./project", "-e./other",
        "--editable=/srv/x", "-e 'a b'", "zeta \\", "\\", "\t", "", "# \\", "x @ https://h/x.whl#sha256=1",
        "--no-binary :all:", "eta==1 \\\n  ", "\\eta", "-r a.txt", "-ra.txt", "--requirement=a.txt", "--requir a.txt",
        "-c a.txt", "--con=a.txt", "--constraint  a.txt", "-r 'b c.txt'", "-c a.txt -r 'b c.txt'", "-e ./p -r a.txt",
    ]
)  # fmt: skip
LEAVES = st.lists(
    st.sampled_from(["one", "two==2", "# no", "-e ./leaf", "three \\", ""]), max_size=4
)


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(st.lists(PIECES, max_size=8), LEAVES, LEAVES, st.sampled_from(["\n", "\r\n"]))
@example(["zeta \\", " # x", "alpha"], [], [], "\n")
def test_agrees_with_pip(main, first, second, newline):
    with tempfile.TemporaryDirectory() as directory, Host() as host:
        for name, lines in (("main.txt", main), ("a.txt", first), ("b c.txt", second)):
            with open(
                os.path.join(directory, name), "w", encoding="utf-8", newline=""
            ) as file:
                file.write(newline.join(lines))
        try:
            expected = of_pip(directory)
        except (
            Exception
        ):  # pip refuses the file, and says why when it is installed from
            read_requirements(host, [directory + "/main.txt"])
            return
        gathered = read_requirements(host, [directory + "/main.txt"])
        assert gathered.problems == ()
        assert of_ours(gathered, directory + "/main.txt") == expected


@given(st.binary(max_size=300))
def test_no_file_makes_it_fail(data):
    list(parse_requirements(data))


def test_nested_files_projects_and_what_may_move(tmp_path):
    commit = "0" * 40
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.txt").write_text(
        "\ufeff-r sub/more.txt\n-r https://h/list.txt?token=1\n-e ./app[dev]\nlib/thing.whl\nplain-1.0.tar.gz\n"
        "git+https://h/moves@main\ngit+https://h/stays@%s\nx @ file:///srv/x\n" % commit
    )
    (tmp_path / "sub" / "more.txt").write_text("-r ../main.txt\n-c gone.txt\n../near\n")
    with Host() as host:
        found = read_requirements(host, [str(tmp_path / "main.txt")])
    assert sorted(found.files) == [
        str(tmp_path / "main.txt"),
        str(tmp_path / "sub/more.txt"),
    ]
    assert found.problems == (
        (str(tmp_path / "sub/gone.txt"), "the file does not exist"),
    )
    assert dict(found.local) == {
        str(tmp_path / "app"): True,
        str(tmp_path / "lib/thing.whl"): False,
        str(tmp_path / "plain-1.0.tar.gz"): False,
        str(tmp_path / "near"): False,
        "/srv/x": False,
    }
    assert found.moving == ("https://h/list.txt is read from the network",)
    assert [(each.text, each.is_commit) for each in found.references] == [
        ("git+https://h/moves@main", False),
        ("git+https://h/stays@" + commit, True),
    ]
    assert not any("token" in reason for reason in found.moving)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/pylock.toml", True),
        ("pylock.prod.toml", True),
        ("pylock.a.b.toml", False),
        ("lock.toml", False),
    ],
)
def test_a_lock_is_known_by_its_name(path, expected):
    assert is_pylock(path) is expected


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeffalpha".encode("utf-8"), "alpha"),
        ("\ufeffälpha".encode("utf-16-le"), "älpha"),
        ("\ufeffälpha".encode("utf-16-be"), "älpha"),
        ("\ufeffälpha".encode("utf-32-le"), "älpha"),
        ("\ufeffälpha".encode("utf-32-be"), "älpha"),
        (
            "# -*- coding: latin-1 -*-\nälpha".encode("latin-1"),
            "# -*- coding: latin-1 -*-\nälpha",
        ),
        (b"# one\n# coding=cp1252\n\x80", "# one\n# coding=cp1252\n€"),
        (b"# coding: nonsense\nalpha", "# coding: nonsense\nalpha"),
        (b"alpha\xff", "alpha\udcff"),
    ],
)
def test_encodings_that_pip_reads(data, text):
    assert decode_requirements(data) == text


def test_variables_are_expanded_and_told(tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "main.txt").write_text(
        "six==${SIX}\n-r ${DIR}/x.txt\nx==${UNSET}\ny==${lower}\n# ${COMMENT}\n"
    )
    (tmp_path / "more" / "x.txt").write_text("alpha\n")
    with Host() as host:
        found = read_requirements(
            host,
            [str(tmp_path / "main.txt")],
            {"SIX": "1.0", "DIR": "more", "PATH": "/bin"},
        )
    assert [line.text for line in found.lines[str(tmp_path / "main.txt")]][::2] == [
        "six==1.0",
        "x==${UNSET}",
    ]
    assert str(tmp_path / "more/x.txt") in found.files
    assert found.variables == {"SIX": "1.0", "DIR": "more", "UNSET": "", "COMMENT": ""}


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("./p", "/d/p"),
        ("../p[dev] ; python_version > '3'", "/p"),
        ("/srv/my p", "/srv/my p"),
        ("-e .", "/d"),
        ("-e ./p[dev]", "/d/p"),
        ("-e file:../p", "/p"),
        ("-e file:///srv/my%20p#egg=p", "/srv/my p"),
        ("demo @ file:p", "/d/p"),
        ("demo[x] @ file:../p ; python_version > '3'", "/p"),
        ("demo@file://localhost/srv/p#subdirectory=x", "/srv/p"),
        ("file:../p", "/p"),
        ("file:///srv/p --hash=sha256:0", "/srv/p"),
        ("file:/srv/p", "/srv/p"),
        ("demo @ https://h/file:x", ""),
        ("demo", ""),
        ("-r x.txt", ""),
    ],
)
def test_local_projects_in_every_spelling(text, project):
    (line,) = parse_line(text)
    assert local_project(line, "/d") == project


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("file:../my%20p#egg=x", "file:///srv/my%20p#egg=x"),
        ("file:p", "file:///srv/d/p"),
        ("file:///srv/p", "file:///srv/p"),
        ("file://localhost/srv/p", "file://localhost/srv/p"),
    ],
)
def test_file_urls_mean_the_same_from_anywhere(url, absolute):
    assert absolute_file_url(url, "/srv/d") == absolute


def make_project(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "pyproject.toml").write_text("[project]\nname = 'demo'\n")


@pytest.fixture
def tree() -> Iterator[Path]:
    """A directory that nobody but root, or the caller, can write, as can all above it."""
    parent = "/var/lib" if os.geteuid() == 0 else str(Path.home())
    with tempfile.TemporaryDirectory(dir=parent, prefix="pyfleet-") as directory:
        yield Path(directory)


def local_projects(path: Path, **more: str) -> list[str]:
    with Host() as host:
        return [
            found
            for found, _editable in read_requirements(host, [str(path)], **more).local
        ]


@pytest.mark.parametrize(
    ("line", "projects", "expected"),
    [
        (
            "-e .",
            ["app"],
            "app",
        ),  # the layout of pip-tools, cookiecutter and Django: requirements/dev.txt
        ("-e .", ["app", "app/requirements"], "app/requirements"),
        ("-e .[dev]", ["app"], "app"),
        ("-e ./lib", ["app/lib"], "app/lib"),
        ("lib @ file:lib", ["app/lib"], "app/lib"),
        ("-e ../lib", ["lib"], "lib"),  # from the root of the project: app/../lib
        ("-e ../lib", ["lib", "app/lib"], "app/lib"),
        ("-e .", [], "app/requirements"),  # pip then says that it is no project
        ("-e .", ["."], "."),
    ],
)
def test_where_relative_paths_start(
    tree: Path, line: str, projects: list[str], expected: str
) -> None:
    file = tree / "app" / "requirements" / "dev.txt"
    file.parent.mkdir(parents=True)
    file.write_text(line + "\n")
    for project in projects:
        make_project(tree / project)
    assert local_projects(file) == [os.path.normpath(tree / expected)]
    assert local_projects(file, directory="/srv/x")[0].startswith("/srv/")


def test_a_relative_path_does_not_start_where_others_can_put_a_project(
    tree: Path,
) -> None:
    file = tree / "app" / "dev.txt"
    file.parent.mkdir()
    file.write_text("-e .\n")
    make_project(tree)
    assert local_projects(file) == [str(tree)]
    tree.chmod(0o1777)
    assert local_projects(file) == [str(file.parent)]


def test_a_relative_path_starts_at_most_two_directories_above_its_file(
    tree: Path,
) -> None:
    file = tree / "app" / "a" / "b" / "dev.txt"
    file.parent.mkdir(parents=True)
    file.write_text("-e .\n")
    make_project(tree)
    assert local_projects(file) == [str(file.parent)]
    make_project(tree / "app")
    assert local_projects(file) == [str(tree / "app")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "-e git+https://h/x.git#egg=My_App",
            ("-e git+https://h/x.git#egg=My_App", "my-app"),
        ),
        ("tool @ git+https://h/x@main", ("git+https://h/x@main", "tool")),
        (
            "tool[dev]@git+ssh://git@h/x ; python_version > '3'",
            ("git+ssh://git@h/x", "tool"),
        ),
        (
            "git+https://h/x#subdirectory=a&egg=tool",
            ("git+https://h/x#subdirectory=a&egg=tool", "tool"),
        ),
        ("git+https://h/x", ("git+https://h/x", "")),
        ("tool @ https://h/x.zip", None),
        ("tool==1.0", None),
        ("-r git+x.txt", None),
    ],
)
def test_references_into_version_control(text, expected):
    (line,) = parse_line(text)
    reference = parse_reference(line)
    assert (reference and (reference.text, reference.name)) == expected
