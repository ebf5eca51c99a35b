/// Slots for short secrets in guarded, locked pages.
///
/// sodium_malloc() gives each allocation its own pages: 27 µs of system calls, and 4 KiB of the few
/// megabytes that a process may lock, after which locking fails silently. A submission makes a
/// dozen secrets and a session keeps some, so they share pages here: one sodium_malloc() of 64 KiB
/// holds 1,024 slots of 64 bytes. A slot ends in a canary that is checked when it is given back;
/// the secret lies right before it. Given-back slots are zeros. Threads: safe.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tillit::crypto::detail {

/// `size` zero bytes, up to kMaxSlotBytes from a slot, more from sodium_malloc(). Throws
/// std::bad_alloc.
inline constexpr std::size_t kMaxSlotBytes = 48;
[[nodiscard]] std::uint8_t* take_secret_memory(std::size_t size);
/// Wipes. Aborts if the bytes behind the secret were written to.
void give_back_secret_memory(std::uint8_t* p) noexcept;

}  // namespace tillit::crypto::detail
