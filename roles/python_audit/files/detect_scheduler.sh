#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Print the number of the user, and what starts programs on a timer here: systemd, launchd, cron or none.
id -u
if [ -d /run/systemd/system ]; then
    echo systemd
elif [ "$(uname -s)" = Darwin ]; then
    echo launchd
elif command -v crontab >/dev/null 2>&1; then
    echo cron
else
    echo none
fi
