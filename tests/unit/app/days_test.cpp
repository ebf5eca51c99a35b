#include "server/app/days.h"

#include <catch2/catch_test_macros.hpp>

namespace {
using tillit::app::acknowledge_due;
using tillit::app::add_months;
using tillit::app::date_of;
using tillit::app::day_of;
using tillit::app::feedback_due;
}  // namespace

TEST_CASE("days count from 1970 and know their weekday", "[app][days]") {
    CHECK(day_of(1970, 1, 1) == 0);
    CHECK(day_of(2026, 11, 22) == 20779);
    const auto date = date_of(day_of(2026, 11, 22));
    CHECK(date.year == 2026);
    CHECK(date.month == 11);
    CHECK(date.day == 22);
    CHECK(date.weekday == 0);
}

TEST_CASE("a month later is the same day, or that month's last", "[app][days]") {
    CHECK(add_months(day_of(2026, 1, 31), 1) == day_of(2026, 2, 28));
    CHECK(add_months(day_of(2028, 1, 31), 1) == day_of(2028, 2, 29));
    CHECK(add_months(day_of(2026, 11, 30), 3) == day_of(2027, 2, 28));
    CHECK(add_months(day_of(2026, 10, 15), 3) == day_of(2027, 1, 15));
}

// Directive (EU) 2019/1937 art. 9(1)(b) and (f); dates worked out by hand.
TEST_CASE("feedback is due three months after acknowledgement, or after its deadline",
          "[app][days]") {
    const auto received = day_of(2026, 11, 22);
    CHECK(acknowledge_due(received) == day_of(2026, 11, 29));
    CHECK(feedback_due(received, std::nullopt) == day_of(2027, 2, 28));
    CHECK(feedback_due(received, day_of(2026, 11, 25)) == day_of(2027, 2, 25));
    SECTION("a late acknowledgement buys no time") {
        CHECK(feedback_due(received, day_of(2026, 12, 24)) == day_of(2027, 2, 28));
    }
}
