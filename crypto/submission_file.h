/// A whole sealed submission as one file (protocol §4.6): made offline, handed in through a form.
///
///     TILLITs1 ‖ u32be n ‖ SHA-256(head) ‖ head (n, strict JSON) ‖ attachment ‖ attachment …
///
/// Nothing in it can be read without a member's key or the case key. Its hashes find damage; they
/// vouch for nothing, the sealed report does.
#pragma once

#include <functional>
#include <vector>

#include "crypto/attachment.h"
#include "crypto/case_key.h"

namespace tillit::crypto {

inline constexpr std::size_t kMaxSubmissionHeadBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxSubmissionFiles = 16;

/// What a server is told of a submission, and nothing that it could not see for itself.
struct SubmissionHead {
    Id org{};
    Hash lookup_hash{};
    HybridRecipient case_recipient{};
    HybridRecipient reporter_recipient{};
    VerifyKey verify_key{};
    struct Grant {
        Id member{};
        Bytes sealed;
    };
    std::vector<Grant> grants;
    Bytes identity;
    Bytes report;
    struct File {
        Id id{};
        std::uint64_t stored_size = 0;  // sealed bytes; the sealed size of a bucket
        Hash stored_hash{};             // §6
    };
    std::vector<File> attachments;  // in the order in which they follow
};

enum class SubmissionFileError {
    not_a_submission,  // another magic, or too short for one
    too_large,         // the head is longer than kMaxSubmissionHeadBytes
    damaged,           // head or attachment is not what its hash says
    malformed,         // JSON, fields, limits, or a part that no honest software seals
    truncated,
    trailing  // more bytes than the head announces
};

/// Everything before the attachments. `head` must be what a reader accepts (ensure).
[[nodiscard]] Bytes submission_front(const SubmissionHead& head);

/// Whether a sealed attachment can be this long: one of the buckets of §6, sealed.
[[nodiscard]] bool is_attachment_stored_size(std::uint64_t stored_size) noexcept;

/// Reads while the bytes arrive, in any slicing. Memory: the head; attachments are handed on as
/// they come. After an error it takes no more, and says the same error again.
class SubmissionReader {
  public:
    struct Events {
        std::function<void(const SubmissionHead&)> head;  // before any byte of an attachment
        std::function<void(std::size_t attachment, ByteView sealed)> bytes;
        std::function<void(std::size_t attachment)> end;  // its hash was right
    };
    explicit SubmissionReader(Events events) : events_(std::move(events)) {}

    [[nodiscard]] Result<std::monostate, SubmissionFileError> write(ByteView bytes);
    /// Only an end without error says that the file is whole.
    [[nodiscard]] Result<std::monostate, SubmissionFileError> finish();

  private:
    [[nodiscard]] std::optional<SubmissionFileError> take_front(ByteView& bytes);
    [[nodiscard]] std::optional<SubmissionFileError> read_front();
    [[nodiscard]] std::optional<SubmissionFileError> take_attachment(ByteView& bytes);
    void begin_attachment();
    Events events_;
    Bytes front_;  // until the head is read
    std::optional<SubmissionHead> head_;
    std::size_t current_ = 0;  // attachment in hand
    std::uint64_t left_ = 0;   // of its bytes
    Bytes header_;             // its first kHybridHeaderBytes, as far as they came
    StoredHasher hasher_;
    std::optional<SubmissionFileError> error_;
};

}  // namespace tillit::crypto
