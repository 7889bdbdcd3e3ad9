# Shared by the scripts of this directory, which source it: what they measure with, and on what.
# shellcheck shell=bash
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
killify=${KILLIFY:-$top/build/release/killify}
gnu_time=$(type -P time) || { echo "$0: GNU time is missing; install the package 'time'" >&2; exit 2; }
[[ -x $killify ]] || { echo "$0: $killify: no such program; build it or set KILLIFY" >&2; exit 2; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@localhost
export GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@localhost

# kernel [REPOSITORY]: sets $kernel to a clone that borrows the objects of REPOSITORY, which killify
# imported; without one it imports Debian's tarball first.
kernel() {
  local source=${1:-}
  if [[ -z $source ]]; then
    source=$scratch/imported
    "$killify" --progress=none import /usr/src/linux-source-6.1.tar.xz "$source" >/dev/null
  fi
  kernel=$scratch/linux
  git clone -q --shared --no-checkout "$source" "$kernel"
}

# measure NAME COMMAND...: prints how long it took, and the largest process of it. Its standard
# output is in $scratch/out. 3 is killify's word for "could not be judged", not a failure.
measure() {
  local name=$1 status=0
  shift
  "$gnu_time" -q -f '%e %U %S %M' -o "$scratch/time" "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  if ((status && status != 3)); then
    printf '%-44s failed (%d): %s\n' "$name" "$status" "$(tail -n 1 "$scratch/err")"
    return "$status"
  fi
  awk -v name="$name" '{ printf "%-44s %8.1f %13.1f %10.0f\n", name, $1, $2 + $3, $4 / 1024 }' \
    "$scratch/time"
}

heading() {
  printf '%-44s %8s %13s %10s\n' "$1 (load $(cut -d' ' -f1 /proc/loadavg))" seconds \
    'CPU seconds' 'peak MiB'
}

# What is asked for: a script ends with "$missed".
missed=0
# seconds: of the last measure.
seconds() { cut -d' ' -f1 "$scratch/time"; }
# at_most WHAT VALUE LIMIT
at_most() {
  local verdict
  verdict=$(awk -v value="$2" -v limit="$3" 'BEGIN { print value <= limit ? "good" : "MISSED" }')
  printf '%-44s %8.2f   at most %s: %s\n' "$1" "$2" "$3" "$verdict"
  [[ $verdict == good ]] || missed=1
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }
