// Chains of a thread (docs/protocol.md §5.5): per author by seq and prev, across authors by heads.
#include <algorithm>
#include <map>

#include "crypto/envelope.h"

namespace tillit::crypto {
namespace {

using Place = std::pair<Author, std::uint64_t>;
using Delivered = std::multimap<Place, Hash>;

bool holds(const Delivered& delivered, const Author& author, std::uint64_t seq, const Hash& hash) {
    const auto [first, last] = delivered.equal_range({author, seq});
    return std::any_of(first, last, [&](const auto& entry) { return entry.second == hash; });
}

void add_once(std::vector<ChainFault>& faults, ChainFault fault) {
    const bool is_known = std::ranges::any_of(faults, [&](const ChainFault& known) {
        return known.what == fault.what && known.author == fault.author && known.seq == fault.seq;
    });
    if (!is_known) faults.push_back(fault);
}

}  // namespace

std::vector<ChainFault> check_chains(const std::vector<ChainEntry>& thread) {
    using What = ChainFault::What;
    std::vector<ChainFault> faults;
    Delivered delivered;  // what stands before the entry looked at, in the server's order
    for (const ChainEntry& entry : thread) {
        const Statement& s = *entry.statement;
        if (delivered.contains({s.from, s.seq})) add_once(faults, {What::fork, s.from, s.seq});
        const bool follows =
            s.seq == 1 ? s.prev == Hash{} : holds(delivered, s.from, s.seq - 1, s.prev);
        if (!follows) add_once(faults, {What::gap, s.from, s.seq});
        for (const Head& head : s.heads) {
            if (!holds(delivered, head.author, head.seq, head.hash)) {
                add_once(faults, {What::missing_head, head.author, head.seq});
            }
        }
        delivered.emplace(Place{s.from, s.seq}, entry.hash);
    }
    return faults;
}

std::vector<Head> heads_of(const std::vector<ChainEntry>& thread) {
    std::vector<Head> heads;
    for (const ChainEntry& entry : thread) {
        const Statement& s = *entry.statement;
        const auto known = std::ranges::find(heads, s.from, &Head::author);
        if (known == heads.end()) {
            heads.push_back({.author = s.from, .seq = s.seq, .hash = entry.hash});
        } else if (s.seq >= known->seq) {
            *known = {.author = s.from, .seq = s.seq, .hash = entry.hash};
        }
    }
    return heads;
}

}  // namespace tillit::crypto
