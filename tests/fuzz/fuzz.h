/// A fuzz target is one function over bytes that aborts (ensure) when a relation does not hold.
///
///   TILLIT_FUZZ_TARGET(age_header) { … uses `data` … }
///
/// Built with clang and -DTILLIT_FUZZ=ON it is a libFuzzer program. Otherwise all targets are
/// linked into test_fuzz, which replays tests/fuzz/corpus/NAME/ and seeded mutations of it on every
/// run.
#pragma once

#include "crypto/bytes.h"

namespace tillit::test {

using FuzzFunction = void (*)(crypto::ByteView data);

struct FuzzTarget {
    FuzzTarget(const char* name, FuzzFunction function);
};

}  // namespace tillit::test

#define TILLIT_FUZZ_TARGET(name)                                                  \
    static void fuzz_##name(tillit::crypto::ByteView data);                       \
    static const tillit::test::FuzzTarget fuzz_target_##name(#name, fuzz_##name); \
    static void fuzz_##name(tillit::crypto::ByteView data)
