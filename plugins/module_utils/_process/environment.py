# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of commands: clean, but for the variables of the task that say how an index is reached."""

from __future__ import annotations

import os
import pwd
import sys
from typing import Dict, List, Mapping, Optional, Tuple

from .accounts import Account
from .commands import OperationError
from .secrets import Credential, strip_text

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: What counts of the caller's environment: proxies, certificates, where indexes and caches are.
KEPT = frozenset(
    "http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY "
    "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO "
    "PIP_CERT PIP_CLIENT_CERT PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_PROXY PIP_FIND_LINKS PIP_NO_INDEX "
    "PIP_CACHE_DIR PIP_NO_CACHE_DIR PIP_CONFIG_FILE PIP_DEFAULT_TIMEOUT PIP_TIMEOUT PIP_RETRIES "
    "UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_INDEX UV_FIND_LINKS UV_NO_INDEX UV_CACHE_DIR UV_NO_CACHE "
    "UV_CONFIG_FILE UV_NO_CONFIG UV_HTTP_TIMEOUT UV_SYSTEM_CERTS UV_NATIVE_TLS UV_INSECURE_HOST".split()
)
#: What would change what is installed, and the option for it: refused, as a task must not mean something else where
#: its user's environment does.
_OPTIONS = {
    "PIP_CONSTRAINT": "constraints",
    "PIP_BUILD_CONSTRAINT": "build_environment",
    "PIP_REQUIREMENT": "requirements",
    "PIP_EDITABLE": "packages (-e is for requirements files)",
    "PIP_ONLY_BINARY": "only_binary",
    "PIP_NO_BINARY": "no_binary",
    "PIP_REQUIRE_HASHES": "require_hashes",
    "PIP_UPGRADE": "state=latest",
    "PIP_PRE": "a version such as >=2.0a1, or a requirements file with --pre",
    "PIP_NO_DEPS": "a lock",
    "PIP_CONFIG_SETTINGS": "build_environment",
    "PIP_NO_BUILD_ISOLATION": "build_environment",
    "UV_CONSTRAINT": "constraints",
    "UV_OVERRIDE": "constraints",
    "UV_BUILD_CONSTRAINT": "build_environment",
    "UV_REQUIRE_HASHES": "require_hashes",
    "UV_NO_BINARY": "no_binary",
    "UV_NO_BUILD": "only_binary",
    "UV_PRERELEASE": "a version such as >=2.0a1",
    "UV_RESOLUTION": "constraints",
    "UV_EXCLUDE_NEWER": "a lock",
    "UV_INDEX_STRATEGY": "index_url",
}


def clean_environment(
    account: Optional[Account], extra: Mapping[str, str]
) -> Tuple[Dict[str, str], Tuple[Credential, ...]]:
    """Return the environment for commands, and the credentials that were in the URLs of the caller's.

    :param account: whose work it is; None: the caller's.
    :param extra: variables that are added.
    """
    name, home = _name_and_home(account)
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    environment = {
        "PATH": _PATH,
        "USER": name,
        "LOGNAME": name,
        "LANG": locale,
        "LC_ALL": locale,
    }
    if os.path.isdir(home):
        environment["HOME"] = home
    credentials: List[Credential] = []
    for key in sorted(KEPT & set(os.environ)):
        value = os.environ[key]
        if "proxy" not in key.lower():
            value, found = strip_text(value)
            credentials.extend(found)
        environment[key] = value
    if "@" in environment.get(
        "PIP_PROXY", ""
    ):  # pip would name it on the command line of what it builds with
        proxy = environment.pop("PIP_PROXY")
        environment.update(dict.fromkeys(("http_proxy", "https_proxy"), proxy))
    return {**environment, **extra}, tuple(credentials)


def reject_unsupported_variables() -> None:
    """Raise OperationError where a variable of the caller's would change what is installed; name the option for it."""
    for name, option in _OPTIONS.items():
        if os.environ.get(name):
            raise OperationError(
                "variable-not-supported",
                "%s is set in the environment of this task, and would change what is installed"
                % name,
                "Use %s, and unset the variable for this task." % option,
            )


def _name_and_home(account: Optional[Account]) -> Tuple[str, str]:
    if account is not None:
        return account.name, account.home
    try:
        user = pwd.getpwuid(os.geteuid())
    except KeyError:
        return str(os.geteuid()), os.environ.get("HOME", "")
    return user.pw_name, user.pw_dir
