#include "server/app/log.h"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "crypto/act.h"
#include "crypto/checkpoint.h"
#include "crypto/log_day.h"
#include "server/app/console_cases.h"
#include "server/app/day_closer.h"
#include "server/app/intake.h"
#include "server/app/witness.h"
#include "storage/directories.h"
#include "storage/log_events.h"
#include "tests/support/demo_organisation.h"

namespace tillit::test {
namespace {

using namespace app;

std::vector<crypto::LogEvent> events_of(DemoOrganisation& org, storage::Day day) {
    const auto rows =
        org.store().read([&](storage::Database& db) { return storage::LogEvents(db).of_day(day); });
    std::vector<crypto::LogEvent> events;
    for (const auto& row : rows) {
        REQUIRE(crypto::event_hash(row.salt.value(), row.event) == row.hash);
        events.push_back(crypto::decode_event(row.event).value());
    }
    return events;
}

}  // namespace

TEST_CASE("a reporter's act is recorded with its day and nothing finer", "[app][log]") {
    DemoOrganisation org;
    org.store().write([&](storage::Database& db) {
        record(db, org.clock(), {.kind = kEnvelopeStored, .by_reporter = true, .object = {1}});
    });
    const auto events = events_of(org, org.today());
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == kEnvelopeStored);
    CHECK(events[0].by == crypto::LogActor::reporter);
    CHECK(events[0].day == static_cast<std::uint64_t>(org.today()));
    CHECK(events[0].minute == 0);
    CHECK(events[0].object == crypto::Hash{1});
}

TEST_CASE("a member's act is recorded with its minute", "[app][log]") {
    DemoOrganisation org;
    const auto ingrid = org.person("Ingrid").listed.member;
    org.store().write([&](storage::Database& db) {
        record(db, org.clock(), {.kind = kStateChanged, .member = ingrid});
    });
    const auto events = events_of(org, org.today());
    REQUIRE(events.size() == 1);
    CHECK(events[0].member == ingrid);
    CHECK(events[0].minute == static_cast<std::uint64_t>(org.clock().unix_seconds() / 60));
}

TEST_CASE("what is undone with its act leaves no event", "[app][log]") {
    DemoOrganisation org;
    CHECK_THROWS(org.store().write([&](storage::Database& db) {
        record(db, org.clock(), {.kind = kStateChanged});
        throw std::runtime_error("the act failed");
    }));
    CHECK(events_of(org, org.today()).empty());
}

TEST_CASE("an erased event keeps its hash and nothing else", "[app][log]") {
    DemoOrganisation org;
    org.store().write(
        [&](storage::Database& db) { record(db, org.clock(), {.kind = kStateChanged}); });
    const auto rows = org.store().write([&](storage::Database& db) {
        storage::LogEvents log(db);
        const auto hash = log.of_day(org.today()).at(0).hash;
        CHECK(log.erase(org.today(), hash));
        return log.of_day(org.today());
    });
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].event.empty());
    CHECK_FALSE(rows[0].salt);
}

namespace {

/// Of every finished day, the checkpoint is verified against the signers note.
std::vector<storage::LogDay> verified_days(DemoOrganisation& org) {
    const auto days =
        org.store().read([](storage::Database& db) { return storage::LogEvents(db).days(); });
    const auto readers = org.organisation().readers();
    const auto origin =
        crypto::checkpoint_origin(crypto::organisation_fingerprint(readers->signers_notes.front()));
    std::vector<crypto::Hash> leaves;
    for (const auto& day : days) {
        leaves.push_back(crypto::day_leaf(static_cast<std::uint64_t>(day.day), day.root));
        const auto checkpoint = crypto::verify_checkpoint(day.checkpoint, origin, origin,
                                                          {&readers->signers.log_key, 1});
        REQUIRE(checkpoint);
        CHECK(checkpoint->size == leaves.size());
        CHECK(checkpoint->root == crypto::merkle_root(leaves));
    }
    return days;
}

app::Closing close(DemoOrganisation& org) {
    return close_finished_days(org.store(), org.clock(), org.log_key);
}

}  // namespace

