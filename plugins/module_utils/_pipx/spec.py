# SPDX-License-Identifier: GPL-3.0-or-later
"""What is requested of applications of pipx: the option table of `pipx_app`, and the records made from its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional, Tuple

if TYPE_CHECKING:
    from .._install.spec import Index
    from .._process.accounts import Account
    from .._process.secrets import Credential


class Option(NamedTuple):
    """An option of `pipx_app`; the module's argument spec consists of these rows and the index options."""

    name: str
    type: str
    default: object = None
    choices: Tuple[str, ...] = ()
    elements: str = ""
    spec_field: str = ""  # the field of PipxAppSpec that holds its value
    # May stand in `pipx_apps` of the role pipx, which sets the others itself
    role: bool = True

    def argument(self) -> Dict[str, Any]:
        """Return the row as an argument spec has it."""
        argument: Dict[str, Any] = {"type": self.type}
        for key in ("elements", "choices"):
            if getattr(self, key):
                argument[key] = getattr(self, key)
        if self.choices:
            argument["choices"] = list(self.choices)
        if self.default is not None:
            argument["default"] = self.default
        return argument


OPTIONS = (
    Option("name", "str", spec_field="requirement"),
    Option("version", "str", spec_field="requirement"),
    Option(
        "state",
        "str",
        default="present",
        choices=("present", "latest", "absent"),
        spec_field="state",
    ),
    Option("inject", "list", elements="str", spec_field="inject"),
    Option("inject_apps", "bool", spec_field="inject_apps"),
    Option("python", "str", spec_field="python"),
    Option(
        "python_source",
        "str",
        default="installed",
        choices=("installed", "uv"),
        spec_field="python_source",
    ),
    Option("editable", "bool", spec_field="editable"),
    Option("reinstall", "bool", default=False, spec_field="reinstall"),
    Option("scope", "str", choices=("global", "user"), role=False),
    Option("user", "str", role=False),
    Option("suffix", "str", default="", spec_field="suffix"),
    Option("system_site_packages", "bool", spec_field="system_site_packages"),
    Option("include_dependencies", "bool", spec_field="include_dependencies"),
    Option("pin", "bool", spec_field="pin"),
    Option("backend", "str", default="pip", choices=("pip", "uv", "auto")),
    Option("executable", "path", role=False),
    Option("lock_timeout", "float", default=300.0),
)


class Requirement(NamedTuple):
    """What an application, or a package beside it, is installed from."""

    text: str  # as pipx gets it, without credentials
    name: str = ""  # normalised; '' of a URL or path, whose name is known after the installation
    extras: Tuple[str, ...] = ()
    specifier: str = ""
    url: str = ""  # a URL, or an absolute path


class PipxAppSpec(NamedTuple):
    """The requested state of one application; None keeps what is installed."""

    requirement: Requirement
    state: str = "present"  # present, latest or absent
    suffix: str = ""
    inject: Optional[Tuple[Requirement, ...]] = None
    inject_apps: Optional[bool] = None
    python: str = ""  # the canonical path of an interpreter
    python_version: str = (
        ""  # or a version, such as 3, 3.13, 3.13.5 or 3.13t, or a specifier
    )
    python_source: str = "installed"  # installed, or uv, which installs a version
    editable: Optional[bool] = None
    reinstall: bool = False
    system_site_packages: Optional[bool] = None
    include_dependencies: Optional[bool] = None
    pin: Optional[bool] = None


def split_variant(version: str) -> Tuple[str, str]:
    """Return a version of Python without its variant, and the variant: `t` of a free-threaded one such as 3.13t."""
    return (version[:-1], "t") if version.endswith("t") else (version, "")


class PipxAppRequest(NamedTuple):
    """One application with the place and the means of its installation."""

    spec: PipxAppSpec
    label: str  # what messages call it
    scope: str  # global or user
    account: Optional[Account]  # None: the caller
    homes: Tuple[str, ...]  # of pipx; new applications go to the first
    bin_directory: str
    man_directory: str
    sources: Index
    credentials: Tuple[Credential, ...]
    python: str  # as requested
    backend: str
    executable: str
    lock_timeout: float  # seconds
    missing_user: str = ""  # whom an earlier task may create: in check mode, nothing else is known of the place
