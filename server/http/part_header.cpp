// Content-Type boundary and part headers: small grammars, read strictly, each length capped before.
#include <algorithm>
#include <cctype>

#include "server/http/multipart.h"

namespace tillit::http {

namespace {

constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 §5.1.1

bool is_equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The next `; name=value` of a header value; browsers quote values and write " as %22 (WHATWG) or,
/// older ones and curl, as \". A lone backslash is itself: Windows paths have them.
struct Parameter {
    std::string_view name;
    std::string value;
};
enum class Next { parameter, end, malformed };

Next next_parameter(std::string_view& rest, Parameter& out) {
    rest = trim(rest);
    if (rest.empty()) return Next::end;
    if (rest.front() != ';') return Next::malformed;
    rest = trim(rest.substr(1));
    if (rest.empty()) return Next::end;
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos || equals == 0) return Next::malformed;
    out.name = rest.substr(0, equals);
    out.value.clear();
    rest.remove_prefix(equals + 1);
    if (!rest.empty() && rest.front() == '"') {
        std::size_t i = 1;
        for (; i < rest.size() && rest[i] != '"'; ++i) {
            if (rest[i] == '\\' && i + 1 < rest.size() && rest[i + 1] == '"') ++i;
            out.value.push_back(rest[i]);
        }
        if (i >= rest.size()) return Next::malformed;
        rest.remove_prefix(i + 1);
    } else {
        const auto end = std::min(rest.find_first_of("; \t"), rest.size());
        out.value = std::string(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    return Next::parameter;
}

void replace_all(std::string& text, std::string_view from, char to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
        text.replace(at, from.size(), 1, to);
    }
}

std::string unescape_browser_name(std::string text) {
    replace_all(text, "%22", '"');
    replace_all(text, "%0D", '\r');
    replace_all(text, "%0A", '\n');
    return text;
}

bool read_disposition(std::string_view value, PartHeader& out, bool& has_name) {
    const auto kind_end = std::min(value.find(';'), value.size());
    if (!is_equal_ignoring_case(trim(value.substr(0, kind_end)), "form-data")) return false;
    auto rest = value.substr(kind_end);
    Parameter parameter;
    for (;;) {
        switch (next_parameter(rest, parameter)) {
            case Next::end:
                return true;
            case Next::malformed:
                return false;
            case Next::parameter:
                break;
        }
        if (is_equal_ignoring_case(parameter.name, "name")) {
            if (has_name) return false;
            has_name = true;
            out.field = unescape_browser_name(std::move(parameter.value));
        } else if (is_equal_ignoring_case(parameter.name, "filename")) {
            if (out.file_name) return false;
            out.file_name = unescape_browser_name(std::move(parameter.value));
        }  // filename* must not be sent in forms (RFC 7578 §4.2) and says nothing to us
    }
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
    const auto kind_end = std::min(content_type.find(';'), content_type.size());
    if (!is_equal_ignoring_case(trim(content_type.substr(0, kind_end)), "multipart/form-data")) {
        return std::nullopt;
    }
    auto rest = content_type.substr(kind_end);
    std::optional<std::string> boundary;
    Parameter parameter;
    for (;;) {
        const auto next = next_parameter(rest, parameter);
        if (next == Next::malformed) return std::nullopt;
        if (next == Next::end) break;
        if (!is_equal_ignoring_case(parameter.name, "boundary")) continue;
        if (boundary) return std::nullopt;
        boundary = std::move(parameter.value);
    }
    if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) return std::nullopt;
    const auto is_legal = [](unsigned char c) {
        return std::isalnum(c) || std::string_view("'()+_,-./:=? ").find(static_cast<char>(c)) !=
                                      std::string_view::npos;
    };
    if (!std::all_of(boundary->begin(), boundary->end(), is_legal)) return std::nullopt;
    return boundary;
}

std::optional<PartHeader> parse_part_header(std::string_view lines) {
    PartHeader out;
    bool has_name = false;
    bool has_disposition = false;
    while (!lines.empty()) {
        const auto end = std::min(lines.find("\r\n"), lines.size());
        const auto line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 2, lines.size()));
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
            return std::nullopt;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return std::nullopt;
        const auto name = line.substr(0, colon);
        const auto value = trim(line.substr(colon + 1));
        if (is_equal_ignoring_case(name, "Content-Disposition")) {
            if (has_disposition || !read_disposition(value, out, has_name)) return std::nullopt;
            has_disposition = true;
        } else if (is_equal_ignoring_case(name, "Content-Type")) {
            out.type = std::string(value.substr(0, 200));
        }
    }
    if (!has_name || out.field.empty()) return std::nullopt;
    return out;
}

}  // namespace tillit::http
