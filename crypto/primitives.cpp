#include "crypto/primitives.h"

#include <sodium.h>

#include <algorithm>
#include <new>
#include <string>

namespace tillit::crypto {

static_assert(kHybridRecipientBytes == crypto_kem_xwing_PUBLICKEYBYTES);
static_assert(kHybridEncapsulationBytes == crypto_kem_xwing_CIPHERTEXTBYTES);
static_assert(AgeSeed::kSize == crypto_kem_xwing_SEEDBYTES);
static_assert(AgeSeed::kSize == crypto_kem_xwing_SECRETKEYBYTES);
static_assert(SymmetricKey::kSize == crypto_kem_xwing_SHAREDSECRETBYTES);
static_assert(SigningSeed::kSize == crypto_sign_SEEDBYTES);
static_assert(std::tuple_size_v<VerifyKey> == crypto_sign_PUBLICKEYBYTES);
static_assert(std::tuple_size_v<Signature> == crypto_sign_BYTES);
static_assert(std::tuple_size_v<Hash> == crypto_hash_sha256_BYTES);
static_assert(kTagBytes == crypto_aead_chacha20poly1305_ietf_ABYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(sizeof(crypto_hash_sha256_state) <= 128);

namespace {

constexpr std::size_t kXNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

crypto_hash_sha256_state* sha(std::uint8_t* state) {
    return reinterpret_cast<crypto_hash_sha256_state*>(state);
}

void chacha_seal_raw(std::span<std::uint8_t> out, ByteView plain, ByteView nonce12,
                     const std::uint8_t* key) {
    ensure(out.size() == plain.size() + kTagBytes && nonce12.size() == 12);
    crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(),
                                              nullptr, 0, nullptr, nonce12.data(), key);
}

bool chacha_open_raw(std::span<std::uint8_t> out, ByteView sealed, ByteView nonce12,
                     const std::uint8_t* key) {
    ensure(nonce12.size() == 12);
    if (sealed.size() < kTagBytes) return false;
    ensure(out.size() == sealed.size() - kTagBytes);
    return crypto_aead_chacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data(),
                                                     sealed.size(), nullptr, 0, nonce12.data(),
                                                     key) == 0;
}

Bytes signed_message(std::string_view type, ByteView statement) {
    const std::string domain = "tillit/v1/sig/" + std::string(type);
    const Hash hash = sha256(statement);
    Bytes message(domain.begin(), domain.end());
    message.push_back(0);
    message.insert(message.end(), hash.begin(), hash.end());
    return message;
}

}  // namespace

void init() { ensure(sodium_init() >= 0); }

// --- hashes ---

Hash sha256(ByteView bytes) {
    Hash out;
    crypto_hash_sha256(out.data(), bytes.data(), bytes.size());
    return out;
}

Hash labelled_hash(std::string_view label, std::initializer_list<ByteView> parts) {
    constexpr std::uint8_t zero = 0;
    Sha256 hash;
    hash.update(view(label));
    hash.update({&zero, 1});
    for (const ByteView part : parts) hash.update(part);
    return hash.finish();
}

Sha256::Sha256() { crypto_hash_sha256_init(sha(state_)); }

void Sha256::update(ByteView bytes) {
    crypto_hash_sha256_update(sha(state_), bytes.data(), bytes.size());
}

Hash Sha256::finish() {
    Hash out;
    crypto_hash_sha256_final(sha(state_), out.data());
    return out;
}

Hash hmac_sha256(ByteView key, ByteView message) {
    Hash out;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    crypto_auth_hmacsha256_update(&state, message.data(), message.size());
    crypto_auth_hmacsha256_final(&state, out.data());
    sodium_memzero(&state, sizeof state);
    return out;
}

void hkdf_extract(std::span<std::uint8_t, 32> out, ByteView salt, ByteView ikm) {
    crypto_kdf_hkdf_sha256_extract(out.data(), salt.data(), salt.size(), ikm.data(), ikm.size());
}

