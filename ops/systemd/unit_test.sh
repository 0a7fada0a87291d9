#!/bin/bash
# The unit before systemd itself: is it well formed, and how exposed is it?
#
# usage: unit_test.sh PROGRAM
set -euo pipefail

program=$1
here=$(cd "$(dirname "$0")" && pwd)
command -v systemd-analyze >/dev/null || { echo "skipped: systemd-analyze is not here"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# It must find the program; what it finds is this build's.
sed "s|/usr/bin/ballast|$program|" "$here/ballast.service" >"$work/ballast.service"
said=$(systemd-analyze verify --man=no --recursive-errors=no "$work/ballast.service" 2>&1) || {
  echo "$said" >&2
  exit 1
}
[[ -z $said ]] || { echo "$said" >&2; exit 1; }
sed "s/^Type=notify/Type=nonsense/" "$work/ballast.service" >"$work/wrong.service"
said=$(systemd-analyze verify --man=no --recursive-errors=no "$work/wrong.service" 2>&1 || true)
[[ $said == *nonsense* ]] || {
  echo "systemd-analyze verify finds nothing wrong with anything" >&2
  exit 1
}

# 10 is wide open; docs/operations.md says 1.1, and systemd's next version may judge a little harder.
systemd-analyze security --offline=true --no-pager --threshold=15 "$here/ballast.service" |
  tail -n 1
