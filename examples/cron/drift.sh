#!/bin/sh
# Brings the checkout up to date and fails when the directory is not as it says. Heals nothing.
#   STATE_DIRECTORY  where the last report is kept; systemd sets it
set -eu
cd "$(dirname "$0")"
git pull --quiet --ff-only
code=0
asbuilt plan --directory local --detailed-exitcode --report "markdown=${STATE_DIRECTORY:-.}/drift.md" || code=$?
exit "$code"
