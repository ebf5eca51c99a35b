#!/bin/bash
# Goal: the TypeScript type-checks, and its tests (frontend/**/*.test.ts, *.test.mjs; node:test) pass.
# Tests run from the repository's root, so that they find tests/vectors as the C++ ones do.
set -euo pipefail
cd "$TILLIT_ROOT"
passed=0 failed=0
out="frontend/node_modules/.cache/tests"
rm -rf "$out"

if [ -e frontend/tsconfig.json ]; then
    if (cd frontend && node_modules/.bin/tsc --noEmit); then passed=1; else failed=1; echo "frontend: FAILED: types"; fi
fi

mapfile -t sources < <(find frontend tests/frontend -name node_modules -prune -o \
    \( -name '*.test.ts' -o -name '*.test.mjs' \) -print 2>/dev/null | sort)
if [ ${#sources[@]} -gt 0 ]; then
    # Our files are bundled, so that TypeScript runs on any node; packages are taken as a browser build would find them.
    frontend/node_modules/.bin/esbuild "${sources[@]}" --bundle --platform=node --format=esm --packages=external \
        --target=node18 --out-extension:.js=.mjs --outbase=. --outdir="$out" --sourcemap=inline --log-level=warning
    mapfile -t programs < <(find "$out" -name '*.test.mjs' | sort)
    node --enable-source-maps --test --test-reporter=tap "${programs[@]}" >"$out/tap" || true
    passed=$((passed + $(sed -n 's/^# pass //p' "$out/tap" | tail -1)))
    failed=$((failed + $(sed -n 's/^# fail //p' "$out/tap" | tail -1) + $(sed -n 's/^# cancelled //p' "$out/tap" | tail -1)))
    [ $failed = 0 ] || grep -A40 -E '^ *not ok' "$out/tap" | head -400
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
