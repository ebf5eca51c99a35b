#include "crypto/age/text_keys.h"

#include <algorithm>

namespace tillit::crypto::age {

namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumSymbols = 6;
constexpr std::string_view kHybridPrefix = "age1pq";
constexpr std::string_view kX25519Prefix = "age";
constexpr std::string_view kHybridSecretPrefix = "age-secret-key-pq-";
constexpr std::string_view kX25519SecretPrefix = "age-secret-key-";

/// BIP173's checksum, symbol by symbol.
class Checksum {
  public:
    explicit Checksum(std::string_view prefix) {
        for (const char c : prefix) add(static_cast<unsigned char>(c) >> 5);
        add(0);
        for (const char c : prefix) add(static_cast<unsigned char>(c) & 31);
    }
    void add(unsigned symbol) {
        constexpr std::uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                               0x2a1462b3};
        const std::uint32_t top = value_ >> 25;
        value_ = (value_ & 0x1ffffff) << 5 ^ symbol;
        for (unsigned i = 0; i < 5; ++i) {
            if ((top >> i & 1) != 0) value_ ^= generator[i];
        }
    }
    [[nodiscard]] std::uint32_t value() const { return value_; }

  private:
    std::uint32_t value_ = 1;
};

SecretBytes encode(std::string_view prefix, ByteView bytes) {
    SecretBytes out;
    out.append(prefix);
    out.push_back('1');
    Checksum checksum(prefix);
    const auto put = [&](unsigned symbol) {
        checksum.add(symbol);
        out.push_back(static_cast<std::uint8_t>(kAlphabet[symbol]));
    };
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const std::uint8_t byte : bytes) {
        bits = (bits << 8 | byte) & 0xfff;
        for (count += 8; count >= 5;) {
            count -= 5;
            put(bits >> count & 31);
        }
    }
    if (count > 0) put(bits << (5 - count) & 31);
    Checksum padded = checksum;
    for (std::size_t i = 0; i < kChecksumSymbols; ++i) padded.add(0);
    const std::uint32_t sum = padded.value() ^ 1;
    for (unsigned i = 0; i < kChecksumSymbols; ++i) put(sum >> (5 * (5 - i)) & 31);
    return out;
}

/// The bytes behind `prefix`, which must be lower case. `text` is lower case throughout.
std::optional<SecretBytes> decode(std::string_view prefix, std::string_view text) {
    if (text.size() < prefix.size() + 1 + kChecksumSymbols || !text.starts_with(prefix) ||
        text[prefix.size()] != '1') {
        return std::nullopt;
    }
    const std::string_view data = text.substr(prefix.size() + 1);
    SecretBytes out;
    Checksum checksum(prefix);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::size_t symbol = kAlphabet.find(data[i]);
        if (symbol == std::string_view::npos) return std::nullopt;
        checksum.add(static_cast<unsigned>(symbol));
        if (i + kChecksumSymbols >= data.size()) continue;
        bits = (bits << 5 | static_cast<std::uint32_t>(symbol)) & 0xfff;
        count += 5;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<std::uint8_t>(bits >> count));
        }
    }
    const bool padding_ok = count < 5 && (bits & ((1U << count) - 1)) == 0;
    if (checksum.value() != 1 || !padding_ok) return std::nullopt;
    return out;
}

template <std::size_t N>
std::optional<ByteArray<N>> decode_array(std::string_view prefix, std::string_view text) {
    const auto bytes = decode(prefix, text);
    if (!bytes || bytes->size() != N) return std::nullopt;
    ByteArray<N> out;
    std::copy_n(bytes->expose().begin(), N, out.begin());
    return out;
}

template <class S>
std::optional<S> decode_secret(std::string_view prefix, std::string_view text) {
    const auto bytes = decode(prefix, text);
    if (!bytes || bytes->size() != S::kSize) return std::nullopt;
    return S::copy_of(bytes->expose().template first<S::kSize>());
}

std::uint8_t upper(std::uint8_t c) {
    return c >= 'a' && c <= 'z' ? static_cast<std::uint8_t>(c - 'a' + 'A') : c;
}

}  // namespace

std::string to_text(const HybridRecipient& recipient) {
    return std::string(encode(kHybridPrefix, recipient).expose_text());
}

std::optional<HybridRecipient> hybrid_recipient_from_text(std::string_view text) {
    return decode_array<kHybridRecipientBytes>(kHybridPrefix, text);
}

std::string to_text(const ByteArray<32>& x25519_recipient) {
    return std::string(encode(kX25519Prefix, x25519_recipient).expose_text());
}

std::optional<ByteArray<32>> x25519_recipient_from_text(std::string_view text) {
    return decode_array<32>(kX25519Prefix, text);
}

SecretBytes identity_to_text(const AgeSeed& identity) {
    SecretBytes out = encode(kHybridSecretPrefix, identity.expose());
    for (std::uint8_t& c : out.mutable_bytes()) c = upper(c);
    return out;
}

std::optional<Identity> identity_from_text(std::string_view text) {
    SecretBytes lower(text);
    for (std::uint8_t& c : lower.mutable_bytes()) {
        if (c >= 'a' && c <= 'z') return std::nullopt;
        if (c >= 'A' && c <= 'Z') c = static_cast<std::uint8_t>(c - 'A' + 'a');
    }
    const std::string_view secret = lower.expose_text();
    if (auto seed = decode_secret<AgeSeed>(kHybridSecretPrefix, secret)) {
        return Identity(std::move(*seed));
    }
    using Scalar = decltype(X25519Identity::scalar);
    if (auto scalar = decode_secret<Scalar>(kX25519SecretPrefix, secret)) {
        return Identity(X25519Identity{std::move(*scalar)});
    }
    return std::nullopt;
}

}  // namespace tillit::crypto::age
