/// Streaming multipart/form-data (RFC 7578), because a report must never lie whole in memory or on
/// disk in clear. Text fields come into wiped memory; files go to a sink as they arrive.
#pragma once

#include <map>
#include <string>

#include "crypto/result.h"
#include "server/http/message.h"

namespace tillit::http {

enum class FormError {
    wrong_type,  // not multipart/form-data with a boundary
    malformed,   // headers, boundary, or nothing where something must be
    cut_off,     // the body ended early
    too_large,   // the whole body
    too_many_parts,
    field_too_large,  // one text field
    not_text,         // invalid UTF-8 or NUL in a text field
    unexpected,       // a field that the form does not have, or twice
    stopped,          // a file sink said stop
};

struct FileHeader {
    std::string field;
    std::string name;  // as sent; hostile; at most 1,000 bytes of clean UTF-8, else replaced
    std::string type;
};

/// What a form may hold. Unknown fields are refused.
struct FormRules {
    std::map<std::string, std::size_t> text_limits;  // field name → most bytes
    std::vector<std::string> repeatable;             // text fields that may come more than once
    std::vector<std::string> file_fields;
    std::size_t max_parts = 64;
};

class Form {
  public:
    /// The first value, or an empty text.
    [[nodiscard]] std::string_view text(std::string_view field) const noexcept;
    [[nodiscard]] std::vector<std::string_view> all(std::string_view field) const;
    [[nodiscard]] bool has(std::string_view field) const noexcept;
    /// Adds a value, for tests and for redrawing a page.
    void add(std::string field, crypto::SecretBytes value);
    /// Text fields that were complete when reading failed: what a person typed is never thrown
    /// away.
    std::optional<FormError> error;
    std::string error_field;

  private:
    std::vector<std::pair<std::string, crypto::SecretBytes>> values_;
};

/// Receives files in order. `begin` is called with all text fields that came before the file.
/// Empty file inputs (no name and no bytes) are skipped.
struct FileSink {
    std::function<bool(const Form& so_far, const FileHeader& file)> begin;
    std::function<bool(crypto::ByteView piece)> write;
    std::function<bool()> end;
};

/// Reads a whole body. On failure `error` is set and the fields read so far are kept.
[[nodiscard]] Form read_form(Request& request, const FormRules& rules, const FileSink& files = {});

}  // namespace tillit::http
