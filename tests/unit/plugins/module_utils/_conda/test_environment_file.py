# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file environment.yml: read as YAML reads it, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.pyfleet.python.plugins.module_utils._conda.environment_file import (
    EnvironmentFile,
    parse_environment_data,
    parse_environment_text,
)
from ansible_collections.pyfleet.python.plugins.module_utils._process.commands import (
    OperationError,
)

EXPORTED = """\
name: science
channels:
  - conda-forge
  - https://conda.example.com/t/TOKEN/main  # ours
dependencies:
  - python=3.12
  - "numpy>=1.26,<2"
  - conda-forge::scipy
  - pip:
      - requests
      - -r requirements.txt
      - "local @ file:///srv/local"
  - zlib=1.3.1=hb9d3cd8_2
prefix: /opt/conda/envs/science
"""


def parse(text: str) -> EnvironmentFile:
    return parse_environment_text(text, "environment.yml")


def test_an_exported_file() -> None:
    found = parse(EXPORTED)
    assert found.name == "science"
    assert found.channels[1] == "https://conda.example.com/t/TOKEN/main"
    assert found.dependencies == (
        "python=3.12",
        "numpy>=1.26,<2",
        "conda-forge::scipy",
        "zlib=1.3.1=hb9d3cd8_2",
    )
    assert found.pip == (
        "requests",
        "-r requirements.txt",
        "local @ file:///srv/local",
    )


def test_it_reads_what_a_library_for_yaml_reads() -> None:
    yaml = pytest.importorskip("yaml")
    for text in (
        EXPORTED,
        "dependencies: [python, 'numpy>=1,<2', \"scipy\"]\n",
        "dependencies:\n- a\n- b  # comment\n\n- pip: [c, d]\n",
        "---\nchannels: []\ndependencies:\n    - a\n",
    ):
        data = yaml.safe_load(text)
        assert parse_environment_data(data) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "dependencies: &all\n- a\n",
        "dependencies: |\n  a\n",
        "dependencies:\n- a\n  - b\n",
        "dependencies:\n- conda: [a]\n",
        "dependencies: [a\n",
        "dependencies:\n\t- a\n",
        "- a\n",
        "a: 1\na: 2\n",
        "%YAML 1.1\n",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(OperationError) as raised:
        parse(text)
    assert raised.value.code == "invalid-file"


@pytest.mark.parametrize("data", [[], "x", {"dependencies": [{"x": []}]}])
def test_data_of_another_shape(data: object) -> None:
    with pytest.raises(OperationError):
        parse_environment_data(data)


@given(st.text(alphabet="-: \n\tab[]'\"#&pi,", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse("dependencies:\n" + text)
    except OperationError as exc:
        assert exc.code == "invalid-file"


WORDS = st.from_regex(r"\A[a-z][a-z0-9-]{0,8}(>=[0-9]\.[0-9])?\Z")


@given(st.lists(WORDS, max_size=5), st.lists(WORDS, max_size=3), st.integers(0, 4))
def test_what_is_written_is_read(
    words: list[str], channels: list[str], indent: int
) -> None:
    text = "channels:\n" + "".join("%s- %s\n" % (" " * indent, w) for w in channels)
    text += "dependencies:\n" + "".join("%s- '%s'\n" % (" " * indent, w) for w in words)
    found = parse(text)
    assert found.channels == tuple(channels) and found.dependencies == tuple(words)
