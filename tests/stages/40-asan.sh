#!/bin/bash
# Goal: all C++ tests again under the address and undefined-behaviour sanitizers, without a word from them.
set -euo pipefail
build="$TILLIT_CACHE/build-asan-$TILLIT_TAG"
mkdir -p "$build"
(cd "$TILLIT_ROOT" && cmake --preset asan -B "$build") >"$build/cmake.log" 2>&1 || { cat "$build/cmake.log"; exit 1; }
cmake --build "$build" --target tillit_tests >"$build/build.log" 2>&1 || { tail -40 "$build/build.log"; exit 1; }
# A test that fills its own memory limits or reads another process's memory says so by the tag [no-asan].
export ASAN_OPTIONS="detect_leaks=1:strict_string_checks=1:check_initialization_order=1" UBSAN_OPTIONS="print_stacktrace=1"
export TILLIT_BUILD="$build" TILLIT_SKIP="~[no-asan]"
exec "$TILLIT_ROOT/tests/stages/20-unit.sh"
