/// Attachments (protocol §6): content ‖ zeros to a bucket, one age file, sealed while streaming.
#pragma once

#include "crypto/age/age.h"

namespace tillit::crypto {

inline constexpr std::size_t kMinAttachmentBucket = 64 * 1024;
inline constexpr std::size_t kPieceBytes = 1024 * 1024;

/// The smallest of 2^k and 3·2^(k−1), from 64 KiB, that holds `content_bytes`.
[[nodiscard]] std::uint64_t attachment_bucket(std::uint64_t content_bytes) noexcept;

/// SHA-256 over the SHA-256 of each 1 MiB piece of the stored (sealed) object.
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

class AttachmentSealer {
public:
    AttachmentSealer(const HybridRecipient& case_recipient, age::Sink sink);
    void write(ByteView content);
    [[nodiscard]] SealedAttachment finish();

private:
    StoredHasher hasher_;
    std::uint64_t stored_ = 0;
    std::uint64_t content_ = 0;
    age::Sealer sealer_;
};

/// Opens while streaming; hands on exactly `size` content bytes. Only a finish() without error says
/// that padding, length and stored_hash were right: a caller offers the file after that, or says
/// loudly that it broke off.
class AttachmentOpener {
public:
    AttachmentOpener(AgeSeed case_identity, std::uint64_t size, const Hash& stored_hash,
                     age::Sink sink);
    [[nodiscard]] Result<std::monostate, age::Error> write(ByteView stored);
    [[nodiscard]] Result<std::monostate, age::Error> finish();

private:
    StoredHasher hasher_;
    Hash expected_;
    std::uint64_t left_;
    bool padding_ok_ = true;
    age::Sink sink_;
    age::Opener opener_;
};

}  // namespace tillit::crypto
