/// The case key (protocol §2): sixteen random bytes a reporter writes down, and all they derive.
#pragma once

#include "crypto/primitives.h"

namespace tillit::crypto {

enum class CaseKeyError { not_words, wrong_count, wrong_checksum };

inline constexpr std::size_t kCaseKeyWords = 12;

/// "word word …" (12 words) and "0001 0002 …" (12 numbers 0001–2048), in memory that is wiped.
[[nodiscard]] SecretBytes case_key_words(const CaseKey& key);
[[nodiscard]] SecretBytes case_key_numbers(const CaseKey& key);

/// Reads words, unique four-letter prefixes or numbers, in any case, with any white space, commas,
/// full stops, hyphens or line numbers between. Work done does not depend on which check fails.
[[nodiscard]] Result<CaseKey, CaseKeyError> parse_case_key(ByteView text);

/// Everything a case key derives: HKDF-SHA256(ikm = key, salt = org_id, info = label).
[[nodiscard]] LookupToken lookup_token(const CaseKey& key, const Id& org_id);
[[nodiscard]] AgeSeed reporter_identity(const CaseKey& key, const Id& org_id);
[[nodiscard]] AgeSeed case_identity(const CaseKey& key, const Id& org_id);  // epoch 0
[[nodiscard]] IdentityShare identity_share_a(const CaseKey& key, const Id& org_id);
[[nodiscard]] IdentityShare identity_share_b(const CaseKey& key, const Id& org_id);
[[nodiscard]] SigningSeed reporter_signing_seed(const CaseKey& key, const Id& org_id);
[[nodiscard]] Hash lookup_hash(const LookupToken& token);

/// Seed of the identity envelope: share_a XOR share_b (protocol §4.4).
[[nodiscard]] AgeSeed identity_envelope_seed(const IdentityShare& a, const IdentityShare& b);

[[nodiscard]] Hash case_id(const Id& org_id, const HybridRecipient& case_recipient,
                           const HybridRecipient& reporter_recipient, const VerifyKey& reporter);
/// First 8 characters as people see it: Crockford-like base32 without I, L, O, U.
[[nodiscard]] std::string short_case_id(const Hash& case_id);

/// Other uses of the word list: n words for a fingerprint (11 bits each, from the first bits), and
/// generated passphrases (7 words, 77 bits).
[[nodiscard]] std::string fingerprint_words(const Hash& hash, std::size_t words = 8);
[[nodiscard]] SecretBytes generate_passphrase();

}  // namespace tillit::crypto
