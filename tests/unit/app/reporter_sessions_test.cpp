#include "server/app/reporter_sessions.h"

#include <catch2/catch_test_macros.hpp>

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
