#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Stands for an installer of Miniforge: installer.sh -b -p PREFIX. The conda that it installs has a few packages built in,
# and no solver; those of the tests of conda_env are real.
set -eu
[ "$1 $2" = "-b -p" ]
prefix=$3
mkdir -p "$prefix/bin" "$prefix/conda-meta" "$prefix/envs"
touch "$prefix/conda-meta/history"
echo '{"name": "conda", "version": "25.3.1", "depends": []}' >"$prefix/conda-meta/conda-25.3.1-0.json"
{
    echo "#!$PYTHON_OF_STAND_IN"
    cat <<'END'
import json
import os
import sys

VERSIONS = {"tinyapp": ["1.0", "2.0"], "tinytool": ["1.0"]}
arguments = sys.argv[1:]
if arguments == ["--version"]:
    print("conda 25.3.1")
    sys.exit(0)
assert "--override-channels" in arguments and "--json" in arguments
prefix = arguments[arguments.index("--prefix") + 1]
channels = [
    after for word, after in zip(arguments, arguments[1:]) if word == "--channel"
]
assert channels == ["conda-forge"], channels
rest = arguments[arguments.index("--channel") :]
rows = []
for spec in (word for word in rest if word.startswith("tiny")):
    name, _equals, version = spec.partition("=")
    version = version or VERSIONS[name][-1]
    rows.append({"name": name, "version": version, "build_string": "0"})
if "--dry-run" not in arguments:
    os.makedirs(prefix + "/conda-meta", exist_ok=True)
    open(prefix + "/conda-meta/history", "a").close()
    for row in rows:
        path = "%(name)s-%(version)s-%(build_string)s.json" % row
        with open(prefix + "/conda-meta/" + path, "w") as file:
            json.dump({**row, "channel": "conda-forge", "depends": []}, file)
print(json.dumps({"success": True, "actions": {"LINK": rows, "UNLINK": []}}))
END
} >"$prefix/bin/conda"
chmod 0755 "$prefix/bin/conda"
