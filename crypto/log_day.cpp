#include "crypto/log_day.h"

#include <algorithm>
#include <bit>

namespace tillit::crypto {

std::vector<Hash> day_leaves(HashView events, const Hash& seed) {
    std::vector<Hash> leaves(events.begin(), events.end());
    const std::size_t width = std::max(kMinDayLeaves, std::bit_ceil(events.size()));
    for (std::uint32_t i = 0; leaves.size() < width; ++i) {
        leaves.push_back(merkle_leaf(labelled_hash("tillit/v1/log-filler", {seed, be32(i)})));
    }
    std::ranges::sort(leaves);
    return leaves;
}

Hash day_leaf(std::uint64_t day, const Hash& day_root) {
    const auto number = be32(static_cast<std::uint32_t>(day));
    return merkle_leaf(labelled_hash("tillit/v1/log-day", {number, day_root}));
}

}  // namespace tillit::crypto
