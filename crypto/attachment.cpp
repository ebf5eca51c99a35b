#include "crypto/attachment.h"

#include <algorithm>

namespace tillit::crypto {

std::uint64_t attachment_bucket(std::uint64_t content_bytes) noexcept {
    std::uint64_t bucket = kMinAttachmentBucket;
    while (bucket < content_bytes && bucket <= (std::uint64_t{1} << 60)) {
        const std::uint64_t half_again = bucket / 2 * 3;
        if (half_again >= content_bytes) return half_again;
        bucket *= 2;
    }
    return bucket;
}

void StoredHasher::update(ByteView stored) {
    while (!stored.empty()) {
        const std::size_t taken = std::min(stored.size(), kPieceBytes - in_piece_);
        piece_.update(stored.first(taken));
        in_piece_ += taken;
        stored = stored.subspan(taken);
        if (in_piece_ == kPieceBytes) {
            outer_.update(piece_.finish());
            piece_ = Sha256();
            in_piece_ = 0;
        }
    }
}

Hash StoredHasher::finish() {
    if (in_piece_ != 0) outer_.update(piece_.finish());
    return outer_.finish();
}

AttachmentSealer::AttachmentSealer(const HybridRecipient& case_recipient, age::Sink sink)
    : sink_(std::move(sink)), sealer_(case_recipient, [this](ByteView sealed) {
          hasher_.update(sealed);
          stored_ += sealed.size();
          sink_(sealed);
      }) {}

void AttachmentSealer::write(ByteView content) {
    content_ += content.size();
    sealer_.write(content);
}

SealedAttachment AttachmentSealer::finish() {
    static constexpr ByteArray<4096> kZeros{};
    std::uint64_t padding = attachment_bucket(content_) - content_;
    while (padding != 0) {
        const std::uint64_t taken = std::min<std::uint64_t>(padding, kZeros.size());
        sealer_.write(ByteView(kZeros).first(static_cast<std::size_t>(taken)));
        padding -= taken;
    }
    sealer_.finish();
    return {.size = content_, .stored_size = stored_, .stored_hash = hasher_.finish()};
}

AttachmentOpener::AttachmentOpener(AgeSeed case_identity, std::uint64_t size,
                                   const Hash& stored_hash, age::Sink sink)
    : expected_(stored_hash),
      left_(size),
      padding_left_(attachment_bucket(size) - size),
      sink_(std::move(sink)),
      opener_(std::move(case_identity), [this](ByteView plain) { take(plain); }) {}

void AttachmentOpener::take(ByteView plain) {
    const auto content = static_cast<std::size_t>(std::min<std::uint64_t>(left_, plain.size()));
    if (content != 0) sink_(plain.first(content));
    left_ -= content;
    const ByteView rest = plain.subspan(content);
    const bool is_zero = std::ranges::all_of(rest, [](std::uint8_t b) { return b == 0; });
    if (!is_zero || rest.size() > padding_left_) padding_ok_ = false;
    padding_left_ -= std::min<std::uint64_t>(padding_left_, rest.size());
}

Result<std::monostate, age::Error> AttachmentOpener::write(ByteView stored) {
    hasher_.update(stored);
    return opener_.write(stored);
}

Result<std::monostate, age::Error> AttachmentOpener::finish() {
    auto finished = opener_.finish();
    if (!finished) return finished;
    if (!padding_ok_ || hasher_.finish() != expected_) return unexpected(age::Error::not_authentic);
    if (left_ != 0 || padding_left_ != 0) return unexpected(age::Error::truncated);
    return std::monostate{};
}

}  // namespace tillit::crypto
