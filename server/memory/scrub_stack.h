/// Zeroes the thread's stack below the caller: what parsers and handlers left there of a request.
///
/// Call it from the frame that called the work, after the work has returned; the work must not have
/// been inlined into that frame. Best effort: registers and deeper frames than kScrubbedStackBytes
/// are out of reach (SECURITY.md, "What is wiped").
#pragma once

#include <cstddef>

namespace tillit::memory {

/// The deepest handlers use some 150 KiB: a receive buffer of 64 KiB and the KEM's polynomials.
inline constexpr std::size_t kScrubbedStackBytes = 256 * 1024;

void scrub_stack() noexcept;

}  // namespace tillit::memory
