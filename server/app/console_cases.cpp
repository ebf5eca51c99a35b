#include "server/app/console_cases.h"

#include <algorithm>

#include "crypto/age/age.h"
#include "crypto/envelope.h"
#include "server/app/thread_writing.h"
#include "storage/attachments.h"

namespace tillit::app {

namespace {

WriteError to_error(storage::AppendResult result) {
    switch (result) {
        case storage::AppendResult::no_such_case:
            return WriteError::no_such_case;
        case storage::AppendResult::case_closed:
            return WriteError::closed;
        case storage::AppendResult::thread_full:
            return WriteError::thread_full;
        case storage::AppendResult::other_epoch:
        case storage::AppendResult::not_successor:
        case storage::AppendResult::stored:
            break;
    }
    return WriteError::not_successor;
}

}  // namespace

ConsoleCases::ConsoleCases(Organisation& organisation) : organisation_(organisation) {}

Inbox ConsoleCases::inbox(const crypto::Id& member, const storage::InboxPage& page) {
    return organisation_.store().read([&](storage::Database& db) {
        storage::Cases cases(db);
        return Inbox{.total = cases.inbox_count(member), .rows = cases.inbox(member, page)};
    });
}

bool ConsoleCases::may_see(const crypto::Hash& case_id, const crypto::Id& member) {
    return organisation_.store().read(
        [&](storage::Database& db) { return storage::Cases(db).has_grant(case_id, member); });
}

std::optional<CaseFile> ConsoleCases::open(const crypto::Hash& case_id, const crypto::Id& member,
                                           bool with_envelopes) {
    bool is_first_time = false;
    auto found = organisation_.store().read([&](storage::Database& db) -> std::optional<CaseFile> {
        storage::Cases cases(db);
        auto grant = cases.grant(case_id, member);
        auto row = cases.find(case_id);
        auto place = cases.inbox_row(case_id, member);
        if (!grant || !row || !place) return std::nullopt;
        CaseFile file{.row = std::move(*row),
                      .place = *place,
                      .grant = std::move(*grant),
                      .identity = cases.identity(case_id).value_or(crypto::Bytes{}),
                      .grantees = cases.grantees(case_id),
                      .epochs = storage::Epochs(db).copies(case_id, member),
                      .envelopes = {}};
        if (with_envelopes) file.envelopes = storage::Envelopes(db).thread(case_id);
        is_first_time = !cases.was_opened(case_id, member);
        return file;
    });
    // Recorded before anything is handed out. Without the case: who was granted one is no event.
    if (found && is_first_time) {
        organisation_.store().write([&](storage::Database& db) {
            if (!storage::Cases(db).note_opening(case_id, member)) return;
            record(db, organisation_.clock(), {.kind = kCaseOpened, .member = member});
        });
    }
    return found;
}

std::optional<NewEnvelopes> ConsoleCases::envelopes_after(const crypto::Hash& case_id,
                                                          const crypto::Id& member,
                                                          std::uint64_t position) {
    return organisation_.store().read([&](storage::Database& db) -> std::optional<NewEnvelopes> {
        if (!storage::Cases(db).has_grant(case_id, member)) return std::nullopt;
        return NewEnvelopes{.epochs = storage::Epochs(db).copies(case_id, member),
                            .envelopes = storage::Envelopes(db).thread(case_id, position)};
    });
}

crypto::Result<Written, WriteRefusal> ConsoleCases::write(const crypto::Hash& case_id,
                                                          const crypto::Id& member,
                                                          const NewMessage& message) {
    if (!crypto::is_sealed_envelope(message.sealed)) {
        return crypto::unexpected(WriteRefusal{.why = WriteError::not_sealed});
    }
    if (!owns_complete_uploads(case_id, member, message.attachments)) {
        return crypto::unexpected(WriteRefusal{.why = WriteError::no_such_upload});
    }
    const storage::NewEnvelope envelope{.author = member,
                                        .epoch = message.epoch,
                                        .seq = message.seq,
                                        .prev = message.prev,
                                        .hash = crypto::envelope_hash(message.sealed),
                                        .sealed = message.sealed};
    using Result = crypto::Result<Written, WriteRefusal>;
    auto result = organisation_.store().write([&](storage::Database& db) -> Result {
        storage::Cases cases(db);
        if (!cases.has_grant(case_id, member)) {
            return crypto::unexpected(WriteRefusal{.why = WriteError::no_such_case});
        }
        if (message.act && !is_signed_by(db, organisation_.settings().org_id, member,
                                         kEnvelopeStored, envelope.hash, *message.act)) {
            return crypto::unexpected(WriteRefusal{.why = WriteError::wrong_act});
        }
        const auto today = organisation_.clock().today();
        // First the state: a message that opens a closed case again is part of the opened one.
        const auto before = cases.find(case_id)->state;
        const bool reopens = before == storage::CaseState::closed && message.state &&
                             *message.state != storage::CaseState::closed;
        if (reopens) cases.set_state(case_id, *message.state, today);
        const auto how = append_to_thread(db, organisation_.clock(), case_id, envelope,
                                          kEnvelopeStored, message.act, message.attachments);
        if (how != storage::AppendResult::stored) {
            if (reopens) cases.set_state(case_id, before, today);
            return crypto::unexpected(WriteRefusal{
                .why = to_error(how), .head = storage::Envelopes(db).head(case_id, member)});
        }
        if (message.state && !reopens) cases.set_state(case_id, *message.state, today);
        if (message.is_feedback) cases.set_feedback(case_id, today);
        const auto position = cases.inbox_row(case_id, member)->last_position;
        if (message.state && *message.state != before) {
            record(db, organisation_.clock(),
                   {.kind = kStateChanged, .member = member, .case_id = case_id});
        }
        return Written{.position = position, .hash = envelope.hash};
    });
    if (result) forget_uploads(message.attachments);
    return result;
}

bool ConsoleCases::mark_read(const crypto::Hash& case_id, const crypto::Id& member,
                             std::uint64_t position) {
    return organisation_.store().write([&](storage::Database& db) {
        storage::Cases cases(db);
        if (!cases.has_grant(case_id, member)) return false;
        cases.mark_read(case_id, member, position);
        return true;
    });
}

std::optional<crypto::Id> ConsoleCases::begin_upload(const crypto::Hash& case_id,
                                                     const crypto::Id& member) {
    const auto id = crypto::random_array<16>();
    const bool is_begun = organisation_.store().write([&](storage::Database& db) {
        if (!storage::Cases(db).has_grant(case_id, member)) return false;
        storage::Attachments(db).begin(id, organisation_.clock().today());
        return true;
    });
    if (!is_begun) return std::nullopt;
    const std::lock_guard lock(mutex_);
    uploads_[id] = {.case_id = case_id, .member = member};
    return id;
}

crypto::Result<std::monostate, UploadRefusal> ConsoleCases::add_piece(const crypto::Hash& case_id,
                                                                      const crypto::Id& member,
                                                                      const crypto::Id& upload,
                                                                      std::uint64_t index,
                                                                      crypto::ByteView piece) {
    if (piece.empty() || piece.size() > storage::kPieceBytes) {
        return crypto::unexpected(UploadRefusal::wrong_size);
    }
    {
        const std::lock_guard lock(mutex_);
        const auto found = uploads_.find(upload);
        if (found == uploads_.end() || found->second.case_id != case_id ||
            found->second.member != member || found->second.is_complete) {
            return crypto::unexpected(UploadRefusal::no_such_upload);
        }
        auto& state = found->second;
        const bool is_after_last = state.size % storage::kPieceBytes != 0;
        if (state.is_busy || index != state.next_index || is_after_last) {
            return crypto::unexpected(UploadRefusal::wrong_order);
        }
        // Padding and age's tags add less than the content itself (protocol §6).
        if (state.size + piece.size() > 2 * organisation_.settings().max_report_bytes) {
            return crypto::unexpected(UploadRefusal::too_large);
        }
        state.is_busy = true;
    }
    const auto finish = [&](bool is_stored) {
        const std::lock_guard lock(mutex_);
        auto& state = uploads_[upload];
        state.is_busy = false;
        if (!is_stored) return;
        ++state.next_index;
        state.size += piece.size();
    };
    try {
        organisation_.store().write_relaxed([&](storage::Database& db) {
            storage::Attachments(db).add_piece(upload, index, piece);
        });
    } catch (...) {
        finish(false);
        throw;
    }
    finish(true);
    return std::monostate{};
}

bool ConsoleCases::complete_upload(const crypto::Hash& case_id, const crypto::Id& member,
                                   const crypto::Id& upload, std::uint64_t stored_size) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = uploads_.find(upload);
        if (found == uploads_.end() || found->second.case_id != case_id ||
            found->second.member != member || found->second.is_busy || found->second.is_complete ||
            found->second.size != stored_size) {
            return false;
        }
    }
    const bool is_sealed = organisation_.store().write(
        [&](storage::Database& db) { return storage::Attachments(db).seal(upload, stored_size); });
    const std::lock_guard lock(mutex_);
    if (is_sealed) uploads_[upload].is_complete = true;
    return is_sealed;
}

