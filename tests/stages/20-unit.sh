#!/bin/bash
# Goal: every C++ test program of the build (bin/test_*) passes; counts Catch2's test cases.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

run_one() {
    local name status=0
    name="$(basename "$1")"
    local args=(--reporter "xml::out=$work/$name.xml" --reporter console --order rand --rng-seed time --warn NoAssertions)
    local spec="${TILLIT_FILTER:+*$TILLIT_FILTER*}${TILLIT_SKIP:-}"
    [ -z "$spec" ] || args+=("$spec" --allow-running-no-tests)
    "$1" "${args[@]}" >"$work/$name.out" 2>&1 || status=$?
    [ $status = 0 ] || cat "$work/$name.out"
    local line p f
    line="$(grep -o '<OverallResultsCases [^>]*>' "$work/$name.xml" 2>/dev/null || true)"
    p="$(sed -n 's/.* successes="\([0-9]*\)".*/\1/p' <<<"$line")"
    f="$(sed -n 's/.* failures="\([0-9]*\)".*/\1/p' <<<"$line")"
    # A crash leaves no totals, and a leak found at exit leaves totals without a failure: both fail here.
    if [ -z "$line" ] || { [ $status != 0 ] && [ "$f" = 0 ]; }; then p="${p:-0}" f=1; fi
    echo "$name: $p passed, $f failed$([ $status = 0 ] || echo ", status $status")"
    echo "$p $f" >"$work/$name.count"
}
export -f run_one
export work

cd "$TILLIT_ROOT"   # vectors are found from here
mapfile -t programs < <(find "$TILLIT_BUILD/bin" -maxdepth 1 -name 'test_*' -type f -executable 2>/dev/null | sort)
[ ${#programs[@]} -gt 0 ] || { echo "no test program was built"; echo "0 passed, 1 failed"; exit 1; }
printf '%s\0' "${programs[@]}" | xargs -0 -n1 -P"$(nproc)" bash -c 'run_one "$0"'
cat "$work"/*.count | awk '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f; exit (f > 0) }'
