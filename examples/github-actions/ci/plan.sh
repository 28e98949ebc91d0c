#!/bin/sh
# Shows what a pull request would change: on the console, and in plan.md for a comment. Writes to no directory.
#   PLAN_DIRECTORY_URL  a directory that this job can only read, or a copy of it. Without it, as for a fork, everything
#                       is planned as new, which still checks every reference.
#   CONFIG              the configuration of the base branch; checked out below .base where it is not set
#   REDACT              not empty: hide names and mail addresses of people
set -eu
# The configuration lies in another checkout, and may name this one all the same.
export ASBUILT_FILES="$PWD"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
code=0
asbuilt plan --config "${CONFIG:-.base/ci/untrusted.yaml}" --directory "${PLAN_DIRECTORY_URL:-sqlite:$work/empty.db}" \
  --detailed-exitcode --report markdown=plan.md ${REDACT:+--redact} || code=$?
# 2 says that there are changes, which is what a pull request is for. 3 says that a hazard is refused, so that merging it
# would apply nothing: the job fails.
[ "$code" -ne 2 ] || code=0
exit "$code"
