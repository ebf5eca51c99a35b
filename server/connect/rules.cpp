#include "server/connect/rules.h"

#include <algorithm>
#include <array>

#include "server/console/console.h"

namespace tillit::connect {

namespace {

constexpr std::string_view kApi = "/api/v1/";
constexpr std::string_view kHostPrefix = "__Host-";
constexpr std::array<std::string_view, 2> kContentTypes = {"application/json",
                                                           "application/octet-stream"};
constexpr std::array<std::string_view, 2> kCookies = {console::kSessionCookie,
                                                      console::kDeviceCookie};
constexpr std::size_t kMaxCookieValue = 200;
constexpr std::uint64_t kMaxCookieSeconds = 400ULL * 86400;  // the longest that browsers keep one

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}
bool is_plain_text(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_plain);
}

bool is_host(std::string_view text) {
    const auto colon = text.rfind(':');
    auto name = text.substr(0, colon);
    if (colon != std::string_view::npos) {
        const auto port = http::parse_length(text.substr(colon + 1));
        if (!port || *port == 0 || *port > 65535) return false;
    }
    const bool is_bracketed = name.size() > 2 && name.front() == '[' && name.back() == ']';
    if (is_bracketed) name = name.substr(1, name.size() - 2);
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return is_plain(c) || c == '.' || (is_bracketed && c == ':');
    });
}

std::string percent_encoded(std::string_view text) {
    constexpr std::array<char, 17> kHex = {"0123456789ABCDEF"};
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain(c)) {
            out += c;
        } else {
            out += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return out;
}

/// The type without its parameters, as it stands in kContentTypes; empty: none of them.
std::string_view known_type(std::string_view header) {
    auto type = header.substr(0, header.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    const auto found = std::find(kContentTypes.begin(), kContentTypes.end(), http::to_lower(type));
    return found == kContentTypes.end() ? std::string_view() : *found;
}

/// A cookie of ours out of a Set-Cookie line: its name, value and age; all else is decided here.
std::optional<http::SetCookie> parse_cookie(std::string_view line) {
    const auto pair = line.substr(0, line.find(';'));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    auto name = pair.substr(0, equals);
    if (name.starts_with(kHostPrefix)) name.remove_prefix(kHostPrefix.size());
    const auto value = pair.substr(equals + 1);
    if (std::find(kCookies.begin(), kCookies.end(), name) == kCookies.end()) return std::nullopt;
    if (!value.empty() && (!is_plain_text(value) || value.size() > kMaxCookieValue)) {
        return std::nullopt;
    }
    http::SetCookie cookie{
        .name = std::string(name), .value = std::string(value), .max_age_seconds = {}};
    const auto lower = http::to_lower(line);
    const auto at = lower.find("max-age=");
    if (at == std::string::npos) return cookie;
    const auto text = std::string_view(lower).substr(at + 8);
    const auto age = http::parse_length(text.substr(0, text.find(';')));
    if (age.value_or(0) == 0) {
        cookie.value.clear();
    } else {
        cookie.max_age_seconds = static_cast<std::int64_t>(std::min(*age, kMaxCookieSeconds));
    }
    return cookie;
}

}  // namespace

std::optional<std::string> parse_origin(std::string_view url) {
    auto text = http::to_lower(url);
    if (text.ends_with('/')) text.pop_back();
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (text.starts_with(scheme)) {
            return is_host(std::string_view(text).substr(scheme.size())) ? std::optional(text)
                                                                         : std::nullopt;
        }
    }
    return std::nullopt;
}

bool is_private_line(std::string_view origin) {
    if (origin.starts_with("https://")) return true;
    const auto host = origin.substr(origin.find("//") + 2);
    const auto name = host.substr(0, host.rfind(':'));
    return name == "localhost" || name == "127.0.0.1" || name == "[::1]" ||
           name.ends_with(".onion");
}

std::optional<std::string> target_of(const http::Request& request) {
    std::string_view path = request.path;
    if (!path.starts_with(kApi)) return std::nullopt;
    path.remove_prefix(kApi.size());
    std::string out(kApi);
    for (std::size_t n = 0;; ++n) {
        const auto slash = std::min(path.find('/'), path.size());
        // No dots, no escapes: what stands here cannot mean another place over there.
        if (n == kMaxSegments || !is_plain_text(path.substr(0, slash))) return std::nullopt;
        out += path.substr(0, slash);
        if (slash == path.size()) break;
        out += '/';
        path.remove_prefix(slash + 1);
    }
    char separator = '?';
    for (const auto& [name, value] : request.query) {
        out += separator + percent_encoded(name) + "=" + percent_encoded(value);
        separator = '&';
    }
    return out;
}

http::HeaderList headers_for(const http::Request& request, std::string_view origin) {
    http::HeaderList out = {{"Accept", "application/json, application/octet-stream"},
                            {"User-Agent", "tillit"}};
    const auto type = known_type(request.content_type);
    if (!type.empty()) out.emplace_back("Content-Type", type);
    if (is_plain_text(request.csrf)) out.emplace_back("X-Tillit-Csrf", request.csrf);
    std::string cookies;
    for (const auto name : kCookies) {
        const auto value = request.cookie(name);
        if (!is_plain_text(value)) continue;
        const auto pair = std::string(name) + "=" + std::string(value);
        if (!cookies.empty()) cookies += "; ";
        // Over https the service goes by the prefixed name, unless its proxy forgot to tell it.
        if (origin.starts_with("https://")) cookies += std::string(kHostPrefix) + pair + "; ";
        cookies += pair;
    }
    if (!cookies.empty()) out.emplace_back("Cookie", cookies);
    return out;
}

crypto::Result<Reduced, Refusal> reduce(int status, const http::HeaderList& headers) {
    if (status < 200 || status > 599 || (status >= 300 && status < 400)) {
        return tl::unexpected(Refusal::redirect);
    }
    Reduced out{.status = status, .content_type = {}, .length = {}, .cookies = {}};
    std::size_t lengths = 0;
    std::size_t types = 0;
    bool is_chunked = false;
    for (const auto& [name, value] : headers) {
        if (name == "content-type") {
            out.content_type = known_type(value);
            ++types;
        } else if (name == "content-length") {
            out.length = http::parse_length(value);
            lengths += out.length ? 1 : 2;
        } else if (name == "transfer-encoding") {
            if (http::to_lower(value) != "chunked") return tl::unexpected(Refusal::length);
            is_chunked = true;
        } else if (name == "content-encoding") {
            return tl::unexpected(Refusal::content_type);
        } else if (name == "set-cookie") {
            if (auto cookie = parse_cookie(value)) out.cookies.push_back(std::move(*cookie));
        }
    }
    // Without either, an end that came too early would look like the end.
    const bool is_empty = status == 204 || out.length == 0U;
    if (!is_empty && (lengths == 1) == is_chunked) return tl::unexpected(Refusal::length);
    if (lengths > 1) return tl::unexpected(Refusal::length);
    if (is_empty) {
        out.content_type.clear();
        out.length.reset();
        return out;
    }
    if (types != 1 || out.content_type.empty()) return tl::unexpected(Refusal::content_type);
    return out;
}

}  // namespace tillit::connect
