/// Public bytes: views, fixed arrays, base64url, hex. Nothing here is for secrets (see secret.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tillit::crypto {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

using Hash = ByteArray<32>;       // SHA-256
using Id = ByteArray<16>;         // random identifiers: organisation, member, person, attachment
using VerifyKey = ByteArray<32>;  // Ed25519 public key, not yet checked
using Signature = ByteArray<64>;  // Ed25519

inline ByteView view(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// base64url without padding (RFC 4648 §5), canonical: what decodes re-encodes to the same text.
[[nodiscard]] std::string to_base64url(ByteView bytes);
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

/// Standard base64 (RFC 4648 §4), canonical too: without padding as age headers have it, with
/// padding as armor and signed notes have it.
[[nodiscard]] std::string to_base64(ByteView bytes);
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);
[[nodiscard]] std::string to_base64_padded(ByteView bytes);
[[nodiscard]] std::optional<Bytes> from_base64_padded(std::string_view text);

[[nodiscard]] std::string to_hex(ByteView bytes);
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);  // lower case only

/// Exactly N bytes of base64url, or nothing.
template <std::size_t N>
[[nodiscard]] std::optional<ByteArray<N>> array_from_base64url(std::string_view text) {
    const auto bytes = from_base64url(text);
    if (!bytes || bytes->size() != N) return std::nullopt;
    ByteArray<N> out{};
    for (std::size_t i = 0; i < N; ++i) out[i] = (*bytes)[i];
    return out;
}

/// Big-endian 32-bit length, as every plaintext header of docs/protocol.md has it.
[[nodiscard]] ByteArray<4> be32(std::uint32_t value) noexcept;
[[nodiscard]] std::uint32_t read_be32(std::span<const std::uint8_t, 4> bytes) noexcept;

}  // namespace tillit::crypto
