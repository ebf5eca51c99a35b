#include "server/app/case_notes.h"

#include "crypto/act.h"
#include "storage/log_events.h"
#include "tests/unit/app/open_case.h"

namespace {

using namespace tillit;
using app::NoteRefusal;
using test::all_that_opens;
using test::Case;
using test::everything_stored;
using test::seeds_of;
using Faults = std::vector<std::string>;

/// All that the reader's client would say about the notes of this case.
Faults faults_of(const test::Colleague::Notes& read) {
    Faults faults;
    for (const auto& fault : read.notes->faults()) faults.emplace_back(to_text(fault.what));
    for (const auto& fault : crypto::check_chains(read.notes->chain())) {
        using What = crypto::ChainFault::What;
        faults.emplace_back(fault.what == What::fork  ? "fork"
                            : fault.what == What::gap ? "gap"
                                                      : "missing_head");
    }
    return faults;
}

/// What this colleague reads; requires that nothing is wrong.
std::vector<std::string> notes_as(Case& c, std::string_view name) {
    const auto read = c.as(name).notes();
    REQUIRE(read);
    CHECK(faults_of(*read).empty());
    return read->bodies();
}

Faults faults_as(Case& c, std::string_view name) { return faults_of(*c.as(name).notes()); }

using Bodies = std::vector<std::string>;

void tamper(Case& c, const std::string& sql) {
    c.org.store().write([&](storage::Database& db) { db.execute(sql.c_str()); });
}

}  // namespace

TEST_CASE("colleagues write notes to one another; a further one reads what was there",
          "[app][notes]") {
    Case c;
    REQUIRE(c.as("Ingrid").write_note("first"));
    REQUIRE(c.as("Jonas").write_note("second"));
    REQUIRE(c.as("Ingrid").write_note("third"));
    CHECK(notes_as(c, "Jonas") == Bodies{"first", "second", "third"});
    CHECK_FALSE(c.as(c.third).notes());
    CHECK(c.as(c.third).hand_in(c.as("Ingrid").next_note(*c.as("Ingrid").notes(), "x")).error() ==
          NoteRefusal::no_such_case);

    REQUIRE(c.as("Ingrid").give_key_to(c.org.person(c.third)));
    CHECK(notes_as(c, c.third) == Bodies{"first", "second", "third"});
    REQUIRE(c.as(c.third).write_note("fourth"));
    // Also notes of the epochs before, when they are handed on by somebody who was handed them.
    REQUIRE(c.as("Jonas").leave());
    REQUIRE(c.as("Ingrid").renew());
    REQUIRE(c.as("Ingrid").write_note("fifth"));
    REQUIRE(c.as(c.third).give_key_to(c.org.person("Jonas")));
    REQUIRE(c.as("Jonas").write_note("sixth"));
    const Bodies all = {"first", "second", "third", "fourth", "fifth", "sixth"};
    for (const auto& name : {std::string("Ingrid"), std::string("Jonas"), c.third}) {
        CHECK(notes_as(c, name) == all);
    }
}

TEST_CASE("who stepped back opens no later note, with all that she has and the whole database",
          "[app][notes]") {
    Case c;
    REQUIRE(c.as("Ingrid").write_note("note from before"));
    const auto fetched = everything_stored(c.org.store());
    REQUIRE(c.as("Jonas").leave());
    CHECK_FALSE(c.as("Jonas").notes());  // the server hands out nothing more
    REQUIRE(c.as("Ingrid").renew());
    REQUIRE(c.as("Ingrid").write_note("note from afterwards"));

    auto stored = everything_stored(c.org.store());
    stored.insert(stored.end(), fetched.begin(), fetched.end());
    const auto left = all_that_opens(stored, seeds_of(c.org.person("Jonas")));
    CHECK(left.find("note from before") != std::string::npos);
    CHECK(left.find("note from afterwards") == std::string::npos);
    // Control: the same search with what Ingrid has.
    const auto stayed = all_that_opens(stored, seeds_of(c.org.person("Ingrid")));
    CHECK(stayed.find("note from afterwards") != std::string::npos);
}

