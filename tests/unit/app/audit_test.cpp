// Whether a log that was meddled with is found out: by `tillit audit verify`, or by an older
// checkpoint where the log's own key was used to cover up.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "crypto/act.h"
#include "crypto/log_day.h"
#include "server/app/audit_verify.h"
#include "server/app/day_closer.h"
#include "server/app/log.h"
#include "storage/log_events.h"
#include "tests/support/demo_organisation.h"

namespace tillit::test {
namespace {

using namespace app;
using Catch::Matchers::ContainsSubstring;

constexpr int kDays = 5;

/// An organisation whose log has an empty day, acts of a reporter, of a member (signed) and of an
/// operator, and one event that was erased.
struct Story {
    DemoOrganisation org;
    storage::Day first = 0;

    Story() {
        first = org.today();
        const auto notes = org.organisation().readers();
        for (int i = 0; i < kDays; ++i) {
            org.store().write([&](storage::Database& db) {
                if (i == 0) publish(db, *notes);
                if (i == 2) return;
                record(db, org.clock(),
                       {.kind = kEnvelopeStored,
                        .by_reporter = true,
                        .object = crypto::sha256(crypto::view(std::to_string(i)))});
                record(db, org.clock(), answer());
            });
            org.advance_days(1);
        }
        org.store().write([&](storage::Database& db) {
            storage::LogEvents log(db);
            CHECK(log.erase(first + 3, log.of_day(first + 3).at(0).hash));
        });
        REQUIRE(close_finished_days(org.store(), org.clock(), org.log_key).days == kDays);
    }

    void publish(storage::Database& db, const Readers& notes) {
        record(
            db, org.clock(),
            {.kind = kSignersPublished, .object = crypto::note_hash(notes.signers_notes.front())});
        record(db, org.clock(),
               {.kind = kDirectoryPublished, .object = crypto::note_hash(notes.directory_note)});
    }

    LogEntry answer() {
        const auto& ingrid = org.person("Ingrid");
        const crypto::Act act{
            .org = org.organisation().settings().org_id,
            .kind = std::string(kEnvelopeStored),
            .object = crypto::random_array<32>(),
            .member = ingrid.listed.member,
            .minute = static_cast<std::uint64_t>(org.clock().unix_seconds() / 60)};
        SignedAct done{.statement = crypto::encode_act(act), .signature = {}};
        done.signature = crypto::sign_act(done.statement, ingrid.signing);
        return {.kind = kEnvelopeStored,
                .member = act.member,
                .object = act.object,
                .act = std::move(done)};
    }

    AuditLog log() { return read_log(org.store()); }

