/// What passes between the console on this machine and the service it distrusts (protocol §1a).
///
/// Out: calls under /api/v1/ with plain path segments, two content types, the token against forged
/// calls, two cookies. In: a status, JSON or octets under one of two fixed names, their length, the
/// same two cookies as values. Nothing else of what either side says reaches the other: no header
/// of the service can loosen the policy of the pages, and none of its bytes can become a page.
///
/// Pure functions. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/result.h"
#include "server/http/headers.h"
#include "server/http/message.h"

namespace tillit::connect {

inline constexpr std::uint64_t kMaxBodyBytes = 2U << 20;  // the largest call: 1.5 MiB of JSON
inline constexpr std::size_t kMaxSegments = 8;            // of a path, after /api/v1

/// "http://host", "https://host:port", a slash may follow; in lower case and without it. Nothing if
/// there is more (a path, a name, a password) or something else.
[[nodiscard]] std::optional<std::string> parse_origin(std::string_view url);
/// An https address, or one on this machine or an onion, where nobody between can read along.
[[nodiscard]] bool is_private_line(std::string_view origin);

/// The path and query to ask for, written anew; nothing if the call is not one to pass on.
[[nodiscard]] std::optional<std::string> target_of(const http::Request& request);
/// Every header that is sent, but for Host and lengths.
[[nodiscard]] http::HeaderList headers_for(const http::Request& request, std::string_view origin);

enum class Refusal {
    redirect,      // or another status that is no answer
    content_type,  // a body that is neither JSON nor octets, or is encoded
    length         // no length to hold the body to, or two
};
struct Reduced {
    int status = 0;
    std::string content_type;             // empty: there is no body
    std::optional<std::uint64_t> length;  // none: it comes in chunks
    std::vector<http::SetCookie> cookies;
};
/// `headers` with names in lower case, as the service sent them.
[[nodiscard]] crypto::Result<Reduced, Refusal> reduce(int status, const http::HeaderList& headers);

}  // namespace tillit::connect
