# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look where pipx can come from on this host, and for whom it is to be; change nothing.

look.py QUESTION    a JSON object: scope, users, minimum, source; the answer is one as well
"""

from __future__ import annotations

import glob
import json
import os
import pwd
import re
import subprocess
import sys

PATIENCE = 120
BREWS = ("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew")
MAC = "/System/Library/CoreServices/SystemVersion.plist"
# By the tool that answers: the package manager, the package, and the questions for what is installed and what could be.
MANAGERS = (
    ("/usr/bin/apt-cache", "apt", "pipx",
     ("/usr/bin/dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", "pipx"), r"^installed (\S+)",
     ("/usr/bin/apt-cache", "policy", "pipx"), r"Candidate: (\S+)"),
    ("/usr/bin/dnf", "dnf", "pipx", ("/usr/bin/rpm", "--query", "--queryformat=%{VERSION}", "pipx"), r"^(\d\S*)$",
     ("/usr/bin/dnf", "--quiet", "repoquery", "--available", "--latest-limit=1", "--queryformat=%{version}\n", "pipx"),
     r"(?m)^(\d\S*)$"),
    ("/usr/bin/pacman", "pacman", "python-pipx", ("/usr/bin/pacman", "-Q", "python-pipx"), r"^python-pipx (\S+)",
     ("/usr/bin/pacman", "-Si", "python-pipx"), r"(?m)^Version *: (\S+)"),
)  # fmt: skip


def ask(*command):
    """Run a command that only reads; give what it prints, which is nothing where it fails."""
    environment = {"HOME": os.path.expanduser("~"), "LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    environment["HOMEBREW_NO_AUTO_UPDATE"] = "1"
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def plain(version):
    """Give the version of upstream, without what a distribution puts before and behind it; else nothing."""
    found = re.match(r"(?:\d+:)?(\d+(?:\.\d+)*)", version)
    return found.group(1) if found else ""


def is_at_least(version, minimum):
    """Tell whether a version is at least another; one that is empty is not."""
    numbers = [[int(part) for part in re.sub(r"(\.0+)*$", "", text).split(".")] for text in (version or "0", minimum)]
    return bool(version) and numbers[0] >= numbers[1]


def distribution(minimum, wanted):
    """Give what the host's package manager has of pipx. What it offers is asked only where that is wanted."""
    for tool, manager, package, installed, here, offered, there in () if os.path.exists(MAC) else MANAGERS:
        if os.access(tool, os.X_OK):
            found = re.search(here, ask(*installed))
            answer = {"manager": manager, "package": package, "command": "/usr/bin/pipx"}
            answer["installed"] = plain(found.group(1)) if found else ""
            answer["may_install"] = os.geteuid() == 0
            candidate = ""
            if wanted and answer["may_install"] and not is_at_least(answer["installed"], minimum):
                seen = re.findall(there, ask(*offered))
                candidate = plain(seen[-1]) if seen else ""
            known = manager != "apt" or bool(candidate or glob.glob("/var/lib/apt/lists/*_Packages*"))
            return {**answer, "candidate": candidate, "known": known, "brew": ""}
    return homebrew(minimum, wanted)


def homebrew(minimum, wanted):
    """Give what Homebrew has of pipx, as its directories say; brew is never run by root."""
    for prefix in BREWS:
        brew = prefix + "/bin/brew"
        if os.access(brew, os.X_OK):
            installed = plain(os.path.basename(os.path.realpath(prefix + "/opt/pipx")))
            may_install = os.geteuid() != 0 and os.access(prefix, os.W_OK)
            candidate = ""
            if wanted and may_install and not installed:
                try:
                    formula = json.loads(ask(brew, "info", "--json=v2", "pipx"))["formulae"][0]
                    candidate = plain(formula["versions"]["stable"])
                except (ValueError, LookupError, TypeError):
                    pass
            answer = {"manager": "brew", "package": "pipx", "command": prefix + "/bin/pipx", "brew": brew}
            return {**answer, "installed": installed, "candidate": candidate, "known": True, "may_install": may_install}
    names = ("manager", "package", "command", "brew", "installed", "candidate")
    return {**dict.fromkeys(names, ""), "known": True, "may_install": False}


def place_for_all():
    """Give where things are that are for everyone."""
    return {
        "user": "",
        "home": "",
        "shell": "/bin/sh",
        "bin": "/usr/local/bin",
        "app": {"scope": "global", "executable": "/usr/local/bin/pipx"},
        "venv": {"path": "/opt/pipx-environment", "links": [{"name": "pipx", "directory": "/usr/local/bin"}]},
        "own": os.path.lexists("/opt/pipx-environment"),
    }


def place_of(account):
    """Give where things are that are for one user."""
    home, name = account.pw_dir.rstrip("/"), account.pw_name
    directory, path = home + "/.local/bin", home + "/.local/share/pipx-environment"
    return {
        "user": name,
        "home": home,
        "shell": account.pw_shell or "/bin/sh",
        "bin": directory,
        "app": {"scope": "user", "user": name, "executable": directory + "/pipx"},
        "venv": {"path": path, "owner": name, "links": [{"name": "pipx", "directory": directory}]},
        "own": os.path.lexists(path),
    }


def main(question):
    """Answer the question."""
    accounts, unknown = {}, []
    for name in question["users"]:
        try:
            accounts[name] = pwd.getpwnam(name)
        except KeyError:
            unknown.append(name)
    if question["scope"] == "global":
        places = [place_for_all()]
    elif question["users"]:
        places = [place_of(account) for account in accounts.values()]
    else:
        places = [place_of(pwd.getpwuid(os.geteuid()))]
    own = any(place["own"] for place in places)
    wanted = question["source"] == "distribution" or (question["source"] == "auto" and not own)
    answer = distribution(question["minimum"], wanted)
    answer.update(places=places, unknown_users=unknown, own=own, root=os.geteuid() == 0)
    answer["player"] = pwd.getpwuid(os.geteuid()).pw_name
    answer["homeless"] = [place["user"] for place in places if place["user"] and not os.path.isdir(place["home"])]
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
