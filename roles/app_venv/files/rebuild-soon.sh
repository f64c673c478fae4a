#!/bin/sh
# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Called by package managers after each transaction: starts a timer of systemd, so that broken Python environments are
# rebuilt some minutes after the last one. With `not-now`, before a transaction: stops the timer. Never fails, never waits.
verb=restart
[ "${1:-}" != not-now ] || verb=stop
if [ -d /run/systemd/system ]; then
    timeout 10 systemctl --no-block "$verb" pyfleet-rebuild-soon.timer </dev/null >/dev/null 2>&1 || :
fi
exit 0
