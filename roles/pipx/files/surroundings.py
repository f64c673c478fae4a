# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep what is around pipx: PATH and completion of the shells, and nothing of its own once it is gone.

surroundings.py WISH    a JSON object: places, state, path, completion, apps, check, verify; the answer is one as well

What belongs to a user is done as that user. With check, nothing is written. With verify, nothing is written either, and
pipx and a login shell are started.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

PATIENCE = 60
SEARCHED = "/usr/bin:/bin"
BEGIN = "# BEGIN ANSIBLE MANAGED BLOCK: pipx\n"
END = "# END ANSIBLE MANAGED BLOCK: pipx\n"
POSIX = 'case ":$PATH:" in\n  *":%(directory)s:"*) ;;\n  *) export PATH="$PATH:%(directory)s" ;;\nesac\n'
FISH = 'contains -- "%(directory)s" $PATH; or set --global --export PATH $PATH "%(directory)s"\n'
HIS = "$HOME/.local/bin"
FISH_FILE = ".config/fish/conf.d/pipx.fish"
PROFILE = "/etc/profile.d/pipx.sh"
PATHS = "/etc/paths.d/pipx"  # of macOS
# Of each shell: the file for everyone, that of a user (zsh has no place for it), those of the distribution's package.
COMPLETIONS = {
    "bash": (
        "/usr/local/share/bash-completion/completions/pipx",
        ".local/share/bash-completion/completions/pipx",
        ("/usr/share/bash-completion/completions/pipx",),
    ),
    "fish": (
        "/usr/local/share/fish/vendor_completions.d/pipx.fish",
        ".config/fish/completions/pipx.fish",
        ("/usr/share/fish/vendor_completions.d/pipx.fish",),
    ),
    "zsh": (
        "/usr/local/share/zsh/site-functions/_pipx",
        "",
        ("/usr/share/zsh/vendor-completions/_pipx", "/usr/share/zsh/site-functions/_pipx"),
    ),
}
HOMES = (".local/pipx", ".local/share/pipx", "Library/Application Support/pipx")
TRACES = (".local/state/pipx", ".cache/pipx")


def read(path):
    """Give what is in a file, or nothing where there is none."""
    if not os.path.isfile(path):
        return ""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def with_block(text, block, directory):
    """Give the text with the block in it once, or without it: where it is empty, or other lines do its work."""
    rest = re.sub("(?m)^%s(?:.*\n)*?%s" % (re.escape(BEGIN), re.escape(END)), "", text)
    lines = [line.lower() for line in rest.splitlines() if not line.lstrip().startswith("#")]
    if not block or any("path" in line and directory in line for line in lines):
        return rest
    wanted = BEGIN + block + END
    if wanted in text and rest == text.replace(wanted, ""):
        return text
    return rest + ("\n" if rest and not rest.endswith("\n") else "") + wanted


def shell_files(home, shell):
    """Give the files in which the shells of a user look for PATH: of shells that are used, login and not."""
    name = os.path.basename(shell)
    there = [each for each in (".bash_profile", ".bash_login", ".bashrc", ".profile", ".zprofile", ".zshrc") if
             os.path.exists(os.path.join(home, each))]  # fmt: skip
    wanted = [] if name in ("zsh", "fish") else [".profile"]
    wanted += [".bashrc"] if name == "bash" else [".zprofile", ".zshrc"] if name == "zsh" else []
    zsh = [".zprofile", ".zshrc"] if any(each.startswith(".z") for each in there) else []
    return sorted({*wanted, *there, *zsh})


