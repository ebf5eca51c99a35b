/// Keys of a case handed on by one of its holders (protocol §7.7): case identities of one or more
/// epochs, sealed to a member or to the reporter.
///
/// The first grants are the reporter's and certify themselves (grant.h). These are signed by
/// whoever hands on, and count only where a verified statement of the thread names their hash
/// (§7.8). Threads: safe to call concurrently. Keeps nothing.
#pragma once

#include <functional>

#include "crypto/grant.h"

namespace tillit::crypto {

inline constexpr std::uint64_t kMaxEpoch = 31;  // so that all secrets of a case fit one grant

struct EpochGrant {
    Id org{};
    Hash case_id{};
    Author from{};  // a member, or zeros: the reporter
    Author to{};    // likewise
    Hash to_recipient_hash{};
    std::uint64_t first_epoch = 0;
    std::vector<AgeSeed> secrets;        // of first_epoch, first_epoch + 1, …: at least one
    std::optional<IdentityShare> share;  // b, for a further investigator
    VerifyKey verify_key{};  // the reporter's first: with it, the case id can be checked
};

/// Always age::sealed_size(kGrantPlainBytes) bytes. Aborts on a programmer's error: no secret, an
/// epoch above kMaxEpoch. Error: not_sealed, if `to` is no key.
[[nodiscard]] Result<Bytes, GrantError> seal_epoch_grant(const EpochGrant& grant,
                                                         const SigningSeed& from,
                                                         const HybridRecipient& to);

/// The key of an author, or nothing if he may not hand on keys.
using AuthorKey = std::function<std::optional<VerifyKey>(const Author&)>;

/// Checks in this order: not_sealed, malformed, unknown_author, bad_signature, not_for_me,
/// wrong_case. `me`: the reader's id (zeros: the reporter).
[[nodiscard]] Result<EpochGrant, GrantError> open_epoch_grant(ByteView sealed,
                                                              const AgeSeed& identity,
                                                              const Author& me, const Id& org,
                                                              const Hash& case_id,
                                                              const AuthorKey& author_key);

namespace detail {
/// The strict JSON of a grant, for vectors, tests and fuzzing; decode gives nothing for what §7.7
/// refuses.
[[nodiscard]] std::string encode_epoch_grant(const EpochGrant& grant);
[[nodiscard]] std::optional<EpochGrant> decode_epoch_grant(ByteView text);
}  // namespace detail

}  // namespace tillit::crypto
