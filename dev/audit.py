# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the collection's two modules on this machine through ansible-playbook, keep their results, print the report.

Run by dev/audit.sh with the Python of .venv. What Ansible writes lies in a temporary directory, so that neither a
checkout whose path a shell would misread, nor one in which another user ran `make audit`, is in the way.

Options come in AUDIT_ARGS: ``key=value`` pairs as in an ad-hoc call; a value that begins with ``[`` or ``{`` is JSON.
What python_facts and audit share goes to both. The exit status is 0 when both modules ran, 1 when audit failed (as
`fail_on` asked), 2 when there is no result.
"""

from __future__ import annotations

import json
import locale
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import audit_report

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".build" / "audit"
COLLECTIONS = ROOT / ".build" / "collections"
CURE = "run it as the owner of this checkout, or take a checkout of your own"
ONLY_FACTS = {"gather_subset"}
ONLY_AUDIT = {"rules", "skip_rules", "threshold", "fail_on", "waivers", "output"}


def parse_arguments(text: str) -> dict[str, Any]:
    """Return the options in ``key=value`` pairs; exit with a sentence on anything else."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        sys.exit(f"make audit: AUDIT_ARGS cannot be read ({error}): {text}")
    options: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key.isidentifier():
            sys.exit(
                f"make audit: AUDIT_ARGS holds key=value pairs, and this is none: {word}"
            )
        try:
            options[key] = json.loads(value) if value[:1] in ("[", "{") else value
        except ValueError as error:
            sys.exit(
                f"make audit: the value of {key} in AUDIT_ARGS is not JSON ({error})"
            )
    return options


def playbook(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the play that runs both modules on localhost, with the options each of them takes."""
    facts = {key: value for key, value in options.items() if key not in ONLY_AUDIT}
    audit = {key: value for key, value in options.items() if key not in ONLY_FACTS}
    tasks = [
        {
            "name": "Find every Python",
            "pyfleet.python.python_facts": facts,
            "ignore_errors": True,
        },
        {"name": "Judge what is found", "pyfleet.python.audit": audit},
    ]
    return [
        {
            "name": "Audit this machine",
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": tasks,
        }
    ]


def locale_settings() -> dict[str, str]:
    """Return the variables that give Ansible a UTF-8 locale that is installed; none where the session has one.

    SSH passes on the locale of the machine that it comes from, and a minimal system has no other than C.UTF-8.
    """
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "")
        encoding = locale.nl_langinfo(locale.CODESET)
    except locale.Error:
        encoding = ""
    finally:
        locale.setlocale(locale.LC_ALL, before)
    if encoding.lower().replace("-", "") == "utf8":
        return {}
    return {"LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"}


def environment(work: Path) -> dict[str, str]:
    """Return variables that keep the user's and the machine's ansible.cfg out, and Ansible's own files in ``work``."""
    own = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("ANSIBLE_")
    }
    own.update(
        locale_settings(),
        ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "dev" / "callback"),
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        ANSIBLE_CONFIG=str(ROOT / "dev" / "ansible.cfg"),
        ANSIBLE_HOME=str(work / "ansible"),
        ANSIBLE_LOCALHOST_WARNING="false",
        ANSIBLE_REMOTE_TEMP=str(work / "ansible" / "tmp"),
        ANSIBLE_STDOUT_CALLBACK="keep_results",
        PYFLEET_RESULT=str(work / "result.json"),
    )
    return own


def link_collection() -> None:
    """Link the checkout, relatively, to where Ansible looks for pyfleet.python."""
    link = COLLECTIONS / "ansible_collections" / "pyfleet" / "python"
    if not (link / "galaxy.yml").is_file():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to("../../../..")


def run(options: dict[str, Any], work: Path) -> dict[str, Any]:
    """Run the play and return what the callback kept; exit where nothing was kept."""
    book, interpreter = work / "playbook.json", work / "python3"
    book.write_text(json.dumps(playbook(options), indent=2), encoding="utf-8")
    interpreter.symlink_to(
        sys.executable
    )  # Ansible hands the path to a shell without quotes
    command = [
        sys.executable,
        "-m",
        "ansible",
        "playbook",
        "-i",
        "localhost,",
        "-c",
        "local",
    ]
    command += [
        "-e",
        json.dumps({"ansible_python_interpreter": str(interpreter)}),
        str(book),
    ]
    status = subprocess.run(
        command, env=environment(work), cwd=ROOT, check=False
    ).returncode
    try:
        results: dict[str, Any] = json.loads(
            (work / "result.json").read_text(encoding="utf-8")
        )
    except (OSError, ValueError):
        sys.stderr.write(
            f"make audit: ansible-playbook ended with status {status} and left no result.\n"
        )
        sys.exit(2)
    return results


def keep(results: dict[str, Any]) -> str:
    """Write the results below .build, and return a line that says where, or why not."""
    target = RESULTS / "result.json"
    try:
        RESULTS.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.write_text(
            json.dumps(results, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
        fresh.replace(target)
    except OSError as error:
        return f"The complete result is not kept: {error.strerror}: {error.filename}"
    return f"The complete result: {target.relative_to(ROOT)}"


def write_page(result: Path) -> str:
    """Write the HTML report below .build, and return a line that says where, or why not."""
    command = [
        sys.executable,
        str(ROOT / "dev" / "audit_page.py"),
        str(result),
        str(RESULTS),
    ]
    environment = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"The HTML report is not written: {(done.stderr.strip() or 'no reason was given').splitlines()[-1]}"
    return f"The HTML report: {Path(done.stdout.strip()).relative_to(ROOT)}"


def main() -> int:
    """Run both modules, print the report and return the exit status."""
    options = parse_arguments(os.environ.get("AUDIT_ARGS", ""))
    try:
        link_collection()
    except OSError as error:
        user = f"the user {os.getuid()}"
        sys.exit(f"make audit: {user} cannot write {error.filename}: {CURE}.")
    with tempfile.TemporaryDirectory(prefix="pyfleet-audit-") as work:
        results = run(options, Path(work))
        page = write_page(Path(work) / "result.json")
    audit_report.write(results, sys.stdout)
    sys.stdout.write(keep(results) + "\n")
    sys.stdout.write(page + "\n")
    if "verdict" not in results.get("audit", {}):
        return 2
    return 1 if results["audit"].get("failed") else 0


if __name__ == "__main__":
    sys.exit(main())
