#include "crypto/merkle.h"

#include <bit>

namespace tillit::crypto {
namespace {

/// The largest power of two below `count` (>= 2): where RFC 6962 splits.
std::size_t split(std::size_t count) { return std::bit_floor(count - 1); }

void consistency(HashView leaves, std::size_t old_size, bool is_whole, std::vector<Hash>& out) {
    if (old_size == leaves.size()) {
        if (!is_whole) out.push_back(merkle_root(leaves));
        return;
    }
    const std::size_t k = split(leaves.size());
    if (old_size <= k) {
        consistency(leaves.first(k), old_size, is_whole, out);
        out.push_back(merkle_root(leaves.subspan(k)));
    } else {
        consistency(leaves.subspan(k), old_size - k, false, out);
        out.push_back(merkle_root(leaves.first(k)));
    }
}

}  // namespace

Hash merkle_leaf(ByteView entry) {
    constexpr std::uint8_t kLeaf = 0x00;
    Sha256 hash;
    hash.update({&kLeaf, 1});
    hash.update(entry);
    return hash.finish();
}

Hash merkle_node(const Hash& left, const Hash& right) {
    constexpr std::uint8_t kNode = 0x01;
    Sha256 hash;
    hash.update({&kNode, 1});
    hash.update(left);
    hash.update(right);
    return hash.finish();
}

Hash merkle_root(HashView leaves) {
    if (leaves.empty()) return sha256({});
    if (leaves.size() == 1) return leaves[0];
    const std::size_t k = split(leaves.size());
    return merkle_node(merkle_root(leaves.first(k)), merkle_root(leaves.subspan(k)));
}

void GrowingTree::add(const Hash& leaf) {
    Hash hash = leaf;
    // As adding one to a binary number carries, so equal subtrees join.
    for (std::uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
        hash = merkle_node(peaks_.back(), hash);
        peaks_.pop_back();
    }
    peaks_.push_back(hash);
    ++size_;
}

Hash GrowingTree::root() const {
    if (peaks_.empty()) return merkle_root({});
    Hash hash = peaks_.back();
    for (std::size_t i = peaks_.size() - 1; i > 0; --i) hash = merkle_node(peaks_[i - 1], hash);
    return hash;
}

MerkleTree::MerkleTree(std::vector<Hash> leaves) {
    levels_.push_back(std::move(leaves));
    while (levels_.back().size() > 1) {
        const auto& below = levels_.back();
        std::vector<Hash> level;
        level.reserve((below.size() + 1) / 2);
        for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
            level.push_back(merkle_node(below[i], below[i + 1]));
        }
        // One without a sibling goes up as it is: the same tree as RFC 6962's splits make.
        if (below.size() % 2 == 1) level.push_back(below.back());
        levels_.push_back(std::move(level));
    }
}

Hash MerkleTree::root() const {
    return levels_.front().empty() ? merkle_root({}) : levels_.back().front();
}

std::vector<Hash> MerkleTree::path(std::size_t index) const {
    ensure(index < leaves().size());
    std::vector<Hash> path;
    for (const auto& level : levels_) {
        const auto sibling = index ^ 1;
        if (sibling < level.size()) path.push_back(level[sibling]);
        index /= 2;
    }
    return path;
}

std::vector<Hash> inclusion_proof(HashView leaves, std::size_t index) {
    ensure(index < leaves.size());
    if (leaves.size() == 1) return {};
    const std::size_t k = split(leaves.size());
    const bool is_left = index < k;
    auto path = is_left ? inclusion_proof(leaves.first(k), index)
                        : inclusion_proof(leaves.subspan(k), index - k);
    path.push_back(merkle_root(is_left ? leaves.subspan(k) : leaves.first(k)));
    return path;
}

bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, HashView proof,
                      const Hash& root) {
    if (index >= size) return false;
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Hash hash = leaf;
    for (const Hash& sibling : proof) {
        if (last == 0) return false;
        if ((node & 1) != 0 || node == last) {
            hash = merkle_node(sibling, hash);
            // A rightmost node without a sibling goes up until it has one.
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = merkle_node(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

std::vector<Hash> consistency_proof(HashView leaves, std::size_t old_size) {
    ensure(old_size >= 1 && old_size <= leaves.size());
    std::vector<Hash> proof;
    consistency(leaves, old_size, true, proof);
    return proof;
}

bool verify_consistency(std::uint64_t old_size, std::uint64_t size, const Hash& old_root,
                        const Hash& root, HashView proof) {
    if (old_size == 0 || old_size > size) return false;
    if (old_size == size) return proof.empty() && old_root == root;
    std::vector<Hash> path(proof.begin(), proof.end());
    if (std::has_single_bit(old_size)) path.insert(path.begin(), old_root);
    if (path.empty()) return false;
    std::uint64_t node = old_size - 1;
    std::uint64_t last = size - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    Hash before = path[0];
    Hash after = path[0];
    for (std::size_t i = 1; i < path.size(); ++i) {
        if (last == 0) return false;
        if ((node & 1) != 0 || node == last) {
            before = merkle_node(path[i], before);
            after = merkle_node(path[i], after);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            after = merkle_node(after, path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && before == old_root && after == root;
}

}  // namespace tillit::crypto