std::optional<storage::AttachmentInfo> ConsoleCases::find_attachment(const crypto::Hash& case_id,
                                                                     const crypto::Id& member,
                                                                     const crypto::Id& attachment) {
    return organisation_.store().read(
        [&](storage::Database& db) -> std::optional<storage::AttachmentInfo> {
            if (!storage::Cases(db).has_grant(case_id, member)) return std::nullopt;
            return storage::Attachments(db).find(case_id, attachment);
        });
}

bool ConsoleCases::stream_attachment(const storage::AttachmentInfo& attachment,
                                     const std::function<bool(crypto::ByteView)>& write) {
    for (std::uint64_t index = 0; index < attachment.pieces; ++index) {
        const auto piece = organisation_.store().read([&](storage::Database& db) {
            return storage::Attachments(db).piece(attachment.id, index);
        });
        if (!write(piece)) return false;
    }
    return true;
}

bool ConsoleCases::owns_complete_uploads(const crypto::Hash& case_id, const crypto::Id& member,
                                         const std::vector<crypto::Id>& uploads) {
    const std::lock_guard lock(mutex_);
    return std::all_of(uploads.begin(), uploads.end(), [&](const crypto::Id& id) {
        const auto found = uploads_.find(id);
        return found != uploads_.end() && found->second.case_id == case_id &&
               found->second.member == member && found->second.is_complete;
    });
}

void ConsoleCases::forget_uploads(const std::vector<crypto::Id>& uploads) {
    const std::lock_guard lock(mutex_);
    for (const auto& id : uploads) uploads_.erase(id);
}

}  // namespace tillit::app
