#!/bin/sh
# Plans the main branch and saves the plan for approval: plan.json for apply.sh, plan.md for those who approve.
#   DIRECTORY_URL  the directory
set -eu
asbuilt plan --directory "$DIRECTORY_URL" --out plan.json --report markdown=plan.md
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat plan.md >> "$GITHUB_STEP_SUMMARY"
