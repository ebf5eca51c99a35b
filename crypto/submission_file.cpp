#include "crypto/submission_file.h"

#include <algorithm>

#include "crypto/submission_head.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITs1";
constexpr std::size_t kFixedBytes = 8 + 4 + 32;

std::size_t head_bytes(ByteView front) { return read_be32(front.subspan<8, 4>()); }

ByteView take(ByteView& bytes, std::uint64_t most) {
    const auto taken =
        bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(most, bytes.size())));
    bytes = bytes.subspan(taken.size());
    return taken;
}

}  // namespace

bool is_attachment_stored_size(std::uint64_t stored_size) noexcept {
    if (stored_size > (std::uint64_t{1} << 52)) return false;
    for (std::uint64_t bucket = 0;;) {
        bucket = attachment_bucket(bucket + 1);
        const auto sealed = age::sealed_size(static_cast<std::size_t>(bucket));
        if (sealed >= stored_size) return sealed == stored_size;
    }
}

Bytes submission_front(const SubmissionHead& head) {
    const std::string text = detail::encode_submission_head(head);
    ensure(text.size() <= kMaxSubmissionHeadBytes && detail::decode_submission_head(view(text)));
    Bytes out(kMagic.begin(), kMagic.end());
    const auto append = [&](ByteView part) { out.insert(out.end(), part.begin(), part.end()); };
    append(be32(static_cast<std::uint32_t>(text.size())));
    append(sha256(view(text)));
    append(view(text));
    return out;
}

Result<std::monostate, SubmissionFileError> SubmissionReader::write(ByteView bytes) {
    while (!error_ && !bytes.empty()) {
        if (!head_) {
            error_ = take_front(bytes);
        } else if (current_ == head_->attachments.size()) {
            error_ = SubmissionFileError::trailing;
        } else {
            error_ = take_attachment(bytes);
        }
    }
    if (error_) return unexpected(*error_);
    return std::monostate{};
}

std::optional<SubmissionFileError> SubmissionReader::take_front(ByteView& bytes) {
    const auto wanted =
        front_.size() < kFixedBytes ? kFixedBytes : kFixedBytes + head_bytes(front_);
    const auto part = take(bytes, wanted - front_.size());
    front_.insert(front_.end(), part.begin(), part.end());
    const auto known = std::min(front_.size(), kMagic.size());
    if (!std::equal(kMagic.begin(), kMagic.begin() + static_cast<std::ptrdiff_t>(known),
                    front_.begin())) {
        return SubmissionFileError::not_a_submission;
    }
    if (front_.size() < kFixedBytes) return std::nullopt;
    // Before a byte of it is kept: the length is a stranger's word.
    if (head_bytes(front_) > kMaxSubmissionHeadBytes) return SubmissionFileError::too_large;
    if (front_.size() < kFixedBytes + head_bytes(front_)) return std::nullopt;
    return read_front();
}

std::optional<SubmissionFileError> SubmissionReader::read_front() {
    const ByteView text = ByteView(front_).subspan(kFixedBytes);
    const auto hash = sha256(text);
    if (!std::equal(hash.begin(), hash.end(), front_.begin() + 12)) {
        return SubmissionFileError::damaged;
    }
    head_ = detail::decode_submission_head(text);
    if (!head_) return SubmissionFileError::malformed;
    front_ = {};
    if (events_.head) events_.head(*head_);
    begin_attachment();
    return std::nullopt;
}

void SubmissionReader::begin_attachment() {
    if (current_ == head_->attachments.size()) return;
    left_ = head_->attachments[current_].stored_size;
    header_.clear();
    hasher_ = StoredHasher();
}

std::optional<SubmissionFileError> SubmissionReader::take_attachment(ByteView& bytes) {
    const auto part = take(bytes, left_);
    left_ -= part.size();
    if (header_.size() < age::kHybridHeaderBytes) {
        const auto room = age::kHybridHeaderBytes - header_.size();
        const auto start = part.first(std::min(room, part.size()));
        header_.insert(header_.end(), start.begin(), start.end());
        const bool is_there = header_.size() == age::kHybridHeaderBytes;
        if (is_there && !age::is_strict_hybrid_header(header_)) {
            return SubmissionFileError::malformed;
        }
    }
    hasher_.update(part);
    if (events_.bytes) events_.bytes(current_, part);
    if (left_ != 0) return std::nullopt;
    if (hasher_.finish() != head_->attachments[current_].stored_hash) {
        return SubmissionFileError::damaged;
    }
    if (events_.end) events_.end(current_);
    ++current_;
    begin_attachment();
    return std::nullopt;
}

Result<std::monostate, SubmissionFileError> SubmissionReader::finish() {
    if (error_) return unexpected(*error_);
    if (!head_ && front_.size() < kMagic.size()) {
        error_ = SubmissionFileError::not_a_submission;
    } else if (!head_ || current_ != head_->attachments.size()) {
        error_ = SubmissionFileError::truncated;
    }
    if (error_) return unexpected(*error_);
    return std::monostate{};
}

}  // namespace tillit::crypto
