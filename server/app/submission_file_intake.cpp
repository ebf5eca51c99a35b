#include "server/app/submission_file_intake.h"

#include <algorithm>

#include "storage/attachments.h"

namespace tillit::app {

namespace {

using FileError = crypto::SubmissionFileError;
using Refusal = PendingUploads::Refusal;

FileIntakeError said(FileError error) {
    switch (error) {
        case FileError::not_a_submission:
            return FileIntakeError::not_a_submission;
        case FileError::truncated:
            return FileIntakeError::cut_off;
        case FileError::too_large:
        case FileError::damaged:
        case FileError::malformed:
        case FileError::trailing:
            break;
    }
    return FileIntakeError::damaged;
}

FileIntakeError said(SealedReportError error) {
    switch (error) {
        case SealedReportError::not_receiving:
            return FileIntakeError::not_receiving;
        case SealedReportError::not_sealed:
            return FileIntakeError::damaged;
        case SealedReportError::unknown_member:
            return FileIntakeError::directory_changed;
        case SealedReportError::no_such_upload:
            return FileIntakeError::busy;  // given up meanwhile, for others
        case SealedReportError::taken:
            return FileIntakeError::taken;
        case SealedReportError::storage_full:
            break;
    }
    return FileIntakeError::storage_full;
}

FileIntakeError said(Refusal refusal) {
    if (refusal == Refusal::too_large) return FileIntakeError::too_large;
    return FileIntakeError::busy;
}

SealedReport report_of(const crypto::SubmissionHead& head) {
    SealedReport report{.lookup_hash = head.lookup_hash,
                        .case_recipient = head.case_recipient,
                        .reporter_recipient = head.reporter_recipient,
                        .verify_key = head.verify_key,
                        .grants = {},
                        .identity = head.identity,
                        .report = head.report,
                        .attachments = {}};
    for (const auto& grant : head.grants) report.grants.push_back({grant.member, grant.sealed});
    for (const auto& file : head.attachments) report.attachments.push_back(file.id);
    return report;
}

}  // namespace

SubmissionFileIntake::SubmissionFileIntake(Organisation& organisation, PendingUploads& uploads)
    : organisation_(organisation),
      uploads_(uploads),
      sender_(crypto::random_array<32>()),
      reader_({.head = [this](const auto& head) { take_head(head); },
               .bytes = [this](std::size_t n, crypto::ByteView sealed) { take_bytes(n, sealed); },
               .end = [this](std::size_t) { end_attachment(); }}) {}

SubmissionFileIntake::~SubmissionFileIntake() {
    for (const auto& id : begun_) {
        try {
            uploads_.drop(sender_, id);
        } catch (const storage::Error&) {
            // Unbound uploads are swept at the next start and once a day; nothing points to them.
        }
    }
}

void SubmissionFileIntake::fail(FileIntakeError error) {
    if (!error_) error_ = error;
}

template <typename Work>
void SubmissionFileIntake::guarded(Work work) {
    if (is_over()) return;
    try {
        work();
    } catch (const storage::Error&) {
        fail(FileIntakeError::storage_full);
    }
}

void SubmissionFileIntake::take_head(const crypto::SubmissionHead& head) {
    guarded([&] {
        if (head.org != organisation_.settings().org_id) return fail(FileIntakeError::wrong_org);
        report_ = report_of(head);
        is_stored_ = is_stored(organisation_, report_);
        if (is_stored_) return;
        // Said before hundreds of megabytes are taken in for nothing.
        if (organisation_.intake_state() != IntakeState::open) {
            return fail(FileIntakeError::not_receiving);
        }
        for (const auto& file : head.attachments) {
            const auto begun = uploads_.begin(sender_, file.id);
            if (!begun) return fail(said(begun.error()));
            begun_.push_back(file.id);
            sizes_.push_back(file.stored_size);
        }
    });
}

void SubmissionFileIntake::take_bytes(std::size_t attachment, crypto::ByteView sealed) {
    guarded([&] {
        current_ = attachment;
        while (!sealed.empty() && !is_over()) {
            const auto part =
                sealed.first(std::min(sealed.size(), storage::kPieceBytes - piece_.size()));
            piece_.insert(piece_.end(), part.begin(), part.end());
            sealed = sealed.subspan(part.size());
            if (piece_.size() == storage::kPieceBytes) flush();
        }
    });
}

void SubmissionFileIntake::flush() {
    if (piece_.empty()) return;
    const auto added = uploads_.add_piece(sender_, begun_[current_], next_piece_++, piece_);
    if (!added) fail(said(added.error()));
    piece_.clear();
}

void SubmissionFileIntake::end_attachment() {
    guarded([&] {
        flush();
        if (error_) return;
        if (!uploads_.complete(sender_, begun_[current_], sizes_[current_])) {
            fail(FileIntakeError::busy);
        }
        next_piece_ = 0;
    });
}

void SubmissionFileIntake::write(crypto::ByteView bytes) {
    if (is_over()) return;
    const auto read = reader_.write(bytes);
    if (!read) fail(said(read.error()));
}

crypto::Result<std::monostate, FileIntakeError> SubmissionFileIntake::finish() {
    if (is_stored_) return std::monostate{};
    if (!error_) {
        const auto read = reader_.finish();
        if (!read) fail(said(read.error()));
    }
    if (!error_) {
        const auto stored = accept_report(organisation_, uploads_, sender_, report_);
        if (!stored) fail(said(stored.error()));
    }
    if (error_) return crypto::unexpected(*error_);
    begun_.clear();
    return std::monostate{};
}

}  // namespace tillit::app
