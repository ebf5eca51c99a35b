/// Header text: what goes out on every reply, and the few incoming values that are read.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/http/message.h"

namespace tillit::http {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// On every reply, errors too.
[[nodiscard]] HeaderList security_headers(const std::string& content_security_policy);
[[nodiscard]] std::string cache_control(Caching caching);
/// Set-Cookie value. Over https the name gets "__Host-" and the cookie is Secure.
[[nodiscard]] std::string render_cookie(const SetCookie& cookie, bool is_https);
/// Cookies of `header` whose (unprefixed) names are known; over https only "__Host-" ones count.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> known_cookies(
    std::string_view header, const std::vector<std::string>& known, bool is_https);
/// attachment; with a name no system trips over: no paths, controls, text-direction marks.
[[nodiscard]] std::string content_disposition(std::string_view name);
/// Digits only, no sign, at most 2^53.
[[nodiscard]] std::optional<std::uint64_t> parse_length(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);

}  // namespace tillit::http
