#include "server/app/reporter_sessions.h"

#include <catch2/catch_test_macros.hpp>

#include "server/app/intake.h"
#include "tests/support/demo_organisation.h"

namespace {

using tillit::app::Clock;
using tillit::app::ReporterSessions;

}  // namespace

TEST_CASE("a reporter's session ends after twenty idle minutes and after two hours",
          "[app][session]") {
    tillit::crypto::init();
    std::int64_t now = 1'800'000'000;
    ReporterSessions sessions(Clock{[&] { return now; }});
    const auto id = sessions.start(nullptr);
    REQUIRE(sessions.find(id));
    SECTION("idle") {
        now += 20 * 60;
        CHECK(sessions.find(id));
        now += 20 * 60 + 1;
        CHECK_FALSE(sessions.find(id));
        CHECK(sessions.size() == 0);
    }
    SECTION("at most two hours, however busy") {
        for (int i = 0; i < 8; ++i) {
            now += 15 * 60;
            CHECK(sessions.find(id));
        }
        now += 1;
        CHECK_FALSE(sessions.find(id));
    }
    SECTION("an upload in progress counts as activity") {
        const auto in_use = sessions.find(id);
        now += 30 * 60;
        sessions.remove_expired();
        CHECK(sessions.find(id));
    }
    SECTION("ended is ended") {
        sessions.end(id);
        CHECK_FALSE(sessions.find(id));
    }
    SECTION("another id finds nothing") {
        CHECK_FALSE(sessions.find("AAAA"));
        CHECK_FALSE(sessions.find(""));
    }
}

TEST_CASE("one case has a few sessions at once, and the oldest goes", "[app][session]") {
    using namespace tillit;
    test::DemoOrganisation org;
    std::int64_t now = 1'800'000'000;
    ReporterSessions sessions(Clock{[&] { return now; }});
    const auto hand_in = [&] {
        app::Submission submission(org.organisation(), org.organisation().readers());
        REQUIRE(submission.commit(crypto::SecretBytes("A report"), {}, org.default_readers()));
        return submission.key().clone();
    };
    const auto open = [&](const crypto::CaseKey& key) {
        ++now;
        return sessions.start(app::Mailbox::open(org.organisation(), key));
    };
    const auto other = open(hand_in());
    const auto key = hand_in();
    const auto oldest = open(key);
    const auto second = open(key);
    for (int i = 0; i < 2; ++i) (void)open(key);
    CHECK(sessions.find(oldest));  // being used does not keep it
    CHECK(sessions.size() == 5);
    const auto fifth = open(key);
    CHECK(sessions.size() == 5);
    CHECK_FALSE(sessions.find(oldest));
    CHECK(sessions.find(second));
    CHECK(sessions.find(fifth));
    CHECK(sessions.find(other));
}

TEST_CASE("all sessions together are bounded, and the idlest goes", "[app][session]") {
    tillit::crypto::init();
    std::int64_t now = 1'800'000'000;
    ReporterSessions sessions(Clock{[&] { return now; }});
    const auto first = sessions.start(nullptr);
    ++now;
    const auto second = sessions.start(nullptr);
    ++now;
    for (int i = 2; i < 1000; ++i) (void)sessions.start(nullptr);
    ++now;
    CHECK(sessions.find(first));
    (void)sessions.start(nullptr);
    CHECK(sessions.size() == 1000);
    CHECK(sessions.find(first));
    CHECK_FALSE(sessions.find(second));
}
