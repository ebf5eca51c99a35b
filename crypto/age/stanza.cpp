#include "crypto/age/stanza.h"

#include <algorithm>

namespace tillit::crypto::age {

namespace {

constexpr std::string_view kX25519Stanza = "X25519";
constexpr std::string_view kScryptStanza = "scrypt";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kScryptSalt = "age-encryption.org/v1/scrypt";
constexpr std::size_t kScryptSaltBytes = 16;
// Every wrap key is used once, so its nonce may be zero (age.md).
constexpr ByteArray<12> kZeroNonce{};

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes out;
    for (const ByteView part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

Bytes wrap_with(const WipedArray<32>& wrap_key, ByteView nonce, const FileKey& key) {
    Bytes body(kWrappedKeyBytes);
    chacha_seal(body, key.expose(), nonce, wrap_key);
    return body;
}

template <std::size_t N>
std::optional<ByteArray<N>> array_argument(const Stanza& stanza, std::size_t at) {
    const auto bytes = from_base64(stanza.args[at]);
    if (!bytes || bytes->size() != N) return std::nullopt;
    ByteArray<N> out;
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

// --- HPKE base mode (RFC 9180 §5.1): KEM X-Wing, HKDF-SHA256, ChaCha20-Poly1305 ---

constexpr ByteArray<10> kSuite{'H', 'P', 'K', 'E', 0x64, 0x7a, 0x00, 0x01, 0x00, 0x03};
constexpr std::string_view kHybridInfo = "age-encryption.org/mlkem768x25519";
constexpr std::size_t kContextBytes = 1 + 32 + 32;

void labeled_extract(std::span<std::uint8_t, 32> out, ByteView salt, std::string_view label,
                     ByteView ikm) {
    hkdf_extract(out, salt, joined({view("HPKE-v1"), kSuite, view(label), ikm}));
}

void labeled_expand(std::span<std::uint8_t> out, std::span<const std::uint8_t, 32> prk,
                    std::string_view label, ByteView info) {
    const ByteArray<2> length{0, static_cast<std::uint8_t>(out.size())};
    hkdf_expand(out, prk, joined({length, view("HPKE-v1"), kSuite, view(label), info}));
}

ByteArray<kContextBytes> key_schedule_context() {
    ByteArray<kContextBytes> out{};  // out[0] = 0: mode_base
    const std::span<std::uint8_t, kContextBytes> bytes(out);
    labeled_extract(bytes.subspan<1, 32>(), {}, "psk_id_hash", {});
    labeled_extract(bytes.subspan<33, 32>(), {}, "info_hash", view(kHybridInfo));
    return out;
}

struct HpkeKeys {
    WipedArray<32> key;
    ByteArray<12> nonce{};

    explicit HpkeKeys(const SymmetricKey& shared) {
        static const ByteArray<kContextBytes> kContext = key_schedule_context();
        WipedArray<32> secret;
        labeled_extract(secret.mutable_bytes(), shared.expose(), "secret", {});
        labeled_expand(key.mutable_bytes(), secret.expose(), "key", kContext);
        labeled_expand(nonce, secret.expose(), "base_nonce", kContext);
    }
};

// --- one stanza each ---

Result<bool, Error> unwrap_hybrid_stanza(const Stanza& stanza, const AgeSeed& identity,
                                         FileKey& key) {
    if (stanza.args.size() != 2 || stanza.body.size() != kWrappedKeyBytes) {
        return unexpected(Error::bad_header);
    }
    const auto encapsulation = array_argument<kHybridEncapsulationBytes>(stanza, 1);
    if (!encapsulation) return unexpected(Error::bad_header);
    const auto shared = decapsulate(*encapsulation, identity);
    if (!shared) return unexpected(Error::bad_header);
    const HpkeKeys keys(*shared);
    return chacha_open(key.mutable_bytes(), stanza.body, keys.nonce, keys.key);
}

void x25519_wrap_key(WipedArray<32>& out, const WipedArray<32>& shared, ByteView share,
                     ByteView recipient) {
    hkdf_sha256(shared.expose(), joined({share, recipient}), view(kX25519Info),
                out.mutable_bytes());
}

Result<bool, Error> unwrap_x25519_stanza(const Stanza& stanza, const X25519Identity& identity,
                                         FileKey& key) {
    if (stanza.args.size() != 2 || stanza.body.size() != kWrappedKeyBytes) {
        return unexpected(Error::bad_header);
    }
    const auto share = array_argument<32>(stanza, 1);
    if (!share) return unexpected(Error::bad_header);
    WipedArray<32> shared;
    bool is_low_order = false;
    x25519(shared.mutable_bytes(), identity.scalar.expose(), *share, is_low_order);
    if (is_low_order) return unexpected(Error::bad_header);
    WipedArray<32> wrap_key;
    x25519_wrap_key(wrap_key, shared, *share, x25519_recipient(identity));
    return chacha_open(key.mutable_bytes(), stanza.body, kZeroNonce, wrap_key);
}

/// ^[1-9][0-9]*$ and at most `max`.
std::optional<unsigned> work_factor(std::string_view text, unsigned max) {
    if (text.empty() || text.size() > 2 || text[0] == '0') return std::nullopt;
    unsigned value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (value > max) return std::nullopt;
    return value;
}

void scrypt_wrap_key(WipedArray<32>& out, const SecretBytes& passphrase, ByteView salt,
                     unsigned log2_n) {
    scrypt(out.mutable_bytes(), passphrase.expose(), joined({view(kScryptSalt), salt}), log2_n, 8,
           1);
}

Result<bool, Error> unwrap_scrypt_stanza(const Stanza& stanza, const Passphrase& passphrase,
                                         FileKey& key) {
    if (stanza.args.size() != 3 || stanza.body.size() != kWrappedKeyBytes) {
        return unexpected(Error::bad_header);
    }
    const auto salt = array_argument<kScryptSaltBytes>(stanza, 1);
    const auto log2_n = work_factor(stanza.args[2], passphrase.max_log2_n);
    if (!salt || !log2_n) return unexpected(Error::bad_header);
    WipedArray<32> wrap_key;
    scrypt_wrap_key(wrap_key, passphrase.text, *salt, *log2_n);
    return chacha_open(key.mutable_bytes(), stanza.body, kZeroNonce, wrap_key);
}

template <class UnwrapOne>
Result<bool, Error> first_match(const std::vector<Stanza>& stanzas, std::string_view type,
                                UnwrapOne unwrap_one) {
    for (const Stanza& stanza : stanzas) {
        if (stanza.args[0] != type) continue;
        auto done = unwrap_one(stanza);
        if (!done || *done) return done;
    }
    return false;
}

}  // namespace

std::optional<Stanza> wrap_hybrid(const FileKey& key, const HybridRecipient& to,
                                  const EncapsulationSeed& seed) {
    const auto sent = encapsulate_with(seed, to);
    if (!sent) return std::nullopt;
    const HpkeKeys keys(sent->shared);
    return Stanza{{std::string(kHybridStanza), to_base64(sent->encapsulation)},
                  wrap_with(keys.key, keys.nonce, key)};
}

std::optional<Stanza> wrap_x25519(const FileKey& key, const ByteArray<32>& to) {
    WipedArray<32> ephemeral;
    fill_random(ephemeral.mutable_bytes());
    ByteArray<32> share;
    x25519_base(share, ephemeral.expose());
    WipedArray<32> shared;
    bool is_low_order = false;
    x25519(shared.mutable_bytes(), ephemeral.expose(), to, is_low_order);
    if (is_low_order) return std::nullopt;
    WipedArray<32> wrap_key;
    x25519_wrap_key(wrap_key, shared, share, to);
    return Stanza{{std::string(kX25519Stanza), to_base64(share)},
                  wrap_with(wrap_key, kZeroNonce, key)};
}

Stanza wrap_scrypt(const FileKey& key, const SecretBytes& passphrase, unsigned log2_n) {
    const auto salt = random_array<kScryptSaltBytes>();
    WipedArray<32> wrap_key;
    scrypt_wrap_key(wrap_key, passphrase, salt, log2_n);
    return Stanza{{std::string(kScryptStanza), to_base64(salt), std::to_string(log2_n)},
                  wrap_with(wrap_key, kZeroNonce, key)};
}

ByteArray<32> x25519_recipient(const X25519Identity& identity) {
    ByteArray<32> out;
    x25519_base(out, identity.scalar.expose());
    return out;
}

Result<bool, Error> unwrap_hybrid(const std::vector<Stanza>& stanzas, const AgeSeed& identity,
                                  FileKey& key) {
    return first_match(stanzas, kHybridStanza, [&](const Stanza& stanza) {
        return unwrap_hybrid_stanza(stanza, identity, key);
    });
}

Result<bool, Error> unwrap(const std::vector<Stanza>& stanzas, const Identity& identity,
                           FileKey& key) {
    const bool any_scrypt = std::any_of(stanzas.begin(), stanzas.end(), [](const Stanza& stanza) {
        return stanza.args[0] == kScryptStanza;
    });
    // A passphrase says who wrote the file only if nobody else could have been a recipient.
    if (any_scrypt && stanzas.size() != 1) return unexpected(Error::bad_header);
    if (const auto* seed = std::get_if<AgeSeed>(&identity)) {
        return unwrap_hybrid(stanzas, *seed, key);
    }
    if (const auto* x25519 = std::get_if<X25519Identity>(&identity)) {
        return first_match(stanzas, kX25519Stanza, [&](const Stanza& stanza) {
            return unwrap_x25519_stanza(stanza, *x25519, key);
        });
    }
    return first_match(stanzas, kScryptStanza, [&](const Stanza& stanza) {
        return unwrap_scrypt_stanza(stanza, std::get<Passphrase>(identity), key);
    });
}

}  // namespace tillit::crypto::age
