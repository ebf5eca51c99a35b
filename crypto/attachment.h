/// Attachments (protocol §6): content ‖ zeros to a bucket, one age file, sealed while streaming.
#pragma once

#include "crypto/age/age.h"

namespace tillit::crypto {

inline constexpr std::size_t kMinAttachmentBucket = std::size_t{64} * 1024;
inline constexpr std::size_t kPieceBytes = std::size_t{1024} * 1024;

/// The smallest of 2^k and 3·2^(k−1), from 64 KiB, that holds `content_bytes` (at most 2^53 − 1).
[[nodiscard]] std::uint64_t attachment_bucket(std::uint64_t content_bytes) noexcept;

/// SHA-256 over the SHA-256 of each 1 MiB piece of the stored (sealed) object; the last piece may
/// be shorter. Pieces let a store or a download check itself without reading all of it first.
class StoredHasher {
  public:
    void update(ByteView stored);
    [[nodiscard]] Hash finish();

  private:
    Sha256 piece_;
    Sha256 outer_;
    std::size_t in_piece_ = 0;
};

struct SealedAttachment {
    std::uint64_t size;         // content
    std::uint64_t stored_size;  // sealed, padded
    Hash stored_hash;
};

/// Seals content of any length while it arrives; its length need not be known before. Memory: one
/// age chunk. Throws what `sink` throws. Not movable: the sealer writes to its own counters.
class AttachmentSealer {
  public:
    AttachmentSealer(const HybridRecipient& case_recipient, age::Sink sink);
    AttachmentSealer(const AttachmentSealer&) = delete;
    AttachmentSealer& operator=(const AttachmentSealer&) = delete;
    void write(ByteView content);
    [[nodiscard]] SealedAttachment finish();

  private:
    StoredHasher hasher_;
    std::uint64_t stored_ = 0;
    std::uint64_t content_ = 0;
    age::Sink sink_;
    age::Sealer sealer_;
};

/// Opens while streaming; hands on exactly `size` content bytes. Only a finish() without error says
/// that padding, length and stored_hash were right: a caller offers the file after that, or says
/// loudly that it broke off. Errors: what age::Opener says; truncated also when the plaintext is
/// shorter than the bucket of `size`; not_authentic also for padding that is not zero, plaintext
/// beyond the bucket and another stored hash.
class AttachmentOpener {
  public:
    AttachmentOpener(AgeSeed case_identity, std::uint64_t size, const Hash& stored_hash,
                     age::Sink sink);
    AttachmentOpener(const AttachmentOpener&) = delete;
    AttachmentOpener& operator=(const AttachmentOpener&) = delete;
    [[nodiscard]] Result<std::monostate, age::Error> write(ByteView stored);
    [[nodiscard]] Result<std::monostate, age::Error> finish();

  private:
    void take(ByteView plain);
    StoredHasher hasher_;
    Hash expected_;
    std::uint64_t left_;          // content not handed on yet
    std::uint64_t padding_left_;  // zeros that must follow it
    bool padding_ok_ = true;
    age::Sink sink_;
    age::Opener opener_;
};

}  // namespace tillit::crypto
