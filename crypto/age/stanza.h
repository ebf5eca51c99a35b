/// Recipient stanzas: how a file key is wrapped for one recipient (C2SP age.md "Native recipient
/// types"): mlkem768x25519 (HPKE base mode over X-Wing), X25519, scrypt.
#pragma once

#include <variant>

#include "crypto/age/header.h"

namespace tillit::crypto::age {

inline constexpr std::string_view kHybridStanza = "mlkem768x25519";
inline constexpr std::size_t kWrappedKeyBytes = 16 + kTagBytes;

struct X25519Identity {
    Secret<struct X25519IdentityTag, 32> scalar;
};
struct Passphrase {
    SecretBytes text;
    unsigned max_log2_n = 20;  // 1 GiB; a stanza that asks for more is refused
};
using Identity = std::variant<AgeSeed, X25519Identity, Passphrase>;

/// Nothing if `to` is no key.
[[nodiscard]] std::optional<Stanza> wrap_hybrid(const FileKey& key, const HybridRecipient& to,
                                                const EncapsulationSeed& seed);
[[nodiscard]] std::optional<Stanza> wrap_x25519(const FileKey& key, const ByteArray<32>& to);
/// Must be the only stanza of its file.
[[nodiscard]] Stanza wrap_scrypt(const FileKey& key, const SecretBytes& passphrase,
                                 unsigned log2_n);

[[nodiscard]] ByteArray<32> x25519_recipient(const X25519Identity& identity);

/// True and the file key if one of the stanzas is for this identity. bad_header: a stanza of the
/// identity's type is malformed, or scrypt is mixed with others.
[[nodiscard]] Result<bool, Error> unwrap(const std::vector<Stanza>& stanzas,
                                         const Identity& identity, FileKey& key);
[[nodiscard]] Result<bool, Error> unwrap_hybrid(const std::vector<Stanza>& stanzas,
                                                const AgeSeed& identity, FileKey& key);

}  // namespace tillit::crypto::age
