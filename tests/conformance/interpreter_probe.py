# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interpreter says of itself; for Python 2.7 and everything newer.

Without arguments it answers for the interpreter that runs it, as JSON. With arguments (a directory of pip wheels, then
executables) it asks each of these, and makes each try to install something with pip.
"""

import importlib
import json
import os
import platform
import site
import subprocess
import sys
import sysconfig

LEVELS = {"alpha": "a", "beta": "b", "candidate": "rc"}
REQUIREMENT = "pyfleet-conformance-no-such-project"


def tell():
    """Return this interpreter's own answers."""
    info = sys.version_info
    version = "%d.%d.%d" % tuple(info[:3])
    if info[3] != "final":
        version += "%s%d" % (LEVELS[info[3]], info[4])
    stdlib = sysconfig.get_path("stdlib")
    marker = os.path.join(stdlib, "EXTERNALLY-MANAGED")
    return {
        "version": version,
        "implementation": platform.python_implementation().lower(),
        "prefix": getattr(sys, "base_prefix", sys.prefix),
        "stdlib": stdlib,
        "site_directories": site.getsitepackages(),
        "user_site": site.getusersitepackages(),
        "marker": [marker, os.path.isfile(marker)],
        "purelib": purelib(),
        "build": build(),
        "imported_pip": getattr(sys.modules.get("pip"), "__version__", None),
    }


def build():
    """Return the variables that the build left, as text; None but with CPython."""
    if platform.python_implementation() != "CPython":
        return None
    name = getattr(sysconfig, "_get_sysconfigdata_name", lambda: "_sysconfigdata")()
    values = importlib.import_module(name).build_time_vars
    return {key: str(value) for key, value in values.items()}


def purelib():
    """Return where the pip that is imported here installs to; None where none can be imported."""
    try:
        locations = importlib.import_module("pip._internal.locations")
        if hasattr(locations, "get_scheme"):
            return os.path.normpath(
                locations.get_scheme("x").purelib
            )  # Debian 11: /usr/lib/pypy3/../../local
        return os.path.normpath(locations.distutils_scheme("x")["purelib"])
    except Exception:
        return None


def call(command, wheel=None):
    """Run a command; give its status and all that it printed."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))
    }
    env["LC_ALL"] = "C.UTF-8"
    if wheel:
        env["PYTHONPATH"] = wheel
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd="/"
    )
    output = process.communicate()[0]
    return process.returncode, output.decode("utf-8", "replace")


def ask(path, wheels):
    """Return the answers of one interpreter and what its pip does; our own pip if it has none."""
    status, output = call([path, os.path.abspath(__file__)])
    if status:
        return {"error": output}
    answer = json.loads(output)
    used = None
    install = [
        path,
        "-m",
        "pip",
        "install",
        "--no-index",
        "--no-input",
        "--disable-pip-version-check",
        REQUIREMENT,
    ]
    status, output = call(install)
    answer["pip"] = None
    if "No module named" not in output:
        answer["pip"] = answer["imported_pip"]
    else:
        output = ""
        for wheel in wheels:
            text = call(install, wheel)[1]
            if REQUIREMENT in text or "externally-managed" in text:
                used, output = wheel, text
                break
        answer["purelib"] = (
            json.loads(call([path, os.path.abspath(__file__)], used)[1])["purelib"]
            if used
            else None
        )
    answer["pip_output"] = output
    answer["pip_refuses"] = (
        "externally-managed-environment" in output if output else None
    )
    return answer


if __name__ == "__main__":
    if len(sys.argv) > 1:
        found = sorted(os.listdir(sys.argv[1])) if os.path.isdir(sys.argv[1]) else []
        pips = [
            os.path.join(sys.argv[1], name)
            for name in reversed(found)
            if name.startswith("pip-")
        ]
        print(json.dumps({each: ask(each, pips) for each in sys.argv[2:]}))
    else:
        print(json.dumps(tell()))