TEST_CASE("every day gets its leaf once it is over, also an empty one", "[app][log]") {
    DemoOrganisation org;
    const auto first = org.today();
    org.store().write(
        [&](storage::Database& db) { record(db, org.clock(), {.kind = kStateChanged}); });
    CHECK(close(org).days == 1);  // yesterday: the log begins with a checkpoint to hold on to
    CHECK(close(org).days == 0);
    org.advance_days(1);
    CHECK(close(org).days == 1);
    org.advance_days(40);  // the service was down
    CHECK(close(org).days == 40);
    const auto days = verified_days(org);
    REQUIRE(days.size() == 42);
    for (std::size_t i = 0; i < days.size(); ++i) {
        CHECK(days[i].day == first - 1 + static_cast<storage::Day>(i));
    }
    const auto rows = org.store().read(
        [&](storage::Database& db) { return storage::LogEvents(db).of_day(first); });
    REQUIRE(rows.size() == 1);
    CHECK(days[1].root == crypto::merkle_root(crypto::day_leaves({{rows[0].hash}}, days[1].seed)));
}

TEST_CASE("an act by a clock that went back goes into the first open day", "[app][log]") {
    DemoOrganisation org;
    org.advance_days(2);
    REQUIRE(close(org).days > 0);
    org.advance_days(-2);
    org.store().write(
        [&](storage::Database& db) { record(db, org.clock(), {.kind = kStateChanged}); });
    CHECK(events_of(org, org.today()).empty());
    CHECK(events_of(org, org.today() + 2).size() == 1);
}

TEST_CASE("more than forty days are closed only for somebody who says so", "[app][log]") {
    DemoOrganisation org;
    REQUIRE(close(org).days == 1);
    org.advance_days(kMostDaysUnattended + 1);
    auto closing = close(org);
    CHECK(closing.days == 0);
    CHECK(closing.trouble == Closing::Trouble::too_many);
    CHECK(days_due(org.store(), org.clock()) == kMostDaysUnattended + 1);
    CHECK_FALSE(take_witness_mail(org.organisation()));  // the missing mail is the alarm
    SECTION("the clock was wrong: it goes on where it was") {
        org.advance_days(-kMostDaysUnattended);
        closing = close(org);
        CHECK(closing.days == 1);
        CHECK(closing.trouble == Closing::Trouble::none);
    }
    SECTION("the clock is right") {
        closing = close_finished_days(org.store(), org.clock(), org.log_key, true);
        CHECK(closing.days == kMostDaysUnattended + 1);
        CHECK(closing.trouble == Closing::Trouble::none);
        (void)verified_days(org);
    }
}

TEST_CASE("a log that is ahead of the clock says so, and sends the witness nothing", "[app][log]") {
    DemoOrganisation org;
    org.advance_days(7);
    REQUIRE(close(org).days == 1);
    CHECK(close(org).trouble == Closing::Trouble::none);
    org.advance_days(-7);
    CHECK(close(org).trouble == Closing::Trouble::ahead);
    CHECK_FALSE(take_witness_mail(org.organisation()));
    org.advance_days(7);
    CHECK(close(org).trouble == Closing::Trouble::none);
    CHECK(take_witness_mail(org.organisation()));
}

TEST_CASE("no day is closed under a key that the signers did not name", "[app][log]") {
    DemoOrganisation org;
    const auto other = crypto::SigningSeed::random();
    const auto closing = close_finished_days(org.store(), org.clock(), other);
    CHECK(closing.days == 0);
    CHECK(closing.trouble == Closing::Trouble::other_key);
    CHECK(close(org).days == 1);
}

namespace {

crypto::Hash submit(DemoOrganisation& org) {
    app::Submission submission(org.organisation(), org.organisation().readers());
    crypto::SecretBytes text;
    text.append("Something happened.");
    REQUIRE(submission.commit(text, {}, org.default_readers()));
    return submission.case_id();
}

NewMessage sealed_message(DemoOrganisation& org, const Person& by, const crypto::Hash& case_id) {
    const auto opened = open_case_as(org, by, case_id);
    crypto::Statement statement{.org = org.organisation().settings().org_id,
                                .case_id = case_id,
                                .kind = crypto::Kind::message,
                                .from = by.listed.member,
                                .seq = 1,
                                .heads = {},
                                .sealed_by = crypto::SealedBy::cli,
                                .body = "Thank you",
                                .state = {},
                                .attachments = {},
                                .manifest = std::nullopt};
    crypto::HybridRecipient to{};
    std::copy(opened.row.case_recipient.begin(), opened.row.case_recipient.end(), to.begin());
    NewMessage message;
    message.sealed = crypto::seal_envelope(statement, by.signing, to).value();
    return message;
}

SignedAct act_about(DemoOrganisation& org, const Person& by, const crypto::Hash& object) {
    SignedAct act{.statement = crypto::encode_act({.org = org.organisation().settings().org_id,
                                                   .kind = std::string(kEnvelopeStored),
                                                   .object = object,
                                                   .member = by.listed.member,
                                                   .minute = 1}),
                  .signature = {}};
    act.signature = crypto::sign_act(act.statement, by.signing);
    return act;
}

}  // namespace

