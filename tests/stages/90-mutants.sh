#!/bin/bash
# Goal: each small break of tests/mutants is noticed by the tests that guard its promise (a random tenth; all with --long).
set -euo pipefail
exec node "$TILLIT_ROOT/tests/mutants/run.mjs" "$TILLIT_CACHE" "$TILLIT_FILTER"
