/// The handling identity of one epoch, handed to one who handles the case (protocol §7.11): what
/// internal notes are sealed to, and what the reporter, custodians and the server never have.
///
/// Made by whoever writes the first note of an epoch; later handed on with access to the case.
/// Threads: safe to call concurrently. Keeps nothing.
#pragma once

#include <functional>

#include "crypto/epoch_grant.h"

namespace tillit::crypto {

struct HandlingGrant {
    Id org{};
    Hash case_id{};
    std::uint64_t epoch = 0;
    Author from{};
    Author to{};
    Hash to_recipient_hash{};
    AgeSeed secret;         // the handling identity
    Hash recipient_hash{};  // of its recipient
};

/// Always age::sealed_size(kGrantPlainBytes) bytes. Aborts on a programmer's error: an epoch above
/// kMaxEpoch. Error: not_sealed, if `to` is no key.
[[nodiscard]] Result<Bytes, GrantError> seal_handling_grant(const HandlingGrant& grant,
                                                            const SigningSeed& from,
                                                            const HybridRecipient& to);

/// The key of an author, or nothing if he may not hand on the handling identity of that epoch.
using HandlerKey = std::function<std::optional<VerifyKey>(const Author&, std::uint64_t epoch)>;

/// Checks in this order: not_sealed, malformed (also a secret that does not give its
/// recipient_hash), unknown_author, bad_signature, not_for_me, wrong_case.
[[nodiscard]] Result<HandlingGrant, GrantError> open_handling_grant(ByteView sealed,
                                                                    const AgeSeed& identity,
                                                                    const Author& me, const Id& org,
                                                                    const Hash& case_id,
                                                                    const HandlerKey& author_key);

namespace detail {
/// The strict JSON of a grant, for vectors, tests and fuzzing; decode gives nothing for what §7.11
/// refuses by itself.
[[nodiscard]] std::string encode_handling_grant(const HandlingGrant& grant);
[[nodiscard]] std::optional<HandlingGrant> decode_handling_grant(ByteView text);
}  // namespace detail

}  // namespace tillit::crypto
