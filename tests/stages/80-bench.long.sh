#!/bin/bash
# Goal: the figures of docs/performance.md, taken anew; a missed aim is printed, not failed: machines differ.
set -euo pipefail
release="$TILLIT_CACHE/build-bench-$TILLIT_TAG" out="$TILLIT_ROOT/docs/long-runs/bench.md"
mkdir -p "$release"
(cd "$TILLIT_ROOT" && cmake --preset release -B "$release" -D TILLIT_TESTS=ON) >"$release/cmake.log" 2>&1 || { cat "$release/cmake.log"; exit 1; }
cmake --build "$release" --target all >"$release/build.log" 2>&1 || { tail -40 "$release/build.log"; exit 1; }
disk="$(mktemp -d "$release/disk.XXXXXX")"
trap 'rm -rf "$disk"' EXIT
run() { printf '\n`%s`\n\n```\n' "$1"; shift; "$@"; printf '```\n'; }
{
    printf '# Benches\n\n`tests/run.sh --long bench`, commit %s, release build\n' "$(git -C "$TILLIT_ROOT" rev-parse --short HEAD)"
    run "tests/load/run.sh" "$TILLIT_ROOT/tests/load/run.sh" "$release" "$release"
    run "bin/app_bench" "$release/bin/app_bench"
    run "bin/storage_bench DIR" "$release/bin/storage_bench" "$disk"
    run "bin/storage_bench DIR, a disk whose sync takes 4 ms longer" env TILLIT_BENCH_SYNC_MS=4 "$release/bin/storage_bench" "$disk"
} 2>&1 | grep -v '^Made \|^Keep ' >"$out.new"
mv "$out.new" "$out"
cat "$out"
echo "1 passed, 0 failed"
