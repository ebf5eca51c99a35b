// The entry point of a libFuzzer program with one target.
#include <cstdlib>

#include "crypto/primitives.h"
#include "tests/fuzz/fuzz.h"

namespace {
tillit::test::FuzzFunction the_target = nullptr;
}

tillit::test::FuzzTarget::FuzzTarget(const char*, FuzzFunction function) { the_target = function; }

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    tillit::crypto::init();
    return the_target == nullptr ? std::abort(), 1 : 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    the_target({data, size});
    return 0;
}
