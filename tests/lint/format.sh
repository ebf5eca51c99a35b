#!/bin/bash
# Goal: every C++ file is as clang-format leaves it. Run in the root; prints the files that are not.
set -euo pipefail
status=0
while read -r file; do
    [ -e "$file" ] || continue   # deleted, not yet committed
    clang-format --dry-run --Werror "$file" 2>/dev/null || { echo "not formatted: $file (clang-format -i $file)"; status=1; }
done < <(git ls-files -co --exclude-standard -- '*.h' '*.cpp')
exit $status
