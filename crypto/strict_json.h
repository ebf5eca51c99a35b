/// The strict JSON profile of every signed statement (protocol §5): UTF-8, one object, no duplicate
/// or unknown keys, integers 0…2^53−1, no lone surrogates, no NUL, depth <= 4.
///
/// Parsed text lives in nlohmann::json strings, whose memory is wiped by the process-wide wiping
/// allocator of the server; see SECURITY.md "What is wiped".
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "crypto/result.h"
#include "crypto/secret.h"

namespace tillit::crypto {

enum class JsonError {
    not_utf8,
    not_json,
    duplicate_key,
    not_an_object,
    bad_number,
    nul,
    too_deep
};

inline constexpr std::size_t kMaxJsonDepth = 4;

/// The one object, or why not (docs/protocol.md §5.1). Checked in this order: UTF-8, raw NUL, then
/// what the parser meets first. null is no value of the profile; white space between is allowed, a
/// byte order mark is not. The caller caps the length; memory is a small multiple of it.
[[nodiscard]] Result<nlohmann::json, JsonError> parse_strict_json(ByteView text);

/// Reads the fields of one statement; `done()` fails if a field was missing, of the wrong type or
/// left unread (an unknown key). So a parser is a list of reads and one check.
class FieldReader {
  public:
    explicit FieldReader(const nlohmann::json& object);
    std::string text(const char* name, std::size_t max_bytes);
    std::uint64_t integer(const char* name, std::uint64_t max = (1ULL << 53) - 1);
    bool boolean(const char* name);
    template <std::size_t N>
    ByteArray<N> array(const char* name) {
        const auto value = array_from_base64url<N>(text(name, 2 * N + 4));
        if (!value) failed_ = true;
        return value.value_or(ByteArray<N>{});
    }
    /// A null pointer when absent (which is then not an error).
    const nlohmann::json* optional(const char* name);
    const nlohmann::json& object(const char* name);
    const nlohmann::json& list(const char* name, std::size_t max_items);
    void fail() { failed_ = true; }
    [[nodiscard]] bool done() const;

  private:
    const nlohmann::json* find(const char* name);
    const nlohmann::json& object_;
    std::size_t read_ = 0;
    bool failed_ = false;
};

/// True for well-formed UTF-8 without NUL (surrogates are not well-formed).
[[nodiscard]] bool is_clean_utf8(ByteView text);

}  // namespace tillit::crypto
