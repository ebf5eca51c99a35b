#include "crypto/age/header.h"

#include <algorithm>
#include <cstring>

namespace tillit::crypto::age {

namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1";
constexpr std::string_view kStanzaMark = "-> ";
constexpr std::string_view kMacMark = "---";
constexpr std::size_t kColumns = 64;
constexpr std::size_t kBytesPerLine = 48;
constexpr std::size_t kMacLineTail = 1 + 43 + 1;  // space, MAC, line feed

bool is_argument(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Hash mac_of(std::string_view text_to_mark, const FileKey& key) {
    WipedArray<32> mac_key;
    hkdf_sha256(key.expose(), {}, view("header"), mac_key.mutable_bytes());
    return hmac_sha256(mac_key.expose(), view(text_to_mark));
}

void append_body(std::string& out, ByteView body) {
    for (std::size_t at = 0; at < body.size(); at += kBytesPerLine) {
        out += to_base64(body.subspan(at, std::min(kBytesPerLine, body.size() - at)));
        out += '\n';
    }
    // The last line must be short, so a body that fills its lines ends with an empty one.
    if (body.size() % kBytesPerLine == 0) out += '\n';
}

}  // namespace

std::string encode_header(const std::vector<Stanza>& stanzas, const FileKey& key) {
    std::string out(kVersionLine);
    out += '\n';
    for (const Stanza& stanza : stanzas) {
        out += "->";
        for (const std::string& arg : stanza.args) {
            ensure(is_argument(arg));
            out += ' ';
            out += arg;
        }
        out += '\n';
        append_body(out, stanza.body);
    }
    out += kMacMark;
    const Hash mac = mac_of(out, key);
    out += ' ';
    out += to_base64(mac);
    out += '\n';
    return out;
}

bool has_valid_mac(const Header& header, const FileKey& key) {
    const std::string_view text = header.text;
    return equal_constant_time(mac_of(text.substr(0, text.size() - kMacLineTail), key), header.mac);
}

Result<std::size_t, Error> HeaderParser::write(ByteView bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && expect_ != Expect::nothing) {
        if (expect_ == Expect::failed) return unexpected(Error::bad_header);
        const ByteView rest = bytes.subspan(taken);
        const auto* feed =
            static_cast<const std::uint8_t*>(std::memchr(rest.data(), '\n', rest.size()));
        const std::size_t part =
            feed == nullptr ? rest.size() : static_cast<std::size_t>(feed - rest.data()) + 1;
        if (header_.text.size() + part > max_bytes_) {
            expect_ = Expect::failed;
            continue;
        }
        header_.text.append(reinterpret_cast<const char*>(rest.data()), part);
        taken += part;
        if (feed == nullptr) break;
        const std::string_view text = header_.text;
        if (!take_line(text.substr(line_start_, text.size() - line_start_ - 1))) {
            expect_ = Expect::failed;
        }
        line_start_ = text.size();
    }
    if (expect_ == Expect::failed) return unexpected(Error::bad_header);
    return taken;
}

bool HeaderParser::take_line(std::string_view line) {
    switch (expect_) {
        case Expect::version:
            expect_ = Expect::first_stanza;
            return line == kVersionLine;
        case Expect::first_stanza:
            return take_stanza_start(line);
        case Expect::stanza_or_mac:
            return line.starts_with(kMacMark) ? take_mac(line) : take_stanza_start(line);
        case Expect::body:
            return take_body(line);
        case Expect::nothing:
        case Expect::failed:
            break;
    }
    return false;
}

bool HeaderParser::take_stanza_start(std::string_view line) {
    if (!line.starts_with(kStanzaMark)) return false;
    line.remove_prefix(kStanzaMark.size());
    Stanza stanza;
    for (;;) {
        const std::size_t space = line.find(' ');
        const std::string_view arg = line.substr(0, space);
        if (!is_argument(arg)) return false;
        stanza.args.emplace_back(arg);
        if (space == std::string_view::npos) break;
        line.remove_prefix(space + 1);
    }
    header_.stanzas.push_back(std::move(stanza));
    expect_ = Expect::body;
    return true;
}

bool HeaderParser::take_body(std::string_view line) {
    if (line.size() > kColumns) return false;
    const auto part = from_base64(line);
    if (!part) return false;
    Bytes& body = header_.stanzas.back().body;
    body.insert(body.end(), part->begin(), part->end());
    if (line.size() < kColumns) expect_ = Expect::stanza_or_mac;
    return true;
}

bool HeaderParser::take_mac(std::string_view line) {
    if (line.size() != kMacMark.size() + kMacLineTail - 1 || line[kMacMark.size()] != ' ') {
        return false;
    }
    const auto mac = from_base64(line.substr(kMacMark.size() + 1));
    if (!mac || mac->size() != header_.mac.size()) return false;
    std::copy(mac->begin(), mac->end(), header_.mac.begin());
    expect_ = Expect::nothing;
    return true;
}

std::optional<Header> parse_header(ByteView bytes, std::size_t max_bytes) {
    HeaderParser parser(max_bytes);
    if (!parser.write(bytes) || !parser.is_complete()) return std::nullopt;
    return std::move(parser).take();
}

}  // namespace tillit::crypto::age