TEST_CASE("no key of the reporter's, and none of a custodian, opens a note", "[app][notes]") {
    Case c;
    REQUIRE(c.as("Ingrid").write_note("among ourselves"));
    REQUIRE(c.as("Ingrid").renew());
    REQUIRE(c.as("Ingrid").write_note("among ourselves again"));
    c.reply("of the reporter");
    const auto& org = c.org.organisation().settings().org_id;
    std::vector<crypto::AgeSeed> all;
    all.push_back(crypto::case_identity(c.key, org));
    all.push_back(crypto::reporter_identity(c.key, org));
    all.push_back(crypto::AgeSeed::copy_of(crypto::reporter_signing_seed(c.key, org).expose()));
    all.push_back(crypto::AgeSeed::copy_of(crypto::identity_share_a(c.key, org).expose()));
    all.push_back(crypto::AgeSeed::copy_of(crypto::identity_share_b(c.key, org).expose()));
    const auto stored = everything_stored(c.org.store());
    const auto reporters = all_that_opens(stored, std::move(all));
    CHECK(reporters.find("of the reporter") != std::string::npos);  // the thread, all epochs
    CHECK(reporters.find("among ourselves") == std::string::npos);
    const auto custodians = all_that_opens(stored, seeds_of(c.org.person("Kari")));
    CHECK(custodians.find("identity_share") != std::string::npos);
    CHECK(custodians.find("among ourselves") == std::string::npos);
    // Control: a holder's key finds both.
    const auto holders = all_that_opens(stored, seeds_of(c.org.person("Jonas")));
    CHECK(holders.find("among ourselves again") != std::string::npos);
    // Nor does the server hand notes to a custodian, who holds a grant of the case.
    app::CaseNotes desk(c.org.organisation());
    CHECK_FALSE(desk.read(c.id, c.org.person("Kari").listed.member));
    CHECK(desk.read(c.id, c.org.person("Jonas").listed.member));
}

TEST_CASE("one handling identity for each epoch: the second one is refused", "[app][notes]") {
    Case c;
    auto ingrid = c.as("Ingrid");
    auto jonas = c.as("Jonas");
    const auto one = ingrid.next_note(*ingrid.notes(), "mine");
    const auto other = jonas.next_note(*jonas.notes(), "mine, too");
    REQUIRE(one.handling);
    REQUIRE(other.handling);
    REQUIRE(ingrid.hand_in(one));
    CHECK(jonas.hand_in(other).error() == NoteRefusal::not_successor);
    CHECK(notes_as(c, "Jonas") == Bodies{"mine"});
    REQUIRE(jonas.write_note("in yours"));  // he reads again and takes the first
    CHECK(notes_as(c, "Ingrid") == Bodies{"mine", "in yours"});
    // The next epoch begins without one.
    REQUIRE(ingrid.renew());
    auto without = ingrid.next_note(*ingrid.notes(), "x");
    REQUIRE(without.handling);
    without.handling.reset();
    CHECK(ingrid.hand_in(without).error() == NoteRefusal::not_successor);
}

TEST_CASE("a handling identity is for those who handle the case, its author, and nobody else",
          "[app][notes]") {
    Case c;
    auto ingrid = c.as("Ingrid");
    const auto good = ingrid.next_note(*ingrid.notes(), "x");
    REQUIRE(good.handling->grants.size() == 2);
    const auto kari = c.org.person("Kari").listed.member;
    const auto third = c.org.person(c.third).listed.member;
    for (const auto& stranger : {kari, third, crypto::Id{}, good.handling->grants[1].member_id}) {
        auto note = good;
        note.handling->grants[0].member_id = stranger;
        CHECK(ingrid.hand_in(note).error() == NoteRefusal::wrong_holders);
    }
    auto note = good;
    note.handling->grants.clear();
    CHECK(ingrid.hand_in(note).error() == NoteRefusal::wrong_holders);
    note = good;
    note.handling->grants[0].sealed.pop_back();
    CHECK(ingrid.hand_in(note).error() == NoteRefusal::not_sealed);
    note = good;
    note.sealed.back() ^= 1;  // the server cannot tell; its readers can
    note.sealed.pop_back();
    CHECK(ingrid.hand_in(note).error() == NoteRefusal::not_sealed);
    CHECK(notes_as(c, "Ingrid").empty());
    CHECK(ingrid.hand_in(good));
}

TEST_CASE("an identity made without having read the whole thread is refused: nobody is left out",
          "[app][notes]") {
    Case c;
    auto jonas = c.as("Jonas");
    const auto late = jonas.next_note(*jonas.notes(), "x");
    REQUIRE(c.as("Ingrid").give_key_to(c.org.person(c.third)));
    CHECK(jonas.hand_in(late).error() == NoteRefusal::not_successor);
    REQUIRE(jonas.write_note("for three"));
    CHECK(notes_as(c, c.third) == Bodies{"for three"});
}

