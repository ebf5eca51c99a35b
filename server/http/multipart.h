/// A push parser for multipart/form-data (RFC 7578 over RFC 2046): bytes in any slicing go in,
/// parts come out as events. Own code, because the library's parser caps neither headers nor parts
/// and copies text into strings that outlive the request.
///
/// Strict where browsers are: no preamble, CRLF line ends, "--" right after the last boundary.
/// Memory: one slice of the body plus kMaxPartHeaderBytes, wiped.
/// Threads: one at a time. Events may return false to stop.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "crypto/secret.h"

namespace tillit::http {

inline constexpr std::size_t kMaxPartHeaderBytes = 8 * 1024;
inline constexpr std::size_t kMaxEpilogueBytes = 1024;

struct PartHeader {
    std::string field;
    std::optional<std::string> file_name;  // present, maybe empty, for a file input
    std::string type;
};

struct MultipartEvents {
    std::function<bool(PartHeader)> begin;
    std::function<bool(crypto::ByteView)> data;
    std::function<bool()> end;
};

enum class MultipartState { running, finished, malformed, stopped };

/// The boundary of a Content-Type, if it is multipart/form-data with one of 1..70 legal characters.
[[nodiscard]] std::optional<std::string> multipart_boundary(std::string_view content_type);

class MultipartParser {
  public:
    MultipartParser(std::string_view boundary, MultipartEvents events);
    MultipartState feed(crypto::ByteView piece);
    [[nodiscard]] MultipartState state() const noexcept { return state_; }

  private:
    enum class Where { first_boundary, after_boundary, header, content, epilogue };
    bool step();  // false: needs more bytes, or not running any more
    bool read_first_boundary();
    bool read_after_boundary();
    bool read_header();
    bool read_content();
    bool emit(std::size_t size);
    bool fail(MultipartState state) {
        state_ = state;
        return false;
    }
    [[nodiscard]] crypto::ByteView rest() const noexcept {
        return buffer_.expose().subspan(start_);
    }

    std::string delimiter_;  // CRLF "--" boundary
    MultipartEvents events_;
    crypto::SecretBytes buffer_;
    std::size_t start_ = 0;  // bytes of buffer_ done with
    std::size_t epilogue_bytes_ = 0;
    Where where_ = Where::first_boundary;
    MultipartState state_ = MultipartState::running;
};

/// Reads the header lines of one part (without the empty line). Nothing: malformed.
[[nodiscard]] std::optional<PartHeader> parse_part_header(std::string_view lines);

}  // namespace tillit::http
