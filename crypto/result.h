/// Failures of the outside world are values; faults of ours end the process.
///
/// Result<T, E>  a value or an error of a small enum; ignoring one is a compile warning.
/// ensure(cond)  aborts when we broke our own rule; compiled in always, never used on input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>
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

inline void ensure(bool condition,
                   const std::source_location where = std::source_location::current()) noexcept {
    if (condition) return;
    std::fprintf(stderr, "broken invariant at %s:%u\n", where.file_name(), where.line());
    std::abort();
}

}  // namespace tillit::crypto
