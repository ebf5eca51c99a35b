/// What lies inside every sealed statement (docs/protocol.md §5.3):
///
///     magic (8) ‖ u32be n ‖ statement (n) ‖ signature (64) ‖ zeros to the size
///
/// Layout only: nothing here seals, parses JSON or checks a signature.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/primitives.h"

namespace tillit::crypto::detail {

inline constexpr std::size_t kFrameBytes = 8 + 4 + std::tuple_size_v<Signature>;

/// `magic` is 8 bytes; kFrameBytes + statement.size() <= size.
[[nodiscard]] SecretBytes pack_signed(std::string_view magic, std::string_view statement,
                                      const Signature& signature, std::size_t size);

/// Views into the plaintext, which must outlive them.
struct SignedParts {
    ByteView statement;
    Signature signature;
};
/// Nothing if the magic is another, the length does not fit or a padding byte is not zero.
[[nodiscard]] std::optional<SignedParts> unpack_signed(std::string_view magic, ByteView plain);

}  // namespace tillit::crypto::detail
