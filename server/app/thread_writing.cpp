#include "server/app/thread_writing.h"

#include "storage/cases.h"

namespace tillit::app {

storage::AppendResult append_to_thread(storage::Database& db, const Clock& clock,
                                       const crypto::Hash& case_id,
                                       const storage::NewEnvelope& envelope, std::string_view kind,
                                       const std::optional<SignedAct>& act,
                                       const std::vector<crypto::Id>& attachments) {
    storage::Envelopes envelopes(db);
    const bool is_bounded = kind == kEnvelopeStored;
    if (is_bounded && envelopes.bytes_of(case_id, envelope.author) + envelope.sealed.size() >
                          kMaxThreadBytesOfAuthor) {
        return storage::AppendResult::thread_full;
    }
    const auto how = envelopes.append(case_id, envelope, clock.today(), attachments);
    if (how != storage::AppendResult::stored) return how;
    const bool by_reporter = envelope.author == crypto::Id{};
    record(db, clock,
           {.kind = kind,
            .member = by_reporter ? std::nullopt : std::optional(envelope.author),
            .by_reporter = by_reporter,
            .case_id = case_id,
            .object = envelope.hash,
            .act = act});
    if (!by_reporter) {
        storage::Cases cases(db);
        const auto place = cases.inbox_row(case_id, envelope.author);
        cases.mark_read(case_id, envelope.author, place->last_position);
    }
    return how;
}

}  // namespace tillit::app
