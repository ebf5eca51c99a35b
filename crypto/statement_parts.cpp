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

void write_heads(JsonWriter& out, const std::vector<Head>& heads) {
    out.begin_list();
    for (const Head& head : heads) {
        out.begin_object();
        out.key("author").bytes(head.author);
        out.key("seq").integer(head.seq);
        out.key("hash").bytes(head.hash);
        out.end_object();
    }
    out.end_list();
}

std::vector<Head> read_heads(FieldReader& fields) {
    std::vector<Head> heads;
    for (const nlohmann::json& item : fields.list("heads", kMaxHeads)) {
        FieldReader read(item);
        heads.push_back({.author = read.array<16>("author"),
                         .seq = read.integer("seq"),
                         .hash = read.array<32>("hash")});
        const Head& added = heads.back();
        const auto is_same = [&](const Head& h) { return h.author == added.author; };
        const bool is_first = std::ranges::count_if(heads, is_same) == 1;
        if (!read.done() || added.seq == 0 || !is_first) fields.fail();
    }
    return heads;
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
