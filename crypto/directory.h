/// Directory and signers (protocol §3): whom reporters encrypt to, signed by people, not servers.
///
/// Both are signed notes (note.h): a line "tillit/v1/signers" or "tillit/v1/directory", a line of
/// strict JSON, an empty line and signature lines. Names and offices: 1..kMaxPersonNameBytes of
/// UTF-8 without control characters. Days count from 1970-01-01.
#pragma once

#include <span>

#include "crypto/grant.h"
#include "crypto/note.h"

namespace tillit::crypto {

inline constexpr std::uint64_t kMaxDirectoryDays = 400;

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
    VerifyKey log_key{};          // signs the checkpoints of the organisation's log (§10.3)
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

enum class DirectoryError {
    malformed,        // not a note, JSON or fields outside the rules, keys listed twice
    bad_signature,    // a line names a signer and is no signature of his
    below_threshold,  // fewer distinct signers than the threshold
    expired,          // today is after expires_day
    wrong_org,
    wrong_order  // not the successor of the one before
};

struct NamedSeed {
    std::string name;
    const SigningSeed* seed;  // not owned
};
/// Signing checks nothing: tests and tools may also make notes that verification refuses.
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

/// The same for version n+1, by a client that remembers version n and its note_hash.
[[nodiscard]] Result<Directory, DirectoryError> verify_next_directory(std::string_view note,
                                                                      const SignersNote& signers,
                                                                      std::uint64_t today,
                                                                      const Directory& previous,
                                                                      const Hash& previous_hash);

/// All signers notes from 0 on, as stored or sent: each verified by the one before it. Never empty.
/// malformed: there is none.
[[nodiscard]] Result<std::vector<SignersNote>, DirectoryError> verify_signers_chain(
    std::span<const std::string> notes);

/// What a draft or an older note says, whoever signed it or did not: to show it to a signer, or
/// where its hash is already vouched for.
[[nodiscard]] std::optional<SignersNote> unverified_signers_note(std::string_view note);
[[nodiscard]] std::optional<Directory> unverified_directory(std::string_view note);
/// Keys and names for count_signers().
[[nodiscard]] std::vector<NoteKey> note_keys(const SignersNote& note);

/// The versions before `newest`, newest first, vouched for by the chain of hashes that ends in it.
/// Stops where `notes` (any order) lacks one.
[[nodiscard]] std::vector<Directory> earlier_directories(std::span<const std::string> notes,
                                                         const Directory& newest);

[[nodiscard]] Hash note_hash(std::string_view note);  // SHA-256 of the whole note
[[nodiscard]] Hash organisation_fingerprint(std::string_view signers_note_0);
/// What the signer types: 8 words of this hash.
[[nodiscard]] Hash member_fingerprint(const Id& org, const Id& person, const HybridRecipient& r,
                                      const VerifyKey& key);

}  // namespace tillit::crypto
