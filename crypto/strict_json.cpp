#include "crypto/strict_json.h"

namespace tillit::crypto {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxInteger = (1ULL << 53) - 1;

/// Builds the value and refuses, as nlohmann's parser goes along, what the profile forbids.
class Builder {
  public:
    std::optional<JsonError> error;
    json root;

    bool null() { return fail(JsonError::not_json); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(json::number_integer_t) { return fail(JsonError::bad_number); }  // -0 too
    bool number_unsigned(json::number_unsigned_t value) {
        return value <= kMaxInteger ? add(value) : fail(JsonError::bad_number);
    }
    bool number_float(json::number_float_t, const std::string&) {
        return fail(JsonError::bad_number);
    }
    bool string(std::string& value) { return has_nul(value) || add(std::move(value)); }
    bool binary(json::binary_t&) { return fail(JsonError::not_json); }

    bool start_object(std::size_t) { return open(json::object()); }
    bool key(std::string& name) {
        if (has_nul(name)) return false;
        if (stack_.back()->contains(name)) return fail(JsonError::duplicate_key);
        slot_ = &(*stack_.back())[name];
        return true;
    }
    bool end_object() { return close(); }
    bool start_array(std::size_t) {
        return stack_.empty() ? fail(JsonError::not_an_object) : open(json::array());
    }
    bool end_array() { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
        return fail(JsonError::not_json);
    }

  private:
    bool fail(JsonError what) {
        if (!error) error = what;
        return false;
    }
    bool has_nul(const std::string& text) {
        if (text.find('\0') == std::string::npos) return false;
        fail(JsonError::nul);
        return true;
    }
    json* place(json&& value) {
        if (stack_.empty()) return &(root = std::move(value));
        json& parent = *stack_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        return &(*slot_ = std::move(value));
    }
    bool add(json value) {
        if (stack_.empty()) return fail(JsonError::not_an_object);
        place(std::move(value));
        return true;
    }
    bool open(json&& container) {
        if (stack_.size() == kMaxJsonDepth) return fail(JsonError::too_deep);
        stack_.push_back(place(std::move(container)));
        return true;
    }
    bool close() {
        stack_.pop_back();
        return true;
    }

    std::vector<json*> stack_;  // open containers; only the last one grows, so the others stay put
    json* slot_ = nullptr;
};

bool is_continuation(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

/// Bytes of the well-formed UTF-8 sequence at `i` (Unicode table 3-7), 0 if there is none.
std::size_t sequence_at(ByteView text, std::size_t i) {
    const std::uint8_t lead = text[i];
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < length) return 0;
    const std::uint8_t second = text[i + 1];
    if (!is_continuation(second)) return 0;
    if (lead == 0xe0 && second < 0xa0) return 0;  // overlong
    if (lead == 0xed && second > 0x9f) return 0;  // surrogates
    if (lead == 0xf0 && second < 0x90) return 0;  // overlong
    if (lead == 0xf4 && second > 0x8f) return 0;  // beyond U+10FFFF
    for (std::size_t k = 2; k < length; ++k) {
        if (!is_continuation(text[i + k])) return 0;
    }
    return length;
}

bool is_utf8(ByteView text) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_at(text, i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

bool has_byte(ByteView text, std::uint8_t wanted) {
    for (const std::uint8_t byte : text) {
        if (byte == wanted) return true;
    }
    return false;
}

}  // namespace

Result<json, JsonError> parse_strict_json(ByteView text) {
    if (!is_utf8(text)) return unexpected(JsonError::not_utf8);
    if (has_byte(text, 0)) return unexpected(JsonError::nul);  // the parser takes it for the end
    const bool has_byte_order_mark = text.size() >= 3 && text[0] == 0xef && text[1] == 0xbb;
    if (has_byte_order_mark) return unexpected(JsonError::not_json);  // the parser would skip it
    Builder builder;
    const bool parsed = json::sax_parse(text.begin(), text.end(), &builder);
    if (!parsed || builder.error) return unexpected(builder.error.value_or(JsonError::not_json));
    return std::move(builder.root);
}

bool is_clean_utf8(ByteView text) { return is_utf8(text) && !has_byte(text, 0); }

FieldReader::FieldReader(const json& object) : object_(object), failed_(!object.is_object()) {}

const json* FieldReader::find(const char* name) {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    if (found == object_.end()) return nullptr;
    ++read_;
    return &*found;
}

std::string FieldReader::text(const char* name, std::size_t max_bytes) {
    const json* value = find(name);
    if (value != nullptr && value->is_string()) {
        const auto& text = value->get_ref<const std::string&>();
        if (text.size() <= max_bytes) return text;
    }
    failed_ = true;
    return {};
}

std::uint64_t FieldReader::integer(const char* name, std::uint64_t max) {
    const json* value = find(name);
    if (value != nullptr && value->is_number_unsigned()) {
        const auto number = value->get<std::uint64_t>();
        if (number <= max) return number;
    }
    failed_ = true;
    return 0;
}

bool FieldReader::boolean(const char* name) {
    const json* value = find(name);
    if (value != nullptr && value->is_boolean()) return value->get<bool>();
    failed_ = true;
    return false;
}

const json* FieldReader::optional(const char* name) { return find(name); }

const json& FieldReader::object(const char* name) {
    static const json nothing = json::object();
    const json* value = find(name);
    if (value != nullptr && value->is_object()) return *value;
    failed_ = true;
    return nothing;
}

const json& FieldReader::list(const char* name, std::size_t max_items) {
    static const json nothing = json::array();
    const json* value = find(name);
    if (value != nullptr && value->is_array() && value->size() <= max_items) return *value;
    failed_ = true;
    return nothing;
}

bool FieldReader::done() const { return !failed_ && read_ == object_.size(); }

}  // namespace tillit::crypto
