/// 128-bit codes as people write them: case keys and recovery codes (protocol §2).
///
/// 128 bits ‖ the first 4 bits of their SHA-256 = 132 bits = twelve indexes of 11 bits, shown as
/// words or as numbers 0001–2048.
#pragma once

#include <optional>

#include "crypto/case_key.h"
#include "crypto/wordlist.h"

namespace tillit::crypto::detail {

inline constexpr std::size_t kCodeBytes = 16;
inline constexpr std::size_t kMaxCodeText = 1024;  // longer entries are no code

/// Eleven bits from bit `first` of `bytes`, big-endian.
[[nodiscard]] std::uint16_t bits_11(ByteView bytes, std::size_t first) noexcept;

[[nodiscard]] SecretBytes code_words(std::span<const std::uint8_t, kCodeBytes> code);
[[nodiscard]] SecretBytes code_numbers(std::span<const std::uint8_t, kCodeBytes> code);

/// Fills `code`, or says why not; then `code` holds nothing of use. Grammar: docs/protocol.md §2.2.
[[nodiscard]] std::optional<CaseKeyError> parse_code(ByteView text,
                                                     std::span<std::uint8_t, kCodeBytes> code);

}  // namespace tillit::crypto::detail
