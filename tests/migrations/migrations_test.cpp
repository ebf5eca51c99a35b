#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "storage/epochs.h"
#include "storage/identity_requests.h"
#include "storage/log_events.h"
#include "storage/migrate.h"
#include "storage/notes.h"
#include "storage/statement.h"
#include "tests/migrations/old_rows.h"
#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

std::vector<std::string> column(Database& db, const char* sql) {
    Statement s(db, sql);
    std::vector<std::string> values;
    while (s.step()) values.push_back(s.text(0));
    return values;
}

std::vector<std::string> schema(Database& db) {
    return column(db, "SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
}

std::vector<std::string> tables(Database& db) {
    return column(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
}

/// Every value of every row, hashed table by table; what a migration must keep.
std::vector<std::string> contents_of(Database& db, const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const auto& name : names) {
        std::string row = "''";
        for (const auto& field :
             column(db, ("SELECT name FROM pragma_table_info('" + name + "')").c_str())) {
            row += " || quote(\"" + field + "\")";
        }
        for (auto& value :
             column(db, ("SELECT " + row + " FROM \"" + name + "\" ORDER BY 1").c_str())) {
            all.push_back(name + std::move(value));
        }
    }
    return all;
}

}  // namespace

TEST_CASE("migrations are numbered without a gap", "[migrations]") {
    int number = 0;
    for (const auto& migration : migrations()) {
        ++number;
        const std::string digits = std::to_string(number);
        CHECK(std::string(migration.name).substr(0, 5) ==
              std::string(4 - digits.size(), '0') + digits + "_");
    }
}

