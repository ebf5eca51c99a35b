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

std::vector<ChainLink> links_of(const std::vector<ChainEntry>& thread) {
    std::vector<ChainLink> links;
    links.reserve(thread.size());
    for (const ChainEntry& entry : thread) {
        const Statement& s = *entry.statement;
        links.push_back({entry.hash, s.from, s.seq, s.prev, s.heads});
    }
    return links;
}

}  // namespace

std::vector<ChainFault> check_chains(const std::vector<ChainEntry>& thread) {
    return check_chains(links_of(thread));
}

std::vector<Head> heads_of(const std::vector<ChainEntry>& thread) {
    return heads_of(links_of(thread));
}

std::vector<ChainFault> check_chains(const std::vector<ChainLink>& links) {
    using What = ChainFault::What;
    std::vector<ChainFault> faults;
    Delivered delivered;  // what stands before the entry looked at, in the server's order
    for (const ChainLink& link : links) {
        const Place here{link.author, link.seq};
        if (delivered.contains(here)) add_once(faults, {What::fork, link.author, link.seq});
        const bool follows = link.seq == 1 ? link.prev == Hash{}
                                           : holds(delivered, link.author, link.seq - 1, link.prev);
        if (!follows) add_once(faults, {What::gap, link.author, link.seq});
        for (const Head& head : link.heads) {
            if (!holds(delivered, head.author, head.seq, head.hash)) {
                add_once(faults, {What::missing_head, head.author, head.seq});
            }
        }
        delivered.emplace(here, link.hash);
    }
    return faults;
}

std::vector<Head> heads_of(const std::vector<ChainLink>& links) {
    std::vector<Head> heads;
    for (const ChainLink& link : links) {
        const Head head{.author = link.author, .seq = link.seq, .hash = link.hash};
        const auto known = std::ranges::find(heads, link.author, &Head::author);
        if (known == heads.end()) {
            heads.push_back(head);
        } else if (link.seq >= known->seq) {
            *known = head;
        }
    }
    return heads;
}

}  // namespace tillit::crypto
