/// What a member's client signs about its own act, for the log (docs/protocol.md §10.4):
///
///     {"t":"act","org","kind","object","member","minute"}       signature type "act" (0.3)
///
/// Stored in the event as it was signed. Twin: frontend/crypto/act.ts.
#pragma once

#include "crypto/log_event.h"

namespace tillit::crypto {

enum class ActError {
    malformed,
    bad_signature,
    wrong_org,
    wrong_act  // of another kind, object or member than the event
};

struct Act {
    Id org{};
    std::string kind;  // of the event
    Hash object{};     // of the event
    Id member{};
    std::uint64_t minute = 0;  // since 1970-01-01, by the member's own clock
};

[[nodiscard]] std::string encode_act(const Act& act);
[[nodiscard]] std::optional<Act> decode_act(std::string_view statement);
[[nodiscard]] Signature sign_act(std::string_view statement, const SigningSeed& seed);

/// Checks a signed act against what it is said to be about; `expected.minute` is not compared.
[[nodiscard]] Result<Act, ActError> verify_act(std::string_view statement,
                                               const Signature& signature, const VerifyKey& key,
                                               const Act& expected);

}  // namespace tillit::crypto