class Place:
    """Everyone, or one user."""

    def __init__(self, wish, place):
        self.wish, self.place, self.home = wish, place, place["home"]
        self.present = wish["state"] == "present"
        self.changes = []

    def path(self, relative):
        """Give a path in the user's home."""
        return os.path.join(self.home, relative)

    def write(self, path, text):
        """Have a text in a file, and no file where there is no text."""
        if read(path) == text and (text or not os.path.lexists(path)):
            return
        self.changes.append(path)
        if self.wish["check"] or self.wish["verify"]:
            return
        link, path = path, os.path.realpath(path)  # a link of the user's own is kept
        if not text:
            os.unlink(path if os.path.exists(path) else link)
            return
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o644
        handle, draft = tempfile.mkstemp(prefix=".pyfleet-", dir=os.path.dirname(path))
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
        os.chmod(draft, mode)
        os.replace(draft, path)

    def set_path(self):
        """Have the directory of commands on PATH."""
        directory = self.place["bin"]
        if not self.home:
            for path, text in ((PROFILE, POSIX % {"directory": directory}), (PATHS, directory + "\n")):
                if os.path.isdir(os.path.dirname(path)):
                    needed = os.path.exists(path) or directory not in self.login_path()
                    self.write(path, text if self.present and needed else "")
            return
        for name in shell_files(self.home, self.place["shell"]):
            text = read(self.path(name))
            block = POSIX % {"directory": HIS} if self.present else ""
            after = with_block(text, block, "/.local/bin")
            if text != after:
                self.write(self.path(name), after)
        uses_fish = os.path.basename(self.place["shell"]) == "fish" or os.path.isdir(self.path(".config/fish"))
        if uses_fish:
            self.write(self.path(FISH_FILE), FISH % {"directory": HIS} if self.present else "")

    def set_completion(self):
        """Have a file of completion for each shell that has a directory for such, and none from the distribution."""
        for shell, (for_all, of_user, shipped) in sorted(COMPLETIONS.items()):
            path = self.path(of_user) if self.home and of_user else "" if self.home else for_all
            if not path:
                continue
            if not self.present:
                if "_python_argcomplete" in read(path):
                    self.write(path, "")
            elif shutil.which(shell) and not any(os.path.exists(each) for each in shipped):
                text = self.completion(shell)
                if text is None and not os.path.exists(path):
                    self.changes.append(path)
                elif text:
                    self.write(path, text)

    def completion(self, shell):
        """Give what is to be in the file; nothing where argcomplete is not there or does not know the shell.

        None while pipx is not there yet.
        """
        executable = self.place["app"]["executable"]
        if not os.path.exists(executable):
            return None
        beside = os.path.dirname(os.path.realpath(executable))
        for name in ("register-python-argcomplete", "register-python-argcomplete3"):
            if os.access(os.path.join(beside, name), os.X_OK):
                well, text = self.run(os.path.join(beside, name), "--shell", shell, "pipx")
                return text if well else ""
        return ""

    def clear(self):
        """Remove what pipx leaves of its own where no application is left: shared libraries, caches and logs."""
        mine = pwd.getpwuid(os.geteuid()).pw_dir
        homes = [self.path(each) for each in HOMES] if self.home else ["/opt/pipx"]
        traces = [os.path.join(self.home or mine, each) for each in TRACES]
        left = [home for home in homes if self.applications(home)]
        if not self.home:
            left += [each for each in HOMES if self.applications(os.path.join(mine, each))]
        gone = [home for home in homes if home not in left] + ([] if left else traces)
        for path in gone:
            if os.path.isdir(path) and not os.path.islink(path):
                self.changes.append(path)
                if not self.wish["check"] and not self.wish["verify"]:
                    shutil.rmtree(path)

    def applications(self, home):
        """Give the applications in a home of pipx that are not about to be removed."""
        names = [re.sub(r"[-_.]+", "-", name).lower() for name in self.wish["apps"]]
        venvs = os.path.join(home, "venvs")
        there = os.listdir(venvs) if os.path.isdir(venvs) else ()
        return [each for each in there if each not in names and os.path.isdir(os.path.join(venvs, each))]

    def run(self, *command, errors=subprocess.DEVNULL):
        """Run a command of the user's, as at login; give whether it went well, and what it said."""
        environment = {
            "HOME": self.home or "/nonexistent",
            "LC_ALL": "C",
            "PATH": SEARCHED,
            "SHELL": self.place["shell"],
        }
        name = self.place["user"] or "nobody"
        environment.update(USER=name, LOGNAME=name)
        # Into a file: what it leaves running would hold a pipe open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command,
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                timeout=PATIENCE,
                check=False,
            )
            output.seek(0)
            return done.returncode == 0, output.read(1 << 20).decode("utf-8", "replace")

    def login_path(self):
        """Give the directories on PATH in a login shell: the user's own shell, where it is one."""
        shell = self.place["shell"]
        if not os.access(shell, os.X_OK) or os.path.basename(shell) in ("false", "nologin"):
            shell = "/bin/sh"
        _well, said = self.run(shell, "-l", "-c", "env")
        found = [line[5:] for line in said.splitlines() if line.startswith("PATH=")]
        return found[-1].split(":") if found else []

    def tell(self):
        """Start pipx and a login shell, and tell what came of it."""
        executable, directory = self.place["app"]["executable"], self.place["bin"]
        try:
            well, said = self.run(executable, "--version", errors=subprocess.STDOUT)
        except OSError as exc:
            well, said = False, str(exc)
        found = re.findall(r"(?m)^\d+(?:\.\d+)+", said) if well else []
        on_path = not os.path.isdir(directory) or directory in self.login_path()
        return {"version": "".join(found[-1:]), "said": said.strip()[-1000:], "on_path": on_path}

    def work(self):
        """Do all of it, and tell what changed."""
        if self.wish["path"] or not self.present:
            self.set_path()
        if self.wish["completion"] or not self.present:
            self.set_completion()
        if not self.present:
            self.clear()
        asked = self.wish["verify"] and self.present
        told = self.tell() if asked else {"version": "", "said": "", "on_path": True}
        return {
            "user": self.place["user"],
            "executable": self.place["app"]["executable"],
            "changes": self.changes,
            **told,
        }


def become(name):
    """Become the user, for good."""
    account = pwd.getpwnam(name)
    os.setsid()
    os.setgroups(os.getgrouplist(name, account.pw_gid))
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def as_user(name, work):
    """Do the work in a child, as the user where that is another; give its answer, or end with its complaint."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            if name and pwd.getpwnam(name).pw_uid != os.geteuid():
                become(name)
            os.umask(0o022)
            answer = {"answer": work()}
        except Exception as exc:
            answer = {"complaint": str(exc) or type(exc).__name__}
        with os.fdopen(writing, "w") as file:
            json.dump(answer, file)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        said = file.read(1 << 20)
    os.waitpid(child, 0)
    answer = json.loads(said or "{}")
    if "answer" not in answer:
        sys.exit("%s: %s" % (name or "for everyone", answer.get("complaint", "killed")))
    return answer["answer"]


def main(wish):
    """Do it for every place. What is there for everyone is tried by one who has no rights."""
    anybody = "nobody" if wish["verify"] and wish["state"] == "present" and os.geteuid() == 0 else ""
    rows = [as_user(place["user"] or anybody, Place(wish, place).work) for place in wish["places"]]
    sys.stdout.write(json.dumps({"places": rows, "changes": [each for row in rows for each in row["changes"]]}) + "\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