TEST_CASE("from every version, with rows, one comes to the fresh schema and keeps all rows",
          "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database fresh(directory.file("fresh.db"), key, Access::create);
    migrate(fresh);
    REQUIRE(fresh.query_integer("PRAGMA user_version") == newest_version());

    const auto from = GENERATE(range<std::int64_t>(0, newest_version() + 1));
    CAPTURE(from);
    Database old(directory.file("old.db"), key, Access::create);
    migrate(old, from);
    for (const auto& rows : old_rows()) {
        if (rows.version <= from) old.execute(rows.sql);
    }
    const auto names = tables(old);
    const auto before = contents_of(old, names);
    REQUIRE((from == 0 || before.size() > 1'900));

    migrate(old);
    CHECK(old.query_integer("PRAGMA user_version") == newest_version());
    CHECK(schema(old) == schema(fresh));
    CHECK(contents_of(old, names) == before);
    CHECK(old.query_text("PRAGMA integrity_check") == "ok");
    CHECK(old.query_text("PRAGMA foreign_key_check").empty());
}

TEST_CASE("0002: the inbox is read through its index, without sorting", "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 1);
    db.execute(old_rows()[0].sql);
    const auto inbox = [&] {
        return Cases(db).inbox(id(1), {.after = {}, .limit = 400, .state = {}});
    };
    const auto before = inbox();
    migrate(db);
    const auto after = inbox();
    REQUIRE(after.size() == 300);
    for (std::size_t i = 0; i < after.size(); ++i) REQUIRE(after[i].case_id == before[i].case_id);
    Statement plan(db,
                   "EXPLAIN QUERY PLAN SELECT case_id FROM case_grant g WHERE member_id = ?1"
                   " AND (received_day, case_id) < (?2, ?3)"
                   " ORDER BY received_day DESC, case_id DESC LIMIT 50");
    std::string text;
    while (plan.step()) text += plan.text(3);
    CHECK(text.find("case_grant_inbox") != std::string::npos);
    CHECK(text.find("TEMP B-TREE") == std::string::npos);
}

TEST_CASE("0003: on a database in use an identity can be asked for, and no older row changes",
          "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 2);
    db.execute(old_rows()[0].sql);
    const auto names = tables(db);
    const auto before = contents_of(db, names);
    migrate(db);
    CHECK(contents_of(db, names) == before);

    Statement some(db, "SELECT case_id FROM \"case\" LIMIT 1");
    REQUIRE(some.step());
    const Hash case_id = some.hash(0);
    IdentityRequests requests(db);
    const NewIdentityRequest request{.request_id = id(9),
                                     .case_id = case_id,
                                     .from = id(1),
                                     .custodian = id(2),
                                     .letters = {{id(2), Bytes(5755, 1)}}};
    CHECK(requests.ask(request, 20'100));
    CHECK(requests.of_case(case_id, id(2)).size() == 1);
    CHECK(requests.of_case(case_id, id(1)).empty());
    db.execute("DELETE FROM \"case\"");
    CHECK_FALSE(requests.find(id(9)));
    CHECK(db.query_integer("SELECT count(*) FROM identity_letter") == 0);
}

TEST_CASE("0004: on a database in use an older case gets a name in the log, which goes with it",
          "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 3);
    db.execute(old_rows()[0].sql);
    const auto names = tables(db);
    const auto before = contents_of(db, names);
    migrate(db);
    CHECK(contents_of(db, names) == before);

    Statement some(db, "SELECT case_id FROM \"case\" LIMIT 1");
    REQUIRE(some.step());
    const Hash case_id = some.hash(0);
    LogEvents log(db);
    const auto reference = log.case_reference(case_id);
    CHECK(log.case_reference(case_id) == reference);
    append_event(db, {.day = 20'100, .hash = Hash{1}, .salt = {2}, .event = "{}"});
    CHECK(log.first_event_day() == Day{20'100});
    db.execute("DELETE FROM \"case\"");
    CHECK(db.query_integer("SELECT count(*) FROM case_reference") == 0);
    CHECK(log.of_day(20'100).size() == 1);
}

TEST_CASE("0005: on a database in use the witness has had no mail yet", "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 4);
    db.execute(old_rows()[0].sql);
    migrate(db);
    LogEvents log(db);
    CHECK(log.witness().sent_monday == 0);
    log.put_witness({.sent_monday = 20'045, .tried_unix = 7});
    log.put_witness({.sent_monday = 20'052, .tried_unix = 8});
    CHECK(log.witness().sent_monday == 20'052);
}

TEST_CASE("a migration that fails leaves the version and the rows as they were", "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 1);
    // The name that 0002 wants is taken.
    db.execute("CREATE INDEX case_grant_inbox ON case_grant (member_id)");
    const auto before = schema(db);
    CHECK_THROWS_AS(migrate(db), Error);
    CHECK(db.query_integer("PRAGMA user_version") == 1);
    CHECK(schema(db) == before);
}

TEST_CASE("0006: on a database in use a case goes on in its first epoch, and can begin the next",
          "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 5);
    db.execute(old_rows()[0].sql);
    const auto names = tables(db);
    const auto before = contents_of(db, names);
    migrate(db);
    CHECK(contents_of(db, names) == before);

    Statement some(db, "SELECT case_id FROM \"case\" WHERE state = 'investigating' LIMIT 1");
    REQUIRE(some.step());
    const Hash case_id = some.hash(0);
    Epochs epochs(db);
    CHECK(epochs.current(case_id) == 0);
    epochs.begin(case_id, {{id(1), Bytes(5755, 1)}}, Bytes(5755, 2), {});
    CHECK(epochs.current(case_id) == 1);
    CHECK(epochs.copies(case_id, id(1)).size() == 1);
    CHECK(epochs.copies(case_id, Id{}).size() == 1);
    db.execute("DELETE FROM \"case\"");
    CHECK(db.query_integer("SELECT count(*) FROM epoch_grant") == 0);
    CHECK(db.query_integer("SELECT count(*) FROM case_epoch") == 0);
}

TEST_CASE("0007: on a database in use a case has no notes yet, and takes its first",
          "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 6);
    db.execute(old_rows()[0].sql);
    const auto names = tables(db);
    const auto before = contents_of(db, names);
    migrate(db);
    CHECK(contents_of(db, names) == before);

    Statement some(db, "SELECT case_id FROM \"case\" WHERE state = 'investigating' LIMIT 1");
    REQUIRE(some.step());
    const Hash case_id = some.hash(0);
    Notes notes(db);
    CHECK(notes.of_case(case_id).empty());
    CHECK_FALSE(notes.has_handling(case_id, 0));
    notes.add_handling(case_id, 0, {id(1), Bytes(5755, 1)});
    CHECK(notes.append(case_id, {.author = id(1), .hash = Hash{1}, .sealed = Bytes(5755, 2)},
                       20'100) == AppendResult::stored);
    CHECK(notes.of_case(case_id).size() == 1);
    CHECK(notes.handling(case_id, id(1)).size() == 1);
    db.execute("DELETE FROM \"case\"");
    CHECK(db.query_integer("SELECT count(*) FROM note") == 0);
    CHECK(db.query_integer("SELECT count(*) FROM handling_grant") == 0);
}

TEST_CASE("0008: on a database in use an act counts as used from its first event on",
          "[migrations]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    Database db(directory.file("old.db"), key, Access::create);
    migrate(db, 7);
    db.execute(old_rows()[0].sql);
    migrate(db);
    LogEvents log(db);
    CHECK(log.use_act(Hash{1}));
    CHECK_FALSE(log.use_act(Hash{1}));
    CHECK(log.use_act(Hash{2}));
}

}  // namespace tillit::storage::test
