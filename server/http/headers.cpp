#include "server/http/headers.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "crypto/strict_json.h"

namespace tillit::http {

namespace {
constexpr std::string_view kHostPrefix = "__Host-";
constexpr std::size_t kMaxDownloadName = 150;

/// Code points that make a name look like another: bidirectional marks, zero widths, BOM.
bool is_deceptive(std::uint32_t c) {
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x061C || (c >= 0x80 && c <= 0x9F);
}

std::size_t utf8_length(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

std::uint32_t utf8_value(std::string_view bytes) {
    auto value = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[0]));
    if (bytes.size() == 1) return value;
    value &= 0xFFU >> (bytes.size() + 1);
    for (const char c : bytes.substr(1))
        value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
    return value;
}

std::string clean_name(std::string_view name) {
    std::string out;
    if (!crypto::is_clean_utf8(crypto::view(name))) return "file";
    for (std::size_t i = 0; i < name.size();) {
        const auto length = utf8_length(static_cast<unsigned char>(name[i]));
        const auto character = name.substr(i, length);
        i += length;
        const auto value = utf8_value(character);
        if (value < 0x20 || value == 0x7F || is_deceptive(value)) continue;
        if (out.size() + length > kMaxDownloadName) break;
        if (std::string_view("/\\:*?\"<>|;%").find(character[0]) != std::string_view::npos) {
            out += '_';
        } else {
            out += character;
        }
    }
    while (!out.empty() && (out.front() == '.' || out.front() == ' ')) out.erase(0, 1);
    while (!out.empty() && (out.back() == '.' || out.back() == ' ')) out.pop_back();
    return out.empty() ? "file" : out;
}
}  // namespace

HeaderList security_headers(const std::string& content_security_policy) {
    return {{"Content-Security-Policy", content_security_policy},
            {"Referrer-Policy", "no-referrer"},
            {"X-Content-Type-Options", "nosniff"},
            {"X-Frame-Options", "DENY"},
            {"Cross-Origin-Opener-Policy", "same-origin"},
            {"Cross-Origin-Resource-Policy", "same-origin"},
            {"Permissions-Policy",
             "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"},
            {"X-Robots-Tag", "noindex"}};
}

std::string cache_control(Caching caching) {
    switch (caching) {
        case Caching::no_store:
            return "no-store";
        case Caching::private_form:
            return "private, no-cache";
        case Caching::immutable:
            return "public, max-age=31536000, immutable";
    }
    return "no-store";
}

std::string render_cookie(const SetCookie& cookie, bool is_https) {
    std::string out = is_https ? std::string(kHostPrefix) : std::string();
    out += cookie.name + "=" + cookie.value + "; Path=" + (is_https ? "/" : cookie.path) +
           "; HttpOnly; SameSite=Strict";
    if (is_https) out += "; Secure";
    if (cookie.value.empty()) {
        out += "; Max-Age=0";
    } else if (cookie.max_age_seconds) {
        out += "; Max-Age=" + std::to_string(*cookie.max_age_seconds);
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> known_cookies(
    std::string_view header, const std::vector<std::string>& known, bool is_https) {
    std::vector<std::pair<std::string, std::string>> out;
    while (!header.empty()) {
        const auto end = std::min(header.find(';'), header.size());
        auto pair = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        auto name = pair.substr(0, equals);
        if (is_https != name.starts_with(kHostPrefix)) continue;
        if (is_https) name.remove_prefix(kHostPrefix.size());
        const auto value = pair.substr(equals + 1);
        if (value.size() > 512) continue;
        if (std::find(known.begin(), known.end(), name) == known.end()) continue;
        out.emplace_back(std::string(name), std::string(value));
    }
    return out;
}

std::string content_disposition(std::string_view name) {
    constexpr std::array<char, 17> kHex = {"0123456789ABCDEF"};
    const auto cleaned = clean_name(name);
    std::string ascii;
    std::string encoded;
    for (const char c : cleaned) {
        const auto byte = static_cast<unsigned char>(c);
        ascii += byte < 0x80 ? c : '_';
        if (std::isalnum(byte) && byte < 0x80) {
            encoded += c;
        } else {
            encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + encoded;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
    if (text.empty() || text.size() > 16) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value > (1ULL << 53) ? std::nullopt : std::optional(value);
}

std::string to_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace tillit::http
