#include "server/cli/site_look.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <map>

#include "crypto/primitives.h"
#include "server/console/console.h"
#include "server/http/client.h"
#include "server/http/headers.h"

namespace tillit::cli {

namespace {

using Kind = Finding::Kind;
constexpr std::size_t kMaxPageBytes = std::size_t{4} << 20;

struct Fetched {
    int status = 0;  // 0: no answer, or it broke off
    bool is_readable = true;
    std::string body;  // unpacked; may be cut at the limit
    std::string policy;
};

/// At most `limit` bytes of what was packed; nothing if it is no gzip.
std::optional<std::string> unpacked(std::string packed, std::size_t limit) {
    z_stream stream{};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return std::nullopt;
    std::string out(limit, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int end = inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    if (end != Z_STREAM_END && out.size() < limit) return std::nullopt;
    return out;
}

/// As a browser asks: a site could otherwise send other bytes to those who can unpack them.
Fetched fetch(const std::string& origin, const std::string& path, std::size_t limit) {
    Fetched out;
    const auto stream = http::Client(origin).open(
        "GET", path, {{"Accept", "*/*"}, {"Accept-Encoding", "gzip, deflate, br, zstd"}});
    if (!stream) return out;
    std::string encoding;
    for (const auto& [name, value] : stream->headers()) {
        if (name == "content-encoding") encoding = http::to_lower(value);
        if (name == "content-security-policy") out.policy = value;
    }
    std::array<char, 16384> piece{};
    long count = 0;
    while (out.body.size() < limit && (count = stream->read(piece.data(), piece.size())) > 0) {
        out.body.append(piece.data(), static_cast<std::size_t>(count));
    }
    if (count < 0) return {};
    out.status = stream->status();
    if (encoding == "gzip") {
        auto plain = unpacked(std::move(out.body), limit);
        out.is_readable = plain.has_value();
        out.body = std::move(plain).value_or(std::string());
    } else {
        out.is_readable = encoding.empty() || encoding == "identity";
    }
    return out;
}

std::optional<Finding> compare(const std::string& origin, const SiteFile& file) {
    const auto got = fetch(origin, file.path, static_cast<std::size_t>(file.bytes) + 1024);
    if (got.status == 0) return Finding{Kind::unreachable, file.path, "no whole answer"};
    if (got.status != 200) {
        return Finding{Kind::missing, file.path, "status " + std::to_string(got.status)};
    }
    if (!got.is_readable) return Finding{Kind::differs, file.path, "packed as Tillit never does"};
    const auto hash = crypto::sha256(crypto::view(got.body));
    if (hash == file.sha256 && got.body.size() == file.bytes) return std::nullopt;
    return Finding{Kind::differs, file.path,
                   "sha256 " + crypto::to_hex(hash) + ", listed " + crypto::to_hex(file.sha256)};
}

/// For the terminal: what a site says is not trusted with control characters either.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 120)) out += c > 0x20 && c < 0x7F ? c : '?';
    return out;
}

void look_at_page(const std::string& origin, const std::string& path, const std::string& door,
                  const SiteList& list, std::vector<Finding>& findings) {
    const auto page = fetch(origin, path, kMaxPageBytes);
    if (page.status == 0) {
        findings.push_back({Kind::unreachable, path, "no whole answer"});
        return;
    }
    if (!page.is_readable) findings.push_back({Kind::differs, path, "packed as Tillit never does"});
    const bool is_policy = door == "console" ? page.policy == console::kContentSecurityPolicy
                                             : is_strict_policy(page.policy);
    if (!is_policy) {
        findings.push_back(
            {Kind::policy, path, "its Content-Security-Policy is not Tillit's, or missing"});
    }
    for (const auto& reference : references_of(page.body)) {
        const bool is_listed = std::any_of(
            list.files.begin(), list.files.end(),
            [&](const SiteFile& file) { return file.door == door && file.path == reference; });
        if (!is_listed) {
            findings.push_back({Kind::additional, printable(reference), "named by " + path});
        }
    }
}

}  // namespace

std::string door_of(const std::string& origin) {
    const auto reply = http::Client(origin).open("GET", "/api/v1/me", {});
    if (!reply || (reply->status() != 200 && reply->status() != 401)) return "portal";
    return "console";
}

std::vector<Finding> look_at(const std::string& origin, const std::string& door,
                             const SiteList& list) {
    std::vector<Finding> findings;
    for (auto file : list.files) {
        if (file.door != door) continue;
        if (auto finding = compare(origin, file)) findings.push_back(std::move(*finding));
        if (door != "console" || file.path != "/") continue;
        file.path = "/enrol";  // the same page, for those who are invited
        if (auto finding = compare(origin, file)) findings.push_back(std::move(*finding));
    }
    const std::vector<std::string> pages =
        door == "console" ? std::vector<std::string>{"/", "/enrol"}
                          : std::vector<std::string>{"/", "/report", "/return"};
    for (const auto& path : pages) look_at_page(origin, path, door, list, findings);
    return findings;
}

std::vector<std::string> references_of(std::string_view page) {
    static const std::map<std::string, std::vector<std::string>, std::less<>> kTags = {
        {"script", {"src"}},  {"link", {"href"}}, {"img", {"src", "srcset"}},
        {"iframe", {"src"}},  {"frame", {"src"}}, {"embed", {"src"}},
        {"object", {"data"}}, {"base", {"href"}}, {"source", {"src", "srcset"}},
        {"audio", {"src"}},   {"video", {"src"}}, {"use", {"href", "xlink:href"}}};
    std::vector<std::string> out;
    for (auto at = page.find('<'); at != std::string_view::npos; at = page.find('<', at + 1)) {
        const auto tag = page.substr(at + 1, page.find('>', at) - at - 1);
        const auto name = http::to_lower(tag.substr(0, tag.find_first_of(" \t\r\n\f/")));
        const auto known = kTags.find(name);
        // An icon is a picture: it neither runs nor styles anything.
        if (known == kTags.end() || tag.find(" rel=\"icon\"") != std::string_view::npos) continue;
        bool is_named = false;
        for (const auto& attribute : known->second) {
            const auto lower = http::to_lower(tag);
            const auto start = lower.find(" " + attribute + "=");
            if (start == std::string::npos) continue;
            is_named = true;
            auto value = tag.substr(start + attribute.size() + 2);
            const char quote = value.empty() ? ' ' : value.front();
            const bool is_quoted = quote == '"' || quote == '\'';
            if (is_quoted) value.remove_prefix(1);
            out.emplace_back(value.substr(0, is_quoted ? value.find(quote) : value.find(' ')));
        }
        if (name == "script" && !is_named) out.emplace_back("<script>");
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

bool is_strict_policy(std::string_view policy) {
    // What can run, be spoken to or be sent to; pictures and styles may be what they are.
    constexpr std::array<std::string_view, 9> kGuarded = {
        "default-src", "script-src",  "script-src-elem", "script-src-attr", "worker-src",
        "connect-src", "form-action", "base-uri",        "object-src"};
    if (!policy.starts_with("default-src 'none';")) return false;
    while (!policy.empty()) {
        auto directive = policy.substr(0, policy.find(';'));
        policy.remove_prefix(std::min(directive.size() + 1, policy.size()));
        std::vector<std::string> words;
        while (!directive.empty()) {
            const auto word = directive.substr(0, directive.find(' '));
            if (!word.empty()) words.push_back(http::to_lower(word));
            directive.remove_prefix(std::min(word.size() + 1, directive.size()));
        }
        if (words.empty() || std::count(kGuarded.begin(), kGuarded.end(), words.front()) == 0) {
            continue;
        }
        const bool is_home = std::all_of(words.begin() + 1, words.end(), [](const auto& word) {
            return word == "'self'" || word == "'none'";
        });
        if (!is_home) return false;
    }
    return true;
}

}  // namespace tillit::cli
