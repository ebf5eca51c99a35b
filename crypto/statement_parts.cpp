#include "crypto/statement_parts.h"

#include <algorithm>

namespace tillit::crypto::detail {

void write_excluded(JsonWriter& out, const std::vector<Exclusion>& excluded) {
    out.begin_list();
    for (const Exclusion& exclusion : excluded) {
        out.begin_object();
        out.key("person").bytes(exclusion.person);
        out.key("name").text(exclusion.name);
        out.end_object();
    }
    out.end_list();
}

std::vector<Exclusion> read_excluded(FieldReader& fields) {
    std::vector<Exclusion> excluded;
    for (const nlohmann::json& item : fields.list("excluded", kMaxExcluded)) {
        FieldReader read(item);
        excluded.push_back(
            {.person = read.array<16>("person"), .name = read.text("name", kMaxPersonNameBytes)});
        if (!read.done() || !is_person_name(excluded.back().name)) fields.fail();
    }
    return excluded;
}

bool is_person_name(std::string_view name) {
    const bool has_control = std::ranges::any_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
    return !name.empty() && name.size() <= kMaxPersonNameBytes && !has_control &&
           is_clean_utf8(view(name));
}

}  // namespace tillit::crypto::detail
