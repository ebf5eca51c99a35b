/// A submission file (protocol §4.6) on its way in: its parts are stored as they arrive, and become
/// a case in one commit, or go.
#pragma once

#include "crypto/submission_file.h"
#include "server/app/sealed_intake.h"

namespace tillit::app {

enum class FileIntakeError {
    not_a_submission,
    damaged,    // a hash or the form is not right: the file was changed on its way
    cut_off,    // it ends early
    too_large,  // its attachments are more than one report may have
    wrong_org,  // sealed for another organisation
    not_receiving,
    directory_changed,  // sealed for somebody who may not receive reports any more
    taken,              // another case has this look-up hash, or an attachment this id
    busy,               // the same file is on its way in, or too much else is
    storage_full,
};

/// Reads one file, in any slicing. Dropped without a successful finish(), nothing is left of it.
/// Threads: one at a time. It counts as one sender among the others of PendingUploads.
class SubmissionFileIntake {
  public:
    SubmissionFileIntake(Organisation& organisation, PendingUploads& uploads);
    ~SubmissionFileIntake();
    SubmissionFileIntake(const SubmissionFileIntake&) = delete;
    SubmissionFileIntake& operator=(const SubmissionFileIntake&) = delete;

    void write(crypto::ByteView bytes);  // after an error: dropped
    /// Returns once the report is durable. The very same file once more is a success that stores
    /// nothing.
    [[nodiscard]] crypto::Result<std::monostate, FileIntakeError> finish();

  private:
    void take_head(const crypto::SubmissionHead& head);
    void take_bytes(std::size_t attachment, crypto::ByteView sealed);
    void flush();
    void end_attachment();
    void fail(FileIntakeError error);
    [[nodiscard]] bool is_over() const noexcept { return error_ || is_stored_; }
    template <typename Work>
    void guarded(Work work);  // what the machine cannot do is storage_full

    Organisation& organisation_;
    PendingUploads& uploads_;
    crypto::Hash sender_;  // random: nobody else can add to its uploads
    SealedReport report_;
    std::vector<std::uint64_t> sizes_;
    std::size_t current_ = 0;
    std::uint64_t next_piece_ = 0;
    crypto::Bytes piece_;
    std::vector<crypto::Id> begun_;
    bool is_stored_ = false;  // this very report was here before
    std::optional<FileIntakeError> error_;
    crypto::SubmissionReader reader_;
};

}  // namespace tillit::app
