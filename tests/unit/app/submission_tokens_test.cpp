#include "server/app/submission_tokens.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

namespace {

using tillit::app::Clock;
using tillit::app::SubmissionTokens;
using Begin = SubmissionTokens::Begin;

SubmissionTokens::Done done_with(const tillit::crypto::CaseKey& key) {
    return {.key = key.clone(), .missing_files = {"big.zip"}, .reader_names = {"Ingrid"}};
}

}  // namespace

TEST_CASE("the same form again shows the same key for twenty minutes", "[app][token]") {
    tillit::crypto::init();
    std::int64_t now = 1'800'000'000;
    SubmissionTokens tokens(Clock{[&] { return now; }});
    const auto token = SubmissionTokens::make();
    const auto key = tillit::crypto::CaseKey::random();
    REQUIRE(tokens.begin(token) == Begin::fresh);
    CHECK(tokens.begin(token) == Begin::in_progress);
    CHECK_FALSE(tokens.find_done(token));
    tokens.finish(token, done_with(key));
    CHECK(tokens.begin(token) == Begin::done);
    REQUIRE(tokens.find_done(token));
    CHECK(tokens.find_done(token)->key == key);
    CHECK(tokens.find_done(token)->missing_files.size() == 1);
    SECTION("gone when it is written down") {
        tokens.forget(token);
        CHECK_FALSE(tokens.find_done(token));
        CHECK(tokens.begin(token) == Begin::forgotten);
        now += 20 * 60 + 1;
        CHECK(tokens.begin(token) == Begin::fresh);
    }
    SECTION("gone after twenty minutes") {
        now += 20 * 60 + 1;
        tokens.remove_expired();
        CHECK_FALSE(tokens.find_done(token));
    }
}

TEST_CASE("a form that failed may be sent again", "[app][token]") {
    tillit::crypto::init();
    SubmissionTokens tokens(Clock::system());
    const auto token = SubmissionTokens::make();
    REQUIRE(tokens.begin(token) == Begin::fresh);
    tokens.fail(token);
    CHECK(tokens.begin(token) == Begin::fresh);
}

TEST_CASE("the second of a double click waits for the first and gets its key", "[app][token]") {
    tillit::crypto::init();
    SubmissionTokens tokens(Clock::system());
    const auto token = SubmissionTokens::make();
    const auto key = tillit::crypto::CaseKey::random();
    REQUIRE(tokens.begin(token) == Begin::fresh);
    std::thread first([&] { tokens.finish(token, done_with(key)); });
    tokens.wait(token, 30);
    first.join();
    REQUIRE(tokens.find_done(token));
    CHECK(tokens.find_done(token)->key == key);
}

TEST_CASE("what is no token is refused", "[app][token]") {
    tillit::crypto::init();
    SubmissionTokens tokens(Clock::system());
    CHECK(tokens.begin("") == Begin::malformed);
    CHECK(tokens.begin("../../etc/passwd") == Begin::malformed);
}
