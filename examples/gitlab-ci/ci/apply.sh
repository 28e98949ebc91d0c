#!/bin/sh
# Applies the plan that was approved, and nothing else.
#   DIRECTORY_URL  the directory
# Exit code 3: the plan is not what was approved any more, or a hazard is refused. Nothing was written, and plan.md says
# what would be done now. That needs an approval of its own, so run the pipeline again from its plan.
set -eu
code=0
asbuilt apply --directory "${DIRECTORY_URL:?}" --approved plan.json --lock-timeout 5m || code=$?
if [ "$code" -eq 3 ]; then
  echo 'Not applied. This is the plan as it is now; run the pipeline again to have it approved:' >&2
  "$(dirname "$0")/save-plan.sh" || true
fi
exit "$code"
