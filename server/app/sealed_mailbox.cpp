#include "server/app/sealed_mailbox.h"

#include <algorithm>

#include "crypto/envelope.h"
#include "server/app/days.h"
#include "server/app/thread_writing.h"
#include "server/app/visits.h"
#include "storage/cases.h"

namespace tillit::app {

namespace {

SealedReplyError to_error(storage::AppendResult how) {
    switch (how) {
        case storage::AppendResult::no_such_case:
            return SealedReplyError::no_such_case;
        case storage::AppendResult::case_closed:
            return SealedReplyError::closed;
        case storage::AppendResult::thread_full:
            return SealedReplyError::thread_full;
        case storage::AppendResult::other_epoch:
        case storage::AppendResult::not_successor:
        case storage::AppendResult::stored:
            break;
    }
    return SealedReplyError::not_successor;
}

}  // namespace

crypto::Hash upload_owner(const crypto::LookupToken& token) {
    return crypto::labelled_hash("tillit/v1/upload-owner", {token.expose()});
}

SealedMailbox::SealedMailbox(Organisation& organisation, PendingUploads& uploads)
    : organisation_(organisation), uploads_(uploads) {}

std::optional<SealedCase> SealedMailbox::open(const crypto::LookupToken& token, bool is_visit) {
    const auto hash = crypto::lookup_hash(token);
    const auto known = organisation_.store().read(
        [&](storage::Database& db) { return storage::Cases(db).find_by_lookup(hash); });
    if (!known) return std::nullopt;
    if (is_visit) note_visit(organisation_, known->case_id);
    auto found =
        organisation_.store().read([&](storage::Database& db) -> std::optional<SealedCase> {
            auto row = storage::Cases(db).find_by_lookup(hash);
            if (!row) return std::nullopt;  // gone meanwhile
            auto envelopes = storage::Envelopes(db).thread(row->case_id);
            auto epochs = storage::Epochs(db).copies(row->case_id, crypto::kReporter);
            const auto newest = storage::Epochs(db).reporter_key(row->case_id);
            const bool has_new_words = !std::ranges::equal(newest, row->verify_key);
            return SealedCase{.row = std::move(*row),
                              .has_new_words = has_new_words,
                              .epochs = std::move(epochs),
                              .envelopes = std::move(envelopes)};
        });
    if (found) {
        found->row.feedback_due_day =
            feedback_due(found->row.received_day, found->row.acknowledged_day);
    }
    return found;
}

crypto::Result<std::monostate, SealedReplyError> SealedMailbox::reply(
    const crypto::LookupToken& token, const SealedReply& reply) {
    using crypto::unexpected;
    using Result = crypto::Result<std::monostate, SealedReplyError>;
    if (!crypto::is_sealed_envelope(reply.sealed)) return unexpected(SealedReplyError::not_sealed);
    const auto lookup_hash = crypto::lookup_hash(token);
    const storage::NewEnvelope envelope{.author = crypto::kReporter,
                                        .epoch = reply.epoch,
                                        .seq = reply.seq,
                                        .prev = reply.prev,
                                        .hash = crypto::envelope_hash(reply.sealed),
                                        .sealed = reply.sealed};
    const bool owns_uploads = uploads_.owns_complete(upload_owner(token), reply.attachments);
    try {
        const auto result = organisation_.store().write([&](storage::Database& db) -> Result {
            const auto row = storage::Cases(db).find_by_lookup(lookup_hash);
            if (!row) return unexpected(SealedReplyError::no_such_case);
            if (!is_signed_by_reporter(db, ReporterAct::reply, organisation_.settings().org_id,
                                       row->case_id, envelope.hash, reply.signature)) {
                return unexpected(SealedReplyError::bad_signature);
            }
            // The answer to this very envelope may have been lost on the way.
            const auto newest = storage::Envelopes(db).head(row->case_id, crypto::kReporter);
            if (newest.hash == envelope.hash) return std::monostate{};
            if (!owns_uploads) return unexpected(SealedReplyError::no_such_upload);
            const auto how = append_to_thread(db, organisation_.clock(), row->case_id, envelope,
                                              kEnvelopeStored, {}, reply.attachments);
            if (how != storage::AppendResult::stored) return unexpected(to_error(how));
            return std::monostate{};
        });
        if (result) uploads_.forget(reply.attachments);
        return result;
    } catch (const storage::Error&) {
        return unexpected(SealedReplyError::storage_full);
    }
}

std::optional<storage::AttachmentInfo> SealedMailbox::find_attachment(
    const crypto::LookupToken& token, const crypto::Id& attachment) {
    const auto hash = crypto::lookup_hash(token);
    return organisation_.store().read(
        [&](storage::Database& db) -> std::optional<storage::AttachmentInfo> {
            const auto row = storage::Cases(db).find_by_lookup(hash);
            if (!row) return std::nullopt;
            return storage::Attachments(db).find(row->case_id, attachment);
        });
}

bool SealedMailbox::stream_attachment(const storage::AttachmentInfo& attachment,
                                      const std::function<bool(crypto::ByteView)>& write) {
    for (std::uint64_t index = 0; index < attachment.pieces; ++index) {
        const auto piece = organisation_.store().read([&](storage::Database& db) {
            return storage::Attachments(db).piece(attachment.id, index);
        });
        if (!write(piece)) return false;
    }
    return true;
}

}  // namespace tillit::app
