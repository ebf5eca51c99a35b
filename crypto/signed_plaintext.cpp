#include "crypto/signed_plaintext.h"

#include <algorithm>

namespace tillit::crypto::detail {

SecretBytes pack_signed(std::string_view magic, std::string_view statement,
                        const Signature& signature, std::size_t size) {
    ensure(magic.size() == 8 && kFrameBytes + statement.size() <= size);
    SecretBytes plain;
    plain.resize(size);  // zeros, which are the padding
    auto at = plain.mutable_bytes().begin();
    const auto put = [&at](ByteView bytes) { at = std::copy(bytes.begin(), bytes.end(), at); };
    put(view(magic));
    put(be32(static_cast<std::uint32_t>(statement.size())));
    put(view(statement));
    put(signature);
    return plain;
}

std::optional<SignedParts> unpack_signed(std::string_view magic, ByteView plain) {
    if (plain.size() < kFrameBytes) return std::nullopt;
    if (!std::ranges::equal(plain.first(8), view(magic))) return std::nullopt;
    const std::uint32_t length = read_be32(plain.subspan<8, 4>());
    if (length > plain.size() - kFrameBytes) return std::nullopt;

    SignedParts parts{.statement = plain.subspan(12, length), .signature = {}};
    const ByteView signature = plain.subspan(12 + length, parts.signature.size());
    std::ranges::copy(signature, parts.signature.begin());
    const ByteView padding = plain.subspan(kFrameBytes + length);
    const bool is_zero = std::ranges::all_of(padding, [](std::uint8_t b) { return b == 0; });
    if (!is_zero) return std::nullopt;
    return parts;
}

}  // namespace tillit::crypto::detail
