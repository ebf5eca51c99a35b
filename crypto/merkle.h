/// Merkle trees of RFC 6962 over SHA-256 (docs/protocol.md §10.2): roots and proofs from leaf
/// hashes, and checking them with nothing but hashes.
///
/// Threads: pure functions. Source: RFC 6962 §2.1; verification as in RFC 9162 §2.1.3.2, §2.1.4.2.
/// Twin: frontend/crypto/merkle.ts.
#pragma once

#include <span>
#include <vector>

#include "crypto/primitives.h"

namespace tillit::crypto {

using HashView = std::span<const Hash>;

[[nodiscard]] Hash merkle_leaf(ByteView entry);                       // SHA-256(0x00 ‖ entry)
[[nodiscard]] Hash merkle_node(const Hash& left, const Hash& right);  // SHA-256(0x01 ‖ l ‖ r)
[[nodiscard]] Hash merkle_root(HashView leaves);                      // of none: SHA-256("")

/// A tree that grows at its end; root() costs one hash for each bit of its size.
class GrowingTree {
  public:
    void add(const Hash& leaf);
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] Hash root() const;

  private:
    std::vector<Hash> peaks_;  // roots of whole subtrees, the largest first
    std::uint64_t size_ = 0;
};

/// A whole tree, hashed once, for many paths: path() only looks up.
class MerkleTree {
  public:
    explicit MerkleTree(std::vector<Hash> leaves);
    [[nodiscard]] const std::vector<Hash>& leaves() const noexcept { return levels_.front(); }
    [[nodiscard]] Hash root() const;
    /// As inclusion_proof(leaves(), index).
    [[nodiscard]] std::vector<Hash> path(std::size_t index) const;

  private:
    std::vector<std::vector<Hash>> levels_;  // leaves first, the root alone in the last
};

/// The path from leaf `index` (< leaves.size()) to the root, lowest first.
[[nodiscard]] std::vector<Hash> inclusion_proof(HashView leaves, std::size_t index);
[[nodiscard]] bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                                    HashView proof, const Hash& root);

/// That the tree of `leaves` begins with the tree of its first `old_size` (1..leaves.size()).
[[nodiscard]] std::vector<Hash> consistency_proof(HashView leaves, std::size_t old_size);
[[nodiscard]] bool verify_consistency(std::uint64_t old_size, std::uint64_t size,
                                      const Hash& old_root, const Hash& root, HashView proof);

}  // namespace tillit::crypto
