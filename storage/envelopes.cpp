#include "storage/envelopes.h"

#include "storage/attachments.h"
#include "storage/epochs.h"
#include "storage/statement.h"

namespace tillit::storage {
AppendResult Envelopes::append(const Hash& case_id, const NewEnvelope& envelope, Day today,
                               const std::vector<Id>& attachments_to_bind) {
    std::uint64_t position = 0;
    {
        Statement s(db_, "SELECT state = 'closed', last_position FROM \"case\" WHERE case_id = ?1");
        s.bind(case_id);
        if (!s.step()) return AppendResult::no_such_case;
        if (s.integer(0) != 0) return AppendResult::case_closed;
        position = s.count(1) + 1;
    }
    if (Epochs(db_).current(case_id) != envelope.epoch) return AppendResult::other_epoch;
    const auto newest = head(case_id, envelope.author);
    if (envelope.seq != newest.seq + 1 || envelope.prev != newest.hash) {
        return AppendResult::not_successor;
    }
    insert(case_id, position, envelope, today, attachments_to_bind);
    Statement(db_, "UPDATE \"case\" SET last_position = ?2 WHERE case_id = ?1")
        .bind(case_id)
        .bind(position)
        .run();
    return AppendResult::stored;
}

void Envelopes::insert(const Hash& case_id, std::uint64_t position, const NewEnvelope& envelope,
                       Day today, const std::vector<Id>& attachments_to_bind) {
    Statement(db_,
              "INSERT INTO envelope (row, case_id, position, author, seq, prev, hash, day, sealed)"
              " VALUES (random(), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .bind(case_id)
        .bind(position)
        .bind(envelope.author)
        .bind(envelope.seq)
        .bind(envelope.prev)
        .bind(envelope.hash)
        .bind(today)
        .bind(envelope.sealed)
        .run();
    for (const Id& upload : attachments_to_bind) {
        if (!Attachments(db_).bind(upload, case_id)) {
            throw Error(Error::not_found, "envelope: an upload it names is not there");
        }
    }
}

std::vector<StoredEnvelope> Envelopes::thread(const Hash& case_id, std::uint64_t after_position) {
    Statement s(db_,
                "SELECT position, author, seq, prev, hash, day, sealed FROM envelope"
                " WHERE case_id = ?1 AND position > ?2 ORDER BY position");
    s.bind(case_id).bind(after_position);
    std::vector<StoredEnvelope> thread;
    while (s.step()) {
        thread.push_back({.position = s.count(0),
                          .author = s.id(1),
                          .seq = s.count(2),
                          .prev = s.hash(3),
                          .hash = s.hash(4),
                          .day = s.integer(5),
                          .sealed = s.blob(6)});
    }
    return thread;
}

std::vector<EnvelopePlace> Envelopes::places(const Hash& case_id) {
    Statement s(db_,
                "SELECT author, seq, hash, day FROM envelope WHERE case_id = ?1 ORDER BY position");
    s.bind(case_id);
    std::vector<EnvelopePlace> places;
    while (s.step()) {
        places.push_back(
            {.author = s.id(0), .seq = s.count(1), .hash = s.hash(2), .day = s.integer(3)});
    }
    return places;
}

Bytes Envelopes::first_sealed(const Hash& case_id) {
    Statement s(db_, "SELECT sealed FROM envelope WHERE case_id = ?1 ORDER BY position LIMIT 1");
    if (!s.bind(case_id).step()) return {};
    return s.blob(0);
}

EnvelopeHead Envelopes::head(const Hash& case_id, const Id& author) {
    Statement s(db_,
                "SELECT seq, hash FROM envelope WHERE case_id = ?1 AND author = ?2"
                " ORDER BY seq DESC LIMIT 1");
    s.bind(case_id).bind(author);
    if (!s.step()) return {.author = author};
    return {.author = author, .seq = s.count(0), .hash = s.hash(1)};
}

std::uint64_t Envelopes::bytes_of(const Hash& case_id, const Id& author) {
    // length() of a blob reads no more of the row than its head.
    Statement s(db_,
                "SELECT coalesce(sum(length(sealed)), 0) FROM envelope"
                " WHERE case_id = ?1 AND author = ?2");
    s.bind(case_id).bind(author);
    return s.step() ? s.count(0) : 0;
}

std::vector<EnvelopeHead> Envelopes::heads(const Hash& case_id) {
    // With a lone max() SQLite takes the bare column from the row that has the maximum.
    Statement s(db_,
                "SELECT author, max(seq), hash FROM envelope WHERE case_id = ?1 GROUP BY author");
    s.bind(case_id);
    std::vector<EnvelopeHead> heads;
    while (s.step()) heads.push_back({.author = s.id(0), .seq = s.count(1), .hash = s.hash(2)});
    return heads;
}

}  // namespace tillit::storage
