# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections and keys that pip reads from its configuration files.

Source: ``pip/_internal/commands`` and ``cli/cmdoptions.py`` of pip 20.3 to 26.3. A key is the long name of
an option (https://pip.pypa.io/en/stable/topics/configuration/). pip ignores keys that it does not know.
"""

from __future__ import annotations

#: Sections that pip reads: one for all commands, and one for each command.
SECTIONS = frozenset(
    "global cache check completion config debug download freeze hash help index inspect install list lock search show "
    "uninstall wheel".split()
)
FLAGS = frozenset(
    "all all-releases break-system-packages check-build-dependencies compile debug disable-pip-version-check dry-run "
    "exclude-editable files force-reinstall ignore-installed ignore-requires-python include-editable isolated local "
    "no-build-isolation no-cache-dir no-clean no-color no-compile no-dependencies no-deps no-index no-input "
    "no-proxy-env no-python-version-warning no-require-hashes no-user no-verify no-warn-conflicts "
    "no-warn-script-location not-required only-dependencies only-deps outdated pre prefer-binary require-hashes "
    "require-venv require-virtualenv upgrade uptodate use-pep517 user yes".split()
)
#: Flags of which newer releases of pip take words as well: package names, ``:all:`` or ``:none:``.
FLAGS_WITH_WORDS = frozenset(["all-releases"])
COUNTS = frozenset(["quiet", "verbose"])
INTEGERS = frozenset(["resume-retries", "retries"])
NUMBERS = frozenset(["default-timeout", "timeout"])
CHOICES = {
    "algorithm": ("sha256", "sha384", "sha512"),
    "exists-action": ("s", "i", "w", "b", "a"),
    "format": ("columns", "freeze", "json"),
    "keyring-provider": ("auto", "disabled", "import", "subprocess"),
    "progress-bar": ("auto", "on", "off", "raw"),
    "root-user-action": ("warn", "ignore"),
    "upgrade-strategy": ("only-if-needed", "eager"),
}
#: Options that take several values, which pip separates at white space.
LISTS = frozenset(
    "abi build-constraint config-settings constraint editable exclude extra-index-url find-links group no-binary "
    "only-binary only-final path platform refresh-package requirement requirements-from-script trusted-host "
    "use-deprecated use-feature".split()
)
TEXTS = frozenset(
    "cache-dir cert client-cert dest destination-dir destination-directory editor implementation index index-url "
    "local-log log log-file output prefix proxy pypi-url python python-version report root source source-dir "
    "source-directory src target uploaded-prior-to wheel-dir".split()
)
#: Keys that pip reads, or that an earlier one read, and that no configuration file should have.
OTHER_KEYS = frozenset(
    "bash build build-dir build-directory build-option fish global global-option help install-option json "
    "no-use-pep517 powershell site version zsh".split()
)
KEYS = frozenset().union(
    FLAGS,
    FLAGS_WITH_WORDS,
    COUNTS,
    INTEGERS,
    NUMBERS,
    CHOICES,
    LISTS,
    TEXTS,
    OTHER_KEYS,
)
