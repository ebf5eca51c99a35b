#!/bin/bash
# Goal: the tree keeps to its rules: layers, format, no raw template slots, no addresses, no keys.
set -euo pipefail
cd "$TILLIT_ROOT"
passed=0 failed=0
check() {
    local name="$1"; shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "lint: FAILED: $name"; fi
}
check "includes keep to the layers" tests/lint/layers.sh .
check "the layers check notices planted violations" tests/lint/layers-selftest.sh
check "C++ files are formatted" tests/lint/format.sh
check "templates have no raw slots" tests/lint/tree.sh slots
check "templates have no inline styles or scripts" tests/lint/tree.sh inline
check "no registry or mirror is named" tests/lint/tree.sh addresses
check "no private key lies in the tree" tests/lint/tree.sh keys
check "no conflict marker was left" tests/lint/tree.sh leftovers
check "shell scripts parse" tests/lint/tree.sh scripts
echo "$passed passed, $failed failed"
[ $failed = 0 ]