void hkdf_expand(std::span<std::uint8_t> out, std::span<const std::uint8_t, 32> prk,
                 ByteView info) {
    ensure(out.size() <= crypto_kdf_hkdf_sha256_BYTES_MAX);
    const int rc = crypto_kdf_hkdf_sha256_expand(out.data(), out.size(),
                                                 reinterpret_cast<const char*>(info.data()),
                                                 info.size(), prk.data());
    ensure(rc == 0);
}

void hkdf_sha256(ByteView ikm, ByteView salt, ByteView info, std::span<std::uint8_t> out) {
    WipedArray<32> prk;
    hkdf_extract(prk.mutable_bytes(), salt, ikm);
    hkdf_expand(out, prk.expose(), info);
}

// --- X-Wing ---

HybridRecipient hybrid_recipient(const AgeSeed& seed) {
    HybridRecipient out;
    WipedArray<crypto_kem_xwing_SECRETKEYBYTES> secret;  // the seed again
    const int rc = crypto_kem_xwing_seed_keypair(out.data(), secret.mutable_bytes().data(),
                                                 seed.expose().data());
    ensure(rc == 0);
    return out;
}

std::optional<Encapsulated> encapsulate_with(const EncapsulationSeed& seed,
                                             const HybridRecipient& to) {
    Encapsulated out{{}, SymmetricKey::zeroed()};
    if (crypto_kem_xwing_enc_deterministic(out.encapsulation.data(),
                                           out.shared.mutable_bytes().data(), to.data(),
                                           seed.expose().data()) != 0) {
        return std::nullopt;
    }
    return out;
}

std::optional<Encapsulated> encapsulate(const HybridRecipient& to) {
    EncapsulationSeed seed;
    fill_random(seed.mutable_bytes());
    return encapsulate_with(seed, to);
}

bool is_hybrid_recipient(const HybridRecipient& bytes) { return encapsulate(bytes).has_value(); }

std::optional<SymmetricKey> decapsulate(
    std::span<const std::uint8_t, kHybridEncapsulationBytes> encapsulation, const AgeSeed& seed) {
    SymmetricKey shared = SymmetricKey::zeroed();
    if (crypto_kem_xwing_dec(shared.mutable_bytes().data(), encapsulation.data(),
                             seed.expose().data()) != 0) {
        return std::nullopt;
    }
    return shared;
}

// --- Ed25519 ---

VerifyKey verify_key(const SigningSeed& seed) {
    VerifyKey out;
    WipedArray<crypto_sign_SECRETKEYBYTES> secret;
    crypto_sign_seed_keypair(out.data(), secret.mutable_bytes().data(), seed.expose().data());
    return out;
}

Signature sign_raw(ByteView message, const SigningSeed& seed) {
    VerifyKey key;
    WipedArray<crypto_sign_SECRETKEYBYTES> secret;
    crypto_sign_seed_keypair(key.data(), secret.mutable_bytes().data(), seed.expose().data());
    Signature out;
    crypto_sign_detached(out.data(), nullptr, message.data(), message.size(),
                         secret.expose().data());
    return out;
}

bool verify_raw(ByteView message, const Signature& signature, const VerifyKey& key) {
    // A: canonical, not small order, in the prime-order subgroup.
    if (crypto_core_ed25519_is_valid_point(key.data()) != 1) return false;
    // S < L and the equation without cofactor, by the library, which compares the bytes of R with
    // the canonical encoding of [S]B - [h]A. With A in the prime-order subgroup that point is in
    // it too, so of the rule for R only "not the neutral element" is left to check.
    constexpr ByteArray<32> neutral{1};
    if (std::equal(neutral.begin(), neutral.end(), signature.begin())) return false;
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       key.data()) == 0;
}

Signature sign_statement(std::string_view type, ByteView statement, const SigningSeed& seed) {
    return sign_raw(signed_message(type, statement), seed);
}

bool verify_statement(std::string_view type, ByteView statement, const Signature& signature,
                      const VerifyKey& key) {
    return verify_raw(signed_message(type, statement), signature, key);
}

// --- authenticated encryption ---

