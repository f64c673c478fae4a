# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make an environment with the Python that runs this, as an unprivileged user, start its pip, and discard it.

try_venv.py USER    who does it where root runs this; prints pip's own words, or ends with 1 and the reason
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

PATIENCE = 300


def give_up_root(name):
    """Become the user, for good; nothing happens where root does not run this."""
    if os.geteuid() != 0:
        return
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        sys.exit("there is no user %s to try it as" % name)
    if user.pw_uid == 0:
        sys.exit("%s is root: name an unprivileged user" % name)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def run(directory, *command):
    """Run a command that knows of nothing but the directory; give what it prints, or end with its complaint."""
    environment = {"HOME": directory, "LC_ALL": "C", "PATH": "/usr/bin:/bin", "TMPDIR": directory}
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output = process.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        # What it has started as well, which would go on writing below the directory.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        sys.exit("%s: has not ended within %d seconds" % (" ".join(command), PATIENCE))
    said = output.decode("utf-8", "replace").strip()
    if process.returncode != 0:
        sys.exit("%s: %s" % (" ".join(command), said))
    return said


def main(user):
    """Make it, use it, discard it."""
    give_up_root(user)
    os.umask(0o077)
    directory = tempfile.mkdtemp(prefix="pyfleet-venv-")
    try:
        environment = os.path.join(directory, "environment")
        run(directory, sys.executable, "-I", "-m", "venv", environment)
        said = run(directory, os.path.join(environment, "bin", "python"), "-I", "-m", "pip", "--version")
    finally:
        shutil.rmtree(directory)
    sys.stdout.write(said + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
