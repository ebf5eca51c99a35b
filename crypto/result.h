/// Failures of the outside world are values; faults of ours end the process.
///
/// Result<T, E>  a value or an error of a small enum; ignoring one is a compile warning.
/// ensure(cond)  aborts when we broke our own rule; compiled in always, never used on input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <tl/expected.hpp>
#include <utility>

namespace tillit::crypto {

template <class T, class E>
class [[nodiscard]] Result : public tl::expected<T, E> {
  public:
    using tl::expected<T, E>::expected;
    Result(tl::expected<T, E>&& other) : tl::expected<T, E>(std::move(other)) {}
};

using tl::unexpected;

// The built-ins rather than std::source_location: clang 14, our tidy and fuzzing compiler, lacks
// that one.
inline void ensure(bool condition, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) noexcept {
    if (condition) return;
    (void)std::fprintf(stderr, "broken invariant at %s:%d\n", file, line);
    std::abort();
}

}  // namespace tillit::crypto
