/// Keys as people pass them round (Bech32, BIP173 without its length limit): what was sealed here
/// can be opened with any age program.
#pragma once

#include <optional>
#include <string>

#include "crypto/age/stanza.h"

namespace tillit::crypto::age {

/// "age1pq1…"
[[nodiscard]] std::string to_text(const HybridRecipient& recipient);
[[nodiscard]] std::optional<HybridRecipient> hybrid_recipient_from_text(std::string_view text);
/// "age1…"
[[nodiscard]] std::string to_text(const ByteArray<32>& x25519_recipient);
[[nodiscard]] std::optional<ByteArray<32>> x25519_recipient_from_text(std::string_view text);

/// "AGE-SECRET-KEY-PQ-1…"
[[nodiscard]] SecretBytes identity_to_text(const AgeSeed& identity);
/// Either kind of "AGE-SECRET-KEY-…".
[[nodiscard]] std::optional<Identity> identity_from_text(std::string_view text);

}  // namespace tillit::crypto::age
