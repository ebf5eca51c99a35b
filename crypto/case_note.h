/// Internal notes (protocol §7.12): what colleagues who handle a case write to one another, sealed
/// to the handling identity of its epoch, chained per author as envelopes are.
///
/// Not the signed notes of note.h, which are files for everybody.
/// Threads: safe to call concurrently. Keeps nothing.
#pragma once

#include "crypto/epoch_grant.h"

namespace tillit::crypto {

struct CaseNote {
    Id org{};
    Hash case_id{};
    std::uint64_t epoch = 0;
    Author from{};  // a member
    std::uint64_t seq = 1;
    Hash prev{};              // case_note_hash of the author's note seq-1; zeros for the first
    std::vector<Head> heads;  // the last note of every author that the writer has verified
    std::string body;         // UTF-8, not empty
};

[[nodiscard]] std::string encode_case_note(const CaseNote& note);
/// Nothing for what §7.12 refuses: strict JSON, known keys only, a member's, with words.
[[nodiscard]] std::optional<CaseNote> decode_case_note(ByteView text);

/// Signs, pads to an envelope's bucket and seals. Errors: too_large, malformed, not_sealed as
/// seal_envelope.
[[nodiscard]] Result<Bytes, EnvelopeError> seal_case_note(const CaseNote& note,
                                                          const SigningSeed& author,
                                                          const HybridRecipient& handling);

/// A note whose age layer is open and whose signature is not checked yet.
class UnverifiedNote {
  public:
    [[nodiscard]] const Author& claimed_author() const noexcept { return note_.from; }
    [[nodiscard]] std::uint64_t claimed_epoch() const noexcept { return note_.epoch; }
    /// Errors: bad_signature, wrong_case (org or case is not the one expected).
    [[nodiscard]] Result<CaseNote, EnvelopeError> verify(const VerifyKey& author, const Id& org,
                                                         const Hash& case_id) &&;

  private:
    friend Result<UnverifiedNote, EnvelopeError> open_case_note(ByteView, const AgeSeed&);
    CaseNote note_;
    SecretBytes plain_;  // the signed bytes as they were carried
};
/// Errors: too_large, not_sealed, malformed.
[[nodiscard]] Result<UnverifiedNote, EnvelopeError> open_case_note(ByteView sealed,
                                                                   const AgeSeed& handling);

/// SHA-256("tillit/v1/note" ‖ 0x00 ‖ sealed bytes): names a note in chains and in the log.
[[nodiscard]] Hash case_note_hash(ByteView sealed);

}  // namespace tillit::crypto
