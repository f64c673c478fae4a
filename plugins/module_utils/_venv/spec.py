# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of one environment: the option table of `venv`, and the records made from its options.

The table is the one source of what an option means to the collection: the module's argument spec, the digest of the
fast path, the list of environments that a host rebuilds, and the role's argument spec are made from it or checked
against it (tests/unit/.../_venv/test_option_table.py). Each row has a field of the same name in `EnvironmentSpec`.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple, Optional, Tuple


class Option(NamedTuple):
    """One option of `venv`."""

    name: str
    type: str  # as an argument spec has it
    default: object = None
    choices: Tuple[str, ...] = ()
    elements: str = ""
    suboptions: Tuple[Option, ...] = ()
    required: bool = False
    is_content: bool = False  # decides what is installed: part of the digest that the fast path compares
    # Part of the record in the release, as the next run must undo it
    is_recorded: bool = False
    # An application of the role app_venv has an option of the same name
    in_role: bool = False
    # May stand in the list of environments that a host rebuilds by itself
    in_rebuild_list: bool = False

    def argument(self) -> Dict[str, Any]:
        """Return the row as an argument spec has it."""
        argument: Dict[str, Any] = {"type": self.type}
        if self.elements:
            argument["elements"] = self.elements
        if self.choices:
            argument["choices"] = list(self.choices)
        if self.default is not None:
            argument["default"] = (
                list(self.default) if isinstance(self.default, tuple) else self.default
            )
        if self.required:
            argument["required"] = True
        if self.suboptions:
            argument["options"] = {row.name: row.argument() for row in self.suboptions}
        return argument


_LINK_OPTIONS = (
    Option("name", "str", required=True),
    Option("directory", "path", default="/usr/local/bin"),
    Option("as", "str"),
)
_HEALTH_CHECK_OPTIONS = (
    Option("command", "list", elements="str", required=True),
    Option("user", "str"),
    Option("timeout", "float", default=60.0),
    Option("environment", "dict", default={}),
)
#: index_credentials and extra_args are not here: no field of a spec holds them (`_ansible/venv_module.py`).
OPTIONS = (
    Option("path", "path", in_role=True, in_rebuild_list=True),
    Option("state", "str", default="present", choices=("present", "latest", "absent"), in_role=True),
    Option("python", "str", is_content=True, in_role=True, in_rebuild_list=True),
    Option(
        "python_source", "str", default="installed", choices=("installed", "uv"),
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option(
        "packages", "list", default=(), elements="str",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option(
        "requirements", "list", default=(), elements="path",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option(
        "packages_absent", "list", default=(), elements="str",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option("chdir", "path", is_content=True, in_role=True, in_rebuild_list=True),
    Option("lock", "path", is_content=True, in_role=True, in_rebuild_list=True),
    Option(
        "constraints", "list", default=(), elements="path",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option("exact", "bool", default=False, is_content=True, in_role=True, in_rebuild_list=True),
    Option("no_deps", "bool", default=False, is_content=True, in_role=True, in_rebuild_list=True),
    Option("require_hashes", "bool", default=False, is_content=True, in_role=True, in_rebuild_list=True),
    Option(
        "only_binary", "list", default=(), elements="str",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option(
        "no_binary", "list", default=(), elements="str",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option("system_site_packages", "bool", default=False, is_content=True, in_role=True, in_rebuild_list=True),
    Option("pip", "bool", default=True, is_content=True, in_role=True, in_rebuild_list=True),
    Option(
        "installer", "str", default="auto", choices=("auto", "pip", "uv"),
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option("index_url", "str", is_content=True, in_role=True, in_rebuild_list=True),
    Option(
        "extra_index_urls", "list", default=(), elements="str",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option(
        "find_links", "list", default=(), elements="str",
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option("no_index", "bool", default=False, is_content=True, in_role=True, in_rebuild_list=True),
    Option("ca_bundle", "path", in_role=True, in_rebuild_list=True),
    Option("timeout", "float", default=0.0, in_role=True, in_rebuild_list=True),
    Option("owner", "str", in_role=True, in_rebuild_list=True),
    Option("group", "str", in_role=True, in_rebuild_list=True),
    Option("mode", "raw", in_role=True, in_rebuild_list=True),
    Option(
        "strategy", "str", default="atomic", choices=("atomic", "in_place"),
        is_content=True, in_role=True, in_rebuild_list=True,
    ),
    Option("keep", "int", default=2, in_role=True, in_rebuild_list=True),
    Option("release", "str"),
    Option(
        "links", "list", default=(), elements="dict", suboptions=_LINK_OPTIONS,
        is_recorded=True, in_role=True, in_rebuild_list=True,
    ),
    Option("build_environment", "dict", default={}, in_role=True),
    Option("verify", "str", default="quick", choices=("quick", "full"), in_role=True),
    Option("lock_timeout", "float", default=300.0, in_role=True, in_rebuild_list=True),
    Option("health_check", "dict", suboptions=_HEALTH_CHECK_OPTIONS, in_role=True, in_rebuild_list=True),
)  # fmt: skip


class Link(NamedTuple):
    """A console script that is linked from another directory, usually one on PATH."""

    name: str  # in the environment's bin
    directory: str
    alias: str = ""  # the link's own name; '' the script's


class HealthCheck(NamedTuple):
    """A command that a new release must pass before it becomes the current one."""

    command: Tuple[str, ...]
    user: str = ""  # who runs it; '' the owner
    timeout: float = 60.0  # seconds
    environment: Mapping[str, str] = {}


class EnvironmentSpec(NamedTuple):
    """The requested state of one environment. URLs carry no credentials here."""

    path: str
    state: str = "present"  # present, latest or absent
    python: str = (
        ""  # a path, X.Y or a specifier; '' the Python that Ansible itself uses
    )
    python_source: str = "installed"  # installed, or uv, which installs a version
    packages: Tuple[str, ...] = ()
    requirements: Tuple[str, ...] = ()
    packages_absent: Tuple[str, ...] = ()  # names of projects
    chdir: str = ""  # that relative paths in packages and requirements files start from
    lock: str = ""
    constraints: Tuple[str, ...] = ()
    exact: bool = False
    no_deps: bool = False
    require_hashes: bool = False
    only_binary: Tuple[str, ...] = ()
    no_binary: Tuple[str, ...] = ()
    system_site_packages: bool = False
    pip: bool = True
    installer: str = "auto"  # auto, pip or uv
    index_url: str = ""
    extra_index_urls: Tuple[str, ...] = ()
    find_links: Tuple[str, ...] = ()
    no_index: bool = False
    ca_bundle: str = ""
    timeout: float = 0.0
    owner: str = ""
    group: str = ""
    mode: str = ""  # octal digits
    strategy: str = "atomic"  # atomic or in_place
    keep: int = 2
    release: str = ""
    links: Tuple[Link, ...] = ()
    build_environment: Mapping[str, str] = {}
    verify: str = "quick"  # quick or full
    lock_timeout: float = 300.0
    health_check: Optional[HealthCheck] = None


class ConvergeRequest(NamedTuple):
    """One environment to converge, and the credentials for its indexes."""

    spec: EnvironmentSpec
    credentials: Tuple[Any, ...] = ()
