#include "crypto/age/armor.h"

#include <algorithm>

namespace tillit::crypto::age {

namespace {

constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kEnd = "-----END AGE ENCRYPTED FILE-----";
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kColumns = 64;
constexpr std::size_t kBytesPerLine = 48;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The next line without its end; `text` moves on behind it. Without a line end, all that is left.
std::string_view next_line(std::string_view& text) {
    const std::size_t feed = text.find('\n');
    std::string_view line = text.substr(0, feed);
    text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
    if (line.ends_with('\r') && feed != std::string_view::npos) line.remove_suffix(1);
    return line;
}

}  // namespace

std::string encode_armor(ByteView sealed) {
    std::string out(kBegin);
    out += '\n';
    for (std::size_t at = 0; at < sealed.size(); at += kBytesPerLine) {
        const ByteView part = sealed.subspan(at, std::min(kBytesPerLine, sealed.size() - at));
        out += to_base64_padded(part);
        out += '\n';
    }
    out += kEnd;
    out += '\n';
    return out;
}

Result<Bytes, Error> decode_armor(ByteView bytes) {
    std::string_view text = trimmed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (next_line(text) != kBegin) return unexpected(Error::bad_armor);
    std::string body;
    body.reserve(text.size());
    bool is_last = false;
    for (;;) {
        if (text.empty()) return unexpected(Error::bad_armor);
        const std::string_view line = next_line(text);
        if (line == kEnd) break;
        // Only the last line may be short, and none may be empty.
        if (is_last || line.empty() || line.size() > kColumns) return unexpected(Error::bad_armor);
        is_last = line.size() < kColumns;
        body += line;
    }
    if (!text.empty()) return unexpected(Error::bad_armor);
    auto decoded = from_base64_padded(body);
    if (!decoded) return unexpected(Error::bad_armor);
    return std::move(*decoded);
}

}  // namespace tillit::crypto::age
