#include "storage/notes.h"

#include "storage/statement.h"

namespace tillit::storage {

AppendResult Notes::append(const Hash& case_id, const NewEnvelope& note, Day today) {
    std::uint64_t position = 0;
    {
        Statement s(db_,
                    "SELECT state = 'closed', (SELECT coalesce(max(position), 0) FROM note"
                    " WHERE case_id = ?1) FROM \"case\" WHERE case_id = ?1");
        s.bind(case_id);
        if (!s.step()) return AppendResult::no_such_case;
        if (s.integer(0) != 0) return AppendResult::case_closed;
        position = s.count(1) + 1;
    }
    if (Epochs(db_).current(case_id) != note.epoch) return AppendResult::other_epoch;
    const auto newest = head(case_id, note.author);
    if (note.seq != newest.seq + 1 || note.prev != newest.hash) return AppendResult::not_successor;
    Statement(db_,
              "INSERT INTO note (row, case_id, position, epoch, author, seq, prev, hash, day,"
              " sealed) VALUES (random(), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .bind(case_id)
        .bind(position)
        .bind(note.epoch)
        .bind(note.author)
        .bind(note.seq)
        .bind(note.prev)
        .bind(note.hash)
        .bind(today)
        .bind(note.sealed)
        .run();
    return AppendResult::stored;
}

std::vector<StoredEnvelope> Notes::of_case(const Hash& case_id) {
    Statement s(db_,
                "SELECT position, author, seq, prev, hash, day, sealed FROM note"
                " WHERE case_id = ?1 ORDER BY position");
    s.bind(case_id);
    std::vector<StoredEnvelope> notes;
    while (s.step()) {
        notes.push_back({.position = s.count(0),
                         .author = s.id(1),
                         .seq = s.count(2),
                         .prev = s.hash(3),
                         .hash = s.hash(4),
                         .day = s.integer(5),
                         .sealed = s.blob(6)});
    }
    return notes;
}

std::uint64_t Notes::bytes_of(const Hash& case_id, const Id& author) {
    Statement s(db_,
                "SELECT coalesce(sum(length(sealed)), 0) FROM note"
                " WHERE case_id = ?1 AND author = ?2");
    return s.bind(case_id).bind(author).step() ? s.count(0) : 0;
}

EnvelopeHead Notes::head(const Hash& case_id, const Id& author) {
    Statement s(db_,
                "SELECT seq, hash FROM note WHERE case_id = ?1 AND author = ?2"
                " ORDER BY seq DESC LIMIT 1");
    s.bind(case_id).bind(author);
    if (!s.step()) return {.author = author};
    return {.author = author, .seq = s.count(0), .hash = s.hash(1)};
}

bool Notes::has_handling(const Hash& case_id, std::uint64_t epoch) {
    Statement s(db_, "SELECT 1 FROM handling_grant WHERE case_id = ?1 AND epoch = ?2");
    return s.bind(case_id).bind(epoch).step();
}

std::vector<EpochCopy> Notes::handling(const Hash& case_id, const Id& holder) {
    Statement s(db_,
                "SELECT epoch, sealed FROM handling_grant WHERE case_id = ?1 AND holder = ?2"
                " ORDER BY epoch");
    s.bind(case_id).bind(holder);
    std::vector<EpochCopy> copies;
    while (s.step()) copies.push_back({.epoch = s.count(0), .sealed = s.blob(1)});
    return copies;
}

void Notes::add_handling(const Hash& case_id, std::uint64_t epoch, const NewGrant& grant) {
    Statement(db_,
              "INSERT INTO handling_grant (row, case_id, epoch, holder, sealed)"
              " VALUES (random(), ?1, ?2, ?3, ?4)")
        .bind(case_id)
        .bind(epoch)
        .bind(grant.member_id)
        .bind(grant.sealed)
        .run();
}

}  // namespace tillit::storage
