/// Members' keys (protocol §7): wrapped under a generated passphrase or a printed recovery code.
#pragma once

#include "crypto/case_key.h"

namespace tillit::crypto {

/// A generated passphrase as it is typed (§7.1): letters A–Z lowered, runs of space, tab, line feed
/// and carriage return one space, none at the ends.
[[nodiscard]] SecretBytes read_passphrase(const SecretBytes& typed);

struct LoginKeys {
    SymmetricKey auth;  // sent to the server, which stores its hash
    SymmetricKey wrap;  // never leaves
};
/// Argon2id with salt SHA-256("tillit/v1/login-salt" ‖ 0x00 ‖ org ‖ login)[:16], then HKDF-SHA256
/// (salt = org, info "tillit/v1/auth-key" and "tillit/v1/wrap-key"), over
/// read_passphrase(passphrase). Takes 64 MiB and about 0.2 s.
[[nodiscard]] LoginKeys login_keys(const SecretBytes& passphrase, const Id& org,
                                   std::string_view login);

/// From the 128-bit recovery code (same words and checksum as a case key): HKDF with labels
/// "tillit/v1/recovery-auth" and "tillit/v1/recovery-wrap".
using RecoveryCode = Secret<struct RecoveryCodeTag, 16>;
[[nodiscard]] SecretBytes recovery_code_words(const RecoveryCode& code);
[[nodiscard]] SecretBytes recovery_code_numbers(const RecoveryCode& code);
[[nodiscard]] Result<RecoveryCode, CaseKeyError> parse_recovery_code(ByteView text);
[[nodiscard]] LoginKeys recovery_keys(const RecoveryCode& code, const Id& org);

/// SHA-256("tillit/v1/auth-hash" ‖ 0x00 ‖ auth key): what the server keeps.
[[nodiscard]] Hash auth_hash(const SymmetricKey& auth);

struct Keyring {
    AgeSeed identity;
    SigningSeed signing;
    SecretBytes heads{};  // JSON of the highest heads this member saw; may be empty
};
/// nonce (24) ‖ XChaCha20-Poly1305 of the 64 key bytes ‖ heads JSON (may be empty), with
/// AD = "tillit/v1/keyring" ‖ 0x00 ‖ org ‖ person ‖ u32be(version). Unwrapping gives nothing for
/// another key, organisation, person or version, and for any change.
[[nodiscard]] Bytes wrap_keyring(const Keyring& keyring, const SymmetricKey& wrap, const Id& org,
                                 const Id& person, std::uint32_t version);
[[nodiscard]] std::optional<Keyring> unwrap_keyring(ByteView wrapped, const SymmetricKey& wrap,
                                                    const Id& org, const Id& person,
                                                    std::uint32_t version);

}  // namespace tillit::crypto
