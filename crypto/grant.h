/// Grants (protocol §4.2): the case identity, or a share of the identity envelope's, for one
/// member.
#pragma once

#include "crypto/envelope.h"

namespace tillit::crypto {

enum class Role { investigator, custodian, alternate, administrator, auditor };
[[nodiscard]] std::string_view to_text(Role role);
[[nodiscard]] std::optional<Role> role_from_text(std::string_view text);

inline constexpr std::size_t kGrantPlainBytes = 4096;

struct Grant {
    Id org{};
    Hash case_id{};
    std::uint64_t epoch = 0;
    Id to{};
    Hash to_recipient_hash{};
    std::uint64_t dir_version = 0;
    Hash dir_hash{};
    Role role = Role::investigator;
    std::optional<AgeSeed> secret;       // investigators and alternates: case identity
    std::optional<IdentityShare> share;  // investigators, alternates: b; custodians: a
    VerifyKey verify_key{};              // the reporter's
    Hash reporter_recipient_hash{};
    std::vector<Exclusion> excluded;
};

enum class GrantError {
    not_sealed,
    malformed,
    unknown_author,  // epoch_grant.h only
    bad_signature,
    not_for_me,
    wrong_case
};

/// Always age::sealed_size(kGrantPlainBytes) bytes. Aborts on a programmer's error: a role that may
/// not hold what the grant carries, more than kMaxExcluded exclusions, a name no directory may
/// list, or a member recipient that is no key (a verified directory holds only keys).
[[nodiscard]] Bytes seal_grant(const Grant& grant, const SigningSeed& reporter,
                               const HybridRecipient& member);

/// Opens and checks: addressee, signature by the key it carries, and that case identity, reporter
/// recipient and verify key give the case id.
/// case_recipient is needed for custodians, who hold no secret to derive it from.
[[nodiscard]] Result<Grant, GrantError> open_grant(ByteView sealed, const AgeSeed& member,
                                                   const Id& org, const Hash& case_id,
                                                   const HybridRecipient& case_recipient,
                                                   const HybridRecipient& reporter_recipient);

/// SHA-256("tillit/v1/recipient" ‖ 0x00 ‖ recipient).
[[nodiscard]] Hash recipient_hash(const HybridRecipient& recipient);

// --- identity envelope, §4.4 ---
inline constexpr std::size_t kIdentityPlainBytes = 4096;
struct Identity {
    Id org{};
    Hash case_id{};
    bool given = false;
    std::string name;
    std::string contact;
};
/// Always age::sealed_size(kIdentityPlainBytes) bytes, given or not; not given means no name and no
/// contact, given means at least one. Errors: too_large, malformed.
[[nodiscard]] Result<Bytes, EnvelopeError> seal_identity(const Identity& identity,
                                                         const SigningSeed& reporter,
                                                         const IdentityShare& a,
                                                         const IdentityShare& b);
[[nodiscard]] Result<Identity, EnvelopeError> open_identity(ByteView sealed, const IdentityShare& a,
                                                            const IdentityShare& b,
                                                            const VerifyKey& reporter,
                                                            const Id& org, const Hash& case_id);

}  // namespace tillit::crypto