TEST_CASE("a submission, its first opening and an answer are events; the opening names no case",
          "[app][log]") {
    DemoOrganisation org;
    const auto case_id = submit(org);
    ConsoleCases cases(org.organisation());
    const auto& ingrid = org.person("Ingrid");
    REQUIRE(cases.open(case_id, ingrid.listed.member, true));
    REQUIRE(cases.open(case_id, ingrid.listed.member, true));
    auto message = sealed_message(org, ingrid, case_id);
    message.state = storage::CaseState::investigating;
    message.act = act_about(org, ingrid, crypto::envelope_hash(message.sealed));
    REQUIRE(cases.write(case_id, ingrid.listed.member, message));

    std::map<std::string, crypto::LogEvent> by_kind;
    const auto events = events_of(org, org.today());
    for (const auto& event : events) by_kind[event.kind] = event;
    REQUIRE(events.size() == 4);
    REQUIRE(by_kind.size() == 4);
    const auto& submission = by_kind["submission"];
    CHECK(submission.by == crypto::LogActor::reporter);
    CHECK(submission.case_reference != crypto::Id{});
    CHECK(by_kind["case_opened"].member == ingrid.listed.member);
    CHECK(by_kind["case_opened"].case_reference == crypto::Id{});
    CHECK(by_kind["envelope"].case_reference == submission.case_reference);
    CHECK(by_kind["envelope"].act == message.act->statement);
    CHECK(by_kind["envelope"].object == crypto::envelope_hash(message.sealed));
    CHECK(by_kind["state"].member == ingrid.listed.member);
}

TEST_CASE("an act signed by somebody else, or about something else, is refused with its envelope",
          "[app][log]") {
    DemoOrganisation org;
    const auto case_id = submit(org);
    ConsoleCases cases(org.organisation());
    const auto& ingrid = org.person("Ingrid");
    auto message = sealed_message(org, ingrid, case_id);
    const auto hash = crypto::envelope_hash(message.sealed);
    auto forged = act_about(org, ingrid, hash);
    forged.signature = crypto::sign_act(forged.statement, org.person("Jonas").signing);
    for (const auto& act : {forged, act_about(org, ingrid, crypto::Hash{1})}) {
        message.act = act;
        const auto written = cases.write(case_id, ingrid.listed.member, message);
        REQUIRE_FALSE(written);
        CHECK(written.error().why == WriteError::wrong_act);
    }
    message.act = act_about(org, ingrid, hash);
    CHECK(cases.write(case_id, ingrid.listed.member, message));
}

TEST_CASE("the witness gets a mail every week, once, whatever happened", "[app][log]") {
    DemoOrganisation org;                                // 2026-11-22 is a Sunday
    CHECK_FALSE(take_witness_mail(org.organisation()));  // no checkpoint yet
    REQUIRE(close(org).days == 1);
    auto mail = take_witness_mail(org.organisation());
    REQUIRE(mail);
    CHECK(mail->body.find(newest_day(org.store())->checkpoint) != std::string::npos);
    SECTION("one that failed is tried again after an hour, not before") {
        org.advance_seconds(3599);
        CHECK_FALSE(take_witness_mail(org.organisation()));
        org.advance_seconds(1);
        CHECK(take_witness_mail(org.organisation()));
    }
    SECTION("one that was sent is not sent again until Monday") {
        witness_mail_sent(org.organisation(), *mail);
        org.advance_seconds(7200);
        CHECK_FALSE(take_witness_mail(org.organisation()));
        org.advance_days(1);
        CHECK_FALSE(take_witness_mail(org.organisation()));  // Sunday is not closed yet
        REQUIRE(close(org).days == 1);
        const auto monday = take_witness_mail(org.organisation());
        REQUIRE(monday);
        CHECK(monday->monday == mail->monday + 7);
        witness_mail_sent(org.organisation(), *monday);
        for (int i = 0; i < 6; ++i) {
            org.advance_days(1);
            REQUIRE(close(org).days == 1);
            CHECK_FALSE(take_witness_mail(org.organisation()));
        }
    }
}

}  // namespace tillit::test
