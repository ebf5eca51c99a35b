#!/bin/bash
# Runs every test and ends with the plain line "N passed, N failed".
#
#   tests/run.sh [--long] [--unit] [FILTER]
#
#   --long   also what takes longer: all mutants and fuzz targets (else a tenth), 200 kills, threads, benches
#   --unit   only rebuild and run the C++ unit tests; for the loop while writing code
#   FILTER   a stage's name (lint, unit, node, e2e, ...), else a part of a unit test's name
#
# A stage is a script tests/stages/NN-name.sh (NN-name.long.sh: only with --long). It finds TILLIT_ROOT,
# TILLIT_BUILD, TILLIT_LONG and TILLIT_FILTER in its environment, and ends with its own "N passed, N failed".
# A stage that dies without that line counts as one failure. A stage without anything to test yet prints 0, 0.
set -euo pipefail
export LC_ALL=C.UTF-8

readonly root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/tillit"
readonly tag="$(printf %s "$root" | sha256sum | cut -c1-12)"

long=0 unit=0 filter=
for arg in "$@"; do
    case "$arg" in
        --long) long=1 ;;
        --unit) unit=1 ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        -*) echo "tests: unknown option $arg (see --help)" >&2; exit 2 ;;
        *) filter="$arg" ;;
    esac
done

export TILLIT_ROOT="$root" TILLIT_LONG="$long" TILLIT_FILTER="$filter"
export TILLIT_CACHE="$cache" TILLIT_TAG="$tag"
export TILLIT_BUILD="${TILLIT_BUILD:-$cache/build-dev-$tag}"
readonly logs="$TILLIT_BUILD/test-logs"

passed=0 failed=0
count_line='^[0-9]+ passed, [0-9]+ failed$'

# run_stage NAME COMMAND...: shows its output, adds its counts, prints its time.
run_stage() {
    local name="$1" log="$logs/$1.log" started=$SECONDS status=0 line p=0 f=0; shift
    echo "=== $name"
    "$@" 2>&1 </dev/null | tee "$log" || status=$?
    line="$(grep -E "$count_line" "$log" | tail -1 || true)"
    if [ -n "$line" ]; then p="${line%% passed*}" f="${line#*, }" f="${f%% *}"; fi
    if { [ $status != 0 ] && [ "$f" = 0 ]; } || [ -z "$line" ]; then
        echo "$name ended with status $status$([ -n "$line" ] || echo " and without its count")"
        f=$((f + 1))
    fi
    passed=$((passed + p)) failed=$((failed + f))
    echo "--- $name: $p passed, $f failed, $((SECONDS - started)) s"
}

finish() {
    echo
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
    exit
}

build() {
    cmake --preset dev -S "$root" -B "$TILLIT_BUILD" >"$logs/cmake.log" 2>&1 || { cat "$logs/cmake.log"; return 1; }
    # Not stopping at the first error: one run then shows them all.
    cmake --build "$TILLIT_BUILD" --target "$1" -- -k 20 || return 1
    echo "1 passed, 0 failed"
}

mkdir -p "$logs"
cd "$root"
[ $unit = 1 ] || "$root/deploy/setup.sh" --tests
# Debian 12's node 18 has WebCrypto, but not yet as a global.
case "$(node --version)" in v18.*) export NODE_OPTIONS="${NODE_OPTIONS:-} --experimental-global-webcrypto" ;; esac

target=all
[ $unit = 0 ] || target=tillit_tests
run_stage build build $target
[ $failed = 0 ] || finish
if [ $unit = 1 ]; then
    run_stage unit "$root/tests/stages/20-unit.sh"
    finish
fi

stages=() named=()
for stage in "$root"/tests/stages/[0-9]*.sh; do
    name="$(basename "$stage" .sh)"; name="${name#*-}"
    case "$name" in *.long) name="${name%.long}"; [ $long = 1 ] || [ "$name" = "$filter" ] || continue ;; esac
    stages+=("$name:$stage")
    if [ "$name" = "$filter" ]; then named+=("$name:$stage"); fi
done
if [ ${#named[@]} -gt 0 ]; then
    stages=("${named[@]}") TILLIT_FILTER=
elif [ -n "$filter" ]; then
    stages=("unit:$root/tests/stages/20-unit.sh")
fi
for stage in "${stages[@]}"; do run_stage "${stage%%:*}" "${stage#*:}"; done
finish
