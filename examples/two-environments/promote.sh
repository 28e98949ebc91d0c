#!/bin/sh
# Applies to staging, and shows what the same commit would do in production. Production is applied by hand afterwards:
#   asbuilt apply --directory production
set -eu
asbuilt apply --directory staging --auto-approve
asbuilt plan --directory production
