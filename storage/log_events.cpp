#include "storage/log_events.h"

#include "crypto/primitives.h"
#include "storage/statement.h"

namespace tillit::storage {
namespace {

LogDay day_of(const Statement& s) {
    return {.day = s.integer(0), .seed = s.hash(1), .root = s.hash(2), .checkpoint = s.text(3)};
}

}  // namespace

void append_event(Database& db, const NewLogEvent& event) {
    Statement(db, "INSERT INTO log_event (day, hash, salt, event) VALUES (?1, ?2, ?3, ?4)")
        .bind(event.day)
        .bind(event.hash)
        .bind(event.salt)
        .bind(event.event)
        .run();
}

std::vector<LogEventRow> LogEvents::of_day(Day day) {
    Statement s(db_, "SELECT hash, salt, event FROM log_event WHERE day = ?1 ORDER BY hash");
    s.bind(day);
    std::vector<LogEventRow> rows;
    while (s.step()) {
        LogEventRow row{.hash = s.hash(0), .salt = std::nullopt, .event = {}};
        if (!s.is_null(1)) {
            row.salt = s.array<16>(1);
            row.event = s.text(2);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::optional<Day> LogEvents::first_event_day() {
    Statement s(db_, "SELECT min(day) FROM log_event");
    if (!s.step()) return std::nullopt;
    return s.optional_day(0);
}

bool LogEvents::erase(Day day, const Hash& hash) {
    return Statement(db_,
                     "UPDATE log_event SET salt = NULL, event = NULL WHERE day = ?1 AND hash = ?2")
               .bind(day)
               .bind(hash)
               .run() == 1;
}

bool LogEvents::use_act(const Hash& act) {
    return Statement(db_, "INSERT OR IGNORE INTO used_act (act_hash) VALUES (?1)")
               .bind(act)
               .run() == 1;
}

void LogEvents::put_day(const LogDay& day) {
    Statement(db_, "INSERT INTO log_day (day, seed, root, checkpoint) VALUES (?1, ?2, ?3, ?4)")
        .bind(day.day)
        .bind(day.seed)
        .bind(day.root)
        .bind(day.checkpoint)
        .run();
}

std::optional<Day> LogEvents::last_closed_day() {
    Statement s(db_, "SELECT max(day) FROM log_day");
    if (!s.step()) return std::nullopt;
    return s.optional_day(0);
}

std::optional<LogDay> LogEvents::newest_day() {
    Statement s(db_, "SELECT day, seed, root, checkpoint FROM log_day ORDER BY day DESC LIMIT 1");
    if (!s.step()) return std::nullopt;
    return day_of(s);
}

std::vector<LogDay> LogEvents::days() {
    Statement s(db_, "SELECT day, seed, root, checkpoint FROM log_day ORDER BY day");
    std::vector<LogDay> days;
    while (s.step()) days.push_back(day_of(s));
    return days;
}

WitnessMailRow LogEvents::witness() {
    Statement s(db_, "SELECT sent_monday, tried_unix FROM witness_mail");
    if (!s.step()) return {};
    return {.sent_monday = s.integer(0), .tried_unix = s.integer(1)};
}

void LogEvents::put_witness(const WitnessMailRow& row) {
    Statement(db_,
              "INSERT INTO witness_mail (only_row, sent_monday, tried_unix) VALUES (1, ?1, ?2)"
              " ON CONFLICT (only_row) DO UPDATE SET sent_monday = excluded.sent_monday,"
              " tried_unix = excluded.tried_unix")
        .bind(row.sent_monday)
        .bind(row.tried_unix)
        .run();
}

Id LogEvents::case_reference(const Hash& case_id) {
    {
        Statement s(db_, "SELECT reference FROM case_reference WHERE case_id = ?1");
        if (s.bind(case_id).step()) return s.id(0);
    }
    const auto reference = crypto::random_array<16>();
    Statement(db_, "INSERT INTO case_reference (case_id, reference) VALUES (?1, ?2)")
        .bind(case_id)
        .bind(reference)
        .run();
    return reference;
}

}  // namespace tillit::storage
