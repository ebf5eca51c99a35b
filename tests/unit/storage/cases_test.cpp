#include "storage/cases.h"

#include <set>

#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

std::vector<InboxRow> inbox(Fixture& f, const Id& member, const InboxPage& page = {}) {
    return f.store->read([&](Database& db) { return Cases(db).inbox(member, page); });
}

StoredCase found(Fixture& f, const Hash& case_id) {
    const auto c = f.store->read([&](Database& db) { return Cases(db).find(case_id); });
    REQUIRE(c);
    return *c;
}

NewEnvelope reply(std::uint8_t author, std::uint64_t seq, const Hash& prev) {
    return {.author = Id{author},
            .seq = seq,
            .prev = prev,
            .hash = crypto::random_array<32>(),
            .sealed = random_bytes(100)};
}

}  // namespace

TEST_CASE("a case comes back as it was handed in", "[storage][cases]") {
    Fixture f;
    const auto c = new_case(1, {id(1), id(2)});
    f.insert(c);
    f.store->read([&](Database& db) {
        Cases cases(db);
        const auto stored = cases.find_by_lookup(c.lookup_hash);
        REQUIRE(stored);
        CHECK(stored->case_id == c.case_id);
        CHECK(stored->case_recipient == c.case_recipient);
        CHECK(stored->reporter_recipient == c.reporter_recipient);
        CHECK(stored->verify_key == c.verify_key);
        CHECK(stored->received_day == c.received_day);
        CHECK(stored->acknowledge_due_day == c.acknowledge_due_day);
        CHECK(stored->feedback_due_day == c.feedback_due_day);
        CHECK(stored->state == CaseState::received);
        CHECK_FALSE(stored->acknowledged_day);
        CHECK_FALSE(stored->opened_day);
        CHECK(cases.grant(c.case_id, id(2)) == c.grants[1].sealed);
        CHECK_FALSE(cases.grant(c.case_id, id(3)));
        CHECK(cases.has_grant(c.case_id, id(1)));
        CHECK_FALSE(cases.has_grant(c.case_id, id(3)));
        CHECK(cases.grantees(c.case_id) == std::vector<Id>{id(1), id(2)});
        CHECK(cases.identity(c.case_id) == c.identity);
        const auto thread = Envelopes(db).thread(c.case_id);
        REQUIRE(thread.size() == 1);
        CHECK(thread[0].position == 1);
        CHECK(thread[0].hash == c.report.hash);
        CHECK(thread[0].sealed == c.report.sealed);
    });
    CHECK_FALSE(f.store->read([](Database& db) { return Cases(db).find_by_lookup(hash(55)); }));
}

TEST_CASE("the same lookup hash twice is one case", "[storage][cases]") {
    Fixture f;
    f.insert(new_case(1, {id(1)}));
    auto again = new_case(1, {id(1)});
    again.case_id = hash(2);
    CHECK_FALSE(f.store->write([&](Database& db) { return Cases(db).insert(again); }));
    CHECK_FALSE(f.store->read([](Database& db) { return Cases(db).find(hash(2)); }));
}

TEST_CASE("a case with a part that is wrong is not stored at all", "[storage][cases]") {
    Fixture f;
    auto c = new_case(1, {id(1)});
    const auto is_refused = [&] { return code_of([&] { f.insert(c); }) == Error::refused; };
    SECTION("a grant to nobody") {
        c.grants.push_back({id(77), Bytes(10, 1)});
        CHECK(is_refused());
    }
    SECTION("a short recipient") {
        c.case_recipient.pop_back();
        CHECK(is_refused());
    }
    SECTION("no report") {
        c.report.sealed.clear();
        CHECK(is_refused());
    }
    SECTION("no identity envelope") {
        c.identity.clear();
        CHECK(is_refused());
    }
    f.store->read([](Database& db) {
        CHECK_FALSE(Cases(db).find(hash(1)));
        CHECK(db.query_integer("SELECT count(*) FROM case_grant") == 0);
    });
}

TEST_CASE("an inbox shows only what the member holds a grant for", "[storage][cases]") {
    Fixture f;
    f.insert(new_case(1, {id(1), id(2)}));
    f.insert(new_case(2, {id(2)}));
    CHECK(inbox(f, id(1)).size() == 1);
    CHECK(inbox(f, id(2)).size() == 2);
    CHECK(inbox(f, id(3)).empty());
    f.store->read([](Database& db) {
        CHECK(Cases(db).inbox_count(id(1)) == 1);
        CHECK(Cases(db).inbox_count(id(3)) == 0);
    });
}

