#!/bin/bash
# Goal: libFuzzer finds nothing in the parsers, under the sanitizers (a random tenth of the targets; all with --long).
set -euo pipefail
exec node "$TILLIT_ROOT/tests/fuzz/run.mjs" "$TILLIT_CACHE/build-fuzz-$TILLIT_TAG" "$TILLIT_FILTER"
