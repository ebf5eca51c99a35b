#include "server/app/login_limits.h"

#include <catch2/catch_test_macros.hpp>

using namespace tillit::app;

namespace {
struct Fixture {
    std::int64_t now = 1'000'000;
    LoginLimits limits{Clock{.unix_seconds = [this] { return now; }}};
};
}  // namespace

TEST_CASE("a bucket gives its tries at once, then one after each interval", "[app][limits]") {
    Fixture f;
    for (int i = 0; i < 5; ++i) CHECK(f.limits.take("a", kElsewhere) == 0);
    CHECK(f.limits.take("a", kElsewhere) == 5);
    f.now += 4;
    CHECK(f.limits.take("a", kElsewhere) == 1);
    f.now += 1;
    CHECK(f.limits.take("a", kElsewhere) == 0);
    CHECK(f.limits.take("a", kElsewhere) == 5);
    CHECK(f.limits.take("b", kElsewhere) == 0);  // another bucket is another
}

TEST_CASE("refused tries use nothing up: the wait does not grow with hammering", "[app][limits]") {
    Fixture f;
    for (int i = 0; i < 10'000; ++i) (void)f.limits.take("a", kElsewhere);
    CHECK(f.limits.take("a", kElsewhere) == 5);
    f.now += 25;
    for (int i = 0; i < 5; ++i) CHECK(f.limits.take("a", kElsewhere) == 0);
}

TEST_CASE("refilled buckets are forgotten", "[app][limits]") {
    Fixture f;
    for (int i = 0; i < 1000; ++i) (void)f.limits.take(std::to_string(i), kElsewhere);
    CHECK(f.limits.size() == 1000);
    f.now += 60;
    (void)f.limits.take("x", kElsewhere);
    CHECK(f.limits.size() == 1);
}

TEST_CASE("a clock set back locks nobody out for longer than a full bucket", "[app][limits]") {
    Fixture f;
    (void)f.limits.take("a", kElsewhere);
    f.now -= 1'000'000;
    CHECK(f.limits.take("a", kElsewhere) <= 25);
    f.now += 25;
    CHECK(f.limits.take("a", kElsewhere) == 0);
}
