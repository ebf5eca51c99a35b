#include "storage/identity_requests.h"

#include "storage/statement.h"
#include "storage/texts.h"

namespace tillit::storage {
namespace {

#define REQUEST_COLUMNS                                                                     \
    "q.request_id, q.case_id, q.from_member, q.custodian, q.day, q.state, q.answered_day, " \
    "q.openings"

IdentityRequestRow row_of(const Statement& s) {
    const auto state = request_state_from(s.text(5));
    if (!state) throw Error(Error::corrupt, "database: unknown state of a request");
    return {.request_id = s.id(0),
            .case_id = s.hash(1),
            .from = s.id(2),
            .custodian = s.id(3),
            .day = s.integer(4),
            .state = *state,
            .answered_day = s.optional_day(6),
            .openings = s.count(7)};
}

std::uint64_t next_number(Database& db, const Hash& case_id) {
    Statement s(db, "SELECT coalesce(max(number), 0) + 1 FROM identity_request WHERE case_id = ?1");
    s.bind(case_id);
    return s.step() ? s.count(0) : 1;
}

}  // namespace

bool IdentityRequests::ask(const NewIdentityRequest& request, Day today) {
    if (has_open(request.case_id, request.from) || find(request.request_id)) return false;
    const auto number = next_number(db_, request.case_id);
    Statement(
        db_,
        "INSERT INTO identity_request (request_id, case_id, number, from_member, custodian,"
        " day, state, answered_day, openings) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', NULL, 0)")
        .bind(request.request_id)
        .bind(request.case_id)
        .bind(number)
        .bind(request.from)
        .bind(request.custodian)
        .bind(today)
        .run();
    for (const auto& letter : request.letters) {
        insert(request.request_id, LetterKind::request, 1, letter, today);
    }
    return true;
}

std::optional<IdentityRequestRow> IdentityRequests::find(const Id& request_id) {
    Statement s(db_, "SELECT " REQUEST_COLUMNS " FROM identity_request q WHERE q.request_id = ?1");
    s.bind(request_id);
    if (!s.step()) return std::nullopt;
    return row_of(s);
}

bool IdentityRequests::has_open(const Hash& case_id, const Id& from) {
    Statement s(db_,
                "SELECT 1 FROM identity_request"
                " WHERE case_id = ?1 AND from_member = ?2 AND state = 'open'");
    return s.bind(case_id).bind(from).step();
}

std::vector<Id> IdentityRequests::readers(const Id& request_id) {
    Statement s(db_,
                "SELECT reader FROM identity_letter WHERE request_id = ?1 AND kind = 'request'");
    s.bind(request_id);
    std::vector<Id> readers;
    while (s.step()) readers.push_back(s.id(0));
    return readers;
}

std::vector<IdentityCorrespondence> IdentityRequests::of_case(const Hash& case_id,
                                                              const Id& reader) {
    Statement s(db_, "SELECT " REQUEST_COLUMNS
                     ", l.kind, l.day, l.sealed FROM identity_request q"
                     " JOIN identity_letter l ON l.request_id = q.request_id AND l.reader = ?2"
                     " WHERE q.case_id = ?1 ORDER BY q.number, l.kind = 'request' DESC, l.number");
    s.bind(case_id).bind(reader);
    std::vector<IdentityCorrespondence> all;
    while (s.step()) {
        auto row = row_of(s);
        if (all.empty() || all.back().row.request_id != row.request_id) {
            auto who = readers(row.request_id);
            all.push_back({.row = row, .readers = std::move(who), .letters = {}});
        }
        const auto kind = letter_kind_from(s.text(8));
        if (!kind) throw Error(Error::corrupt, "database: unknown kind of letter");
        all.back().letters.push_back({.kind = *kind, .day = s.integer(9), .sealed = s.blob(10)});
    }
    return all;
}

bool IdentityRequests::disclose(const Id& request_id, ByteView sealed, Day today) {
    const auto row = find(request_id);
    if (!row || !answer(request_id, RequestState::disclosed, today)) return false;
    insert(request_id, LetterKind::disclosure, 1,
           {.reader = row->from, .sealed = {sealed.begin(), sealed.end()}}, today);
    return true;
}

bool IdentityRequests::refuse(const Id& request_id, const std::vector<SealedLetter>& letters,
                              Day today) {
    if (!answer(request_id, RequestState::refused, today)) return false;
    for (const auto& letter : letters) insert(request_id, LetterKind::refusal, 1, letter, today);
    return true;
}

bool IdentityRequests::record_opening(const Id& request_id,
                                      const std::vector<SealedLetter>& letters, Day today) {
    const auto changed = Statement(db_,
                                   "UPDATE identity_request SET openings = openings + 1"
                                   " WHERE request_id = ?1 AND state = 'disclosed'")
                             .bind(request_id)
                             .run();
    if (changed == 0) return false;
    const auto number = find(request_id)->openings;
    for (const auto& letter : letters) {
        insert(request_id, LetterKind::opening, number, letter, today);
    }
    return true;
}

bool IdentityRequests::answer(const Id& request_id, RequestState state, Day today) {
    return Statement(db_,
                     "UPDATE identity_request SET state = ?2, answered_day = max(day, ?3)"
                     " WHERE request_id = ?1 AND state = 'open'")
               .bind(request_id)
               .bind(to_text(state))
               .bind(today)
               .run() == 1;
}

void IdentityRequests::insert(const Id& request_id, LetterKind kind, std::uint64_t number,
                              const SealedLetter& letter, Day today) {
    Statement(db_,
              "INSERT INTO identity_letter (row, request_id, kind, number, reader, day, sealed)"
              " VALUES (random(), ?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(request_id)
        .bind(to_text(kind))
        .bind(number)
        .bind(letter.reader)
        .bind(today)
        .bind(letter.sealed)
        .run();
}

}  // namespace tillit::storage
