/// The only file that calls libsodium's crypto_*(): typed, and nothing returns a status to forget.
///
/// Threads: everything here is safe to call concurrently after init(). Source: RFC 5869 (HKDF),
/// RFC 8032 (Ed25519), X-Wing (KEM 0x647a), RFC 8439, RFC 9106 (Argon2id).
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "crypto/result.h"
#include "crypto/secret.h"

namespace tillit::crypto {

inline constexpr std::size_t kHybridRecipientBytes = 1216;
inline constexpr std::size_t kHybridEncapsulationBytes = 1120;
using HybridRecipient = ByteArray<kHybridRecipientBytes>;  // X-Wing public key

/// Must run once before anything else; aborts if libsodium can't start.
void init();

// Hashes: SHA-256(label ‖ 0x00 ‖ parts…). Parts are of fixed length or carry their own length.
[[nodiscard]] Hash sha256(ByteView bytes);
[[nodiscard]] Hash labelled_hash(std::string_view label, std::initializer_list<ByteView> parts);

class Sha256 {  // incremental
  public:
    Sha256();
    void update(ByteView bytes);
    [[nodiscard]] Hash finish();

  private:
    alignas(8) std::uint8_t state_[128];
};

/// HKDF-SHA256 (salt, info = label) into a fresh secret. ikm and salt may be empty.
void hkdf_sha256(ByteView ikm, ByteView salt, ByteView info, std::span<std::uint8_t> out);
template <class S>
[[nodiscard]] S derive(ByteView ikm, ByteView salt, std::string_view label) {
    S out = S::zeroed();
    hkdf_sha256(ikm, salt, view(label), out.mutable_bytes());
    return out;
}
/// The two steps alone, for HPKE's labelled forms.
void hkdf_extract(std::span<std::uint8_t, 32> out, ByteView salt, ByteView ikm);
void hkdf_expand(std::span<std::uint8_t> out, std::span<const std::uint8_t, 32> prk, ByteView info);
[[nodiscard]] Hash hmac_sha256(ByteView key, ByteView message);

// X-Wing (mlkem768x25519).
[[nodiscard]] HybridRecipient hybrid_recipient(const AgeSeed& seed);
/// False for bytes that nothing can be sealed to; costs one encapsulation.
[[nodiscard]] bool is_hybrid_recipient(const HybridRecipient& bytes);
struct Encapsulated {
    ByteArray<kHybridEncapsulationBytes> encapsulation;
    SymmetricKey shared;
};
/// An encapsulation is a function of these 64 bytes: random in the product, fixed in vectors.
using EncapsulationSeed = WipedArray<64>;
/// Fails only for a recipient that is no X-Wing key (low-order X25519 part and the like).
[[nodiscard]] std::optional<Encapsulated> encapsulate(const HybridRecipient& to);
[[nodiscard]] std::optional<Encapsulated> encapsulate_with(const EncapsulationSeed& seed,
                                                           const HybridRecipient& to);
/// Implicit rejection: a wrong encapsulation gives another key, not an error; the error is for a
/// low-order X25519 part.
[[nodiscard]] std::optional<SymmetricKey> decapsulate(
    std::span<const std::uint8_t, kHybridEncapsulationBytes> encapsulation, const AgeSeed& seed);

// Ed25519. verify() applies the strict rule of protocol §5 (S < L, canonical A and R, prime order).
[[nodiscard]] VerifyKey verify_key(const SigningSeed& seed);
[[nodiscard]] Signature sign_raw(ByteView message, const SigningSeed& seed);
[[nodiscard]] bool verify_raw(ByteView message, const Signature& signature, const VerifyKey& key);

/// Ed25519(sk, "tillit/v1/sig/" ‖ type ‖ 0x00 ‖ SHA-256(statement)); type is a domain such as
/// "envelope", "grant", "identity", "directory".
[[nodiscard]] Signature sign_statement(std::string_view type, ByteView statement,
                                       const SigningSeed& seed);
[[nodiscard]] bool verify_statement(std::string_view type, ByteView statement,
                                    const Signature& signature, const VerifyKey& key);

// ChaCha20-Poly1305 (12-byte nonce) and XChaCha20-Poly1305 (24-byte nonce). out sizes: in ± 16.
inline constexpr std::size_t kTagBytes = 16;
void chacha_seal(std::span<std::uint8_t> out, ByteView plain, ByteView nonce12,
                 const SymmetricKey& key);
[[nodiscard]] bool chacha_open(std::span<std::uint8_t> out, ByteView sealed, ByteView nonce12,
                               const SymmetricKey& key);
/// The same with a key on the stack, for keys that live for one call.
void chacha_seal(std::span<std::uint8_t> out, ByteView plain, ByteView nonce12,
                 const WipedArray<32>& key);
[[nodiscard]] bool chacha_open(std::span<std::uint8_t> out, ByteView sealed, ByteView nonce12,
                               const WipedArray<32>& key);
/// nonce (24, random) ‖ sealed.
[[nodiscard]] Bytes xchacha_seal(ByteView plain, ByteView associated, const SymmetricKey& key);
[[nodiscard]] std::optional<SecretBytes> xchacha_open(ByteView sealed, ByteView associated,
                                                      const SymmetricKey& key);

/// X25519 (RFC 7748); `is_low_order` when the result is all zero and must not be used.
void x25519(std::span<std::uint8_t, 32> out, std::span<const std::uint8_t, 32> scalar,
            std::span<const std::uint8_t, 32> point, bool& is_low_order);
void x25519_base(std::span<std::uint8_t, 32> out, std::span<const std::uint8_t, 32> scalar);
/// 128·r·2^log2_n bytes of memory; throws std::bad_alloc if there is not that much.
void scrypt(std::span<std::uint8_t> out, ByteView passphrase, ByteView salt, unsigned log2_n,
            unsigned r, unsigned p);

/// Argon2id v1.3, t=3, m=64 MiB, p=1 (protocol §7).
[[nodiscard]] SymmetricKey argon2id(const SecretBytes& passphrase,
                                    std::span<const std::uint8_t, 16> salt);

void fill_random(std::span<std::uint8_t> out) noexcept;
template <std::size_t N>
[[nodiscard]] ByteArray<N> random_array() {
    ByteArray<N> out{};
    fill_random(out);
    return out;
}
[[nodiscard]] std::uint32_t random_below(std::uint32_t limit);
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace tillit::crypto
