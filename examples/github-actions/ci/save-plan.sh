#!/bin/sh
# Plans the main branch and saves the plan for approval: plan.json for apply.sh, plan.md for those who approve.
#   DIRECTORY_URL  the directory
# Exit code 3: a hazard is refused. Then nothing is saved, and plan.md says which; to let it through, name it in `--allow`.
set -eu
code=0
asbuilt plan --directory "${DIRECTORY_URL:?}" --out plan.json --report markdown=plan.md || code=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f plan.md ]; then cat plan.md >> "$GITHUB_STEP_SUMMARY"; fi
exit "$code"
