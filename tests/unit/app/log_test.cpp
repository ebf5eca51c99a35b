#include "server/app/log.h"

#include <catch2/catch_test_macros.hpp>

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

}  // namespace tillit::test
