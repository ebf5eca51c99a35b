// What the strict profile reads is written and read again as the same value.
#include "crypto/strict_json.h"

#include <algorithm>

#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

namespace {

std::size_t depth_of(const nlohmann::json& value) {
    std::size_t deepest = 0;
    if (!value.is_structured()) return 0;
    for (const auto& inner : value) deepest = std::max(deepest, depth_of(inner));
    return deepest + 1;
}

}  // namespace

TILLIT_FUZZ_TARGET(strict_json) {
    const auto value = parse_strict_json(data);
    if (!value) return;
    ensure(is_clean_utf8(data));
    ensure(value->is_object() && depth_of(*value) <= kMaxJsonDepth);
    const std::string again = value->dump();
    const auto same = parse_strict_json(view(again));
    ensure(same.has_value() && *same == *value);
    for (std::size_t cut = 1; cut < again.size(); cut += 7) {
        ensure(!parse_strict_json(view(std::string_view(again).substr(0, cut))));
    }
}
