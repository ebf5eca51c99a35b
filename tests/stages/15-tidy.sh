#!/bin/bash
# Goal: clang-tidy passes on every source of the product.
set -euo pipefail
cd "$TILLIT_ROOT"
exec node tests/lint/tidy.mjs "$TILLIT_BUILD" "$TILLIT_CACHE/tidy" "$TILLIT_FILTER"
