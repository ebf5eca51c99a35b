/// Directory and signers (protocol §3): whom reporters encrypt to, signed by people, not servers.
///
/// Both are C2SP signed notes. Text of the note: a line "tillit/v1/signers" or "tillit/v1/directory",
/// a line of strict JSON; then an empty line and signature lines "— NAME BASE64(keyhash4 ‖ sig64)".
#pragma once

#include "crypto/grant.h"

namespace tillit::crypto {

struct Signer {
    std::string name;
    std::string office;
    VerifyKey key{};
    bool is_administrator = false;
};
struct SignersNote {
    std::uint64_t number = 0;
    Id org{};
    std::vector<Signer> signers;  // 2..5
    std::uint64_t threshold = 2;  // >= 2
};
struct DirectoryMember {
    Id member{};
    Id person{};
    std::string name;
    std::string office;
    Role role = Role::investigator;
    HybridRecipient recipient{};
    VerifyKey verify_key{};
    std::uint64_t since_day = 0;  // days since 1970-01-01
    bool is_default = false;      // of the channel's pair or duty group
};
struct Directory {
    Id org{};
    std::uint64_t version = 1;
    std::uint64_t day = 0;
    std::uint64_t expires_day = 0;  // at most day + 400
    Hash previous{};                // note_hash of the version before; zeros for version 1
    std::vector<DirectoryMember> members;
};

enum class DirectoryError { malformed, bad_signature, below_threshold, expired, wrong_org, wrong_order };

struct NamedSeed {
    std::string name;
    const SigningSeed* seed;  // not owned
};
[[nodiscard]] std::string sign_signers_note(const SignersNote& note,
                                            const std::vector<NamedSeed>& signers);
[[nodiscard]] std::string sign_directory(const Directory& directory,
                                         const std::vector<NamedSeed>& signers);
/// Note 0 stands on its own: signed by its own threshold. Distinct keys are counted, not lines.
[[nodiscard]] Result<SignersNote, DirectoryError> verify_first_signers_note(std::string_view note);
[[nodiscard]] Result<SignersNote, DirectoryError> verify_next_signers_note(
    std::string_view note, const SignersNote& previous);
[[nodiscard]] Result<Directory, DirectoryError> verify_directory(std::string_view note,
                                                                 const SignersNote& signers,
                                                                 std::uint64_t today);

[[nodiscard]] Hash note_hash(std::string_view note);              // SHA-256 of the whole note
[[nodiscard]] Hash organisation_fingerprint(std::string_view signers_note_0);
/// What the signer types: 8 words of this hash.
[[nodiscard]] Hash member_fingerprint(const Id& org, const Id& person, const HybridRecipient& r,
                                      const VerifyKey& key);

}  // namespace tillit::crypto
