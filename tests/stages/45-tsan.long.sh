#!/bin/bash
# Goal: the thread sanitizer has nothing to say about the programs that use threads.
set -euo pipefail
build="$TILLIT_CACHE/build-tsan-$TILLIT_TAG"
mkdir -p "$build"
(cd "$TILLIT_ROOT" && cmake --preset tsan -B "$build") >"$build/cmake.log" 2>&1 || { cat "$build/cmake.log"; exit 1; }
cmake --build "$build" --target test_storage test_http test_app test_portal test_console >"$build/build.log" 2>&1 ||
    { tail -40 "$build/build.log"; exit 1; }
export TSAN_OPTIONS="halt_on_error=0 second_deadlock_stack=1"
# What fills its own memory limits says so by the tag [no-asan]; no sanitizer can live in that.
export TILLIT_BUILD="$build" TILLIT_SKIP="~[no-asan]"
exec "$TILLIT_ROOT/tests/stages/20-unit.sh"
