/// Writes the JSON of signed statements by hand: field order is ours, escapes are those that
/// JSON.stringify makes, so both twins write the same bytes for the same statement (protocol §5.2).
#pragma once

#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace tillit::crypto {

class JsonWriter {
  public:
    /// `out` must outlive the writer; reserve it first when the text is secret.
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& key(std::string_view name);  // of our own: nothing to escape
    JsonWriter& text(std::string_view value);
    JsonWriter& bytes(ByteView value) { return text(to_base64url(value)); }
    JsonWriter& integer(std::uint64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_list() { return open('['); }
    JsonWriter& end_list() { return close(']'); }

  private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();
    std::string& out_;
    bool needs_comma_ = false;
};

}  // namespace tillit::crypto