TEST_CASE("paging through an inbox shows every case once, newest first", "[storage][cases]") {
    Fixture f;
    for (std::uint8_t n = 1; n <= 50; ++n) f.insert(new_case(n, {id(1)}, 20'000 + n % 7));
    InboxPage page{.after = {}, .limit = 7, .state = {}};
    std::set<Hash> seen;
    Day day = 30'000;
    for (;;) {
        const auto rows = inbox(f, id(1), page);
        if (rows.empty()) break;
        CHECK(rows.size() <= 7);
        for (const auto& row : rows) {
            CHECK(row.received_day <= day);
            day = row.received_day;
            CHECK(seen.insert(row.case_id).second);
        }
        page.after = {.received_day = rows.back().received_day, .case_id = rows.back().case_id};
    }
    CHECK(seen.size() == 50);
}

TEST_CASE("the inbox knows what a member has not read", "[storage][cases]") {
    Fixture f;
    f.insert(new_case(1, {id(1), id(2)}));
    const auto mark = [&](std::uint64_t position) {
        f.store->write([&](Database& db) { Cases(db).mark_read(hash(1), id(1), position); });
    };
    CHECK(inbox(f, id(1))[0].last_position == 1);
    CHECK(inbox(f, id(1))[0].read_position == 0);
    REQUIRE(f.append(hash(1), reply(2, 1, {})) == AppendResult::stored);
    mark(2);
    CHECK(inbox(f, id(1))[0].last_position == 2);
    CHECK(inbox(f, id(1))[0].read_position == 2);
    CHECK(inbox(f, id(2))[0].read_position == 0);
    mark(1);
    CHECK(inbox(f, id(1))[0].read_position == 2);
}

TEST_CASE("the first step out of received is the day of acknowledgement", "[storage][cases]") {
    Fixture f;
    f.insert(new_case(1, {id(1)}));
    const auto set = [&](CaseState state, Day day) {
        return f.store->write(
            [&](Database& db) { return Cases(db).set_state(hash(1), state, day); });
    };
    CHECK(set(CaseState::received, 20'001));
    CHECK_FALSE(found(f, hash(1)).acknowledged_day);
    CHECK(set(CaseState::investigating, 20'002));
    CHECK(set(CaseState::closed, 20'050));
    CHECK(found(f, hash(1)).acknowledged_day == 20'002);
    CHECK(found(f, hash(1)).state == CaseState::closed);
    CHECK(inbox(f, id(1), {.after = {}, .limit = 5, .state = CaseState::closed}).size() == 1);
    CHECK(inbox(f, id(1), {.after = {}, .limit = 5, .state = CaseState::received}).empty());
    for (const Day day : {20'060, 20'070}) {
        CHECK(f.store->write([&](Database& db) { return Cases(db).set_feedback(hash(1), day); }));
    }
    CHECK(found(f, hash(1)).feedback_day == 20'060);
    CHECK_FALSE(f.store->write(
        [](Database& db) { return Cases(db).set_state(hash(9), CaseState::closed, 1); }));
}

TEST_CASE("visits are counted, and the day before the newest is kept", "[storage][cases]") {
    Fixture f;
    f.insert(new_case(1, {id(1)}));
    const auto visit = [&](Day day) {
        f.store->write([&](Database& db) { Cases(db).record_visit(hash(1), day); });
        return found(f, hash(1));
    };
    CHECK_FALSE(visit(20'001).opened_day);
    CHECK_FALSE(visit(20'001).opened_day);
    CHECK(visit(20'005).opened_day == 20'001);
    CHECK(visit(20'005).opened_day == 20'001);
    CHECK(visit(20'004).newest_opened_day == 20'005);  // a clock that went back
    CHECK(found(f, hash(1)).opened_count == 5);
}

TEST_CASE("only the successor of the author's head is taken", "[storage][envelopes]") {
    Fixture f;
    const auto c = new_case(1, {id(1)});
    f.insert(c);
    CHECK(f.append(hash(1), reply(0, 1, {})) == AppendResult::not_successor);
    CHECK(f.append(hash(1), reply(0, 3, c.report.hash)) == AppendResult::not_successor);
    CHECK(f.append(hash(1), reply(0, 2, hash(66))) == AppendResult::not_successor);
    CHECK(f.append(hash(1), reply(1, 1, c.report.hash)) == AppendResult::not_successor);
    CHECK(f.thread(hash(1)).size() == 1);

    const auto second = reply(0, 2, c.report.hash);
    CHECK(f.append(hash(1), second) == AppendResult::stored);
    CHECK(f.append(hash(1), second) == AppendResult::not_successor);
    const auto answer = reply(1, 1, {});
    CHECK(f.append(hash(1), answer) == AppendResult::stored);
    CHECK(f.append(hash(9), reply(1, 1, {})) == AppendResult::no_such_case);

    const auto heads = f.store->read([](Database& db) { return Envelopes(db).heads(hash(1)); });
    REQUIRE(heads.size() == 2);
    CHECK(heads[0].author == Id{});
    CHECK(heads[0].seq == 2);
    CHECK(heads[0].hash == second.hash);
    CHECK(heads[1].hash == answer.hash);
    const auto newer = f.store->read([](Database& db) { return Envelopes(db).thread(hash(1), 2); });
    REQUIRE(newer.size() == 1);
    CHECK(newer[0].hash == answer.hash);
    CHECK(newer[0].position == 3);
    CHECK(newer[0].day == 20'001);
}

TEST_CASE("a closed case takes no envelope until it is opened again", "[storage][envelopes]") {
    Fixture f;
    f.insert(new_case(1, {id(1)}));
    const auto set = [&](CaseState state) {
        f.store->write([&](Database& db) { Cases(db).set_state(hash(1), state, 20'001); });
    };
    set(CaseState::closed);
    CHECK(f.append(hash(1), reply(1, 1, {})) == AppendResult::case_closed);
    set(CaseState::investigating);
    CHECK(f.append(hash(1), reply(1, 1, {})) == AppendResult::stored);
}

}  // namespace tillit::storage::test
