/// The textual header of an age file (C2SP age.md "Header"), strictly: what parses encodes back to
/// the same bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/age/age.h"

namespace tillit::crypto::age {

using FileKey = WipedArray<16>;

struct Stanza {
    std::vector<std::string> args;  // at least one; args[0] is the type
    Bytes body;
};

struct Header {
    std::vector<Stanza> stanzas;
    Hash mac{};
    std::string text;  // all of it, with the MAC line and its line feed
};

inline constexpr std::size_t kMaxHeaderBytes = std::size_t{1024} * 1024;

/// The whole header for these stanzas, MAC line included. Arguments must be printable ASCII.
[[nodiscard]] std::string encode_header(const std::vector<Stanza>& stanzas, const FileKey& key);
[[nodiscard]] bool has_valid_mac(const Header& header, const FileKey& key);

/// Takes a stream and stops after the header. Fails at the first bad line, and when the header
/// grows beyond `max_bytes`.
class HeaderParser {
  public:
    explicit HeaderParser(std::size_t max_bytes = kMaxHeaderBytes) : max_bytes_(max_bytes) {}
    /// Number of bytes taken: all, or as many as belong to the header, which is then complete.
    [[nodiscard]] Result<std::size_t, Error> write(ByteView bytes);
    [[nodiscard]] bool is_complete() const noexcept { return expect_ == Expect::nothing; }
    [[nodiscard]] Header take() && { return std::move(header_); }

  private:
    enum class Expect { version, first_stanza, stanza_or_mac, body, nothing, failed };
    [[nodiscard]] bool take_line(std::string_view line);
    [[nodiscard]] bool take_stanza_start(std::string_view line);
    [[nodiscard]] bool take_body(std::string_view line);
    [[nodiscard]] bool take_mac(std::string_view line);

    std::size_t max_bytes_;
    std::size_t line_start_ = 0;
    Expect expect_ = Expect::version;
    Header header_;
};

/// A header that begins `bytes`, whole; nothing if it is bad or not complete.
[[nodiscard]] std::optional<Header> parse_header(ByteView bytes,
                                                 std::size_t max_bytes = kMaxHeaderBytes);

}  // namespace tillit::crypto::age
