#include "server/app/case_notes.h"

#include <algorithm>

#include "crypto/case_note.h"
#include "server/app/holders.h"
#include "server/app/thread_writing.h"
#include "storage/cases.h"

namespace tillit::app {

namespace {

using crypto::unexpected;
using storage::Database;
using Refused = NoteRefusal;

bool handles(Database& db, const crypto::Hash& case_id, const crypto::Id& member) {
    return storage::Cases(db).has_grant(case_id, member) && may_read(db, member);
}

bool is_sealed(const NewNote& note) {
    const auto is_grant = [](const auto& grant) { return is_sealed_grant(grant.sealed); };
    return crypto::is_sealed_envelope(note.sealed) &&
           (!note.handling || std::ranges::all_of(note.handling->grants, is_grant));
}

/// Each grant is for another one who handles the case, and one of them for the author.
bool are_holders(Database& db, const crypto::Hash& case_id, const crypto::Id& author,
                 const std::vector<storage::NewGrant>& grants) {
    auto readers = readers_of(db, case_id);
    for (const auto& grant : grants) {
        const auto found = std::ranges::find(readers, grant.member_id);
        if (found == readers.end()) return false;
        readers.erase(found);
    }
    return std::ranges::find(readers, author) == readers.end();
}

/// Why the handling identity that comes, or does not come, with a note cannot be taken. Made by
/// somebody who has not read the whole thread it might leave out who has just been given a key.
std::optional<Refused> trouble_with_handling(Database& db, const crypto::Hash& case_id,
                                             const crypto::Id& member, const NewNote& note) {
    const bool is_there = storage::Notes(db).has_handling(case_id, note.epoch);
    if (is_there == note.handling.has_value()) return Refused::not_successor;
    if (!note.handling) return std::nullopt;
    const auto place = storage::Cases(db).inbox_row(case_id, member);
    if (place->last_position != note.handling->thread) return Refused::not_successor;
    if (!are_holders(db, case_id, member, note.handling->grants)) return Refused::wrong_holders;
    return std::nullopt;
}

std::optional<Refused> append(Database& db, const crypto::Hash& case_id,
                              const storage::NewEnvelope& note, storage::Day today) {
    switch (storage::Notes(db).append(case_id, note, today)) {
        case storage::AppendResult::stored:
            return std::nullopt;
        case storage::AppendResult::no_such_case:
            return Refused::no_such_case;
        case storage::AppendResult::case_closed:
            return Refused::closed;
        case storage::AppendResult::thread_full:
            return Refused::thread_full;
        case storage::AppendResult::other_epoch:
        case storage::AppendResult::not_successor:
            break;
    }
    return Refused::not_successor;
}

}  // namespace

std::optional<SealedNotes> CaseNotes::read(const crypto::Hash& case_id, const crypto::Id& member) {
    return organisation_.store().read([&](Database& db) -> std::optional<SealedNotes> {
        if (!handles(db, case_id, member)) return std::nullopt;
        storage::Notes notes(db);
        return SealedNotes{.handling = notes.handling(case_id, member),
                           .notes = notes.of_case(case_id)};
    });
}

crypto::Result<std::monostate, NoteRefusal> CaseNotes::write(const crypto::Hash& case_id,
                                                             const crypto::Id& member,
                                                             const NewNote& note) {
    using Result = crypto::Result<std::monostate, NoteRefusal>;
    if (!is_sealed(note)) return unexpected(Refused::not_sealed);
    const storage::NewEnvelope row{.author = member,
                                   .epoch = note.epoch,
                                   .seq = note.seq,
                                   .prev = note.prev,
                                   .hash = crypto::case_note_hash(note.sealed),
                                   .sealed = note.sealed};
    const auto& clock = organisation_.clock();
    return organisation_.store().write([&](Database& db) -> Result {
        if (!handles(db, case_id, member)) return unexpected(Refused::no_such_case);
        const auto& org = organisation_.settings().org_id;
        if (note.act && !is_signed_by(db, org, member, kNoteWritten, row.hash, *note.act)) {
            return unexpected(Refused::wrong_act);
        }
        storage::Notes notes(db);
        if (notes.bytes_of(case_id, member) + note.sealed.size() > kMaxThreadBytesOfAuthor) {
            return unexpected(Refused::thread_full);
        }
        // All checks come before anything is written: one transaction keeps what it wrote.
        if (const auto trouble = trouble_with_handling(db, case_id, member, note)) {
            return unexpected(*trouble);
        }
        if (const auto trouble = append(db, case_id, row, clock.today())) {
            return unexpected(*trouble);
        }
        if (note.handling) {
            for (const auto& grant : note.handling->grants) {
                notes.add_handling(case_id, note.epoch, grant);
            }
        }
        record(db, clock,
               {.kind = kNoteWritten,
                .member = member,
                .case_id = case_id,
                .object = row.hash,
                .act = note.act});
        return std::monostate{};
    });
}

}  // namespace tillit::app
