#!/bin/sh
# Runs asbuilt in a container on this folder, as the user who calls it: ./asbuilt.sh plan, ./asbuilt.sh apply
#   ENGINE  docker (default) or podman
#   IMAGE   asbuilt:0.1.0 by default
# The folder can only be read, .asbuilt with the SQLite directory can be written, and there is no network.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/.asbuilt"
terminal=
[ ! -t 0 ] || terminal=--tty
exec "${ENGINE:-docker}" run --rm --interactive $terminal --network none --read-only --tmpfs /tmp \
  --cap-drop ALL --security-opt no-new-privileges --user "$(id -u):$(id -g)" \
  --volume "$folder:/repository:ro" --volume "$folder/.asbuilt:/repository/.asbuilt" \
  "${IMAGE:-asbuilt:0.1.0}" asbuilt "$@"
