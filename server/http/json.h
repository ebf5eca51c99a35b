/// JSON in and out of both listeners' APIs: strict in, base64url for bytes, one shape for errors.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "crypto/strict_json.h"
#include "server/http/message.h"

namespace tillit::http {

/// 352 KB of envelope and 64 grants of 7.7 KB fit.
inline constexpr std::size_t kMaxJsonBytes = std::size_t{1} << 20;

[[nodiscard]] Reply json_reply(const nlohmann::json& value, int status = 200);
/// {"error": code}
[[nodiscard]] Reply error_reply(int status, std::string_view code);
[[nodiscard]] Reply no_content();

/// The one object of the body; nothing if it is none, too large, or said to be something else.
[[nodiscard]] std::optional<nlohmann::json> read_json(Request& request);

template <std::size_t N>
[[nodiscard]] std::string b64(const crypto::ByteArray<N>& bytes) {
    return crypto::to_base64url(bytes);
}
[[nodiscard]] inline std::string b64(const crypto::Bytes& bytes) {
    return crypto::to_base64url(bytes);
}
/// A text field of base64url, 1..max bytes decoded; fails the reader otherwise.
[[nodiscard]] crypto::Bytes read_bytes(crypto::FieldReader& fields, const char* name,
                                       std::size_t max_bytes);
/// A list of base64url ids; false if there are more than `max_items`, or one is none.
[[nodiscard]] bool read_ids(crypto::FieldReader& fields, const char* name, std::size_t max_items,
                            std::vector<crypto::Id>& ids);
/// Digits only.
[[nodiscard]] std::optional<std::uint64_t> read_number(std::string_view text);

}  // namespace tillit::http
