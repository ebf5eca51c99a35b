#!/bin/bash
# Goal: C++ and TypeScript read each other's sealed files (tests/interop/*.test.mjs with the tools of the build).
set -euo pipefail
cd "$TILLIT_ROOT"
out="$(mktemp)"
trap 'rm -f "$out"' EXIT
status=0
node --test --test-reporter=tap tests/interop/*.test.mjs >"$out" 2>&1 || status=$?
count() { sed -n "s/^# $1 //p" "$out" | tail -1; }
passed="$(count pass)" failed="$(count fail)" cancelled="$(count cancelled)"
[ $status = 0 ] || cat "$out"
echo "${passed:-0} passed, $((${failed:-1} + ${cancelled:-0})) failed"
exit $status