TEST_CASE("access comes with all handling identities that the giver has, or not at all",
          "[app][notes]") {
    Case c;
    REQUIRE(c.as("Ingrid").write_note("of epoch 0"));
    auto ingrid = c.as("Ingrid");
    const auto all = ingrid.notes();
    const auto& to = c.org.person(c.third).listed;
    const crypto::Giver giver{.org = c.org.organisation().settings().org_id,
                              .case_id = c.id,
                              .me = c.org.person("Ingrid").listed.member,
                              .reporter_key = all->thread->reporter_key(),
                              .signing = c.org.person("Ingrid").signing};
    const auto access = crypto::access_grant(*all->thread, giver, to, nullptr);
    auto statement = ingrid.next(*all->thread, crypto::Kind::access);
    statement.access = access.access;
    const auto act = ingrid.seal(*all->thread, statement);
    const auto handling = crypto::handling_for(*all->notes, giver, to);
    REQUIRE(handling.size() == 1);
    const storage::EpochCopy good{handling[0].epoch, handling[0].sealed};
    const storage::EpochCopy other{1, handling[0].sealed};
    app::CaseKeys keys(c.org.organisation());
    using Copies = std::vector<storage::EpochCopy>;
    for (const Copies& given : {Copies{}, Copies{other}, Copies{good, other}, Copies{good, good}}) {
        CHECK(keys.give_access(c.id, giver.me, act, {to.member, access.sealed}, given).error() ==
              app::KeysRefusal::not_successor);
    }
    auto broken = good;
    broken.sealed.pop_back();
    CHECK(keys.give_access(c.id, giver.me, act, {to.member, access.sealed}, {broken}).error() ==
          app::KeysRefusal::not_sealed);
    CHECK_FALSE(c.as(c.third).read());
    CHECK(keys.give_access(c.id, giver.me, act, {to.member, access.sealed}, {good}));
    CHECK(notes_as(c, c.third) == Bodies{"of epoch 0"});
}

TEST_CASE("a note follows its author's last one, in the epoch of the case, while it is open",
          "[app][notes]") {
    Case c;
    auto ingrid = c.as("Ingrid");
    REQUIRE(ingrid.write_note("first"));
    const auto good = ingrid.next_note(*ingrid.notes(), "second");
    auto note = good;
    ++note.seq;
    CHECK(ingrid.hand_in(note).error() == NoteRefusal::not_successor);
    note = good;
    note.prev[0] ^= 1;
    CHECK(ingrid.hand_in(note).error() == NoteRefusal::not_successor);
    REQUIRE(c.as("Jonas").renew());
    CHECK(ingrid.hand_in(good).error() == NoteRefusal::not_successor);
    REQUIRE(ingrid.write_note("in the next epoch"));
    c.org.store().write([&](storage::Database& db) {
        storage::Cases(db).set_state(c.id, storage::CaseState::closed, c.org.today());
    });
    CHECK(ingrid.write_note("too late").error() == NoteRefusal::closed);
    CHECK(notes_as(c, "Jonas") == Bodies{"first", "in the next epoch"});
}

TEST_CASE("one author's notes are bounded, and fill no colleague's part", "[app][notes]") {
    Case c;
    auto ingrid = c.as("Ingrid");
    REQUIRE(ingrid.write_note("first"));
    auto full = ingrid.next_note(*ingrid.notes(), "x");
    tamper(c,
           "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 17)"
           " INSERT INTO note SELECT random(), case_id, i, epoch, author, i, prev, hash, day,"
           " zeroblob(1048576) FROM note, n");
    tamper(c, "UPDATE note SET sealed = zeroblob(1048576 - 2 * 5755) WHERE position = 17");
    tamper(c, "UPDATE note SET hash = zeroblob(32) WHERE position = 17");
    full.seq = 18;
    full.prev = crypto::Hash{};
    CHECK(ingrid.hand_in(full));
    ++full.seq;
    full.prev = crypto::case_note_hash(full.sealed);
    CHECK(ingrid.hand_in(full).error() == NoteRefusal::thread_full);
    CHECK(c.as("Jonas").write_note("of a colleague"));
}