void chacha_seal(std::span<std::uint8_t> out, ByteView plain, ByteView nonce12,
                 const SymmetricKey& key) {
    chacha_seal_raw(out, plain, nonce12, key.expose().data());
}

bool chacha_open(std::span<std::uint8_t> out, ByteView sealed, ByteView nonce12,
                 const SymmetricKey& key) {
    return chacha_open_raw(out, sealed, nonce12, key.expose().data());
}

void chacha_seal(std::span<std::uint8_t> out, ByteView plain, ByteView nonce12,
                 const WipedArray<32>& key) {
    chacha_seal_raw(out, plain, nonce12, key.expose().data());
}

bool chacha_open(std::span<std::uint8_t> out, ByteView sealed, ByteView nonce12,
                 const WipedArray<32>& key) {
    return chacha_open_raw(out, sealed, nonce12, key.expose().data());
}

Bytes xchacha_seal(ByteView plain, ByteView associated, const SymmetricKey& key) {
    Bytes out(kXNonceBytes + plain.size() + kTagBytes);
    fill_random(std::span(out).first(kXNonceBytes));
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kXNonceBytes, nullptr, plain.data(),
                                               plain.size(), associated.data(), associated.size(),
                                               nullptr, out.data(), key.expose().data());
    return out;
}

std::optional<SecretBytes> xchacha_open(ByteView sealed, ByteView associated,
                                        const SymmetricKey& key) {
    if (sealed.size() < kXNonceBytes + kTagBytes) return std::nullopt;
    const ByteView body = sealed.subspan(kXNonceBytes);
    SecretBytes plain;
    plain.resize(body.size() - kTagBytes);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain.mutable_bytes().data(), nullptr, nullptr, body.data(), body.size(),
            associated.data(), associated.size(), sealed.data(), key.expose().data()) != 0) {
        return std::nullopt;
    }
    return plain;
}

// --- X25519, slow hashes, randomness ---

void x25519(std::span<std::uint8_t, 32> out, std::span<const std::uint8_t, 32> scalar,
            std::span<const std::uint8_t, 32> point, bool& is_low_order) {
    is_low_order = crypto_scalarmult(out.data(), scalar.data(), point.data()) != 0;
}

void x25519_base(std::span<std::uint8_t, 32> out, std::span<const std::uint8_t, 32> scalar) {
    crypto_scalarmult_base(out.data(), scalar.data());
}

void scrypt(std::span<std::uint8_t> out, ByteView passphrase, ByteView salt, unsigned log2_n,
            unsigned r, unsigned p) {
    ensure(log2_n >= 1 && log2_n < 32);
    if (crypto_pwhash_scryptsalsa208sha256_ll(passphrase.data(), passphrase.size(), salt.data(),
                                              salt.size(), std::uint64_t{1} << log2_n, r, p,
                                              out.data(), out.size()) != 0) {
        throw std::bad_alloc();
    }
}

SymmetricKey argon2id(const SecretBytes& passphrase, std::span<const std::uint8_t, 16> salt) {
    static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);
    constexpr unsigned long long passes = 3;
    constexpr std::size_t memory_bytes = std::size_t{64} * 1024 * 1024;
    SymmetricKey out = SymmetricKey::zeroed();
    const std::string_view text = passphrase.expose_text();
    if (crypto_pwhash_argon2id(out.mutable_bytes().data(), SymmetricKey::kSize,
                               text.empty() ? "" : text.data(), text.size(), salt.data(), passes,
                               memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
        throw std::bad_alloc();
    }
    return out;
}

void fill_random(std::span<std::uint8_t> out) noexcept { randombytes_buf(out.data(), out.size()); }

std::uint32_t random_below(std::uint32_t limit) { return randombytes_uniform(limit); }

bool equal_constant_time(ByteView a, ByteView b) noexcept { return detail::equal(a, b); }

namespace detail {
void fill_random(std::span<std::uint8_t> out) noexcept { crypto::fill_random(out); }
}  // namespace detail

}  // namespace tillit::crypto
