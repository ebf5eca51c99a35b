#include "storage/cases.h"

#include <cstring>
#include <limits>

#include "crypto/primitives.h"
#include "storage/envelopes.h"
#include "storage/statement.h"
#include "storage/texts.h"

namespace tillit::storage {
namespace {

CaseState state_from(const std::string& text) {
    const auto state = case_state_from(text);
    if (!state) throw Error(Error::corrupt, "database: unknown case state");
    return *state;
}

#define CASE_SELECT                                                                            \
    "SELECT c.case_id, k.case_recipient, k.reporter_recipient, k.verify_key, c.received_day,"  \
    " c.acknowledged_day, c.acknowledge_due_day, c.feedback_due_day, c.feedback_day, c.state," \
    " c.opened_before_day, c.opened_day, c.opened_count"                                       \
    " FROM \"case\" c JOIN case_key k ON k.case_id = c.case_id"

std::optional<StoredCase> one(Statement& s) {
    if (!s.step()) return std::nullopt;
    return StoredCase{.case_id = s.hash(0),
                      .case_recipient = s.blob(1),
                      .reporter_recipient = s.blob(2),
                      .verify_key = s.blob(3),
                      .received_day = s.integer(4),
                      .acknowledged_day = s.optional_day(5),
                      .acknowledge_due_day = s.integer(6),
                      .feedback_due_day = s.integer(7),
                      .feedback_day = s.optional_day(8),
                      .state = state_from(s.text(9)),
                      .opened_day = s.optional_day(10),
                      .newest_opened_day = s.optional_day(11),
                      .opened_count = static_cast<std::uint32_t>(s.count(12))};
}

std::int64_t random_row() {
    const auto bytes = crypto::random_array<8>();
    std::int64_t row = 0;
    std::memcpy(&row, bytes.data(), sizeof row);
    return row;
}

void insert_case_row(Database& db, const NewCase& c) {
    Statement(db,
              "INSERT INTO \"case\" (case_id, lookup_hash, state, received_day,"
              " acknowledge_due_day, feedback_due_day, last_position, opened_count)"
              " VALUES (?1, ?2, 'received', ?3, ?4, ?5, 1, 0)")
        .bind(c.case_id)
        .bind(c.lookup_hash)
        .bind(c.received_day)
        .bind(c.acknowledge_due_day)
        .bind(c.feedback_due_day)
        .run();
    Statement(db,
              "INSERT INTO case_key (row, case_id, case_recipient, reporter_recipient, verify_key)"
              " VALUES (random(), ?1, ?2, ?3, ?4)")
        .bind(c.case_id)
        .bind(c.case_recipient)
        .bind(c.reporter_recipient)
        .bind(c.verify_key)
        .run();
}

}  // namespace

bool Cases::insert(const NewCase& new_case) {
    if (exists_lookup(new_case.lookup_hash)) return false;
    insert_case_row(db_, new_case);
    // Neighbours from a random place on: fewer pages to write than one random place each.
    std::int64_t row = random_row() & ~std::int64_t{0xff};
    for (const NewGrant& grant : new_case.grants) {
        Statement(db_,
                  "INSERT INTO case_grant (row, case_id, member_id, received_day, sealed)"
                  " VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(row++)
            .bind(new_case.case_id)
            .bind(grant.member_id)
            .bind(new_case.received_day)
            .bind(grant.sealed)
            .run();
    }
    Statement(db_, "INSERT INTO case_identity (row, case_id, sealed) VALUES (random(), ?1, ?2)")
        .bind(new_case.case_id)
        .bind(new_case.identity)
        .run();
    Envelopes(db_).insert(new_case.case_id, 1, new_case.report, new_case.received_day,
                          new_case.attachments);
    return true;
}

std::optional<StoredCase> Cases::find_by_lookup(const Hash& lookup_hash) {
    Statement s(db_, CASE_SELECT " WHERE c.lookup_hash = ?1");
    s.bind(lookup_hash);
    return one(s);
}

std::optional<StoredCase> Cases::find(const Hash& case_id) {
    Statement s(db_, CASE_SELECT " WHERE c.case_id = ?1");
    s.bind(case_id);
    return one(s);
}

bool Cases::exists_lookup(const Hash& lookup_hash) {
    Statement s(db_, "SELECT 1 FROM \"case\" WHERE lookup_hash = ?1");
    return s.bind(lookup_hash).step();
}

std::vector<InboxRow> Cases::inbox(const Id& member, const InboxPage& page) {
    Statement s(db_,
                "SELECT c.case_id, c.received_day, c.acknowledged_day, c.acknowledge_due_day,"
                " c.feedback_due_day, c.feedback_day, c.state, c.last_position,"
                " coalesce(r.position, 0)"
                " FROM case_grant g JOIN \"case\" c ON c.case_id = g.case_id"
                " LEFT JOIN read_mark r ON r.case_id = g.case_id AND r.member_id = g.member_id"
                " WHERE g.member_id = ?1 AND (g.received_day, g.case_id) < (?2, ?3)"
                " AND (?4 IS NULL OR c.state = ?4)"
                " ORDER BY g.received_day DESC, g.case_id DESC LIMIT ?5");
    const auto from =
        page.after.value_or(InboxPage::Cursor{.received_day = std::numeric_limits<Day>::max()});
    s.bind(member).bind(from.received_day).bind(from.case_id);
    if (page.state) {
        s.bind(to_text(*page.state));
    } else {
        s.bind_null();
    }
    s.bind(page.limit);
    std::vector<InboxRow> rows;
    while (s.step()) {
        rows.push_back({.case_id = s.hash(0),
                        .received_day = s.integer(1),
                        .acknowledged_day = s.optional_day(2),
                        .acknowledge_due_day = s.integer(3),
                        .feedback_due_day = s.integer(4),
                        .feedback_day = s.optional_day(5),
                        .state = state_from(s.text(6)),
                        .last_position = s.count(7),
                        .read_position = s.count(8)});
    }
    return rows;
}

std::optional<InboxRow> Cases::inbox_row(const Hash& case_id, const Id& member) {
    Statement s(db_,
                "SELECT c.received_day, c.acknowledged_day, c.acknowledge_due_day,"
                " c.feedback_due_day, c.feedback_day, c.state, c.last_position,"
                " coalesce(r.position, 0)"
                " FROM case_grant g JOIN \"case\" c ON c.case_id = g.case_id"
                " LEFT JOIN read_mark r ON r.case_id = g.case_id AND r.member_id = g.member_id"
                " WHERE g.case_id = ?1 AND g.member_id = ?2");
    s.bind(case_id).bind(member);
    if (!s.step()) return std::nullopt;
    return InboxRow{.case_id = case_id,
                    .received_day = s.integer(0),
                    .acknowledged_day = s.optional_day(1),
                    .acknowledge_due_day = s.integer(2),
                    .feedback_due_day = s.integer(3),
                    .feedback_day = s.optional_day(4),
                    .state = state_from(s.text(5)),
                    .last_position = s.count(6),
                    .read_position = s.count(7)};
}

std::uint64_t Cases::inbox_count(const Id& member) {
    Statement s(db_, "SELECT count(*) FROM case_grant WHERE member_id = ?1");
    s.bind(member).step();
    return s.count(0);
}

std::optional<Bytes> Cases::grant(const Hash& case_id, const Id& member) {
    Statement s(db_, "SELECT sealed FROM case_grant WHERE case_id = ?1 AND member_id = ?2");
    s.bind(case_id).bind(member);
    if (!s.step()) return std::nullopt;
    return s.blob(0);
}

bool Cases::has_grant(const Hash& case_id, const Id& member) {
    Statement s(db_, "SELECT 1 FROM case_grant WHERE case_id = ?1 AND member_id = ?2");
    return s.bind(case_id).bind(member).step();
}

std::vector<Id> Cases::grantees(const Hash& case_id) {
    Statement s(db_, "SELECT member_id FROM case_grant WHERE case_id = ?1 ORDER BY member_id");
    s.bind(case_id);
    std::vector<Id> members;
    while (s.step()) members.push_back(s.id(0));
    return members;
}

std::optional<Bytes> Cases::identity(const Hash& case_id) {
    Statement s(db_, "SELECT sealed FROM case_identity WHERE case_id = ?1");
    s.bind(case_id);
    if (!s.step()) return std::nullopt;
    return s.blob(0);
}

bool Cases::set_state(const Hash& case_id, CaseState state, Day today) {
    return Statement(db_,
                     "UPDATE \"case\" SET state = ?2, acknowledged_day = CASE WHEN ?2 = 'received'"
                     " THEN acknowledged_day ELSE coalesce(acknowledged_day, ?3) END"
                     " WHERE case_id = ?1")
               .bind(case_id)
               .bind(to_text(state))
               .bind(today)
               .run() == 1;
}

bool Cases::set_feedback(const Hash& case_id, Day today) {
    return Statement(db_,
                     "UPDATE \"case\" SET feedback_day = coalesce(feedback_day, ?2)"
                     " WHERE case_id = ?1")
               .bind(case_id)
               .bind(today)
               .run() == 1;
}

void Cases::record_visit(const Hash& case_id, Day today) {
    // The right-hand sides all see the row as it was.
    Statement(db_,
              "UPDATE \"case\" SET opened_count = opened_count + 1,"
              " opened_before_day = CASE WHEN opened_day < ?2 THEN opened_day"
              "  ELSE opened_before_day END,"
              " opened_day = max(coalesce(opened_day, ?2), ?2) WHERE case_id = ?1")
        .bind(case_id)
        .bind(today)
        .run();
}

bool Cases::was_opened(const Hash& case_id, const Id& member) {
    Statement s(db_, "SELECT 1 FROM case_opening WHERE case_id = ?1 AND member_id = ?2");
    return s.bind(case_id).bind(member).step();
}

bool Cases::note_opening(const Hash& case_id, const Id& member) {
    return Statement(db_,
                     "INSERT INTO case_opening (case_id, member_id) VALUES (?1, ?2)"
                     " ON CONFLICT DO NOTHING")
               .bind(case_id)
               .bind(member)
               .run() == 1;
}

void Cases::mark_read(const Hash& case_id, const Id& member, std::uint64_t position) {
    Statement(db_,
              "INSERT INTO read_mark (case_id, member_id, position) VALUES (?1, ?2, ?3)"
              " ON CONFLICT (case_id, member_id) DO UPDATE SET position = excluded.position"
              " WHERE position < excluded.position")
        .bind(case_id)
        .bind(member)
        .bind(position)
        .run();
}

}  // namespace tillit::storage