    /// What somebody does who changed the log and holds its key.
    void sign_again(AuditLog& log) {
        crypto::GrowingTree tree;
        for (auto& day : log.days) {
            std::vector<crypto::Hash> hashes;
            for (const auto& event : log.events) {
                if (event.day == day.day) hashes.push_back(event.hash);
            }
            day.root = crypto::merkle_root(crypto::day_leaves(hashes, day.seed));
            tree.add(crypto::day_leaf(day.day, day.root));
            const auto origin = verify_log(log).origin;
            day.checkpoint = crypto::sign_checkpoint(
                {.origin = origin, .size = tree.size(), .root = tree.root()}, org.log_key);
        }
    }
};

std::string first_problem(const AuditReport& report) {
    return report.problems.empty() ? "" : report.problems.front();
}

bool holds(std::string_view text) {
    const auto log = decode_log(text);
    return log && verify_log(*log).problems.empty();
}

}  // namespace

TEST_CASE("an untouched log holds, with what was erased counted", "[app][audit]") {
    Story story;
    const auto text = encode_log(story.log());
    const auto log = decode_log(text);
    REQUIRE(log);
    const auto report = verify_log(*log);
    CHECK(first_problem(report).empty());
    CHECK(report.remarks.empty());
    CHECK(report.days == kDays);
    CHECK(report.events == 10);
    CHECK(report.erased == 1);
    CHECK(report.signed_acts + report.erased >= 4);
    CHECK(report.fingerprint_words == story.org.organisation().readers()->fingerprint_words);
    for (const auto& day : log->days) CHECK_FALSE(compare_with_checkpoint(*log, day.checkpoint));
}

TEST_CASE("one flipped byte anywhere in an exported log is found", "[app][audit]") {
    Story story;
    const auto good = encode_log(story.log());
    REQUIRE(holds(good));
    // A different share of the places in each run; the long run looks at all of them.
    const char* const length = std::getenv("TILLIT_LONG");
    const std::size_t step = length != nullptr && std::string_view(length) == "1" ? 1 : 41;
    const auto seed = Catch::getSeed();
    for (std::size_t at = seed % step; at < good.size(); at += step) {
        auto bad = good;
        bad[at] = static_cast<char>(bad[at] ^ (1 << (seed % 7)));
        if (holds(bad)) FAIL_CHECK("unnoticed at " << at << " of " << good.size());
    }
}

TEST_CASE("a flipped byte in any field of a day or an event is found", "[app][audit]") {
    Story story;
    const auto good = story.log();
    for (std::size_t i = 0; i < good.days.size(); ++i) {
        for (std::size_t at = 0; at < 32; ++at) {
            auto bad = good;
            bad.days[i].root[at] ^= 1;
            CHECK_FALSE(verify_log(bad).problems.empty());
            bad = good;
            bad.days[i].seed[at] ^= 1;
            CHECK_FALSE(verify_log(bad).problems.empty());
        }
    }
    for (std::size_t i = 0; i < good.events.size(); ++i) {
        auto bad = good;
        bad.events[i].hash[31] ^= 1;
        CHECK_FALSE(verify_log(bad).problems.empty());
        if (!good.events[i].salt) continue;
        bad = good;
        (*bad.events[i].salt)[0] ^= 1;
        CHECK_THAT(first_problem(verify_log(bad)), ContainsSubstring("what its hash was made of"));
    }
}

TEST_CASE("each event that is removed is found, and its day named", "[app][audit]") {
    Story story;
    const auto good = story.log();
    REQUIRE(good.events.size() == 10);
    for (std::size_t i = 0; i < good.events.size(); ++i) {
        auto bad = good;
        bad.events.erase(bad.events.begin() + static_cast<std::ptrdiff_t>(i));
        const auto problems = verify_log(bad).problems;
        REQUIRE_FALSE(problems.empty());
        CHECK_THAT(problems.front(), ContainsSubstring("are not those that its root was made of"));
        CHECK_THAT(problems.front(), ContainsSubstring("2026-11-"));

        // With the log's own key the gap is closed; who kept a checkpoint still sees it.
        const auto older = good.days.back().checkpoint;
        story.sign_again(bad);
        const auto trouble = compare_with_checkpoint(bad, older);
        REQUIRE(trouble);
        CHECK_THAT(*trouble, ContainsSubstring("its past was rewritten"));
    }
}

TEST_CASE("a log rewritten with its own key holds by itself, and not against an older checkpoint",
          "[app][audit]") {
    Story story;
    const auto good = story.log();
    auto bad = good;
    const auto of_reporter = std::ranges::find_if(bad.events, [](const auto& event) {
        return event.event.find("\"reporter\"") != std::string::npos;
    });
    REQUIRE(of_reporter != bad.events.end());
    bad.events.erase(of_reporter);
    story.sign_again(bad);
    CHECK(first_problem(verify_log(bad)).empty());
    CHECK(compare_with_checkpoint(bad, good.days.back().checkpoint));
    CHECK_FALSE(compare_with_checkpoint(good, good.days.back().checkpoint));
}

TEST_CASE("days that were removed are found", "[app][audit]") {
    Story story;
    const auto good = story.log();
    SECTION("from the middle, even with all signed again") {
        auto bad = good;
        const auto gone = bad.days[2].day;  // the empty one
        bad.days.erase(bad.days.begin() + 2);
        std::erase_if(bad.events, [&](const auto& event) { return event.day == gone; });
        story.sign_again(bad);
        CHECK_THAT(first_problem(verify_log(bad)), ContainsSubstring("is missing"));
    }
    SECTION("from the end, by a holder of an older checkpoint") {
        auto bad = good;
        const auto gone = bad.days.back().day;
        bad.days.pop_back();
        std::erase_if(bad.events, [&](const auto& event) { return event.day == gone; });
        CHECK(first_problem(verify_log(bad)).empty());
        CHECK_THAT(compare_with_checkpoint(bad, good.days.back().checkpoint).value_or(""),
                   ContainsSubstring("shorter"));
    }
}

TEST_CASE("who holds the log's key cannot put an act into a member's mouth", "[app][audit]") {
    Story story;
    auto bad = story.log();
    bool is_done = false;
    for (auto& row : bad.events) {
        auto event = crypto::decode_event(row.event);
        if (is_done || !event || event->act.empty()) continue;
        auto act = crypto::decode_act(event->act).value();
        act.object = event->object = crypto::Hash{1};
        event->act = crypto::encode_act(act);
        row.event = crypto::encode_event(*event);
        row.hash = crypto::event_hash(*row.salt, row.event);
        is_done = true;
    }
    REQUIRE(is_done);
    std::ranges::sort(bad.events, {}, [](const auto& e) { return std::pair(e.day, e.hash); });
    story.sign_again(bad);
    CHECK_THAT(first_problem(verify_log(bad)), ContainsSubstring("is not signed by that member"));
}

namespace {

/// The log of a story with one more event in its newest day, covered up with the log's own key.
AuditReport with_event(Story& story, const crypto::LogEvent& event) {
    auto log = story.log();
    AuditEvent row{.day = event.day,
                   .hash = {},
                   .salt = crypto::random_array<16>(),
                   .event = crypto::encode_event(event)};
    row.hash = crypto::event_hash(*row.salt, row.event);
    log.events.push_back(row);
    std::ranges::sort(log.events, {}, [](const auto& e) { return std::pair(e.day, e.hash); });
    story.sign_again(log);
    return verify_log(log);
}

/// An event of a member with her signature, of the newest day.
crypto::LogEvent signed_event(Story& story) {
    for (const auto& row : story.log().events) {
        auto event = crypto::decode_event(row.event);
        if (event && !event->act.empty() &&
            event->day == static_cast<std::uint64_t>(story.first + kDays - 1)) {
            return *event;
        }
    }
    FAIL("the story has none");
    return {};
}

}  // namespace

TEST_CASE("an act that was signed once does not pass for two", "[app][audit]") {
    Story story;
    const auto event = signed_event(story);
    CHECK_THAT(first_problem(with_event(story, event)),
               ContainsSubstring("has an act that another event has already"));
}

TEST_CASE("the same act recorded twice makes two events, one of them by the server's word",
          "[app][audit]") {
    Story story;
    const auto before = verify_log(story.log());
    const auto entry = story.answer();
    story.org.store().write([&](storage::Database& db) {
        record(db, story.org.clock(), entry);
        record(db, story.org.clock(), entry);
    });
    story.org.advance_days(1);
    REQUIRE(close_finished_days(story.org.store(), story.org.clock(), story.org.log_key).days == 1);
    const auto after = verify_log(story.log());
    CHECK(first_problem(after).empty());
    CHECK(after.events == before.events + 2);
    CHECK(after.signed_acts == before.signed_acts + 1);
}

TEST_CASE("acts signed on another day, and unsigned ones, are remarked on", "[app][audit]") {
    Story story;
    auto event = signed_event(story);
    SECTION("signed long before") {
        const auto& ingrid = story.org.person("Ingrid");
        auto act = crypto::decode_act(event.act).value();
        act.object = event.object = crypto::Hash{1};
        act.minute -= 2 * 1440;
        event.act = crypto::encode_act(act);
        event.signature = crypto::sign_act(event.act, ingrid.signing);
        const auto report = with_event(story, event);
        CHECK(first_problem(report).empty());
        REQUIRE(report.remarks.size() == 1);
        CHECK_THAT(report.remarks[0], ContainsSubstring("1 acts were signed more than a day"));
    }
    SECTION("not signed") {
        event.act.clear();
        event.signature = {};
        const auto report = with_event(story, event);
        CHECK(first_problem(report).empty());
        REQUIRE(report.remarks.size() == 1);
        CHECK_THAT(report.remarks[0], ContainsSubstring("without a signature"));
    }
}

TEST_CASE("a directory that the log names cannot be left out", "[app][audit]") {
    Story story;
    auto bad = story.log();
    bad.directories.clear();
    const auto problems = verify_log(bad).problems;
    CHECK(std::ranges::any_of(problems, [](const auto& problem) {
        return problem.find("that the log names is missing") != std::string::npos;
    }));
}

TEST_CASE("a checkpoint is found in the mail that brought it", "[app][audit]") {
    Story story;
    const auto log = story.log();
    std::string mail = "From: tillit@example.org\r\n\r\nGood morning,\r\n\r\n";
    for (const char c : log.days[3].checkpoint) {
        if (c == '\n') mail += '\r';
        mail += c;
    }
    CHECK_FALSE(compare_with_checkpoint(log, mail + "\r\nKeep this mail.\r\n"));
    std::string quoted = "> ";
    for (const char c : log.days[3].checkpoint) {
        quoted += c;
        if (c == '\n') quoted += "> ";
    }
    CHECK_FALSE(compare_with_checkpoint(log, quoted));
    CHECK(compare_with_checkpoint(log, "no checkpoint in here"));
}

}  // namespace tillit::test
