#!/bin/sh
# Checks the blueprints of a pull request without a directory.
#   CONFIG  the configuration of the base branch; checked out below .base where it is not set
#   FORMAT  text, or github for annotations at the lines
set -eu
# The configuration lies in another checkout, and may name this one all the same.
export ASBUILT_FILES="$PWD"
# The beginning of a file that a link leads to would show up in error messages.
links=$(find blueprints -type l)
if [ -n "$links" ]; then
  echo "Symbolic links are not taken among blueprints: $links" >&2
  exit 1
fi
asbuilt validate --config "${CONFIG:-.base/ci/untrusted.yaml}" --format "${FORMAT:-text}"
