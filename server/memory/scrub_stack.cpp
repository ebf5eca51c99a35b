#include "server/memory/scrub_stack.h"

#include <cstring>

namespace tillit::memory {

[[gnu::noinline]] void scrub_stack() noexcept {
    char below[kScrubbedStackBytes];
    std::memset(below, 0, sizeof below);
    // The compiler must believe that somebody reads the zeroes, else it drops them.
    asm volatile("" : : "r"(below) : "memory");
}

}  // namespace tillit::memory
