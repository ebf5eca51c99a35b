#!/bin/bash
# Goal: real browsers against the real program (tests/e2e/run.mjs).
set -euo pipefail
cd "$TILLIT_ROOT"
[ -e tests/e2e/run.mjs ] || { echo "0 passed, 0 failed"; exit 0; }
exec node tests/e2e/run.mjs ${TILLIT_FILTER:+"$TILLIT_FILTER"}
