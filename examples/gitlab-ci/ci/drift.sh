#!/bin/sh
# Fails when the directory is not as the blueprints say; drift.md has the differences. Heals nothing.
#   DIRECTORY_URL  the directory, or a copy of it
set -eu
code=0
asbuilt plan --directory "${DIRECTORY_URL:?}" --detailed-exitcode --report markdown=drift.md || code=$?
[ "$code" -ne 0 ] || exit 0
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat drift.md >> "$GITHUB_STEP_SUMMARY"
case $code in
  # 3: the difference is there, and what would mend it is refused.
  2 | 3) echo 'The directory is not as the blueprints say; somebody changed it, or a merge was not applied.' >&2 ;;
esac
exit 1
