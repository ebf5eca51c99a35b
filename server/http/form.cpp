#include "server/http/form.h"

#include <algorithm>

#include "crypto/strict_json.h"
#include "server/http/multipart.h"

namespace tillit::http {

namespace {

constexpr std::size_t kMaxFileName = 1000;

/// Turns the parser's events into fields and files. One part is open at a time.
class FormReader {
  public:
    FormReader(const FormRules& rules, const FileSink& files) : rules_(rules), files_(files) {}

    bool begin(PartHeader header) {
        if (++parts_ > rules_.max_parts) return stop(FormError::too_many_parts, header.field);
        field_ = header.field;
        if (header.file_name) return begin_file(std::move(header));
        is_file_ = false;
        is_dropped_ = false;
        value_.clear();
        const auto rule = rules_.text_limits.find(field_);
        if (rule == rules_.text_limits.end()) return stop(FormError::unexpected, field_);
        const bool is_repeatable = contains(rules_.repeatable, field_);
        if (form_.has(field_) && !is_repeatable) return stop(FormError::unexpected, field_);
        limit_ = rule->second;
        return true;
    }

    bool data(crypto::ByteView piece) {
        if (is_file_) return write_file(piece);
        if (is_dropped_) return true;
        if (piece.size() > limit_ - value_.size()) return drop(FormError::field_too_large);
        value_.append(piece);
        return true;
    }

    bool end() {
        if (is_file_) return end_file();
        if (is_dropped_) return true;
        if (!crypto::is_clean_utf8(value_.expose())) return drop(FormError::not_text);
        form_.add(field_, std::move(value_));
        value_ = crypto::SecretBytes();
        return true;
    }

    bool stop(FormError error, const std::string& field = {}) {
        note(error, field);
        return false;
    }
    [[nodiscard]] Form& form() noexcept { return form_; }

  private:
    static bool contains(const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    }
    void note(FormError error, const std::string& field) {
        if (form_.error) return;  // the first one is what a person can mend
        form_.error = error;
        // Only names that the form has go back to a page.
        if (rules_.text_limits.contains(field) || contains(rules_.file_fields, field)) {
            form_.error_field = field;
        }
    }
    /// A bad text field costs only itself: the others are still read, so that nothing typed is
    /// lost.
    bool drop(FormError error) {
        note(error, field_);
        value_.clear();
        is_dropped_ = true;
        return true;
    }

    bool begin_file(PartHeader header) {
        is_file_ = true;
        is_open_ = false;
        if (!contains(rules_.file_fields, field_)) return stop(FormError::unexpected, field_);
        const bool is_clean = header.file_name->size() <= kMaxFileName &&
                              crypto::is_clean_utf8(crypto::view(*header.file_name));
        if (!is_clean) header.file_name = "file";
        file_ = {
            .field = field_, .name = std::move(*header.file_name), .type = std::move(header.type)};
        if (!crypto::is_clean_utf8(crypto::view(file_.type))) file_.type.clear();
        return true;
    }
    bool open_file() {
        if (is_open_) return true;
        // Fields before files that were wrong: the form goes back, so the files are not taken.
        if (form_.error) return false;
        is_open_ = true;
        return (files_.begin && files_.begin(form_, file_)) || stop(FormError::stopped, field_);
    }
    bool write_file(crypto::ByteView piece) {
        return open_file() && (files_.write(piece) || stop(FormError::stopped, field_));
    }
    bool end_file() {
        if (!is_open_ && file_.name.empty()) return true;  // an input left empty
        return open_file() && (files_.end() || stop(FormError::stopped, field_));
    }

    const FormRules& rules_;
    const FileSink& files_;
    Form form_;
    std::size_t parts_ = 0;
    std::string field_;
    crypto::SecretBytes value_;
    std::size_t limit_ = 0;
    FileHeader file_;
    bool is_file_ = false;
    bool is_open_ = false;     // the sink knows of the file
    bool is_dropped_ = false;  // the text field in hand is not kept
};

}  // namespace

std::string_view Form::text(std::string_view field) const noexcept {
    for (const auto& [name, value] : values_) {
        if (name == field) return value.expose_text();
    }
    return {};
}

std::vector<std::string_view> Form::all(std::string_view field) const {
    std::vector<std::string_view> out;
    for (const auto& [name, value] : values_) {
        if (name == field) out.push_back(value.expose_text());
    }
    return out;
}

bool Form::has(std::string_view field) const noexcept {
    return std::any_of(values_.begin(), values_.end(),
                       [&](const auto& value) { return value.first == field; });
}

void Form::add(std::string field, crypto::SecretBytes value) {
    values_.emplace_back(std::move(field), std::move(value));
}

Form read_form(Request& request, const FormRules& rules, const FileSink& files) {
    FormReader reader(rules, files);
    const auto boundary = multipart_boundary(request.content_type);
    if (!boundary || !request.read_body) {
        reader.stop(FormError::wrong_type);
        return std::move(reader.form());
    }
    MultipartParser parser(*boundary,
                           {.begin = [&](PartHeader h) { return reader.begin(std::move(h)); },
                            .data = [&](crypto::ByteView b) { return reader.data(b); },
                            .end = [&] { return reader.end(); }});
    const auto is_going = [&](crypto::ByteView piece) {
        const auto state = parser.feed(piece);
        return state == MultipartState::running || state == MultipartState::finished;
    };
    const BodyEnd how = request.read_body(is_going);
    if (parser.state() == MultipartState::malformed) {
        reader.stop(FormError::malformed);
    } else if (how == BodyEnd::too_large) {
        reader.stop(FormError::too_large);
    } else if (parser.state() == MultipartState::running) {
        reader.stop(FormError::cut_off);
    }
    return std::move(reader.form());
}

}  // namespace tillit::http