TEST_CASE("a note stands in the log with its hash, signed by who wrote it", "[app][notes]") {
    Case c;
    auto ingrid = c.as("Ingrid");
    const auto& person = c.org.person("Ingrid");
    auto note = ingrid.next_note(*ingrid.notes(), "not for the log");
    const crypto::Act act{.org = c.org.organisation().settings().org_id,
                          .kind = "note",
                          .object = crypto::case_note_hash(note.sealed),
                          .member = person.listed.member,
                          .minute = 5};
    const auto statement = crypto::encode_act(act);
    note.act =
        app::SignedAct{statement, crypto::sign_act(statement, crypto::SigningSeed::random())};
    CHECK(ingrid.hand_in(note).error() == NoteRefusal::wrong_act);
    note.act->signature = crypto::sign_act(statement, person.signing);
    REQUIRE(ingrid.hand_in(note));
    const auto rows = c.org.store().read(
        [&](storage::Database& db) { return storage::LogEvents(db).of_day(c.org.today()); });
    const auto is_note = [&](const auto& row) {
        const auto event = crypto::decode_event(row.event);
        return event->kind == "note" && event->member == act.member &&
               event->object == act.object && event->act == statement;
    };
    CHECK(std::ranges::count_if(rows, is_note) == 1);
}

TEST_CASE("a database that somebody has changed shows in the notes", "[app][notes][malicious]") {
    Case c;
    for (const char* body : {"one", "two", "three"}) {
        REQUIRE(c.as("Ingrid").write_note(body));
        REQUIRE(c.as("Jonas").write_note(body));
    }
    SECTION("untouched: nothing is said") { CHECK(faults_as(c, "Jonas").empty()); }
    SECTION("a note is dropped from the middle") {
        tamper(c, "DELETE FROM note WHERE position = 3");
        CHECK(faults_as(c, "Jonas") == Faults{"missing_head", "gap"});
    }
    SECTION("two stand in another order") {
        tamper(c, "UPDATE note SET position = 99 WHERE position = 2");
        tamper(c, "UPDATE note SET position = 2 WHERE position = 3");
        tamper(c, "UPDATE note SET position = 3 WHERE position = 99");
        CHECK(faults_as(c, "Jonas") == Faults{"missing_head"});
    }
    SECTION("one is delivered twice") {
        tamper(c,
               "INSERT INTO note SELECT random(), case_id, 7, epoch, author, 99, prev, hash, day,"
               " sealed FROM note WHERE position = 1");
        CHECK(faults_as(c, "Jonas") == Faults{"fork"});
    }
    SECTION("its bytes are changed") {
        tamper(c,
               "UPDATE note SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) ||"
               " CASE WHEN substr(sealed, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB)"
               " WHERE position = 6");
        CHECK(faults_as(c, "Jonas") == Faults{"not_sealed"});
    }
    SECTION("it comes from another case of the same colleagues") {
        app::Submission submission(c.org.organisation(), c.org.organisation().readers());
        REQUIRE(submission.commit(crypto::SecretBytes("other"), {}, c.org.default_readers()));
        test::Colleague other(c.org, c.org.person("Ingrid"), submission.case_id());
        REQUIRE(other.write_note("of another case"));
        tamper(c, "UPDATE note SET sealed = (SELECT sealed FROM note WHERE case_id = x'" +
                      crypto::to_hex(submission.case_id()) + "') WHERE case_id = x'" +
                      crypto::to_hex(c.id) + "' AND position = 6");
        CHECK(faults_as(c, "Jonas") == Faults{"not_sealed"});
        // With the other case's grants as well: they are of another case, and say so.
        tamper(c, "UPDATE handling_grant SET case_id = x'" + crypto::to_hex(c.id) + "'");
        CHECK(faults_as(c, "Jonas") == Faults{"bad_grant", "not_sealed"});
    }
    SECTION("the grant is withheld") {
        tamper(c, "DELETE FROM handling_grant");
        CHECK(faults_as(c, "Jonas") == Faults(6, "not_sealed"));
    }
    SECTION("the grant of somebody else is handed out") {
        tamper(c, "UPDATE handling_grant SET holder = x'" +
                      crypto::to_hex(c.org.person("Jonas").listed.member) + "'");
        CHECK(faults_as(c, "Jonas").empty());  // what was Ingrid's tells him nothing
        CHECK(faults_as(c, "Ingrid") == Faults(6, "not_sealed"));
    }
}
