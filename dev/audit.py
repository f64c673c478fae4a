# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the collection's two modules on this machine through ansible-playbook, keep their results, print the report.

Run by dev/audit.sh with the Python of .venv. Options come in AUDIT_ARGS: ``key=value`` pairs as in an ad-hoc call; a
value that begins with ``[`` or ``{`` is JSON. What python_facts and audit share goes to both. The exit status is 0 when
both modules ran, 1 when audit failed (as `fail_on` asked), 2 when there is no result.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import audit_report

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".build" / "audit"
RESULT = WORK / "result.json"
ONLY_FACTS = {"gather_subset"}
ONLY_AUDIT = {"rules", "skip_rules", "threshold", "fail_on", "waivers", "output"}


def parse_arguments(text: str) -> dict[str, Any]:
    """Give the options in ``key=value`` pairs; exit with a sentence on anything else."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        sys.exit(f"make audit: AUDIT_ARGS cannot be read ({error}): {text}")
    options: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key.isidentifier():
            sys.exit(f"make audit: AUDIT_ARGS holds key=value pairs, and this is none: {word}")
        try:
            options[key] = json.loads(value) if value[:1] in ("[", "{") else value
        except ValueError as error:
            sys.exit(f"make audit: the value of {key} in AUDIT_ARGS is not JSON ({error})")
    return options


def playbook(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the play that runs both modules on localhost, with the options each of them takes."""
    facts = {key: value for key, value in options.items() if key not in ONLY_AUDIT}
    audit = {key: value for key, value in options.items() if key not in ONLY_FACTS}
    tasks = [
        {"name": "Find every Python", "pyfleet.python.python_facts": facts, "ignore_errors": True},
        {"name": "Judge what is found", "pyfleet.python.audit": audit},
    ]
    return [{"name": "Audit this machine", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]


def environment() -> dict[str, str]:
    """Give ansible a world of its own: no ansible.cfg of the user or the machine, nothing written to the home."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    own.update(
        ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "dev" / "callback"),
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".build" / "collections"),
        ANSIBLE_CONFIG=str(ROOT / "dev" / "ansible.cfg"),
        ANSIBLE_HOME=str(WORK / "ansible"),
        ANSIBLE_LOCALHOST_WARNING="false",
        ANSIBLE_REMOTE_TEMP=str(WORK / "ansible" / "tmp"),
        ANSIBLE_STDOUT_CALLBACK="keep_results",
        PYFLEET_RESULT=str(RESULT),
    )
    return own


def link_collection() -> None:
    """Give the checkout the place in which Ansible looks for pyfleet.python, by a relative link."""
    link = ROOT / ".build" / "collections" / "ansible_collections" / "pyfleet" / "python"
    if not (link / "galaxy.yml").is_file():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to("../../../..")


def run() -> dict[str, Any]:
    """Run the play and give what the callback kept; exit where nothing was kept."""
    RESULT.unlink(missing_ok=True)
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "localhost,", "-c", "local"]
    command += ["-e", json.dumps({"ansible_python_interpreter": sys.executable}), str(WORK / "playbook.json")]
    status = subprocess.run(command, env=environment(), cwd=ROOT, check=False).returncode
    try:
        results: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        sys.stderr.write(f"make audit: ansible-playbook ended with status {status} and left no result.\n")
        sys.exit(2)
    return results


def main() -> int:
    """Do it all, and give the exit status."""
    options = parse_arguments(os.environ.get("AUDIT_ARGS", ""))
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "playbook.json").write_text(json.dumps(playbook(options), indent=2), encoding="utf-8")
    link_collection()
    results = run()
    audit_report.write(results, sys.stdout)
    sys.stdout.write(f"The whole result: {RESULT.relative_to(ROOT)}\n")
    if "verdict" not in results.get("audit", {}):
        return 2
    return 1 if results["audit"].get("failed") else 0


if __name__ == "__main__":
    sys.exit(main())
