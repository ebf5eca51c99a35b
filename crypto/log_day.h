/// One day of the log (docs/protocol.md §10.2): the hashes of its events among fillers, in the
/// order of the hashes, and the entry that the day is in the outer tree.
///
/// Hashes of salted events and fillers look alike, and where one stands is decided by chance: a
/// path through the tree tells neither how many events a day had nor when one of them came.
#pragma once

#include "crypto/merkle.h"

namespace tillit::crypto {

inline constexpr std::size_t kMinDayLeaves = 64;

/// The leaves of the day's tree: `events` and fillers from `seed` to the next power of two, 64 at
/// least, ascending.
[[nodiscard]] std::vector<Hash> day_leaves(HashView events, const Hash& seed);

/// H("tillit/v1/log-day", u32be(day) ‖ root of the day's tree) as a leaf of the outer tree.
[[nodiscard]] Hash day_leaf(std::uint64_t day, const Hash& day_root);

}  // namespace tillit::crypto
