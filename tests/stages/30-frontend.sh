#!/bin/bash
# Goal: the TypeScript type-checks, and the front end's own tests (npm test) pass.
set -euo pipefail
cd "$TILLIT_ROOT/frontend"
passed=0 failed=0
out="$(mktemp)"
trap 'rm -f "$out"' EXIT

if node_modules/.bin/tsc --noEmit; then passed=1; else failed=1; echo "frontend: FAILED: types"; fi

status=0
NODE_OPTIONS="${NODE_OPTIONS:-} --test-reporter=tap" node tools/test.mjs >"$out" 2>&1 || status=$?
[ $status = 0 ] || cat "$out"
count() { sed -n "s/^# $1 //p" "$out" | tail -1; }
p="$(count pass)" f="$(count fail)" c="$(count cancelled)"
f=$((${f:-0} + ${c:-0}))
if [ $f = 0 ] && { [ $status != 0 ] || [ "${p:-0}" = 0 ]; }; then f=1; fi
echo "$((passed + ${p:-0})) passed, $((failed + f)) failed"
[ $((failed + f)) = 0 ]
